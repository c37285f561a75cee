/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include <stdlib.h>

#include "core/icmp.h"

#define ALL_TROUBLE                                                                             \
    (TRAIT_LOSS | TRAIT_LATE | TRAIT_DUPLICATES | TRAIT_MANGLED | TRAIT_ERRORS | TRAIT_ATTACK | \
     TRAIT_DROPS | TRAIT_STALL | TRAIT_SUSPEND | TRAIT_CLOCK | TRAIT_SEND_FULL |                \
     TRAIT_SEND_ERROR | TRAIT_NAMES | TRAIT_CROWD | TRAIT_CHURN | TRAIT_MANUAL | TRAIT_FLOOD |  \
     TRAIT_ATTEMPTS | TRAIT_SLOW)

static const struct {
    const char *name;
    uint32_t traits;
} kinds[] = {
    {"calm", 0},
    {"loss", TRAIT_LOSS | TRAIT_LATE | TRAIT_DUPLICATES},
    {"duplicates", TRAIT_DUPLICATES | TRAIT_STORM | TRAIT_FLOOD},
    {"mangled replies", TRAIT_MANGLED | TRAIT_LATE},
    {"attack", TRAIT_ATTACK | TRAIT_MANGLED | TRAIT_CROWD | TRAIT_LOSS},
    {"icmp errors", TRAIT_ERRORS | TRAIT_LOSS | TRAIT_LATE},
    {"ping sockets", TRAIT_PING_SOCKETS | TRAIT_ERRORS | TRAIT_LOSS | TRAIT_MANGLED | TRAIT_CROWD},
    {"receive drops", TRAIT_DROPS | TRAIT_STALL | TRAIT_LOSS | TRAIT_DUPLICATES | TRAIT_ERRORS},
    {"receive drops in ticks", TRAIT_DROPS | TRAIT_TICKS | TRAIT_LATE | TRAIT_DUPLICATES},
    {"stalls", TRAIT_STALL | TRAIT_LOSS | TRAIT_LATE},
    {"stalls and user stamps", TRAIT_STALL | TRAIT_USER_STAMPS | TRAIT_LOSS | TRAIT_LATE},
    {"suspend", TRAIT_SUSPEND | TRAIT_LOSS | TRAIT_LATE | TRAIT_FLOOD},
    {"clock steps", TRAIT_CLOCK | TRAIT_LOSS | TRAIT_LATE | TRAIT_TICKS},
    {"clock steps and stalls", TRAIT_CLOCK | TRAIT_LOSS | TRAIT_STALL},
    {"full buffers", TRAIT_SEND_FULL | TRAIT_LOSS | TRAIT_FLOOD | TRAIT_MANUAL},
    {"send errors", TRAIT_SEND_ERROR | TRAIT_SEND_FULL | TRAIT_FLOOD | TRAIT_ATTEMPTS},
    {"names", TRAIT_NAMES | TRAIT_LOSS | TRAIT_LATE | TRAIT_MANUAL},
    {"crowd", TRAIT_CROWD | TRAIT_LOSS | TRAIT_LATE | TRAIT_CHURN},
    {"flood", TRAIT_FLOOD | TRAIT_LOSS | TRAIT_DUPLICATES | TRAIT_LATE},
    {"attempts", TRAIT_ATTEMPTS | TRAIT_LOSS | TRAIT_LATE | TRAIT_ERRORS},
    {"many timeouts", TRAIT_ATTEMPTS | TRAIT_TIMEOUTS | TRAIT_LOSS | TRAIT_LATE},
    {"manual", TRAIT_MANUAL | TRAIT_LOSS | TRAIT_CHURN},
    {"sequence wrap", TRAIT_WRAP | TRAIT_LOSS | TRAIT_LATE},
    {"rate cap", TRAIT_RATE | TRAIT_STALL | TRAIT_FLOOD | TRAIT_LOSS},
    {"churn", TRAIT_CHURN | TRAIT_NAMES | TRAIT_FLOOD | TRAIT_ATTEMPTS | TRAIT_LOSS},
    {"slow consumer", TRAIT_SLOW | TRAIT_FLOOD | TRAIT_LOSS | TRAIT_DUPLICATES | TRAIT_CHURN},
    {"all at once", ALL_TROUBLE},
    {"any", 0}, /* some of all, by the seed */
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]), ANY = KINDS - 1 };

