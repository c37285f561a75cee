/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The truth about every probe. Its first half is written by the world, at once; its second
 * half by the oracle, in the order in which the core learned of things (see journal.h).
 */
#ifndef MPING_SIM_LEDGER_H
#define MPING_SIM_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/core.h"
#include "world.h"

/* A profile, and what its packets carry. */
struct sim_profile {
    struct mping_profile core;
    uint8_t *tail;
    bool unguarded; /* payload too short for a proof: forgeries cannot be told */
};

enum probe_state {
    PROBE_NONE,   /* not made, for want of an address */
    PROBE_HANDED, /* the core has built it, it is being sent or will be tried again */
    PROBE_LEFT,
    PROBE_FAILED /* a final send error */
};

/* What may excuse a missing reply. */
enum excuse {
    EXCUSE_DROP = 1,
    EXCUSE_STALL = 2,
    EXCUSE_SUSPEND = 4,
    EXCUSE_WRAP = 8, /* 65,536 probes later came while it was out */
};

struct probe {
    /* The world's. */
    int64_t sent_ns;
    int64_t handed_ns;
    uint32_t host;
    uint16_t id;
    uint8_t state;      /* enum probe_state */
    bool host_answered; /* a genuine reply is, or was, on the network */
    bool dropped;       /* a genuine reply in time was lost at our own socket */
    uint8_t payload[MPING_PROOF_BYTES + MPING_TAG_BYTES];

    /* The oracle's. */
    bool out;        /* the core knows that it has left */
    bool in_time;    /* a genuine reply was handed to the core in time */
    uint8_t attempt;
    uint8_t verdict; /* enum mping_event_type, 0: none yet */
    uint8_t excuses; /* enum excuse */
    uint8_t hinted;  /* the first ICMP error that tells a reason: its type + 1, 0: none */
    uint8_t hint_code;
    uint32_t hint_from;
    uint32_t replies; /* genuine ones that the core has judged */
    int64_t decided_ns;
};

struct sim_target {
    const struct sim_profile *profile;
    uint32_t index;   /* in the ledger */
    uint32_t core_id; /* its name in the core */

    /* The world's. */
    struct probe *probes;  /* by count */
    uint64_t n, cap;       /* probes; room for them */
    uint64_t next;         /* count of the next probe expected */
    uint64_t unresolved;   /* probes not made for want of an address, not yet skipped */
    int64_t last_ns;       /* when the last scheduled probe was handed out */
    int64_t last_due_ns;
    uint32_t host;         /* where it is now, NOBODY if unknown */
    uint32_t next_on_host; /* another target at the same address */
    uint32_t manual;       /* extra probes asked for */
    uint32_t world_pending;/* handed out and without verdict, as the core itself says */
    uint16_t id;           /* last known */
    bool named;            /* looked up by the resolver */
    bool freed;
    bool canceled;
    bool touched;          /* since the last check of its sums */

    /* The oracle's. */
    uint64_t first_open;   /* all probes before have a verdict or never left */
    uint64_t verdicts[MPING_EV_UNKNOWN + 1];
    uint64_t late, duplicates, mismatches, icmp_errors;
    uint32_t pending;
    bool ended;            /* the core was told to stop it, or failed to send */
    bool finished;
};

struct ledger {
    struct sim_target *targets;
    uint32_t n, cap;
    uint32_t *on_host[3]; /* first target at an address, by kind and number */
    uint32_t hosts_cap;   /* numbers below this may have targets */
};

/* Room for cap targets, which never move, on hosts with numbers below hosts_cap. */
void ledger_init(struct ledger *ledger, uint32_t cap, uint32_t hosts_cap);
void ledger_done(struct ledger *ledger);

/* A new target without an address; NULL if there is no room. */
struct sim_target *ledger_add(struct ledger *ledger, const struct sim_profile *profile);
/* Puts it at another address, NOBODY for none. */
void ledger_move(struct ledger *ledger, struct sim_target *target, uint32_t host);
/* The probe with that count, made if need be. Valid until the next call for that target. */
struct probe *ledger_probe(struct sim_target *target, uint64_t count);

static inline struct sim_target *ledger_at(const struct ledger *ledger, uint32_t index)
{
    return &ledger->targets[index];
}

/* The first target at a host; the others follow by next_on_host. */
static inline uint32_t ledger_on_host(const struct ledger *ledger, uint32_t host)
{
    uint32_t number = host & 0xffffff;

    return number < ledger->hosts_cap ? ledger->on_host[host_kind(host)][number] : NOBODY;
}

/* How long a probe waits, as documented for attempts; 0: for ever. */
int64_t ledger_timeout_ns(const struct mping_profile *profile, uint8_t attempt);

#endif
