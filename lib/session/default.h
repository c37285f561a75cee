/* SPDX-License-Identifier: Apache-2.0 */
/* Which engine a call is for, and why there is none. */
#ifndef MPING_SESSION_DEFAULT_H
#define MPING_SESSION_DEFAULT_H

#include "session/state.h"

/*
 * The engine itself, or the default one for NULL. NULL if it is another process's or cannot be
 * made: mping_no_engine() tells this thread why.
 */
struct mping *mping_engine_or_default(struct mping *engine);
/* A target's engine; NULL, as above, if it is another process's. */
struct mping *mping_engine_of_call(const struct mping_target *target);
/* MPING_ECLOSED, or what kept the default engine from being made. */
int mping_no_engine(void);
/* The default engine, NULL where none has been made. */
struct mping *mping_default_made(void);

/* Around fork(). */
void mping_default_hold(void);
void mping_default_release(void);
void mping_default_leave(void);

#endif
