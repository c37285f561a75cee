/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <errno.h>
#include <sys/socket.h>

struct model model;

void model_start(const struct mping_core_opts *opts)
{
    model.core = NULL;
    memset(model.targets, 0, sizeof(model.targets));
    memset(&model.sums, 0, sizeof(model.sums));
    model.opts = *opts;
    model.probes_n = model.made_n = model.events_n = model.events_taken = 0;
    model.settled_n = model.lives = 0;
    model.rx_packets = model.rx_drops = model.rx_malformed = model.rx_checksum = 0;
    model.rx_foreign = model.send_retries = 0;
    model.now_ns = model.opts.seed[1] % 2 ? 0 : 1000 * SECOND;
    model.advanced_ns = model.stall_from_ns = model.stall_to_ns = INT64_MIN;
    model.dropped_ns[0] = model.dropped_ns[1] = model.suspended_ns = INT64_MIN;
    model.hold_ns = model.looked_ns = INT64_MIN;
    model.looks = model.answers_n = 0;
    links_clear(model.links);
    model.paused = false;
    CHECK(mping_core_new(&model.core, opts) == 0);
}

void model_listen(void)
{
    const struct mping_event *event;

    CHECK(model.events_taken == model.events_n);
    model.events_n = model.events_taken = 0;
    while ((event = mping_core_event(model.core))) {
        CHECK(model.events_n < EVENTS_MAX);
        model.events[model.events_n++] = *event;
        mping_core_event_pop(model.core);
    }
}

void model_silence(void)
{
    CHECK(model.events_taken == model.events_n);
}

