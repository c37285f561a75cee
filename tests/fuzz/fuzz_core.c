/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes become calls of the core; model.c says what each of them must bring about. */
#include "core_rx.h"

#include <errno.h>
#include <sys/socket.h>

#include "core/icmp.h"

enum { IDS_MAX = 4 };

const struct mping_addr hosts[HOSTS] = {
    {.family = AF_INET, .ip = {10, 0, 0, 1}},
    {.family = AF_INET, .ip = {10, 0, 0, 2}},
    {.family = AF_INET, .ip = {10, 9, 0, 1}},
    {.family = AF_INET6, .ip = {0xfd, [15] = 1}},
    {.family = AF_INET6, .ip = {0xfd, [15] = 2}},
    {.family = AF_INET6, .ip = {0xfe, 0x80, [15] = 1}, .scope_id = 3},
};

static const uint8_t tail[48] = "what follows proof and tag in the payloads";

#define USUAL .backoff = 1.0, .window = 1, .tx.tos = -1, .tail = tail
#define EVERY (MPING_EVENTS_DEFAULT | MPING_EVENT_BIT(MPING_EV_SENT))

static struct mping_profile profiles[] = {
    {USUAL, .interval_ns = SECOND, .timeout_ns = SECOND, .payload_bytes = 56, .events = EVERY},
    {USUAL, .interval_ns = 20 * MS, .timeout_ns = 200 * MS, .count = 3, .payload_bytes = 16,
     .flags = MPING_FLAG_RETRY_SEND | MPING_FLAG_RETRY_RESOLVE, .events = MPING_EVENTS_DEFAULT},
    {.backoff = 1,
     .tx.tos = -1,
     .window = 2,
     .timeout_ns = 300 * MS,
     .payload_bytes = 8,
     .flags = MPING_FLAG_RETRY_SEND,
     .events = EVERY},
    {USUAL, .attempts = 3, .timeout_ns = 100 * MS, .payload_bytes = 24, .events = EVERY},
    {USUAL, .interval_ns = MPING_INTERVAL_MANUAL, .payload_bytes = 57, .events = EVERY,
     .flags = MPING_FLAG_RETRY_SEND | MPING_FLAG_RETRY_RESOLVE | MPING_FLAG_HISTOGRAM},
    {USUAL, .interval_ns = 100 * MS, .timeout_ns = 250 * MS, .count = 5, .re_resolve_every = 2,
     .first_delay_ns = 50 * MS, .payload_bytes = 4, .events = EVERY},
    {USUAL, .interval_ns = 50 * MS, .timeout_ns = SECOND, .payload_bytes = 12,
     .flags = MPING_FLAG_TIMESTAMP, .events = EVERY},
    {USUAL, .interval_ns = MPING_INTERVAL_MANUAL, .timeout_ns = 500 * MS, .count = 4,
     .flags = MPING_FLAG_SEQ_STRICT | MPING_FLAG_KEEP_ID,
     .events = MPING_EVENTS_VERDICTS | MPING_EVENT_BIT(MPING_EV_FINISHED), .pull = true},
    {USUAL, .interval_ns = 30 * MS, .first_delay_ns = MPING_DELAY_SPREAD, .timeout_ns = 3 * SECOND,
     .payload_bytes = 20, .flags = MPING_FLAG_RAND_DELAY | MPING_FLAG_HISTOGRAM, .events = EVERY,
     .pull = true},
};

enum { PROFILES = sizeof(profiles) / sizeof(profiles[0]) };

static struct target *pick_target(struct input *in)
{
    struct target *t = &model.targets[input_below(in, TARGETS_MAX)];

    return t->used ? t : NULL;
}

static void add_target(struct input *in)
{
    const struct mping_profile *profile = &profiles[input_below(in, PROFILES)];
    struct target *t = model.targets;

    while (t < model.targets + TARGETS_MAX && t->used)
        t++;
    if (t == model.targets + TARGETS_MAX)
        return;
    *t = (struct target){.sums.rtts_n = 0};
    t->used = t->resolving = true;
    t->life = ++model.lives;
    t->profile = profile;
    t->timeout_ns = profile->timeout_ns;
    t->first_due_ns =
        model.now_ns + (profile->flags & MPING_FLAG_RAND_DELAY || profile->first_delay_ns < 0
                            ? 0
                            : profile->first_delay_ns);
    CHECK(mping_core_target_new(model.core, profile, (void *)t, model.now_ns, &t->handle) == 0);
}

