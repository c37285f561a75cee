/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A target is one host being pinged in one way. It lives from mping_add() to mping_close()
 * and is active until its MPING_EV_FINISHED.
 */
#ifndef MULTIPING_TARGET_H
#define MULTIPING_TARGET_H

#include <stddef.h>
#include <stdint.h>

#include <multiping/addr.h>
#include <multiping/api.h>
#include <multiping/event.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mping;
struct mping_target;

/*
 * Called once per event, with the target's `user`, from the thread that drives the engine or
 * one of its workers; one target's callbacks keep their order. The event is borrowed until it
 * returns. May call every function except the blocking ones and mping_free(). A C++ exception may
 * leave it: it comes out of the function that drives the engine, whose other events come with the
 * next call; out of a worker it ends the program. longjmp() may not.
 */
typedef void (*mping_callback)(const struct mping_event *event, void *user);

/* interval_ns: only mping_send() sends. */
#define MPING_INTERVAL_MANUAL INT64_C(-1)

/* The longest interval, timeout or other duration that the library takes: 10^9 s, 31 years. */
#define MPING_DURATION_MAX_NS INT64_C(1000000000000000000)

/*
 * first_delay_ns: first probes are spread evenly over the whole interval, so that the ones behind
 * them are, too; with count 1 over one second, or 0.1 ms for each target if that is longer, but
 * never over more than the interval. A single target starts at once, as does one with interval 0,
 * with attempts, or with MPING_INTERVAL_MANUAL.
 */
#define MPING_DELAY_SPREAD INT64_C(-1)

enum mping_flag {
    MPING_FLAG_RAND_DELAY = 1u << 0,    /* first probe after U(0, interval) */
    MPING_FLAG_RETRY_RESOLVE = 1u << 1, /* without an address, a failed lookup costs one probe, not
                                           the target */
    MPING_FLAG_RETRY_SEND = 1u << 2,    /* a failed send costs one probe, not the target */
    MPING_FLAG_DF = 1u << 3,            /* never fragment, also above 1,280 bytes */
    MPING_FLAG_SEQ_STRICT = 1u << 4,    /* a full window makes mping_send() say MPING_EAGAIN
                                           instead of ending the oldest probe as unknown */
    MPING_FLAG_HISTOGRAM = 1u << 5,     /* keep percentiles; costs about 4 KiB per target */
    MPING_FLAG_KEEP_ID = 1u << 6,       /* do not move to a fresh id after losses in a row */
    MPING_FLAG_TIMESTAMP = 1u << 7,     /* ask for ICMP timestamps (RFC 792) instead of echoes: IPv4
                                            on raw sockets only, payload_bytes is 12. Of the proof
                                            only the time of sending is left */
    MPING_FLAG_TX_STAMPS = 1u << 8,     /* have the kernel stamp every probe as it leaves, at
                                           0.9 us each. Without it it does so up to 10,000 a
                                           second, and for some of them above */
    MPING_FLAG_WAIT_RESOLVE = 1u << 9   /* with RETRY_RESOLVE: a name without an address is looked
                                           up again after 1, 2, 4 ... 60 s, and no probe is due in
                                           between */
};

/*
 * Options of a target; initialise with mping_target_opts_init(). Values out of range give
 * MPING_EINVAL, fields set that this version does not know -E2BIG.
 */
struct mping_target_opts {
    size_t struct_size; /* set by mping_target_opts_init() */
    uint32_t flags;     /* enum mping_flag; unknown ones give MPING_ENOTSUP */
    int32_t family;     /* AF_UNSPEC (as getaddrinfo() orders), AF_INET or AF_INET6 */

    uint64_t count;         /* probes to make; 0: without end */
    int64_t interval_ns;    /* between probes; 0: as fast as the window allows; default 1 s */
    int64_t timeout_ns;     /* to wait for a reply; 0: for ever; default 1 s */
    int64_t first_delay_ns; /* before the first probe; default MPING_DELAY_SPREAD */
    uint32_t window;        /* interval 0: probes outstanding, up to 65,536; 0: 1 (flood) */

    /*
     * Attempts mode, for sweeps: up to `attempts` probes, each sent when the one before has
     * had no reply within its timeout, until the first reply. The timeout is multiplied by
     * backoff after each. Replaces count, interval and window; 0: off.
     */
    uint32_t attempts;
    double backoff; /* 1.0 to 5.0; 0: 1.0 */

    uint32_t re_resolve_every;  /* look the name up again at every nth probe, which waits for the
                                   answer for a twentieth of the interval at most, 50 ms; then
                                   it goes to the last address. 0: never */
    int64_t resolve_timeout_ns; /* for one lookup; default 5 s */

    uint32_t payload_bytes;   /* after the ICMP header, 0 to 65,507; default 56 (RFC 792) */
    uint32_t pattern_bytes;   /* length of pattern, at most 256 */
    const void *pattern;      /* repeated to fill the payload from byte 16 on; NULL: zeros.
                                 The first 16 bytes are the proof. Below 8 bytes of payload the
                                 proof is cut, and below 1 only source, id and seq protect */
    int32_t ttl;              /* 1 to 255; 0: the system's default */
    int32_t tos;              /* TOS or traffic class, 0 to 255; -1: the system's default */
    uint32_t mark;            /* firewall mark, needs CAP_NET_ADMIN or CAP_NET_RAW; 0: none */
    uint32_t ifindex;         /* send through this interface, also when it is deleted and made
                                 again under its name; 0: as routed */
    struct mping_addr source; /* send from this local address; family 0: as routed. A link-local
                                 one also binds to its link */