unsigned scenario_kinds(void)
{
    return KINDS;
}

static void set_weather(struct scenario *s, struct dice *dice)
{
    struct weather *w = &s->weather;
    static const int64_t near_ns[] = {0, 20000, MS, 10 * MS, 100 * MS};

    w->seed = dice_next(dice);
    w->rtt_min_ns = near_ns[dice_below(dice, 5)];
    w->rtt_max_ns = w->rtt_min_ns + dice_range(dice, 0, 300 * MS);
    w->jitter_max_ns = dice_range(dice, 0, 50 * MS);
    if (dice_chance(dice, PPM / 4)) { /* answers quicker than one can take the time */
        w->rtt_max_ns = w->rtt_min_ns;
        w->jitter_max_ns = 0;
    }
    w->late_ns = dice_range(dice, 100 * MS, 4 * SECOND);
    w->faulty = dice_chance(dice, PPM / 2) ? PPM : PPM / 3;
    if (has(s, TRAIT_LOSS)) {
        w->dead = (uint32_t)dice_below(dice, PPM / 4);
        w->loss = (uint32_t)dice_below(dice, PPM / 3);
    }
    if (has(s, TRAIT_LATE))
        w->late = (uint32_t)dice_below(dice, PPM / 4);
    if (has(s, TRAIT_DUPLICATES))
        w->duplicate = (uint32_t)dice_below(dice, PPM / 4);
    if (has(s, TRAIT_STORM))
        w->storm = PPM / 100;
    if (has(s, TRAIT_MANGLED)) {
        w->mangle = PPM / 4;
        w->mangle_kinds = (1u << PACKET_ERROR) - (1u << PACKET_LONGER);
    }
    if (has(s, TRAIT_ERRORS)) {
        w->error = PPM / 3;
        w->error_then_reply = PPM / 4;
    }
}

static int64_t pick_timeout_ns(struct dice *dice)
{
    static const int64_t usual_ns[] = {200 * MS, SECOND, SECOND, 2 * SECOND};

    if (dice_chance(dice, PPM / 12))
        return 0;
    if (dice_chance(dice, PPM / 3))
        return dice_range(dice, MS, 3 * SECOND);
    return usual_ns[dice_below(dice, 4)];
}

static void set_payload(struct scenario *s, struct sim_profile *p, struct dice *dice)
{
    static const uint32_t sizes[] = {56, 56, 16, 17, 57, 1472, 8, 12, 3, 0};
    /* Without a proof nothing tells the replies of one target from those of the next one. */
    bool reused = has(s, TRAIT_CROWD) || has(s, TRAIT_CHURN) || has(s, TRAIT_NAMES) ||
                  has(s, TRAIT_WRAP) || has(s, TRAIT_ATTACK);
    uint32_t len = sizes[dice_below(dice, reused ? 8 : 10)];

    p->core.payload_bytes = len;
    p->unguarded = len < MPING_PROOF_BYTES;
    if (len <= 16)
        return;
    p->tail = malloc(len - 16);
    if (!p->tail)
        abort();
    for (uint32_t i = 0; i < len - 16; i++)
        p->tail[i] = (uint8_t)dice_next(dice);
    p->core.tail = p->tail;
    p->core.tail_sum = mping_icmp_sum(0, p->tail, len - 16);
}