static bool can_be_at(const struct target *t, const struct mping_addr *addr)
{
    unsigned taken = 0;

    for (size_t i = 0; i < TARGETS_MAX; i++) {
        const struct target *o = &model.targets[i];

        taken +=
            o->used && o != t && o->has_addr && !o->finished && model_same_addr(&o->addr, addr);
    }
    return taken < mping_core_ids(model.core, addr->family) ||
           (t->has_addr && !t->finished && model_same_addr(&t->addr, addr));
}

static void give_address(struct target *t, const struct mping_addr *addr)
{
    bool changed = !t->has_addr || !model_same_addr(&t->addr, addr);
    bool fits = can_be_at(t, addr), waits = t->resolving && !t->done;
    int err = mping_core_target_resolved(model.core, t->handle, addr, model.now_ns);

    model_listen();
    CHECK(err == (waits && !fits ? MPING_ENOIDS : 0));
    if (!waits || err < 0)
        return;
    if (changed) {
        const struct mping_event *event = model_expect(t, MPING_EV_RESOLVED);

        if (event)
            CHECK(model_same_addr(&event->dst, addr));
    }
    t->resolving = false;
    t->has_addr = true;
    t->addr = *addr;
}

/* A lookup has failed: that counts for a probe, if one was wanted. */
static void give_none(struct target *t)
{
    bool retry = t->profile->flags & MPING_FLAG_RETRY_RESOLVE, waits = t->resolving && !t->done;
    bool wanted = !retry || t->profile->interval_ns >= 0 || t->backlog;
    const struct mping_event *event;

    mping_core_target_resolve_failed(model.core, t->handle, MPING_ERESOLVE, MPING_REASON_NO_ANSWER,
                                     model.now_ns);
    model_listen();
    if (!waits)
        return;
    t->resolving = false;
    if (!wanted)
        return;
    event = model_expect(t, MPING_EV_RESOLVE_ERROR);
    CHECK(event && event->err == MPING_ERESOLVE && event->reason == MPING_REASON_NO_ANSWER);
    sums_verdict(t, MPING_EV_RESOLVE_ERROR, 0);
    if (!retry) {
        model_stop(t, MPING_ERESOLVE);
        return;
    }
    if (t->backlog)
        t->backlog--;
    else
        t->scheduled++;
    t->next++;
    t->last_made_ns = model.now_ns;
    t->done = t->profile->count && t->next >= t->profile->count;
    model_judge(t, MPING_EV_RESOLVE_ERROR);
}

static void resolve(struct input *in)
{
    uint32_t wanted = mping_core_resolve_wanted(model.core);
    uint8_t pick = input_u8(in);
    struct target *t;
    unsigned host;

    if (wanted == MPING_CORE_NONE)
        return;
    t = (void *)mping_core_target_owner(model.core, wanted);
    CHECK(t >= model.targets && t < model.targets + TARGETS_MAX && t->used);
    CHECK(t->handle == wanted && !t->done && !t->finished);
    CHECK(!t->has_addr || t->profile->re_resolve_every);
    t->resolving = true;
    if (pick % 8 == 7) {
        give_none(t);
        return;
    }
    /* Timestamps are of IPv4 only; what has no proof needs an address of its own. */
    host = pick % (t->profile->flags & MPING_FLAG_TIMESTAMP ? 3u : HOSTS);
    give_address(t, &hosts[host]);
}

static void advance(void)
{
    mping_core_advance(model.core, model.now_ns);
    model_listen();
    model_advanced();
    model_look_at_ids(); /* losses may have moved some */
}

