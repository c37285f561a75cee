/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An engine with io_threads > 1: that many engines, the shards, each whole, with a thread, a lock,
 * sockets, ids and names of its own. Targets are dealt by the hash of their address or name, and a
 * target's handle tells its shard. The user's handle is the first shard.
 *
 *   group.c          making and freeing, dealing, ids
 *   group_threads.c  the threads that drive shards, and those that call back
 *   group_api.c      what the public functions of an engine do for a group
 *   callback_batch.c events between a shard and whoever calls back
 *   budget.c         rate, probes in flight, number of targets
 *
 * What shards have to say waits in their queues: pulled events in the one that every engine
 * has, events for callbacks in one for each thread that calls back (workers), or in a single one
 * for the caller's. Whoever takes events from there holds the shard's lock once for many.
 *
 * Locks, in the order in which they are taken: life; a shard's; a batch's; the budget's or the
 * group's.
 */
#ifndef MPING_SESSION_GROUP_H
#define MPING_SESSION_GROUP_H

#include <pthread.h>
#include <stdatomic.h>

#include <multiping/multiping.h>

#include "session/budget.h"
#include "session/callback_batch.h"
#include "session/state.h"

/* A thread that calls back, for all shards. */
struct mping_callback_thread {
    struct mping_group *group;
    uint32_t index;
    pthread_t thread;
    pthread_cond_t wake;
    bool rung; /* there may be something to do */
    struct mping_batch batch;
};

struct mping_group {
    uint32_t n;
    unsigned generation; /* see fork.h */
    struct mping **shards;
    struct mping_budget budget;
    uint16_t first_id[2]; /* by family: of all shards, one range after the other */
    atomic_int workers;   /* as wanted; callback_thread_n as they are */
    _Atomic uint32_t buffer;

    pthread_mutex_t life; /* starting and stopping threads */
    atomic_bool started;

    pthread_mutex_t lock; /* what follows, and the lead's errmsg */
    pthread_cond_t changed;
    uint64_t news; /* grows whenever blocking callers should look again */
    struct mping_callback_thread *callback_threads;
    _Atomic uint32_t callback_thread_n; /* changes only while there are no threads */
    bool quit;
    bool collecting;   /* some caller is calling back */
    uint32_t rotation; /* shards take turns at being the first */

    atomic_uint waiters; /* callers in blocking functions */
    atomic_bool woken;   /* by mping_wakeup() */
    atomic_bool nudged;  /* wake_fd is readable */
    int wake_fd;         /* eventfd in the lead's public_fd: mping_process() is wanted */

    struct mping_batch batch; /* of the caller who is collecting */
};

static inline uint32_t mping_shards(const struct mping *m)
{
    return m->group ? m->group->n : 1;
}

static inline struct mping *mping_shard(struct mping *m, uint32_t i)
{
    return m->group ? m->group->shards[i] : m;
}

extern const struct mping_core_budget mping_group_budget;
int mping_group_make(struct mping **ret_lead, const struct mping_opts *opts);
void mping_group_free(struct mping_group *g);
/* The same without threads. */
void mping_group_destroy(struct mping_group *g);
/* The shard for a host, and the threads for it if it is time: 0 or MPING_ENOMEM. */
int mping_group_assign(struct mping_group *g, const char *host, const struct mping_addr *addr,
                       struct mping **ret_shard);
/* Where the ids of a shard's raw sockets begin, and how many there are, of an engine alone too. */
uint16_t mping_group_first_id(const struct mping *m, int family);
uint32_t mping_group_ids(const struct mping *m);

/* The engine whose handle the user has. */
struct mping *mping_lead(const struct mping *m);

#endif