    uint64_t events;         /* MPING_EVENT_BIT()s wanted; default MPING_EVENTS_DEFAULT */
    mping_callback callback; /* NULL: events wait for mping_next() */
    void *user;              /* handed back in every event */
};

/* Sets all defaults: one probe a second, one second of patience, without end. Any thread. */
MPING_API void mping_target_opts_init(struct mping_target_opts *opts, size_t opts_size);

/*
 * Starts pinging a host given by name or numeric address; engine NULL is the default one,
 * opts NULL the defaults; both strings and opts are copied. Never blocks. ret_target may be
 * NULL: the target then closes itself after its last event. Fails at once for bad options
 * and where no socket of either family can be opened. Where only those of its own cannot, the
 * target ends with the reason (-EAFNOSUPPORT, -EMFILE, MPING_EPERM ...) in MPING_EV_FINISHED; a
 * name that does not resolve, or an address of another family than the wanted one, is reported by
 * events, too. MPING_EINVAL also for a text that looks like an address and is none, see
 * mping_addr_problem(). An address whose scope names no interface is looked up like a name: the
 * interface may be there by then. -EAGAIN: a thread cannot be started.
 */
MPING_API int mping_add(struct mping *engine, const char *host,
                        const struct mping_target_opts *opts, struct mping_target **ret_target);

/*
 * The same for an address, see mping_effective_addr(). MPING_EINVAL if its family is neither
 * AF_INET nor AF_INET6, or it is link-local without zeros in bytes 5 to 8 (RFC 4291 2.5.6).
 */
MPING_API int mping_add_addr(struct mping *engine, const struct mping_addr *addr,
                             const struct mping_target_opts *opts,
                             struct mping_target **ret_target);

/*
 * The same for one of the addresses of a name, to ping them all: the target is called host and
 * begins with addr. Where its options have the name looked up again, it keeps the address as long
 * as that is among the answers. MPING_EINVAL as above.
 */
MPING_API int mping_add_as(struct mping *engine, const char *host, const struct mping_addr *addr,
                           const struct mping_target_opts *opts, struct mping_target **ret_target);

/*
 * The address that mping_add_addr() with these options pings for addr: 127.0.0.1 and ::1 for
 * 0.0.0.0 and ::, the IPv4 address in an IPv4-mapped one, and for a link-local address that names
 * no link the one of opts' interface, or that the kernel would take (scope_id stays 0 if it would
 * take none). Two addresses are the same host if this is the same. 0, MPING_EINVAL if addr is
 * neither IPv4 nor IPv6, or what mping_add_addr() would say of opts. Any thread.
 */
MPING_API int mping_effective_addr(struct mping *engine, const struct mping_addr *addr,
                                   const struct mping_target_opts *opts,
                                   struct mping_addr *ret_addr);

/*
 * Sends one probe more, whatever the schedule; the usual way with MPING_INTERVAL_MANUAL.
 * Never blocks. While the name is being looked up the probe waits for its address.
 * MPING_EAGAIN: the window is full. MPING_ECLOSED: the target has ended.
 */
MPING_API int mping_send(struct mping_target *target);

/*
 * Changes how long probes that leave from now on wait for their replies; 0: for ever. Those
 * that have left keep their deadlines. MPING_EINVAL if timeout_ns is negative or too large,
 * MPING_ENOMEM.
 */
MPING_API int mping_set_timeout(struct mping_target *target, int64_t timeout_ns);

/*
 * Waits until no probe of the target is pending and its callbacks have returned, max_ns at
 * most (-1: no limit): 0, or MPING_ETIMEDOUT. Other targets go on meanwhile.
 * MPING_EBUSY inside a callback.
 */
MPING_API int mping_drain(struct mping_target *target, int64_t max_ns);

/*
 * Stops sending. Every pending probe is reported as MPING_EV_CANCELED, then comes
 * MPING_EV_FINISHED, then silence. What mping_send() was asked for and has not left yet is
 * pending, too, and so is a probe whose reply has come and waits to be called back: no callback
 * with MPING_EV_REPLY begins after this has returned, and the counters agree. Other events that
 * were there before come first; those that are pulled stay as they are. The handle stays valid
 * until mping_close(). Once more on an ended target does nothing.
 */
MPING_API int mping_cancel(struct mping_target *target);

/*
 * Gives the handle back: cancels the target if it is active, without any further event;
 * what was pending is counted as canceled by the engine. No callback comes after this
 * (with workers it waits for a running one, unless called from it). NULL is allowed.
 */
MPING_API void mping_close(struct mping_target *target);

/* The ICMP id the next probe will carry; MPING_EAGAIN while there is no address yet. */
MPING_API int mping_target_id(const struct mping_target *target);

/* The name or address it was made from. Borrowed: lives as long as the target. NULL: out of memory.
 */
MPING_API const char *mping_target_host(const struct mping_target *target);

/*
 * Copies the same into ret_host, cut to size - 1 bytes and a NUL; size 0: nothing. Returns its
 * whole length, or MPING_EINVAL without a target. Keeps nothing, where mping_target_host() may
 * take memory for each target it is asked about. Any thread.
 */
MPING_API int mping_target_host_copy(const struct mping_target *target, char *ret_host,
                                     size_t size);

/* The current address; MPING_EAGAIN while there is none, *ret_addr is then left alone. */
MPING_API int mping_target_addr(const struct mping_target *target, struct mping_addr *ret_addr);

/*
 * All addresses that the last lookup of its name has found, the one in use among them, best
 * first: copies up to n of them and returns how many there are. Only the one in use where no name
 * was looked up; MPING_EAGAIN while there is none.
 */
MPING_API int mping_target_addrs(const struct mping_target *target, struct mping_addr *ret_addrs,
                                 size_t n);

#ifdef __cplusplus
}
#endif
#endif