static void send_batch(struct input *in)
{
    struct mping_tx tx[8];
    size_t n = 1 + input_below(in, 8), made;
    uint8_t fate = input_u8(in);
    int full[2] = {0};

    if (model.probes_n + n > PROBES_MAX)
        return;
    /* As in every turn: first the core is told how late it is. */
    if (model.advanced_ns < model.now_ns - MPING_CORE_STALL_NS)
        advance();
    model_silence();
    made = mping_core_poll_tx(model.core, model.now_ns, tx, n);
    model_listen();
    model_look_at_ids(); /* somebody's probe may have been in the way */
    for (size_t i = 0; i < made; i++)
        model_made(&tx[i], model.now_ns);
    model_silence();
    if (made < n)
        model_check_idle();
    CHECK(mping_core_inflight(model.core) <= model.opts.inflight_max);
    CHECK(mping_core_unpaced(model.core) <= model.opts.unpaced_inflight);
    for (size_t i = 0; i < made; i++) {
        static const int errors[] = {-ENOBUFS, -EAGAIN, -EPERM, 0};
        bool v6 = tx[i].dst.family == AF_INET6;

        tx[i].err = full[v6] ? full[v6] : errors[fate >> i & 1 ? input_below(in, 4) : 3];
        if (tx[i].err == -ENOBUFS || tx[i].err == -EAGAIN)
            full[v6] = tx[i].err;
        tx[i].sent_ns = model.now_ns;
        tx[i].began_ns = model.now_ns - EARLY_NS;
        tx[i].stamp = MPING_STAMP_USER;
        model.now_ns += 1000;
    }
    mping_core_sent(model.core, model.now_ns, tx, made);
    model_listen();
    for (size_t i = 0; i < made; i++)
        model_sent(&tx[i]);
}

static void pass_time(struct input *in)
{
    static const int64_t steps_ns[] = {1000,    100000,   MS,     10 * MS,
                                       60 * MS, 250 * MS, SECOND, 11 * SECOND};

    model.now_ns += steps_ns[input_below(in, 8)];
}

static void cancel(struct input *in)
{
    struct target *t = pick_target(in);
    bool fail = input_flag(in);

    if (!t)
        return;
    if (fail)
        mping_core_target_fail(model.core, t->handle, -ENODEV);
    else
        mping_core_target_cancel(model.core, t->handle);
    model_listen();
    if (t->finished || t->ending)
        return;
    t->ending = t->done = true;
    t->err = fail ? -ENODEV : MPING_ECANCELED;
}

static void free_target(struct target *t)
{
    mping_core_target_free(model.core, t->handle);
    model_listen();
    for (size_t i = 0; i < model.probes_n; i++)
        if (model.probes[i].target == t && model.probes[i].life == t->life &&
            model.probes[i].state == PROBE_OUT)
            model.probes[i].state = PROBE_GONE;
    model.sums.verdicts[MPING_EV_CANCELED] += t->pending;
    if (!t->finished) {
        model.sums.verdicts[MPING_EV_CANCELED] += t->backlog;
        model.sums.sent += t->backlog;
    }
    t->used = false;
}

static void send_by_hand(struct input *in)
{
    struct target *t = pick_target(in);
    bool full;
    int err;

    if (!t)
        return;
    full = t->profile->count && t->next + t->backlog >= t->profile->count;
    err = mping_core_target_send(model.core, t->handle, model.now_ns);
    model_listen();
    CHECK(err == (t->done || full ? MPING_ECLOSED : 0));
    if (err == 0) {
        t->backlog++;
        t->by_hand = true;
    }
}

static void set_timeout(struct input *in)
{
    struct target *t = pick_target(in);
    int64_t timeout_ns = (int64_t)input_u8(in) * 20 * MS;

    if (!t)
        return;
    CHECK(mping_core_target_set_timeout(model.core, t->handle, timeout_ns) == 0);
    model_listen();
    t->own_timeout = timeout_ns != t->profile->timeout_ns;
    t->timeout_ns = timeout_ns;
}

static void add_id(struct input *in)
{
    int family = input_flag(in) ? AF_INET6 : AF_INET;
    uint32_t n = mping_core_ids(model.core, family);

    if (n < IDS_MAX)
        CHECK(mping_core_add_id(model.core, family, (uint16_t)(family * 100 + (int)n)) == 0);
}

/* What the core is told of the links, and how often it has asked. */
static struct link links[LINKS];
static uint64_t looks;

static int64_t look(void *context)
{
    (void)context;
    looks++;
    if (links_read(links, model.now_ns))
        mping_core_link_trouble(model.core, model.now_ns);
    return model.now_ns;
}

static enum mping_reason link_doubt(void *context, const struct mping_addr *dst,
                                    const struct mping_tx_opts *tx, int64_t sent_ns)
{
    (void)context;
    (void)tx;
    return links_doubt(links, dst, sent_ns);
}

