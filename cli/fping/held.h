/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events that wait. While names are unknown, lines with padded names cannot be made yet; and
 * where targets of both families mix, the engine reads one socket after the other, so that
 * events must be put in the order of their arrival.
 */
#ifndef MULTIPING_CLI_FPING_HELD_H
#define MULTIPING_CLI_FPING_HELD_H

#include "fping/run_state.h"

/* Whether lines can be made: all names are known, or the names are not padded. */
bool fping_may_tell(const struct fping_run *run);
/* Keeps an event for later. Without memory the run ends. */
void fping_hold(struct fping_run *run, const struct mping_event *event);
/* Makes lines of the events that have been held, in the order of their arrival. */
void fping_release(struct fping_run *run);
void fping_held_done(struct fping_held *held);

#endif
