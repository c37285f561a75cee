/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: sockets, schedule, timers and matching for any number of targets. It holds one
 * ICMP socket per address family, opened when the first target of that family starts and
 * closed when the last one ends. With io_threads it is one per address family and thread.
 *
 * Drive it in one of three ways:
 *   - in an event loop: poll mping_fd() for reading, call mping_process() when it is ready;
 *   - blocking: mping_run(), mping_wait();
 *   - by itself: workers > 0 makes the engine run threads of its own.
 *
 * Several cores: with io_threads > 1 that many threads of the engine send and receive, each for
 * its share of the targets, with sockets, ICMP ids and a socket filter of its own. A target's share
 * is chosen by the hash of its address, or of its name as it is written. All functions stay
 * what they are, but whoever drives the engine only collects: callbacks (without workers) run in
 * the thread that calls mping_process() and the like, and events are pulled, while packets come
 * and go in the meantime. So a target may send more before its callback can cancel it. Rate,
 * inflight_max and targets_max hold for all threads together. The threads start with the first
 * target if there are workers, else with the first call that drives the engine, have the
 * privileges of the thread that makes that call, block all signals, and stay until mping_free().
 *
 * fork(): an engine and its targets belong to the process that made them. In a child every call
 * on them gives MPING_ECLOSED and does nothing that the parent could notice; mping_free() closes
 * the child's copies of the descriptors. A child makes engines of its own, the default one too.
 */
#ifndef MULTIPING_ENGINE_H
#define MULTIPING_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include <multiping/addr.h>
#include <multiping/api.h>
#include <multiping/event.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mping;

/* Which kind of ICMP socket to use. */
enum mping_socket_kind {
    MPING_SOCKET_AUTO = 0, /* raw, or a ping socket where raw is refused */
    MPING_SOCKET_RAW = 1,  /* needs CAP_NET_RAW */
    MPING_SOCKET_PING = 2  /* needs the caller's group in net.ipv4.ping_group_range */
};

enum mping_engine_flag {
    MPING_ENGINE_BROADCAST = 1u << 0 /* let probes go to broadcast addresses (SO_BROADCAST), which
                                        otherwise are send errors, EACCES */
};

/*
 * Options of an engine; initialise with mping_opts_init(): a struct_size of 0 gives
 * MPING_EINVAL. Fields set that this version does not know give -E2BIG.
 */
struct mping_opts {
    size_t struct_size;    /* set by mping_opts_init() */
    uint32_t flags;        /* enum mping_engine_flag; unknown ones give MPING_ENOTSUP */
    int32_t socket_kind;   /* enum mping_socket_kind */
    int32_t workers;       /* callback threads, at most 1,024; 0: callbacks run in the caller's */
    uint32_t buffer;       /* workers: events that may wait for a callback, at most 1,048,576;
                              0: 1,024 */
    uint32_t rate_pps;     /* cap on the probes per second of all targets; 0: none */
    uint32_t mark;         /* firewall mark of all probes (SO_MARK); 0: none */
    uint64_t targets_max;  /* more give MPING_EFULL; 0: as memory allows */
    uint64_t inflight_max; /* probes waiting for a verdict, sending pauses there; 0: 4,194,304 */
    uint32_t rcvbuf_bytes; /* receive buffer per socket; 0: as large as the system grants */
    uint32_t sndbuf_bytes; /* send buffer per socket; 0: the system's default */
    uint64_t seed;         /* for ids, phases and the proof; 0: from the kernel (wanted) */

    /*
     * How long what has arrived may wait to be read where nothing else wakes the engine; 0: not
     * at all below some hundred packets a second. A wake-up costs as much as ten packets, and at
     * low rates there is one for each reply. Events come later by as much; round-trip times and
     * verdicts do not change, the stamps are the kernel's. Not while a target with interval 0
     * waits for its replies.
     */
    int64_t read_delay_ns;
    uint32_t io_threads; /* threads that send and receive, at most 64, as above; 0 and 1: the
                            caller's, or with workers one of the engine's own */
    uint32_t reserved32; /* 0 */
};

/* Sets all defaults. opts_size is sizeof(struct mping_opts) of the caller. Any thread. */
MPING_API void mping_opts_init(struct mping_opts *opts, size_t opts_size);

/*
 * Makes an engine. opts may be NULL; it is copied. Free it with mping_free(). Opens no ICMP
 * socket yet. MPING_ENOMEM, MPING_EINVAL, MPING_ENOTSUP, -E2BIG, or -errno where the system has no
 * descriptors left (-EMFILE, -ENFILE); mping_errmsg(NULL) tells more. Any thread.
 */
MPING_API MPING_MUST_CHECK int mping_new(struct mping **ret_engine, const struct mping_opts *opts);

/*
 * The engine that every NULL engine stands for: made on first use, shared, never freed by
 * the caller. NULL where mping_new() fails; other calls then give its error. Any thread.
 */
MPING_API struct mping *mping_default(void);

