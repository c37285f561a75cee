/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers inside an engine. Functions that let go of the engine's lock before they are done, be it
 * to sleep or to call back, are counted while they run; mping_free() has them leave and waits for
 * the last one.
 */
#ifndef MPING_SESSION_LIFE_H
#define MPING_SESSION_LIFE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct mping;

struct mping_life {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned inside;
    atomic_bool ending; /* mping_free() has been called */
};

void mping_life_init(struct mping_life *life);
void mping_life_done(struct mping_life *life);

/* Counts this thread in until the end of the block, also when an exception ends it. */
struct mping *mping_enter(struct mping *m);
void mping_leave(struct mping **m);
#define MPING_INSIDE __attribute__((cleanup(mping_leave))) struct mping *

/* Holds the engine's lock until the end of the block, likewise. */
struct mping *mping_locked(struct mping *m);
void mping_release(struct mping **m);
#define MPING_LOCKED __attribute__((cleanup(mping_release))) struct mping *

/* The timer is set at the end of the block, not before: a turn or a blocking call is under way. */
struct mping_drive {
    struct mping *m; /* NULL: nothing to take back */
    bool before;
};
struct mping_drive mping_drive(struct mping *m);
void mping_drive_end(struct mping_drive *drive);
#define MPING_DRIVING __attribute__((cleanup(mping_drive_end))) struct mping_drive

/*
 * Whether it is being freed, or this process is another one since a callback: whoever is inside
 * returns MPING_ECLOSED.
 */
bool mping_is_over(const struct mping *m);
/* Has all callers leave, and waits for them. */
void mping_end_calls(struct mping *m);

#endif
