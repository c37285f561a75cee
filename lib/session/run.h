/* SPDX-License-Identifier: Apache-2.0 */
/* Sleeping, waking, and blocking calls. */
#ifndef MPING_SESSION_RUN_H
#define MPING_SESSION_RUN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "session/state.h"

/* Says that events wait for mping_next() and no more fit; stuck: for want of memory. */
int mping_fail_full(struct mping *m, bool stuck);
/* Makes an eventfd readable. */
void mping_eventfd_signal(int fd);
/* Makes it unreadable again; nudged tells whether somebody has rung. To be called before looking
 * for what the ringing was about. */
void mping_eventfd_clear(int fd, atomic_bool *nudged);
/* Makes whoever sleeps on loop_fd look again. */
void mping_wake_loop(struct mping *m);
/* Whether targets have ended and all has been said about them. */
bool mping_is_idle(const struct mping *m);
/* Nothing left to do, or nothing more possible until the caller takes events. */
bool mping_has_run(void *engine);
/* false for a negative one. */
bool mping_is_readable(int fd);
/* Sleeps until something happens or until_ns, without the lock; whether cancel_fd (-1: none)
 * is readable. */
bool mping_sleep(struct mping *m, int64_t until_ns, int cancel_fd);
/* When a blocking call of at most max_ns ends; -1: MPING_TIME_NEVER. */
int64_t mping_until_ns(int64_t max_ns);
/* Runs turns until done(arg), until_ns, mping_wakeup() or cancel_fd: 0, or MPING_ETIMEDOUT,
 * MPING_EAGAIN (woken), MPING_ECANCELED. */
int mping_run_until(struct mping *m, bool (*done)(void *arg), void *arg, int64_t until_ns,
                    int cancel_fd);

#endif
