/* SPDX-License-Identifier: Apache-2.0 */
/* Which ping leaves next, and when. */
#ifndef MULTIPING_CLI_FPING_SEND_H
#define MULTIPING_CLI_FPING_SEND_H

#include <stdbool.h>
#include <stdint.h>

#include "fping/run_state.h"

/* What has been done for the next ping. */
struct fping_step {
    int64_t due_ns;          /* now: one has had its turn; later: none is due before */
    struct fping_host *host; /* whose turn it was; NULL: none */
    int err;                 /* why the ping could not be handed to the engine, or 0 */
};

/* Sends one ping if it is due. */
struct fping_step fping_send_next(struct fping_run *run, int64_t now_ns);
/* Whether the next ping by schedule is of another family than the last one. */
bool fping_send_switches_family(const struct fping_run *run);
/* A further try in alive mode, at once: 0, or why it could not be handed to the engine. */
int fping_send_retry(struct fping_run *run, struct fping_host *host, int64_t timeout_ns);

#endif
