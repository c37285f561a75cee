/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters and RTT statistics. For every target and for the engine as a whole, at any time:
 *
 *   sent = received + lost + unreachable + send_errors + unknown + canceled + pending
 */
#ifndef MULTIPING_STATS_H
#define MULTIPING_STATS_H

#include <stddef.h>
#include <stdint.h>

#include <multiping/api.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mping;
struct mping_target;

/* Counts are of probes or events, and of packets where they say so. Times are ns. */
struct mping_stats {
    uint64_t sent;           /* probes handed to the kernel, those included that it refused and
                                that ended before, for want of memory or as canceled */
    uint64_t received;       /* MPING_EV_REPLY */
    uint64_t lost;           /* MPING_EV_LOST */
    uint64_t unreachable;    /* MPING_EV_UNREACHABLE */
    uint64_t send_errors;    /* MPING_EV_SEND_ERROR */
    uint64_t unknown;        /* MPING_EV_UNKNOWN */
    uint64_t canceled;       /* MPING_EV_CANCELED */
    uint64_t pending;        /* waiting for their verdict */
    uint64_t resolve_errors; /* MPING_EV_RESOLVE_ERROR: not part of sent */

    uint64_t late;        /* MPING_EV_LATE */
    uint64_t duplicates;  /* MPING_EV_DUPLICATE */
    uint64_t mismatches;  /* MPING_EV_MISMATCH that could be told to belong here */
    uint64_t icmp_errors; /* MPING_EV_ICMP_ERROR */

    /* RTT of the replies in time (RFC 2681), 0 while there are none. */
    int64_t rtt_min_ns;
    int64_t rtt_max_ns;
    int64_t rtt_last_ns;
    double rtt_mean_ns;
    double rtt_stddev_ns; /* over the population, as ping's mdev */
    double jitter_ns;     /* smoothed as in RFC 3550 section 6.4.1, of RTTs in a row */

    /* Percentiles, within 2 %: only for targets with MPING_FLAG_HISTOGRAM, else 0. */
    int64_t rtt_p50_ns;
    int64_t rtt_p90_ns;
    int64_t rtt_p95_ns;
    int64_t rtt_p99_ns;

    uint64_t loss_run;     /* verdicts lost or unreachable in a row, up to now */
    uint64_t loss_run_max; /* the longest such run */

    /* The engine only, 0 for a target. */
    uint64_t targets;      /* active targets */
    uint64_t rx_packets;   /* packets read from the sockets */
    uint64_t rx_drops;     /* packets the kernel dropped because a receive buffer was full */
    uint64_t rx_malformed; /* not ICMP, or cut short */
    uint64_t rx_checksum;  /* wrong ICMP checksum */
    uint64_t rx_foreign;   /* replies and errors that are none of ours */
    uint64_t send_retries; /* sends repeated because buffers were full for the moment */
    uint64_t ids;          /* ICMP ids in use, both families */
    uint64_t rx_capacity;  /* small replies that fit into the receive buffers at once */

    /* Of a target and of the engine. Both are part of received. */
    uint64_t truncated; /* replies shorter than their probes: mping_event.truncated */
    uint64_t longer;    /* replies with more than their probes: mping_event.longer */
};

/*
 * Copies the counters of a target, cut or zero-filled to stats_size, which is
 * sizeof(struct mping_stats) of the caller. With reset they start again from zero;
 * pending probes then count as sent.
 */
MPING_API int mping_target_stats(struct mping_target *target, struct mping_stats *ret_stats,
                                 size_t stats_size, int reset);

/*
 * The same for all targets the engine has ever had, never reset. NULL: the default engine.
 * MPING_EINVAL, as above, where ret_stats is NULL. With io_threads > 1 the counts of the threads
 * are added up one after the other, so that while they work the sum is of no single moment;
 * the mean and deviation are those of all RTTs, jitter_ns is the threads' mean, weighted by
 * replies, and rtt_last_ns that of one of them.
 */
MPING_API int mping_engine_stats(struct mping *engine, struct mping_stats *ret_stats,
                                 size_t stats_size);

#ifdef __cplusplus
}
#endif
#endif
