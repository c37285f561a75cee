/* SPDX-License-Identifier: Apache-2.0 */
/* The table of targets, and their addresses as they become known. */
#ifndef MULTIPING_CLI_FPING_TARGETS_H
#define MULTIPING_CLI_FPING_TARGETS_H

#include "fping/run_state.h"

/* Gathers the targets and starts their lookups: -1, or the status to exit with. */
int fping_targets_gather(struct fping_run *run);
/* Takes up what has been found out about names since the last call. */
void fping_targets_absorb(struct fping_run *run);

#endif
