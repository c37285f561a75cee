/* SPDX-License-Identifier: Apache-2.0 */
/* What became of each ping. */
#ifndef MULTIPING_CLI_FPING_VERDICT_H
#define MULTIPING_CLI_FPING_VERDICT_H

#include "fping/run_state.h"

void fping_verdict(struct fping_run *run, const struct mping_event *event);
/* The ping could not even be handed to the engine. */
void fping_verdict_not_sent(struct fping_run *run, struct fping_host *host, int err);

#endif
