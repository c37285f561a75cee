/* SPDX-License-Identifier: Apache-2.0 */
/* One turn of the engine: everything that is due, once. */
#ifndef MPING_SESSION_TURN_H
#define MPING_SESSION_TURN_H

#include <stdint.h>

#include "session/state.h"

/* Everything that is due, once. Returns events delivered. */
int mping_turn(struct mping *m, uint32_t max_events);
/* Tells the core if the machine was suspended since the last time. */
void mping_check_suspend(struct mping *m, int64_t now_ns);
/* When the next turn should be at the latest. */
int64_t mping_turn_deadline_ns(struct mping *m);
/* Sets the timer for whoever polls mping_fd(), unless a turn is under way. */
void mping_turn_arm(struct mping *m);

#endif