bool model_same_addr(const struct mping_addr *a, const struct mping_addr *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

const struct mping_event *model_expect(struct target *target, enum mping_event_type type)
{
    const struct mping_event *event = &model.events[model.events_taken];

    if (!(target->profile->events & MPING_EVENT_BIT(type)) ||
        (target->finished && type != MPING_EV_FINISHED))
        return NULL;
    CHECK(model.events_taken < model.events_n);
    CHECK(event->type == type);
    CHECK((const void *)event->target == target);
    model.events_taken++;
    return event;
}

int64_t model_timeout_ns(const struct target *t, unsigned attempt)
{
    double ns = (double)(t->own_timeout ? t->timeout_ns : t->profile->timeout_ns);

    for (; attempt > 0; attempt--)
        ns *= t->profile->backoff;
    return (int64_t)ns;
}

int64_t model_sent_ns(const struct probe *p)
{
    int64_t early_ns = (p->sent_ns - p->began_ns) / 64 * 64; /* as exactly as that is kept */

    return p->sent_ns - (p->early ? early_ns : 0);
}

const struct mping_event *model_expect_probe(const struct probe *p, enum mping_event_type type)
{
    const struct mping_event *event = model_expect(p->target, type);

    if (!event)
        return NULL;
    CHECK(event->count == p->count && event->seq == (uint16_t)p->count && event->id == p->id);
    CHECK(model_same_addr(&event->dst, &p->dst));
    CHECK(event->sent_ns == model_sent_ns(p) && event->attempt == p->attempt);
    if (!p->target->own_timeout)
        CHECK(event->timeout_ns == model_timeout_ns(p->target, p->attempt));
    else if (p->state == PROBE_OUT)
        CHECK(event->timeout_ns == (p->due_ns == INT64_MAX ? 0 : p->due_ns - p->sent_ns));
    return event;
}

void model_settle(struct target *t)
{
    const struct mping_event *event;

    if (t->finished || !t->done || t->pending)
        return;
    event = model_expect(t, MPING_EV_FINISHED);
    if (event)
        CHECK(event->err == t->err);
    t->finished = true;
}

void model_stop(struct target *t, int err)
{
    if (t->finished || t->ending)
        return;
    t->done = true;
    t->backlog = 0;
    if (!t->err)
        t->err = err;
    model_settle(t);
}

void model_judge(struct target *t, enum mping_event_type type)
{
    bool answered = type == MPING_EV_REPLY || type == MPING_EV_LATE;

    if (t->profile->attempts && !t->done && !t->resolving &&
        (answered || t->next >= t->profile->attempts))
        model_stop(t, 0);
    if (!t->ending)
        model_settle(t);
}

static int error_of(enum mping_event_type type, enum mping_reason reason)
{
    switch (type) {
    case MPING_EV_LOST:
        return MPING_ETIMEDOUT;
    case MPING_EV_UNREACHABLE:
        return MPING_EICMP;
    case MPING_EV_CANCELED:
        return MPING_ECANCELED;
    case MPING_EV_UNKNOWN:
        return reason == MPING_REASON_SEQ_WRAP ? MPING_ESEQWRAP : MPING_EUNKNOWN;
    default:
        return 0;
    }
}

void model_verdict(struct probe *p, enum mping_event_type type, enum mping_reason reason,
                   int64_t now_ns)
{
    const struct mping_event *event = model_expect_probe(p, type);
    int64_t rtt_ns = now_ns - model_sent_ns(p);

    CHECK(p->state == PROBE_OUT);
    if (event) {
        CHECK(event->err == error_of(type, reason) && event->reason == reason);
        if (type == MPING_EV_REPLY)
            CHECK(event->rtt_ns == rtt_ns && rtt_ns > 0 && event->received_ns == now_ns);
        if (type == MPING_EV_UNREACHABLE)
            CHECK(event->icmp_type == p->hint_type && event->icmp_code == p->hint_code &&
                  model_same_addr(&event->peer, &p->hint_from));
    }
    p->state = type == MPING_EV_REPLY ? PROBE_ANSWERED : PROBE_MISSED;
    p->forget_ns = now_ns + REMEMBER_NS;
    p->settled = model.settled_n++;
    p->target->pending--;
    model_doubt_note(p, type, reason);
    sums_verdict(p->target, type, rtt_ns);
    model_judge(p->target, type);
}

void model_expire(struct probe *p, int64_t now_ns)
{
    enum mping_reason reason = MPING_REASON_NONE, link;

    if (p->hinted) {
        model_verdict(p, MPING_EV_UNREACHABLE, reason, now_ns);
        return;
    }
    link = model_link_doubt(p);
    if (link == MPING_REASON_LINK)
        reason = link;
    else if (p->sent_ns <= model.dropped_ns[p->dst.family == AF_INET6])
        reason = MPING_REASON_RX_DROP;
    else if (p->sent_ns <= model.suspended_ns)
        reason = MPING_REASON_SUSPEND;
    else if (p->due_ns > model.stall_from_ns && p->due_ns <= model.stall_to_ns)
        reason = MPING_REASON_STALL;
    else if (!model_overrules(p, link))
        reason = link;
    model_verdict(p, reason ? MPING_EV_UNKNOWN : MPING_EV_LOST, reason, now_ns);
}

/* What has had its verdict for long is forgotten, oldest first, some in each turn. */
static void forget(void)
{
    for (unsigned i = 0; i < FORGOTTEN_MAX; i++) {
        struct probe *oldest = NULL;

        for (size_t k = 0; k < model.probes_n; k++) {
            struct probe *p = &model.probes[k];

            if ((p->state == PROBE_ANSWERED || p->state == PROBE_MISSED) &&
                (!oldest || p->settled < oldest->settled))
                oldest = p;
        }
        if (!oldest || oldest->forget_ns > model.now_ns)
            return;
        oldest->state = PROBE_GONE;
    }
}

static struct probe *find_by_event(const struct mping_event *event)
{
    for (size_t i = 0; i < model.probes_n; i++) {
        struct probe *p = &model.probes[i];

        if ((void *)p->target == (void *)event->target && p->life == p->target->life &&
            p->count == event->count && p->state == PROBE_OUT)
            return p;
    }
    CHECK(false); /* a verdict for a probe that is not out */
    return NULL;
}

static void note_stall(void)
{
    if (model.advanced_ns == INT64_MIN || model.now_ns - model.advanced_ns <= MPING_CORE_STALL_NS)
        return;
    model.stall_from_ns = model.advanced_ns;
    model.stall_to_ns = model.now_ns - MPING_CORE_STALL_NS;
}

/* Asked for by hand, and canceled before it was made. */
static void cancel_unmade(struct target *t)
{
    const struct mping_event *event = model_expect(t, MPING_EV_CANCELED);

    CHECK(event && event->err == MPING_ECANCELED && event->count == t->next);
    t->backlog--;
    t->next++;
    t->sums.sent++;
    model.sums.sent++;
    sums_verdict(t, MPING_EV_CANCELED, 0);
}

void model_advanced(void)
{
    note_stall();
    model.advanced_ns = model.now_ns;
    forget();
    while (model.events_taken < model.events_n) {
        const struct mping_event *event = &model.events[model.events_taken];
        struct target *t = (void *)event->target;
        struct probe *p;

        if (event->type == MPING_EV_FINISHED) {
            CHECK(t->ending && !t->finished && !t->pending);
            model_settle(t);
            continue;
        }
        if (event->type == MPING_EV_CANCELED && t->ending && !t->pending && t->backlog) {
            cancel_unmade(t);
            continue;
        }
        p = find_by_event(event);
        if (event->type == MPING_EV_CANCELED) {
            CHECK(t->ending);
            model_verdict(p, MPING_EV_CANCELED, MPING_REASON_NONE, model.now_ns);
        } else {
            CHECK(p->due_ns < model.now_ns);
            model_expire(p, model.now_ns);
        }
    }
    for (size_t i = 0; i < model.probes_n; i++)
        CHECK(
            model.probes[i].state != PROBE_OUT ||
            (!model.probes[i].target->ending && model.probes[i].due_ns >= model.now_ns - TICKS_NS));
    for (size_t i = 0; i < TARGETS_MAX; i++)
        CHECK(!model.targets[i].used || !model.targets[i].ending || model.targets[i].finished);
}

void model_look_at_ids(void)
{
    for (size_t i = 0; i < TARGETS_MAX; i++) {
        struct target *t = &model.targets[i];
        int id = t->used ? mping_core_target_id(model.core, t->handle) : -1;

        if (!t->used)
            continue;
        CHECK((id >= 0) == t->has_addr);
        t->id = (uint16_t)id;
        for (size_t k = 0; k < i; k++) {
            const struct target *o = &model.targets[k];

            CHECK(!o->used || !o->has_addr || !t->has_addr || o->finished || t->finished ||
                  o->id != t->id || !model_same_addr(&o->addr, &t->addr));
        }
    }
}

void model_check_idle(void)
{
    if (model.opts.rate_pps || model.now_ns < model.hold_ns || model.paused ||
        mping_core_inflight(model.core) >= model.opts.inflight_max)
        return;
    for (size_t i = 0; i < TARGETS_MAX; i++) {
        const struct target *t = &model.targets[i];
        int64_t interval_ns = t->used ? t->profile->interval_ns : 0;

        if (!t->used || t->done || t->resolving || !t->has_addr || t->was_full)
            continue;
        if (t->backlog && !t->profile->re_resolve_every)
            CHECK(interval_ns == 0 || t->asked);
        if (interval_ns <= 0 || !t->next || t->profile->re_resolve_every ||
            t->last_made_ns <= model.stall_to_ns + MPING_CORE_STALL_NS)
            continue;
        CHECK(model.now_ns < t->last_made_ns + interval_ns + TICKS_NS);
    }
}