/* How the targets of a profile send: every so often, in a window, by attempts or by hand. */
static void set_mode(const struct scenario *s, struct mping_profile *p, struct dice *dice)
{
    static const int64_t intervals_ns[] = {2 * MS, 20 * MS, 100 * MS, SECOND, 10 * SECOND};
    uint64_t pick = has(s, TRAIT_TIMEOUTS) ? 1 : dice_below(dice, 4);

    p->interval_ns = intervals_ns[dice_below(dice, 5)];
    if (pick == 0 && has(s, TRAIT_FLOOD)) {
        p->interval_ns = 0;
        p->window = dice_chance(dice, PPM / 2) ? 1 : (uint32_t)dice_range(dice, 1, 300);
    } else if (pick == 1 && has(s, TRAIT_ATTEMPTS)) {
        p->interval_ns = 0;
        p->attempts = (uint32_t)dice_range(dice, 1, 6);
        p->backoff = dice_chance(dice, PPM / 2) ? 1.0 : 1.5;
        if (has(s, TRAIT_TIMEOUTS)) {
            p->attempts = 8;
            p->backoff = 1.3;
            p->timeout_ns = dice_range(dice, 100 * MS, 3 * SECOND);
        }
        p->count = 0;
        p->re_resolve_every = 0;
        p->events |= MPING_EVENT_BIT(MPING_EV_LATE); /* such an event ends them */
    } else if (pick == 2 && has(s, TRAIT_MANUAL)) {
        p->interval_ns = MPING_INTERVAL_MANUAL;
    } else if (has(s, TRAIT_RATE) && pick >= 2) {
        p->interval_ns = 2 * MS; /* more than the cap allows */
    } else if (p->interval_ns < 10 * MS && s->targets > 20) {
        p->interval_ns = 20 * MS;
    }
}

static void set_profile(struct scenario *s, struct sim_profile *profile, struct dice *dice)
{
    struct mping_profile *p = &profile->core;
    uint64_t events = MPING_EVENTS_DEFAULT | MPING_EVENT_BIT(MPING_EV_SENT);

    if (dice_chance(dice, PPM / 4)) /* somebody who is interested in verdicts only */
        events = MPING_EVENTS_VERDICTS | MPING_EVENT_BIT(MPING_EV_FINISHED) |
                 MPING_EVENT_BIT(MPING_EV_RESOLVED);
    *p = (struct mping_profile){
        .count = dice_chance(dice, PPM / 2) ? 0 : (uint64_t)dice_range(dice, 1, 150),
        .timeout_ns = pick_timeout_ns(dice),
        .first_delay_ns =
            dice_chance(dice, PPM / 2) ? MPING_DELAY_SPREAD : dice_range(dice, 0, 300 * MS),
        .backoff = 1.0,
        .events = events,
        .window = 1,
        .flags = (uint32_t)dice_below(dice, 128) & ~(uint32_t)MPING_FLAG_DF,
        .pull = has(s, TRAIT_SLOW) && dice_chance(dice, PPM / 2),
        .tx.tos = -1,
    };
    if (has(s, TRAIT_NAMES))
        p->re_resolve_every = (uint32_t)dice_below(dice, 6);
    set_mode(s, p, dice);
    set_payload(s, profile, dice);
}

/* So quick and so patient that the sequence numbers come round while probes are out. */
static void set_wrap_profile(struct scenario *s, struct sim_profile *profile, unsigned i)
{
    struct mping_profile *p = &profile->core;

    p->count = 0;
    p->flags = (p->flags & MPING_FLAG_KEEP_ID) | (i % 2 ? MPING_FLAG_SEQ_STRICT : 0);
    p->interval_ns = 20000;
    p->window = 65536;
    p->timeout_ns = 2 * SECOND;
    p->first_delay_ns = 0;
    s->targets = 2;
}

