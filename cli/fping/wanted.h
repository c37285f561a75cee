/* SPDX-License-Identifier: Apache-2.0 */
/* Pings out of turn, first in, first out. */
#ifndef MULTIPING_CLI_FPING_WANTED_H
#define MULTIPING_CLI_FPING_WANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fping/host.h"

struct fping_wanted {
    struct fping_host *host;
    uint64_t index;
    bool again; /* it repeats one whose fate is unknown */
};

struct fping_wanteds {
    struct fping_wanted *items;
    size_t head, n, size; /* size: a power of two */
};

/* Puts a ping behind those that wait. False without memory. */
bool fping_wanteds_push(struct fping_wanteds *queue, const struct fping_wanted *wanted);
/* Takes the oldest; there must be one. */
struct fping_wanted fping_wanteds_pop(struct fping_wanteds *queue);
void fping_wanteds_done(struct fping_wanteds *queue);

#endif
