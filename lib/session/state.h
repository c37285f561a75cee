/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session: where the core meets clock, sockets, names and threads.
 *
 *   engine.c    making and freeing engines
 *   default.c   the default engine
 *   life.c      callers inside, whom mping_free() waits for
 *   fork.c      engines of a parent process
 *   options.c   options, held to their ranges
 *   errmsg.c    what went wrong, in words
 *   exclude.c   addresses that get no probe
 *   profile.c   target options, checked and shared
 *   sockets.c   opening and closing backends, ids, reading
 *   sockets_write.c  writing
 *   drops.c     drops that the sockets do not tell of
 *   interfaces.c  interfaces that come back
 *   sources.c   sockets for source addresses, where packets cannot name theirs
 *   target.c    the public life of a target
 *   drain.c     waiting for a target's last verdicts
 *   inspect.c   what there is to know of targets and engines
 *   target_names.c lookups
 *   deliver.c   events to callbacks, to the pull queue or to workers
 *   turn.c      one turn of the engine
 *   run.c       event loop, blocking calls
 *   thread.c    starting threads
 *   workers.c   threads of an engine with workers
 *   group.c     several engines behind one handle, see group.h
 *   budget.c    what they share
 *   callback_batch.c events on their way from them to callbacks
 *   queue.c     rings of events
 *   blocking.c one-liners
 *
 * Every public function takes engine->lock; functions named here are called with it held.
 * It is released while a callback runs and while a thread sleeps.
 */
#ifndef MPING_SESSION_STATE_H
#define MPING_SESSION_STATE_H

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <multiping/multiping.h>

#include "base/prefix_set.h"
#include "core/core.h"
#include "io/backend.h"
#include "io/local_drops.h"
#include "resolve/resolve.h"
#include "session/errmsg.h"
#include "session/life.h"

/* Events that may wait for mping_next() before their targets stop sending. */
#define MPING_PULL_MAX 65536u
/* Where threads do the work, a blocking caller looks at its own descriptor this often. */
#define MPING_CANCEL_LOOK_NS INT64_C(10000000)

/* A profile with what it needs to be shared. */
struct mping_shared_profile {
    struct mping_profile core; /* events: what the session needs from the core */
    uint64_t events;           /* what the user wants */
    mping_callback callback;   /* NULL: events are pulled */
    int64_t resolve_timeout_ns;
    int32_t family;
    uint32_t pattern_bytes;
    uint8_t pattern[256];
    uint8_t *tail;
    char interface[16]; /* the name of tx.ifindex, see interfaces.c; "": none */
    uint64_t refs;
    struct mping_shared_profile *next;
};

/* What only some targets need: names, and those whose host has been asked for. */
struct mping_target_name {
    struct mping_query *query; /* the lookup that runs, or NULL */
    struct mping_query *brief; /* the same, for as long as a probe waits for it */
    struct mping_addr *addrs;  /* what the last one has found, if more than one */
    size_t addr_n;
    uint8_t failures; /* lookups in a row, while there is no address; stops at UINT8_MAX */
    bool stale;       /* MPING_EV_STALE has been told */
    char host[];
};

/*
 * The session's part of a target: it lies inside the core's, and handles point to it. The
 * rest is in the profile, in the core, or in its mping_target_name.
 */
struct mping_target {
    void *user;
    uint32_t queued : 25;    /* events in the pull queue and with workers */
    uint32_t families : 2;   /* bits: whose sockets it keeps open, see target_names.c */
    uint32_t finished : 1;   /* MPING_EV_FINISHED has been taken from the core */
    uint32_t closed : 1;     /* the handle has been given back */
    uint32_t dead : 1;       /* and nobody will touch it but those who have an event of it */
    uint32_t auto_close : 1; /* nobody has the handle */
    uint32_t canceled : 1;   /* by mping_cancel(): no reply is called back any more */
    uint32_t ended_next;     /* the next of mping.ended */
};

static_assert(sizeof(struct mping_target) <= MPING_CORE_OWNED_BYTES, "it has to fit");

/* A callback that is being made; on the stack of its thread. */
struct mping_calling {
    struct mping_target *target;
    pthread_t thread;
    struct mping_calling *next;
};

/* A ping socket that sends from one address. */
struct mping_source {
    struct mping_addr addr;
    uint32_t id_index; /* whose id it shares */
    struct mping_backend *io;
};

/* The backends of one address family. With ping sockets there is one for each id. */
struct mping_family {
    int af;
    int kind; /* enum mping_socket_kind; AUTO: closed */
    struct mping_backend **ios;
    uint32_t n, cap;
    uint32_t filter_ids;          /* raw: how many ids the filter lets pass */
    uint16_t first_id;            /* raw: the ids are first_id, first_id + 1, ... */
    struct mping_source *sources; /* beside those, see sources.c */
    uint32_t source_n;
    uint64_t users;         /* targets that need it */
    bool kept;              /* opened by mping_open() */
    int discards_fd;        /* IPv6 ping sockets: to learn of drops with; else -1 */
    int64_t discards_known; /* of these, those already taken note of */
    bool watched;           /* its sockets wake us and are read: while it has users */
    bool resting;           /* but the first one does not for now, see mping_sockets_unwatch() */
};