static void set_sizes(struct scenario *s, struct dice *dice, uint64_t probes_max)
{
    static const uint32_t targets[] = {1, 3, 20, 60, 200};

    s->targets = targets[dice_below(dice, 5)];
    if (has(s, TRAIT_TIMEOUTS) || (has(s, TRAIT_RATE) && s->targets < 60))
        s->targets = 60;
    s->targets_max = s->targets * 2 + 200;
    s->hosts = has(s, TRAIT_CROWD) ? 1 + s->targets / 20 : s->targets * 2 + 10;
    s->ids_max = has(s, TRAIT_CROWD) && dice_chance(dice, PPM / 2) ? 12 : 300;
    s->probes_max = probes_max;
    s->start_ns = dice_range(dice, 0, 1000 * SECOND);
    s->length_ns = dice_range(dice, 20, 200) * SECOND;
    if (has(s, TRAIT_DROPS))
        s->queue_limit = (uint32_t)dice_range(dice, 2, 64);
    if (has(s, TRAIT_CHURN) || has(s, TRAIT_MANUAL) || has(s, TRAIT_SUSPEND) ||
        has(s, TRAIT_CLOCK) || has(s, TRAIT_SLOW) || has(s, TRAIT_SEND_FULL))
        s->act_ns = dice_range(dice, 2, 200) * MS;
    if (has(s, TRAIT_ATTACK))
        s->attack_ns = dice_range(dice, 1, 20) * MS;
}

static void set_core(struct scenario *s, struct dice *dice)
{
    static const uint32_t rates[] = {5, 300, 1000, 1000, 3000};

    s->core = (struct mping_core_opts){
        .seed = {dice_next(dice), dice_next(dice)},
        .inflight_max = has(s, TRAIT_WRAP) || dice_chance(dice, PPM * 3 / 4) ? 1 << 20 : 50,
        .unpaced_inflight = has(s, TRAIT_WRAP) ? 1 << 20 : (uint64_t)dice_range(dice, 1, 256),
        .rate_pps = has(s, TRAIT_RATE) ? rates[dice_below(dice, 5)] : 0,
    };
    /* Seconds at full speed: what is saved up in a stall must not be spent in one of them. */
    s->probes_max += (uint64_t)s->core.rate_pps * 6;
}

void scenario_make(struct scenario *s, uint64_t seed, uint64_t probes_max)
{
    struct dice dice = {.seed = prf(seed, 0x7363656e, 0)};
    unsigned kind = (unsigned)(seed % KINDS);

    *s = (struct scenario){.name = kinds[kind].name, .traits = kinds[kind].traits};
    if (kind == ANY)
        s->traits = (uint32_t)dice_next(&dice) & (ALL_TROUBLE | TRAIT_RATE | TRAIT_TICKS |
                                                  TRAIT_USER_STAMPS | TRAIT_PING_SOCKETS);
    if (seed >= LINK_SEEDS) {
        s->traits |= TRAIT_LINKS;
        s->links = 1 + (uint32_t)(prf(seed, 0x6c696e6b, 2) % LINKS_MAX);
    }
    if (has(s, TRAIT_WRAP)) /* there must be more of them than there are numbers */
        probes_max += 4 * 70000;
    set_sizes(s, &dice, probes_max);
    set_weather(s, &dice);
    set_core(s, &dice);
    s->profiles_n = 1 + (unsigned)dice_below(&dice, PROFILES_USUAL);
    if (has(s, TRAIT_WRAP))
        s->profiles_n = 2;
    if (has(s, TRAIT_TIMEOUTS))
        s->profiles_n = PROFILES_MAX;
    for (unsigned i = 0; i < s->profiles_n; i++) {
        set_profile(s, &s->profiles[i], &dice);
        if (has(s, TRAIT_WRAP))
            set_wrap_profile(s, &s->profiles[i], i);
    }
}

void scenario_done(struct scenario *scenario)
{
    for (unsigned i = 0; i < scenario->profiles_n; i++)
        free(scenario->profiles[i].tail);
}
