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

struct probe {
    /* The world's. */
    int64_t sent_ns;  /* when it left, as the core was told */
    int64_t began_ns; /* when its call began: not later than it left */
    int64_t due_ns;   /* until when a reply is in time */
    uint32_t host;
    uint16_t id;
    uint8_t state; /* enum probe_state */
    bool answered; /* a genuine reply reached our socket in time */
    bool missed;   /* one came in time and got lost on our own side */
    bool eaten;    /* a link of ours dropped it or its answer */
    uint8_t payload[MPING_PROOF_BYTES + MPING_TAG_BYTES];

    /* The oracle's. */
    bool out;        /* the core knows that it has left */
    bool replaced;   /* the core has had to forget it for a newer one of the same seq */
    bool early;      /* its answer came before sent_ns, so it left when its call began */
    uint8_t verdict; /* enum mping_event_type, 0: none yet */
    uint8_t hinted;  /* the first ICMP error that tells a reason: its type + 1, 0: none */
    uint8_t hint_code;
    uint32_t hint_from;
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
    uint64_t scheduled;    /* probes not asked for by hand */
    int64_t first_due_ns;  /* not before: the first of them */
    int64_t last_ns[3];    /* when the last three of them were made, latest first */
    uint32_t home;         /* where it is found by whoever looks it up */
    uint32_t host;         /* where it is now, NOBODY if unknown */
    uint32_t next_on_host; /* another target at the same address */
    uint64_t manual;       /* extra probes asked for and granted */
    uint16_t retries;      /* of the next probe */
    bool named;            /* looked up by the resolver */
    bool freed;
    bool canceled;
    bool was_reset; /* its statistics have been */
    bool touched;   /* since the last check of its sums */

    /* The oracle's. */
    uint64_t verdicts[MPING_EV_UNKNOWN + 1];
    uint64_t late, duplicates, mismatches, icmp_errors, truncated, longer;
    uint64_t known_next;  /* count of the core's next probe */
    uint64_t oldest;      /* none before this one waits for its verdict */
    uint64_t unmade;      /* of those asked for by hand */
    uint64_t canceled_at; /* the advance before its cancel */
    int64_t rtt_min_ns, rtt_max_ns;
    uint32_t known_host;            /* where the core knows it to be */
    uint16_t excused_span;          /* see oracle_doubt.c */
    uint8_t excuses;                /* probes in a row that only drops excuse, at most 3 */
    bool answered;                  /* there are none: the last verdict was a reply */
    bool answered_first;            /* and nothing but losses came before */
    bool noted;                     /* there has been more than losses */
    bool may_be_more, may_be_fewer; /* excuses, as far as the core knows */
    bool overruled;                 /* the probe that is being judged had no excuse any more */
    uint32_t pending;
    int err;     /* why it ended */
    bool ended;  /* the core makes no more probes */
    bool ending; /* canceled: advance does the rest */
    bool finished;
    bool gone;     /* freed */
    bool restless; /* has changed its address or id */
    bool vague;    /* its side counters cannot be foretold */
};

/* A target has come to a host. */
struct visit {
    uint32_t target;
    uint32_t next; /* an earlier one to the same host, or NOBODY */
};

struct ledger {
    struct sim_target *targets;
    uint32_t n, cap;
    uint32_t *on_host[3]; /* first target at an address, by kind and number */
    uint32_t *visited[3]; /* likewise the last visit */
    uint32_t hosts_cap;   /* numbers below this may have targets */
    struct visit *visits;
    uint32_t visits_n, visits_cap;
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

/* Who is at a host, or has been: NULL if nobody. A target may come up more than once. */
static inline const struct visit *ledger_visit(const struct ledger *ledger, uint32_t host)
{
    uint32_t number = host & 0xffffff;
    uint32_t i = number < ledger->hosts_cap ? ledger->visited[host_kind(host)][number] : NOBODY;

    return i == NOBODY ? NULL : &ledger->visits[i];
}

static inline const struct visit *ledger_visit_before(const struct ledger *ledger,
                                                      const struct visit *visit)
{
    return visit->next == NOBODY ? NULL : &ledger->visits[visit->next];
}

/* How long a probe waits, as documented for attempts; 0: for ever. */
int64_t ledger_timeout_ns(const struct mping_profile *profile, uint8_t attempt);

#endif
