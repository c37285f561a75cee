/* SPDX-License-Identifier: Apache-2.0 */
/* The threads of an engine with workers. */
#ifndef MPING_SESSION_WORKERS_H
#define MPING_SESSION_WORKERS_H

#include <stdbool.h>

#include "session/state.h"

/* Starts the threads of an engine with workers, if they are not running. */
int mping_workers_start(struct mping *m);
/* Waits for threads that are leaving, or about to, unless called from one of them. */
void mping_workers_join(struct mping *m);
/* Frees the queues, of threads that there are no longer. */
void mping_workers_forget(struct mping *m);
/* Makes them leave whatever there is to do, and waits. */
void mping_workers_stop(struct mping *m);
/* Gives the event to the target's worker, waiting for room. */
void mping_workers_hand(struct mping *m, const struct mping_event *event);
/* Whether this thread is the engine's own. */
bool mping_workers_own_thread(const struct mping *m);

#endif
