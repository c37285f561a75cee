/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An engine with io_threads > 1: that many engines, the shards, each whole, with a thread, a lock,
 * sockets, ids and names of its own. Targets are dealt by the hash of their address or name, and a
 * target's handle tells its shard. The user's handle is the first shard.
 *
 *   group.c          making and freeing, dealing, ids
 *   group_threads.c  the threads that drive shards, and those that call back
 *   group_api.c      what the public functions of an engine do for a group
 *   batch.c          events between a shard and whoever calls back
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

#include "session/budget.h"
#include "session/internal.h"

enum { MPING_BATCH_EVENTS = 256 };

/*
 * Events of one shard that one thread is calling back. Their targets stay, since they are
 * counted as queued until all is done.
 */
struct mping_batch {
    struct mping_event events[MPING_BATCH_EVENTS];
    mping_callback callbacks[MPING_BATCH_EVENTS]; /* NULL: the target has been closed since */
    uint32_t n;
    struct mping *shard; /* whose they are; NULL: all has been said */
    pthread_t thread;
    struct mping_batch *next; /* of mping.batches; by the shard's lock, as all above */

    pthread_mutex_t lock;
    uint32_t at;  /* the event whose callback is being made, or comes next */
    bool calling; /* it is being made */
    bool awaited; /* somebody waits for its end */
};

/* A thread that calls back, for all shards. */
struct mping_crew {
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
    atomic_int workers;   /* as wanted; crew_n as they are */
    _Atomic uint32_t buffer;

    pthread_mutex_t life; /* starting and stopping threads */
    atomic_bool started;

    pthread_mutex_t lock; /* what follows, and the lead's errmsg */
    pthread_cond_t changed;
    uint64_t news; /* grows whenever blocking callers should look again */
    struct mping_crew *crew;
    _Atomic uint32_t crew_n; /* changes only while there are no threads */
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

/* group.c */
extern const struct mping_core_budget mping_group_budget;
int mping_group_make(struct mping **ret_lead, const struct mping_opts *opts);
void mping_group_free(struct mping_group *g);
/* The same without threads. */
void mping_group_destroy(struct mping_group *g);
/* The shard for a host, and the threads for it if it is time: 0 or MPING_ENOMEM. */
int mping_group_deal(struct mping_group *g, const char *host, const struct mping_addr *addr,
                     struct mping **ret_shard);
/* Where the ids of a shard's raw sockets begin, and how many there are, of an engine alone too. */
uint16_t mping_group_first_id(const struct mping *m, int family);
uint32_t mping_group_ids(const struct mping *m);

/* group_threads.c */
int mping_group_start(struct mping_group *g);
void mping_group_stop(struct mping_group *g);
/* Stops them if the wanted number of workers is another one and nothing is to do. */
void mping_group_refit(struct mping_group *g);
/* The probes that were away have been accounted for. */
void mping_group_sent(struct mping *m);
/* Closes a target as soon as they have been. */
void mping_group_close(struct mping *m, struct mping_target *t);

/* batch.c */
void mping_batch_init(struct mping_batch *batch);
void mping_batch_done(struct mping_batch *batch);
/* Queues an event for its callback: false if there is no room now. */
bool mping_group_queue(struct mping *m, const struct mping_event *event);
/* Whether so much waits that targets had better not send. */
bool mping_group_jammed(const struct mping *m);
/* Whether something waits for the caller to call back. */
bool mping_group_waiting(const struct mping *m);
/* Calls back for what waits in a queue of the shard, max events at most; returns how many. */
uint32_t mping_batch_run(struct mping *m, uint32_t queue, struct mping_batch *batch, uint32_t max);
/* The rest of a batch whose callback has thrown a C++ exception; returns how many. */
uint32_t mping_batch_resume(struct mping_batch *batch);
/* Whether one of the batches is calling the target back. */
bool mping_batches_call(const struct mping *m, const struct mping_target *t, bool other);
/* Takes a closed target's events out of them. */
void mping_batches_void(const struct mping *m, const struct mping_target *t);
/* Makes a canceled target's replies in them canceled, but for one that is being called back. */
void mping_batches_cancel(const struct mping *m, const struct mping_target *t);

/* group_api.c: until_ns as in mping_run_until(). */
int mping_group_run(struct mping_group *g, int64_t until_ns);
int mping_group_process(struct mping_group *g, uint32_t max_events);
int mping_group_wait(struct mping_group *g, int64_t until_ns);
/* done is called with the shard's lock, which the caller holds. */
int mping_group_run_until(struct mping *m, bool (*done)(void *arg), void *arg, int64_t until_ns,
                          int cancel_fd);
size_t mping_group_take(struct mping_group *g, struct mping_event *ret_events, size_t n);
bool mping_group_is_idle(struct mping_group *g);
bool mping_group_has_news(struct mping_group *g);
void mping_group_stats(struct mping_group *g, struct mping_stats *ret_stats);
/* Makes the descriptor readable until the next mping_process(). */
void mping_group_nudge(struct mping_group *g);
/* From signal handlers too. */
void mping_group_wakeup(struct mping_group *g);
/* Makes blocking callers look again. */
void mping_group_tell(struct mping_group *g);

#endif
