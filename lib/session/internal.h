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
 *   names.c     lookups
 *   deliver.c   events to callbacks, to the pull queue or to workers
 *   turn.c      one turn of the engine
 *   run.c       event loop, blocking calls
 *   thread.c    starting threads
 *   workers.c   threads of an engine with workers
 *   group.c     several engines behind one handle, see group.h
 *   budget.c    what they share
 *   batch.c     events on their way from them to callbacks
 *   queue.c     rings of events
 *   simple.c    one-liners
 *
 * Every public function takes engine->lock; functions named here are called with it held.
 * It is released while a callback runs and while a thread sleeps.
 */
#ifndef MPING_SESSION_INTERNAL_H
#define MPING_SESSION_INTERNAL_H

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
struct mping_note {
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
 * rest is in the profile, in the core, or in the note.
 */
struct mping_target {
    void *user;
    uint32_t queued : 25;    /* events in the pull queue and with workers */
    uint32_t families : 2;   /* bits: whose sockets it keeps open, see names.c */
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
    bool resting;           /* but the first one does not for now, see mping_sockets_rest() */
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
    uint32_t settlers;           /* threads that wait until nothing is being sent */
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

/* addr.c */
/* Reads a.b.c.d as it would be written; false if it is anything else. */
bool mping_addr_parse_plain(const char *text, uint8_t ip[4]);
/* Writes it, with its final NUL, into 16 bytes. */
void mping_addr_format_plain(char text[16], const uint8_t ip[4]);

/* The engine whose handle the user has. */
struct mping *mping_lead(const struct mping *m);

/* engine.c */
/* One engine, by itself or as a shard of a group; opts are complete. */
int mping_engine_make(struct mping **ret_engine, const struct mping_opts *opts,
                      struct mping_group *group, uint32_t shard);
/* Frees an engine without threads, also a half-made one. */
void mping_engine_destroy(struct mping *m);
/* Closes what it waits with: nothing it does from now on changes what a parent waits for. */
void mping_engine_disconnect(struct mping *m);
int64_t mping_now_ns(void);
/* CLOCK_REALTIME - CLOCK_MONOTONIC. */
int64_t mping_wall_offset_ns(void);
void mping_lock(struct mping *m);
void mping_unlock(struct mping *m);
/* Around a wait for a group's thread: after its next batch of probes it waits in turn. */
void mping_settler_begin(struct mping *m);
void mping_settler_end(struct mping *m);
/* Locks the engine when its core knows of all its probes whether they have left. */
void mping_lock_settled(struct mping *m);
void mping_await_change(struct mping *m);
/* Around system calls of a group's threads, so that others may use the engine meanwhile. */
void mping_away(struct mping *m);
void mping_back(struct mping *m);
/* Whether this thread is inside a callback of the engine. */
bool mping_in_callback(const struct mping *m);

/* exclude.c */
bool mping_excludes(struct mping *m, const struct mping_addr *addr);

/* profile.c */
/* Checks options and finds or makes the profile for them; give it back with put. */
int mping_profile_get(struct mping *m, const struct mping_target_opts *opts,
                      struct mping_shared_profile **ret_profile);
void mping_profile_put(struct mping *m, struct mping_shared_profile *profile);

/* sockets.c */
/* Counts a user of the family (0 or 1) and opens its first socket if need be. */
int mping_family_use(struct mping *m, int family);
void mping_family_leave(struct mping *m, int family);
/* Opens it if it is closed. */
int mping_family_open(struct mping *m, int family);
void mping_family_close(struct mping *m, int family);
/* One more ICMP id: 0 or MPING_ENOIDS, MPING_ENOMEM. */
int mping_family_add_id(struct mping *m, int family);
/* Whether some are open that nobody needs: they could not be closed while the thread was away. */
bool mping_sockets_unused(const struct mping *m);
void mping_sockets_close_unused(struct mping *m);
/* Whether any kind of socket can be opened: 0 or MPING_EPERM and the like. */
int mping_sockets_allowed(struct mping *m);
/* Hands all packets, errors and news of drops to the core; false if it has no room for their
 * events, which must be delivered first. judging: probes are going to be judged, so that a read
 * that ended early is not enough. */
bool mping_sockets_read(struct mping *m, bool judging);
/* Tells the core of what the receive buffers had no room for. */
void mping_sockets_note_drops(struct mping *m);
/* How many sends have met a full queue since the last call, at least and at the most. */
void mping_sockets_take_refused(struct mping *m, uint32_t *ret_least, uint32_t *ret_most);
/*
 * Lets the sockets rest while nobody has to be woken by them: in one that is watched every packet,
 * in or out, looks for whom to wake. Where a family has many of them they stay as they are.
 */
void mping_sockets_rest(struct mping *m);
/* Makes them wake us again; before anybody sleeps until they do. */
void mping_sockets_rouse(struct mping *m);
/* Whether some still rest: those cannot have woken us. */
bool mping_sockets_resting(const struct mping *m);
/* Small replies that the receive buffers hold; a guess while they are closed. */
uint32_t mping_sockets_capacity(const struct mping *m);

/* One more socket of the family's kind with an id that is in use, bound to an address; it is
 * watched like the others. 0 or -errno. */
int mping_sockets_open_bound(struct mping *m, const struct mping_family *f,
                             const struct mping_addr *source, uint16_t id,
                             struct mping_backend **ret_io);

/* sockets_write.c */
/* Sends one batch of what is due; returns how many. */
size_t mping_sockets_write(struct mping *m);

/* drops.c: what the links have dropped, and what IPv6 ping sockets have on the way out */

void mping_drops_begin(struct mping_family *f);
/* mping_core_opts.look; context: the engine. */
int64_t mping_drops_look(void *context);
/* To be called before probes are sent: what was dropped before does not concern them. */
void mping_drops_before_send(struct mping *m);
/* mping_core_opts.link_doubt; context: the engine. */
enum mping_reason mping_drops_doubt(void *context, const struct mping_addr *dst,
                                    const struct mping_tx_opts *tx, int64_t sent_ns);
void mping_drops_end(struct mping_family *f);
/* Gives back the descriptors that links are watched with, until something is sent again. */
void mping_drops_close(struct mping *m);

/* interfaces.c: one that is deleted and made again has its name, but another index */

void mping_interface_note(struct mping_shared_profile *p);
/* Lets targets that are bound to an interface find it again, where sending has missed it. */
void mping_interfaces_follow(struct mping *m, const struct mping_tx *tx, size_t n);

/* sources.c */
/* Whether probes with these options need a socket of their own. */
bool mping_sources_needed(const struct mping_family *f, const struct mping_tx_opts *opts);
/* The one to send tx with, opened if need be: 0 or -errno. */
int mping_sources_io(struct mping *m, struct mping_family *f, const struct mping_tx *tx,
                     struct mping_backend **ret_io);
void mping_sources_close(struct mping_family *f);

/* names.c */
/* Starts the lookups the core wants, and gives it the answers. */
void mping_names_turn(struct mping *m, int64_t now_ns);
/* Lets go of the sockets of all families that the target has had addresses of. */
void mping_names_leave(struct mping_target *t);
/* Forgets all but the address in use. */
void mping_names_forget(struct mping_note *note);
/* Ends the lookups of a target, if any. */
void mping_names_cancel(const struct mping_target *t);
/* Of the sockets for an address: 0 or 1. */
int mping_names_family(const struct mping_addr *addr);
/* Gives a target its address; opens sockets and adds ids as needed. */
int mping_names_attach(struct mping_target *t, const struct mping_addr *addr, int64_t now_ns);

/* target.c, inspect.c */
/* Frees its place and its note; nothing may name it any more. */
void mping_target_destroy(struct mping_target *t);
/* Takes the target out of the core and lets go of its profile and its sockets. */
void mping_target_detach(struct mping_target *t);
/* The counters of one engine, or of one shard. */
void mping_engine_stats_read(struct mping *m, struct mping_stats *ret_stats);
/* NULL: it has none. */
struct mping_note *mping_note_of(const struct mping_target *t);
/* Makes one with this host: NULL when out of memory. */
struct mping_note *mping_note_make(const struct mping_target *t, const char *host);

/* queue.c */
/* Room for n events altogether: 0 or MPING_ENOMEM. */
int mping_queue_reserve(struct mping_queue *queue, uint32_t n);
void mping_queue_push(struct mping_queue *queue, const struct mping_event *event);
bool mping_queue_pop(struct mping_queue *queue, struct mping_event *ret_event);
void mping_queue_done(struct mping_queue *queue);

/* cancel.c */
/* Makes a reply to a canceled target one that is canceled; whether its event is wanted then. */
bool mping_cancel_reply(struct mping_event *event);

/* deliver.c */
/* Delivers up to max events (0: all); returns how many, counting only what users see. */
int mping_deliver(struct mping *m, uint32_t max);
/* Calls back, without the lock; nothing else. */
void mping_call(const struct mping *m, struct mping_event *event, mping_callback callback);
/* Makes pull_fd readable while events wait, and no longer. */
void mping_show_waiting(struct mping *m);
/* Whether it is the end of the target: nobody has the handle, and nothing waits to be said. */
bool mping_ends_unheard(const struct mping_target *t);
/* Takes events from the pull queue. */
size_t mping_take(struct mping *m, struct mping_event *ret_events, size_t n);
/* Makes the callback; takes care of the lock and of the target's end. */
void mping_call_back(struct mping *m, struct mping_event *event);
/* Frees a dead target as soon as no event names it; called whenever one less does. */
void mping_bury(struct mping *m, struct mping_target *t);
/* Does so, once the core has no events. */
void mping_reap(struct mping *m);
/* Whether a callback of the target is being made, by another thread than this if `other`. */
bool mping_is_called(const struct mping *m, const struct mping_target *t, bool other);
/* Makes the text valid that an event carries itself; after every copy. */
void mping_event_settle(struct mping_event *event);

/* turn.c */
/* Everything that is due, once. Returns events delivered. */
int mping_turn(struct mping *m, uint32_t max_events);
/* Tells the core if the machine was suspended since the last time. */
void mping_check_suspend(struct mping *m, int64_t now_ns);
/* When the next turn should be at the latest. */
int64_t mping_turn_deadline_ns(struct mping *m);
/* Sets the timer for whoever polls mping_fd(), unless a turn is under way. */
void mping_turn_arm(struct mping *m);

/* run.c */
/* Says that events wait for mping_next() and no more fit; stuck: for want of memory. */
int mping_fail_full(struct mping *m, bool stuck);
/* Makes an eventfd readable. */
void mping_ring(int fd);
/* Makes it unreadable again; nudged tells whether somebody has rung. To be called before looking
 * for what the ringing was about. */
void mping_unring(int fd, atomic_bool *nudged);
/* Makes whoever sleeps on loop_fd look again. */
void mping_nudge(struct mping *m);
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

/* workers.c */
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
