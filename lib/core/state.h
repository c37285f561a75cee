/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One engine's state, which all files of the core work on. It is laid out for the cache: what a
 * probe touches on its way out and back lies in slabs of records, see records.h. The files, from
 * below:
 *
 *   profile_table  the settings that targets share
 *   target_store   where targets lie, and what only some of them need
 *   ids, proof     ICMP ids, and what shows that a reply is ours
 *   probes         those in flight, and those remembered for a while after their verdict
 *   counters       of a target and of all; stats: in public form
 *   event_ring     events that wait to be taken
 *   schedule       when targets send
 *   target         the life of a target; address: where it lies meanwhile
 *   doubt          whether a probe that was not answered is lost
 *   verdict        verdicts, expiry, the passing of time
 *   receive, send  matching of replies and errors; building, and what became of a send
 *   core           making and freeing, deadlines
 */
#ifndef MPING_CORE_STATE_H
#define MPING_CORE_STATE_H

#include "base/hash_index.h"
#include "base/rng.h"
#include "base/slab.h"
#include "core/core.h"
#include "core/pacer.h"
#include "core/packet.h"
#include "core/records.h"
#include "core/wheel.h"

enum {
    MPING_CLASSES = 16,                 /* distinct timeouts that have a FIFO of their own */
    MPING_REMEMBERED_MAX = 1 << 16,     /* probes remembered after their verdict */
    MPING_FORGET_MAX = 2 * MPING_BATCH, /* of them: forgotten for their age in one turn */
    MPING_EVENT_RING = 1024,            /* events waiting, a power of two */
    MPING_LOSSES_TO_MOVE = 3,           /* losses in a row after which a target takes a fresh id */
    MPING_FRESH_IDS = 8,                /* ids that such targets take turns at */
    MPING_ANSWER_SPANS = 1024,          /* of time that answers are known of: the last 34 s */
    MPING_SEND_RETRIES = 1000, /* of one probe, about two seconds, until a full buffer is final */
};

#define MPING_RETRY_NS INT64_C(2000000)        /* pause after a full buffer */
#define MPING_ERROR_PAUSE_NS INT64_C(10000000) /* pause after a send error at interval 0 */
#define MPING_REMEMBER_NS INT64_C(10000000000) /* how long probes are remembered */

/* Lists of the slab of probes. */
enum {
    MPING_PROBES_CLASS = 0,                           /* by timeout class, in order of deadline */
    MPING_PROBES_REMEMBERED = MPING_CLASSES,          /* in order of verdicts */
    MPING_PROBES_WHEEL = MPING_PROBES_REMEMBERED + 1, /* all other timeouts */
    MPING_PROBES_LISTS = MPING_PROBES_WHEEL + MPING_WHEEL_LISTS
};

/* Lists of the slab of targets. */
enum {
    MPING_TARGETS_RESOLVE,  /* want their name looked up */
    MPING_TARGETS_BLOCKED,  /* due, but too much is out already */
    MPING_TARGETS_PAUSED,   /* due, but their events are not being pulled */
    MPING_TARGETS_ENDING,   /* canceled, with verdicts to give */
    MPING_TARGETS_DETACHED, /* their owner's list */
    MPING_TARGETS_WHEEL,    /* waiting for their time */
    MPING_TARGETS_LISTS = MPING_TARGETS_WHEEL + MPING_WHEEL_LISTS
};

struct mping_core {
    struct mping_core_opts opts;
    uint64_t hash_seed;
    struct mping_rng rng;

    struct mping_slab targets;
    struct mping_slab extras;
    struct mping_slab ip6_entries;
    struct mping_profile_use *profiles;
    uint32_t profile_count, profile_cap, profile_last, profile_free;
    struct mping_hash_index profile_index; /* by pointer */
    struct mping_hash_index target_index;  /* by address and id */
    struct mping_wheel schedule;           /* in schedule time: now_ns - skew_ns */
    struct mping_pacer pacer;
    struct mping_ids ids[2]; /* IPv4, IPv6 */
    int64_t skew_ns;         /* time lost in stalls, which is not caught up */
    int64_t wall_offset_ns;  /* CLOCK_REALTIME - CLOCK_MONOTONIC */
    int64_t hold_ns;         /* no sends before: a buffer was full */
    int64_t send_told_ns;    /* when it first wanted to send, of the deadlines told since the
                                last advance */
    uint64_t active;         /* targets not finished */
    uint64_t spread;         /* targets made since there was none */
    bool pull_paused;

    struct mping_slab probes;
    struct mping_slab hints;
    struct mping_hash_index probe_index; /* by address, id and seq */
    struct mping_hash_index hint_index;  /* by probe */
    struct mping_wheel timeouts;         /* those without a class */
    int64_t class_timeout_ns[MPING_CLASSES];
    uint64_t inflight;
    uint64_t unpaced; /* of these: of targets with interval 0 */
    uint32_t remembered;

    int64_t now_ns;                     /* of the last advance; INT64_MIN: none yet */
    int64_t stall_from_ns, stall_to_ns; /* deadlines in (from, to] were slept through */
    int64_t dropped_ns[2];              /* packets of the family were lost up to then */
    int64_t tx_dropped_ns[2];           /* likewise on their way out */
    int64_t suspended_ns;
    int64_t looked_ns;             /* opts.look() has told of all drops up to then */
    int64_t link_trouble_ns;       /* opts.link_doubt() is asked about what left by then */
    struct mping_answers *answers; /* by span of time, MPING_ANSWER_SPANS of them */

    struct mping_event *ring;
    uint32_t ring_head, ring_tail; /* taken from head, added at tail */

    struct mping_counters totals;
    uint64_t rx_packets, rx_drops, rx_malformed, rx_checksum, rx_foreign, send_retries;
};

#endif
