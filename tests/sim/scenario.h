/* SPDX-License-Identifier: Apache-2.0 */
/* What a seed stands for: the network, the targets and the troubles of one simulation. */
#ifndef MPING_SIM_SCENARIO_H
#define MPING_SIM_SCENARIO_H

#include "ledger.h"
#include "links.h"
#include "weather.h"

enum { PROFILES_MAX = 24, PROFILES_USUAL = 6 };

/* From here on the links have troubles, too; the scenario is what the seed says in any case. */
#define LINK_SEEDS (UINT64_C(1) << 50)

/* What goes on in a scenario. */
enum trait {
    TRAIT_LOSS = 1 << 0,
    TRAIT_LATE = 1 << 1,
    TRAIT_DUPLICATES = 1 << 2,
    TRAIT_STORM = 1 << 3,   /* a hundred replies for one probe */
    TRAIT_MANGLED = 1 << 4, /* replies that must not be believed */
    TRAIT_ERRORS = 1 << 5,  /* ICMP errors, right and wrong ones */
    TRAIT_ATTACK = 1 << 6,  /* packets that nobody asked for */
    TRAIT_DROPS = 1 << 7,   /* small receive buffers */
    TRAIT_STALL = 1 << 8,   /* the driver does not run for a while */
    TRAIT_SUSPEND = 1 << 9,
    TRAIT_CLOCK = 1 << 10,       /* steps of the wall clock */
    TRAIT_USER_STAMPS = 1 << 11, /* no kernel stamps */
    TRAIT_SEND_FULL = 1 << 12,   /* ENOBUFS, EAGAIN */
    TRAIT_SEND_ERROR = 1 << 13,
    TRAIT_NAMES = 1 << 14, /* slow lookups, failing ones, changing addresses */
    TRAIT_CROWD = 1 << 15, /* many targets at few addresses */
    TRAIT_CHURN = 1 << 16, /* add, cancel, free, reset */
    TRAIT_MANUAL = 1 << 17,
    TRAIT_FLOOD = 1 << 18, /* interval 0 with windows */
    TRAIT_ATTEMPTS = 1 << 19,
    TRAIT_WRAP = 1 << 20, /* more than 65,536 probes of one target out at once */
    TRAIT_RATE = 1 << 21,
    TRAIT_SLOW = 1 << 22, /* events are taken slowly, or not pulled for a while */
    TRAIT_PING_SOCKETS = 1 << 23,
    TRAIT_TIMEOUTS = 1 << 25, /* many different ones */
    TRAIT_TICKS = 1 << 24,    /* the sockets do not wake the driver */
    TRAIT_LINKS = 1 << 26,    /* links drop packets or go away: seeds from LINK_SEEDS on */
};

struct scenario {
    const char *name;
    uint32_t traits;
    struct weather weather;
    struct sim_profile profiles[PROFILES_MAX];
    unsigned profiles_n;
    uint32_t targets;     /* to begin with */
    uint32_t targets_max; /* ever */
    uint32_t hosts;       /* of each kind */
    uint32_t ids_max;     /* of each family */
    uint32_t links;       /* of the machine, that have troubles */
    uint32_t queue_limit; /* packets in a receive buffer; 0: any number */
    struct mping_core_opts core;
    int64_t start_ns;
    int64_t length_ns; /* until the end begins */
    uint64_t probes_max;
    int64_t act_ns, attack_ns; /* pauses between actions of users and of an attacker */
};

/* How many kinds of scenario there are: the seed modulo this decides. */
unsigned scenario_kinds(void);
void scenario_make(struct scenario *scenario, uint64_t seed, uint64_t probes_max);
void scenario_done(struct scenario *scenario);

static inline bool has(const struct scenario *scenario, enum trait trait)
{
    return scenario->traits & trait;
}

#endif