/* A queue of events, as a ring. */
struct mping_queue {
    struct mping_event *events;
    uint32_t size, head, n; /* size: a power of two, or 0 */
};

struct mping_worker {
    struct mping *engine;
    pthread_t thread;
    pthread_cond_t wake;
    struct mping_queue queue;
};

enum mping_threads_state {
    MPING_THREADS_NONE, /* none were started, or all have been joined */
    MPING_THREADS_RUNNING,
    MPING_THREADS_ENDING, /* the engine is idle: they are leaving */
    MPING_THREADS_JOINING /* somebody waits for that */
};

struct mping_group;
struct mping_batch;

/* By what belongs together: there is one per engine. NOLINTNEXTLINE(*.performance.Padding) */
struct mping {
    struct mping_group *group; /* NULL: an engine by itself; for good */
    uint32_t shard;            /* its number there */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* anything that a blocking call may wait for */
    struct mping_opts opts;
    struct mping_core *core;
    struct mping_family families[2];
    struct mping_resolver *resolver;
    struct mping_lookups *lookups; /* NULL: none has been asked for */
    struct mping_shared_profile *profiles;
    struct mping_local_drops *local_drops;     /* NULL: closed, or not to be had */
    int64_t drops_look_ns;                     /* when they were last looked at, or tried */
    int64_t follow_ns;                         /* interfaces are not looked for before */
    struct mping_shared_profile *last_profile; /* was made for last_opts; NULL: none */
    struct mping_target_opts last_opts;
    struct mping_calling *calling;       /* all callbacks being made */
    struct mping_prefix_set excluded[2]; /* IPv4, IPv6 */
    uint32_t ended; /* targets without a handle, to be closed by the next mping_next() */
    struct mping_queue pull;
    bool pull_stuck; /* full, and there is no memory for a longer one */

    int public_fd;  /* epoll: loop_fd (without workers) and pull_fd */
    int loop_fd;    /* epoll: sockets_fd, timer_fd, wake_fd, the resolver */
    int sockets_fd; /* epoll: all sockets */
    int timer_fd;
    int wake_fd;     /* eventfd */
    int pull_fd;     /* eventfd, readable while the pull queue has events, or callbacks wait */
    bool pull_shown; /* it is readable */

    int64_t armed_ns;     /* what timer_fd is set to; MPING_TIME_NEVER: off */
    int64_t asleep_ns;    /* CLOCK_BOOTTIME - CLOCK_MONOTONIC: grows by suspends only */
    int64_t dry_ns;       /* nothing that had arrived by then is unread */
    int64_t load_from_ns; /* the load is measured since then */
    uint64_t load_sent, load_received;
    double load_pps;
    int64_t quiet_from_ns; /* nothing has been sent and nothing been out since then */
    uint32_t full_batches; /* so many in a row: more has been due than one could take */
    bool busy;             /* in ticks */
    bool deaf;             /* the sockets do not wake us: in ticks, or for opts.read_delay_ns */
    bool polled;           /* mping_fd() has been asked for: timer_fd is in use */
    bool driving;          /* inside a turn or a blocking call: the timer is set at its end */
    atomic_bool nudged;    /* wake_fd is readable */
    atomic_bool woken;     /* by mping_wakeup() */
    uint32_t sleepers;     /* threads asleep on loop_fd */
    bool is_default;

    struct mping_worker *workers;
    int worker_count; /* of those running */
    pthread_t io_thread;
    enum mping_threads_state threads;
    uint64_t with_workers; /* events in their queues and callbacks running */
    uint32_t waiters;      /* threads in blocking calls */
    bool quit;

    /* Of a group only: */
    struct mping_batch *batches; /* all whose callbacks are being made */
    uint32_t closing;            /* targets closed while a batch of probes was away */
    uint32_t pull_news;          /* events queued and not yet counted as delivered */
    uint32_t send_waiters;       /* threads that wait until nothing is being sent */
    bool away;                   /* its thread is in a system call, without the lock */
    bool sending;                /* with probes that the core has to hear of again */

    char errmsg[MPING_ERRMSG_BYTES];
    unsigned generation;    /* see fork.h */
    struct mping_life life; /* of the lead */
};

static inline struct mping *mping_engine_of(const struct mping_target *t)
{
    return mping_core_place_context(t);
}

static inline uint32_t mping_index_of(const struct mping_target *t)
{
    return mping_core_place_target(t);
}

/* Not of a closed target. */
static inline struct mping_shared_profile *mping_profile_of(const struct mping_target *t)
{
    const struct mping_profile *profile =
        mping_core_target_profile(mping_engine_of(t)->core, mping_index_of(t));

    /* Its first member. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    return (struct mping_shared_profile *)(uintptr_t)profile;
}

/* drops.c: what the links have dropped, and what IPv6 ping sockets have on the way out */

/* interfaces.c: one that is deleted and made again has its name, but another index */

#endif