/*
 * Ends all targets and frees the engine with everything it owns; target handles become
 * invalid and no callback comes after this. Probes still out count as canceled but are not
 * reported: cancel and drain first to see them. Other threads may be in functions of the engine
 * that wait or call back: they come out with MPING_ECLOSED, and this waits for them and for the
 * callbacks they are in. No call may begin any more. MPING_EBUSY from inside a callback, and for
 * the default engine. NULL is allowed and does nothing.
 */
MPING_API int mping_free(struct mping *engine);

/*
 * Changes the number of callback threads, or the length of their queue. Takes effect when
 * the next target starts on an idle engine. MPING_EINVAL if workers is negative or above 1,024, or
 * buffer above 1,048,576.
 */
MPING_API int mping_set_workers(struct mping *engine, int workers);
MPING_API int mping_set_buffer(struct mping *engine, uint32_t buffer);

/*
 * Opens the sockets of the given family (AF_INET, AF_INET6, or AF_UNSPEC for both) now and
 * keeps them open until mping_free(), so that a program can give up its privileges before
 * the first ping. AF_UNSPEC succeeds if at least one family could be opened and the other one is
 * refused or not known to the kernel; a limit of this process (-EMFILE, -ENFILE, MPING_ENOMEM) is
 * an error, as what was opened after the privileges are gone would fail for another reason.
 * MPING_EPERM where neither kind of socket is allowed; mping_errmsg() names the ways out.
 */
MPING_API int mping_open(struct mping *engine, int family);

/*
 * The kind of socket in use for a family: MPING_SOCKET_RAW or MPING_SOCKET_PING;
 * MPING_ECLOSED while there is none, MPING_EINVAL for another family.
 */
MPING_API int mping_socket_kind(struct mping *engine, int family);

/*
 * The descriptor to poll for reading; it covers sockets, timers and names, stays the same
 * for the engine's life and belongs to the engine. With workers it never becomes ready but for
 * events to pull; with io_threads > 1 only for those, for callbacks to be made, and to ask for the
 * first mping_process().
 */
MPING_API int mping_fd(struct mping *engine);

/*
 * Does what is due without ever blocking and runs callbacks, at most max_events of them
 * (0: no limit of the caller's). Returns how many events it delivered. MPING_EBUSY inside
 * a callback.
 */
MPING_API int mping_process(struct mping *engine, uint32_t max_events);

/*
 * ns until mping_process() next has something to do by itself; -1: nothing planned. With
 * io_threads > 1 the engine's threads keep the time: 0 while events wait, else -1.
 */
MPING_API int64_t mping_next_timeout(struct mping *engine);

/*
 * Runs until no target is active, max_ns has passed (-1: no limit) or mping_wakeup() is
 * called. Returns the number of targets still active. MPING_EFULL when 65,536 events wait for
 * mping_next(), MPING_ENOMEM when fewer do and there is no memory for more: nothing is lost, but
 * nothing more can be told; take the events and call again. MPING_EBUSY inside a callback.
 */
MPING_API int mping_run(struct mping *engine, int64_t max_ns);

/*
 * Waits for something to do, max_ns at most (-1: no limit), and does it once. Returns how many
 * events it delivered. MPING_EBUSY inside a callback.
 */
MPING_API int mping_wait(struct mping *engine, int64_t max_ns);

/* Makes a blocking call return early. Any thread, and signal handlers. */
MPING_API int mping_wakeup(struct mping *engine);

/*
 * Takes up to n events of targets that have no callback, oldest first (with io_threads > 1: those
 * of each target); returns how many.
 * Never blocks and does no other work: mping_fd() is ready while events wait. Copies; the
 * caller owns ret_events.
 */
MPING_API int mping_next(struct mping *engine, struct mping_event *ret_events, size_t n);

/*
 * No probe goes to the addresses whose first prefix_len bits are those of addr (its scope does
 * not matter): it gets MPING_EV_SEND_ERROR with MPING_EEXCLUDED instead. This is looked at when a
 * probe is sent, so it holds at once, also for targets that are there already and for what names
 * resolve to. An IPv6 address is excluded as well if the IPv4 address in it is: mapped
 * (::ffff:0:0/96), NAT64 (64:ff9b::/96) and 6to4 (2002::/16). 0.0.0.0 and :: alone stand for what
 * targets of that name ping, see mping_effective_addr(). Exclusions add up and cannot be
 * taken back. MPING_EINVAL if addr is no address or prefix_len longer than it, MPING_ENOMEM.
 */
MPING_API int mping_exclude(struct mping *engine, const struct mping_addr *addr,
                            uint32_t prefix_len);

/* 1 if it is excluded, else 0. MPING_EINVAL if it is no address. */
MPING_API int mping_is_excluded(struct mping *engine, const struct mping_addr *addr);

/*
 * What the last failed call on this engine had to say: of an option, which, its value and what it
 * may be. "" if nothing has failed. NULL: of the last mping_new() of this thread, if that failed,
 * else of the default engine. Borrowed: valid until this thread calls it again. Any thread.
 */
MPING_API const char *mping_errmsg(struct mping *engine);

#ifdef __cplusplus
}
#endif
#endif
