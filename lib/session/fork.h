/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Engines in a child that fork() has made. The child has the parent's descriptors, whose state is
 * the parent's: what it reads the parent loses, and what it changes in an epoll set or a timer
 * changes for the parent. It has none of the parent's threads, and locks that they held stay locked
 * for good. So an engine serves the process that made it, and no other.
 */
#ifndef MPING_SESSION_FORK_H
#define MPING_SESSION_FORK_H

#include <stdatomic.h>
#include <stdbool.h>

#include "session/state.h"

/* How many forks lie between this process and the first that used the library. */
extern atomic_uint mping_generation;

/* To be called before the first engine is made: 0 or MPING_ENOMEM. */
int mping_fork_watch(void);

/* Whether another process has made the engine. Any thread, and signal handlers. */
static inline bool mping_is_inherited(const struct mping *m)
{
    return m->generation != atomic_load_explicit(&mping_generation, memory_order_relaxed);
}

/* Frees what can be freed of an inherited engine, and closes its descriptors. */
void mping_inherited_free(struct mping *m);

#endif
