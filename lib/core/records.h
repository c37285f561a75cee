/* SPDX-License-Identifier: Apache-2.0 */
/* What the core keeps of probes and targets: many of each, so every byte counts. */
#ifndef MPING_CORE_RECORDS_H
#define MPING_CORE_RECORDS_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/histogram.h"
#include "base/slab.h"
#include "core/core.h"
#include "core/key.h"

enum mping_probe_state {
    MPING_PROBE_FREE,
    MPING_PROBE_SENDING, /* handed out by poll_tx, not reported by sent */
    MPING_PROBE_INFLIGHT,
    MPING_PROBE_ANSWERED, /* verdict reply, remembered */
    MPING_PROBE_MISSED    /* any other verdict, remembered */
};

/* Unit of mping_probe.early: what is kept reaches back 16 us. */
#define MPING_EARLY_NS INT64_C(64)

/* One probe: a cache line. */
struct mping_probe {
    struct mping_node node; /* due_ns: the deadline; remembered: when to forget */
    struct mping_key key;   /* where it went */
    int64_t sent_ns;
    uint32_t target;
    uint32_t generation : 24; /* of the target: it may have been freed since */
    uint32_t early : 8;       /* it left at most so many MPING_EARLY_NS before sent_ns */
    uint32_t count;           /* its lower half, see mping_probe_count() */
    uint32_t next, prev;      /* pending, of the same target, in a ring in order of sending */
    uint16_t id;
    uint8_t state : 3;      /* enum mping_probe_state */
    uint8_t tx_stamp : 2;   /* enum mping_stamp */
    uint8_t hinted : 1;     /* an ICMP error has been seen: it is in the index of hints */
    uint8_t proof_kept : 1; /* IPv4: the key begins with what the payload does, not with 0 */
    uint8_t attempt;
};

/* An ICMP error that becomes the verdict unless a reply comes in time. */
struct mping_hint {
    struct mping_node node;
    uint32_t probe;
    struct mping_addr from;
    int64_t received_ns;
    uint32_t info;
    uint8_t type, code, rx_stamp;
};

/* In the order of their use: ordinary replies stay within the first 64 bytes or so. */
struct mping_counters {
    uint64_t sent, received;
    int64_t rtt_min_ns, rtt_max_ns, rtt_last_ns;
    double rtt_mean_ns, rtt_m2, jitter_ns; /* m2: sum of squared distances (Welford 1962) */
    uint64_t lost;
    uint32_t loss_run, loss_run_max; /* stop at UINT32_MAX */
    uint64_t unreachable, send_errors, unknown, canceled, resolve_errors;
    uint64_t late, duplicates, mismatches, icmp_errors;
    uint64_t truncated, longer;
};

/* What a target needs beyond its first probe or its address. Never in a list. */
struct mping_target_extra {
    union {
        struct mping_node node; /* while free */
        struct {
            int64_t next_due_ns; /* deferred: of the schedule */
            uint32_t count_high; /* upper half of the count */
            uint32_t pending;    /* probes being sent or waiting for their verdict */
        };
    };
    struct mping_counters counters;
    struct mping_histogram *histogram; /* NULL: none */
    void *note;                        /* the owner's */
    int64_t timeout_ns;                /* own_timeout: of probes to come */
    uint32_t backlog;                  /* manual probes asked for and not sent yet */
    uint16_t retries : 10;             /* of the next probe, because buffers were full */
    uint16_t excuses : 2;              /* probes in a row that drops excuse, see doubt.c */
    uint16_t answered : 1;             /* there are none: */
    uint16_t excused_span;             /* when the first of them left, or what was answered last */
};

/* Who has answered, and where it was: its place may have gone to another one since. */
struct mping_answerer {
    uint32_t target, generation;
    uint32_t address; /* folded */
};

/* Who has answered probes that were sent within one span of time: two of them. */
struct mping_answers {
    uint32_t span;
    struct mping_answerer first, last;
};

/* An IPv6 address. */
struct mping_ip6_entry {
    struct mping_node node;
    struct mping_key key;
};

enum mping_target_state {
    MPING_TARGET_FREE,
    MPING_TARGET_DETACHED,  /* only its place is left */
    MPING_TARGET_RESOLVING, /* no address, or a new one wanted before the next probe */
    MPING_TARGET_ACTIVE,
    MPING_TARGET_STOPPED, /* sends no more, waits for its last verdicts */
    MPING_TARGET_ENDING,  /* canceled */
    MPING_TARGET_FINISHED
};

/*
 * A target: a cache line. What its first probe does not need lies elsewhere; with a million
 * hosts that are asked once, this is nearly all the memory there is.
 *
 * While it has no `extra` its statistics are here: `lost` losses, then at most one verdict of
 * another kind, `outcome`, and for a reply its RTT. So it can have one probe pending and none
 * after an outcome; see mping_target_ready().
 */
struct mping_core_target {
    struct mping_node node; /* due_ns: of its next probe, in schedule time */
    uint32_t profile;       /* in profiles */
    uint32_t addr;          /* IPv4 as in the key, or its place in ip6_entries */
    union {
        uint32_t first_probe; /* the oldest pending one, or MPING_SLAB_NONE */
        uint32_t rtt_ns;      /* outcome is MPING_EV_REPLY */
    };
    uint32_t count;           /* number of the next probe, lower half */
    uint32_t extra;           /* in extras, or MPING_SLAB_NONE */
    uint32_t generation : 24; /* how often the place has been used */
    uint32_t lost : 8;
    uint16_t id_index;
    int16_t err;        /* why it ended */
    uint8_t state : 4;  /* enum mping_target_state */
    uint8_t losses : 4; /* in a row, with this id */
    uint8_t outcome;    /* enum mping_event_type; 0: none yet */
    uint8_t sent;
    bool has_addr : 1;
    bool wide : 1;        /* an IPv6 address */
    bool indexed : 1;     /* its address and id are in target_index */
    bool fresh_addr : 1;  /* looked up for this very probe */
    bool done : 1;        /* no further probe is wanted */
    bool deferred : 1;    /* node.due_ns is a while later than the schedule wants */
    bool own_timeout : 1; /* other than its profile's */
    bool has_owner : 1;   /* owned holds a pointer, else the owner's own bytes */
    union {
        uint8_t owned[MPING_CORE_OWNED_BYTES];
        struct mping_target *owner;
    };
};

static_assert(sizeof(struct mping_core_target) == 64 && sizeof(struct mping_probe) == 64,
              "a cache line each");

/* One profile in use. */
struct mping_profile_use {
    const struct mping_profile *profile; /* NULL: free */
    union {
        uint64_t targets;
        uint32_t next_free;
    };
};

/* The ids of one family. */
struct mping_ids {
    uint16_t *ids;
    uint32_t n, cap;
    bool more_wanted; /* a target would like to move, and there is none left to move to */
};

#endif