static void trouble(struct input *in)
{
    uint8_t what = input_u8(in);
    bool v6 = what & 1;

    if (model.opts.look && what >= 128) {
        links_move(&links[v6], what / 2 % 4);
        links_move(&model.links[v6], what / 2 % 4);
        return;
    }
    switch (what / 2 % 4) {
    case 0:
        mping_core_dropped(model.core, v6 ? AF_INET6 : AF_INET, 3, model.now_ns);
        model.rx_drops += 3;
        model.dropped_ns[v6] = model.now_ns;
        break;
    case 1:
        mping_core_suspended(model.core, model.now_ns);
        model.suspended_ns = model.now_ns;
        break;
    case 2:
        mping_core_pause_pull(model.core, v6);
        model.paused = v6;
        break;
    default:
        mping_core_set_wall(model.core, (int64_t)input_uint(in, 7));
    }
    model_listen();
}

static void statistics(struct input *in)
{
    struct target *t = pick_target(in);

    if (t)
        sums_check(t, input_flag(in));
}

/* The core wants its turn in time for what is out. */
static void check_deadline(void)
{
    int64_t deadline_ns = mping_core_deadline_ns(model.core);

    for (size_t i = 0; i < model.probes_n; i++)
        if (model.probes[i].state == PROBE_OUT && model.probes[i].due_ns < INT64_MAX)
            CHECK(deadline_ns <= model.probes[i].due_ns + TICKS_NS);
}

static void step(struct input *in)
{
    struct target *t;

    switch (input_below(in, 24)) {
    case 0:
        add_target(in);
        break;
    case 1:
    case 2:
        resolve(in);
        break;
    case 3:
    case 4:
    case 5:
        send_batch(in);
        break;
    case 6:
    case 7:
    case 8:
        receive_reply(in);
        break;
    case 9:
        receive_error(in);
        break;
    case 10:
        receive_queued(in);
        break;
    case 11:
        receive_noise(in);
        break;
    case 12:
    case 13:
        pass_time(in);
        break;
    case 14:
    case 15:
        pass_time(in);
        advance();
        break;
    case 16:
        cancel(in);
        break;
    case 17:
        t = pick_target(in);
        if (t)
            free_target(t);
        break;
    case 18:
        send_by_hand(in);
        break;
    case 19:
        set_timeout(in);
        break;
    case 20:
        add_id(in);
        break;
    case 21:
        trouble(in);
        break;
    case 22:
        statistics(in);
        break;
    default:
        check_deadline();
    }
    model_silence();
    CHECK(looks == model.looks);
    model_look_at_ids();
}

/* All come to their end, with a verdict for every probe. */
static void finish(void)
{
    for (size_t i = 0; i < TARGETS_MAX; i++)
        if (model.targets[i].used)
            mping_core_target_cancel(model.core, model.targets[i].handle);
    model_listen();
    for (size_t i = 0; i < TARGETS_MAX; i++) {
        struct target *t = &model.targets[i];

        if (!t->used || t->finished || t->ending)
            continue;
        t->ending = t->done = true;
        t->err = MPING_ECANCELED;
    }
    advance();
    model_silence();
    sums_check_all();
    CHECK(!mping_core_active(model.core) && !mping_core_inflight(model.core));
    for (size_t i = 0; i < TARGETS_MAX; i++)
        if (model.targets[i].used)
            free_target(&model.targets[i]);
    mping_core_free(model.core);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    uint8_t limits = input_u8(&in);
    const struct mping_core_opts opts = {
        .seed = {0x1234, limits},
        .inflight_max = limits & 2 ? 6 : 1000,
        .unpaced_inflight = limits & 4 ? 2 : 1000,
        .rate_pps = limits & 8 ? 20 : 0,
        .look = limits & 16 ? look : NULL,
        .link_doubt = limits & 16 ? link_doubt : NULL,
    };

    for (size_t i = 0; i < PROFILES; i++)
        if (profiles[i].payload_bytes > 16)
            profiles[i].tail_sum = mping_icmp_sum(0, tail, profiles[i].payload_bytes - 16);
    model_start(&opts);
    links_clear(links);
    looks = 0;
    CHECK(mping_core_add_id(model.core, AF_INET, 200) == 0);
    CHECK(mping_core_add_id(model.core, AF_INET6, 1000) == 0);
    for (unsigned n = 0; in.left && model.probes_n < PROBES_MAX - 8; n++) {
        step(&in);
        if (n % 16 == 15)
            sums_check_all();
    }
    finish();
    return 0;
}
