/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>

#include <multiping/error.h>
#include <multiping/target.h>

#include "core/internal.h"

/* A schedule that is further behind than this, and than its interval, skips ahead. */
#define CATCH_UP_NS INT64_C(10000000)
/* First probes are spread over at least this time, or over 0.1 ms per target. */
#define SPREAD_MIN_NS INT64_C(1000000000)
#define SPREAD_PER_TARGET_NS INT64_C(100000)

static int64_t add_time(int64_t a_ns, int64_t b_ns)
{
    return b_ns > MPING_TIME_NEVER - a_ns ? MPING_TIME_NEVER : a_ns + b_ns;
}

int64_t mping_target_timeout_ns(const struct mping_core_target *t, uint8_t attempt)
{
    double timeout_ns = (double)t->timeout_ns;

    if (!attempt || t->profile->backoff <= 1.0)
        return t->timeout_ns;
    for (uint8_t i = 0; i < attempt && timeout_ns < 1e18; i++)
        timeout_ns *= t->profile->backoff;
    return timeout_ns < 1e18 ? (int64_t)timeout_ns : INT64_C(1000000000000000000);
}

/*
 * The k-th target starts at the k-th multiple of the golden ratio, modulo the interval: even
 * however many there will be, and the first one at once.
 */
static int64_t spread_ns(const struct mping_core *core, int64_t interval_ns)
{
    uint64_t k = core->active, fraction = k * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    int64_t window_ns = SPREAD_MIN_NS;

    if (k > (uint64_t)(SPREAD_MIN_NS / SPREAD_PER_TARGET_NS))
        window_ns = (int64_t)k * SPREAD_PER_TARGET_NS;
    if (window_ns > interval_ns)
        window_ns = interval_ns;
    return (int64_t)((double)fraction / 4294967296.0 * (double)window_ns);
}

static int64_t first_delay_ns(struct mping_core *core, const struct mping_profile *profile)
{
    if (profile->interval_ns > 0 && profile->flags & MPING_FLAG_RAND_DELAY)
        return (int64_t)mping_rng_below(&core->rng, (uint64_t)profile->interval_ns);
    if (profile->first_delay_ns >= 0)
        return profile->first_delay_ns;
    return profile->interval_ns > 0 ? spread_ns(core, profile->interval_ns) : 0;
}

static int init_target(struct mping_core *core, uint32_t target,
                       const struct mping_profile *profile, struct mping_target *owner,
                       int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    uint32_t generation = t->generation;
    struct mping_node node = t->node;

    *t = (struct mping_core_target){
        .node = node,
        .profile = profile,
        .owner = owner,
        .timeout_ns = profile->timeout_ns,
        .next_due_ns = add_time(mping_schedule_ns(core, now_ns), first_delay_ns(core, profile)),
        .first_slot = MPING_SLAB_NONE,
        .last_slot = MPING_SLAB_NONE,
        .generation = generation,
        .state = MPING_TARGET_RESOLVING,
    };
    if (profile->flags & MPING_FLAG_HISTOGRAM) {
        t->histogram = calloc(1, sizeof(*t->histogram));
        if (!t->histogram)
            return MPING_ENOMEM;
    }
    return 0;
}

int mping_core_target_new(struct mping_core *core, const struct mping_profile *profile,
                          struct mping_target *owner, int64_t now_ns, uint32_t *ret_target)
{
    uint32_t target;

    if (core->opts.targets_max && core->targets.used >= core->opts.targets_max)
        return MPING_EFULL;
    if (mping_slab_reserve(&core->targets) < 0)
        return MPING_ENOMEM;
    target = mping_slab_alloc(&core->targets);
    if (init_target(core, target, profile, owner, now_ns) < 0) {
        mping_target_at(core, target)->state = MPING_TARGET_FREE;
        mping_slab_free(&core->targets, target);
        return MPING_ENOMEM;
    }
    core->active++;
    mping_list_push(&core->targets, MPING_TARGETS_RESOLVE, target);
    *ret_target = target;
    return 0;
}

void mping_target_add_slot(struct mping_core *core, uint32_t slot)
{
    struct mping_slot *s = mping_slot_at(core, slot);
    struct mping_core_target *t = mping_target_at(core, s->target);

    s->next = MPING_SLAB_NONE;
    s->prev = t->last_slot;
    if (t->last_slot != MPING_SLAB_NONE)
        mping_slot_at(core, t->last_slot)->next = slot;
    else
        t->first_slot = slot;
    t->last_slot = slot;
    t->pending++;
    core->inflight++;
    core->unpaced += t->profile->interval_ns == 0;
}

void mping_target_remove_slot(struct mping_core *core, uint32_t slot)
{
    struct mping_slot *s = mping_slot_at(core, slot);
    struct mping_core_target *t = mping_target_at(core, s->target);

    if (s->prev != MPING_SLAB_NONE)
        mping_slot_at(core, s->prev)->next = s->next;
    else
        t->first_slot = s->next;
    if (s->next != MPING_SLAB_NONE)
        mping_slot_at(core, s->next)->prev = s->prev;
    else
        t->last_slot = s->prev;
    t->pending--;
    core->inflight--;
    core->unpaced -= t->profile->interval_ns == 0;
}

/* Whether the schedule, not a manual send, wants the next probe, as soon as its time comes. */
static bool wants_more(const struct mping_core_target *t)
{
    const struct mping_profile *profile = t->profile;

    if (profile->interval_ns < 0)
        return false;
    if (profile->attempts)
        return t->pending == 0;
    return profile->interval_ns > 0 || t->pending < profile->window;
}

void mping_target_schedule(struct mping_core *core, uint32_t target)
{
    struct mping_core_target *t = mping_target_at(core, target);

    if (t->state != MPING_TARGET_ACTIVE)
        return;
    mping_list_unlink(&core->targets, target);
    if (t->backlog)
        t->node.due_ns = INT64_MIN;
    else if (wants_more(t))
        t->node.due_ns = t->next_due_ns;
    else
        return;
    mping_wheel_insert(&core->schedule, target);
}

void mping_target_settle(struct mping_core *core, uint32_t target)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_event *event;

    if (t->state == MPING_TARGET_FINISHED || !t->done || t->pending)
        return;
    mping_list_unlink(&core->targets, target);
    event = mping_event_new(core, t, MPING_EV_FINISHED);
    if (event)
        event->err = t->err;
    mping_ident_release(core, target);
    t->state = MPING_TARGET_FINISHED;
    core->active--;
}

void mping_target_stop(struct mping_core *core, uint32_t target, int err)
{
    struct mping_core_target *t = mping_target_at(core, target);

    if (t->state == MPING_TARGET_FINISHED || t->state == MPING_TARGET_ENDING)
        return;
    mping_list_unlink(&core->targets, target);
    t->state = MPING_TARGET_STOPPED;
    t->done = true;
    t->backlog = 0;
    if (!t->err)
        t->err = err;
    mping_target_settle(core, target);
}

/* The next time of the schedule. Times that have long passed are left out. */
static void step_schedule(const struct mping_core *core, struct mping_core_target *t,
                          int64_t now_ns)
{
    int64_t interval_ns = t->profile->interval_ns;
    int64_t schedule_ns = mping_schedule_ns(core, now_ns), behind_ns;

    if (interval_ns <= 0) {
        t->next_due_ns = schedule_ns;
        return;
    }
    t->next_due_ns = add_time(t->next_due_ns, interval_ns);
    behind_ns = schedule_ns - t->next_due_ns;
    if (behind_ns > interval_ns && behind_ns > CATCH_UP_NS)
        t->next_due_ns += behind_ns / interval_ns * interval_ns;
}

void mping_target_advance(struct mping_core *core, uint32_t target, int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);

    t->count++;
    t->fresh_addr = false;
    if (t->backlog)
        t->backlog--;
    else
        step_schedule(core, t, now_ns);
    if (t->profile->count && t->count >= t->profile->count) {
        t->done = true;
        t->state = MPING_TARGET_STOPPED;
    }
}

void mping_target_retry(struct mping_core *core, uint32_t target, int64_t due_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    bool resolving = t->state == MPING_TARGET_RESOLVING; /* for the probe after this one */

    if (!resolving && t->state != MPING_TARGET_ACTIVE && t->state != MPING_TARGET_STOPPED)
        return;
    if (t->err)
        return; /* a probe of the same batch has ended it */
    t->count--;
    t->done = false;
    t->fresh_addr = true;
    if (t->profile->interval_ns < 0)
        t->backlog++;
    else
        t->next_due_ns -= t->profile->interval_ns;
    if (resolving)
        return; /* it is sent when the answer has come */
    t->state = MPING_TARGET_ACTIVE;
    mping_list_unlink(&core->targets, target);
    t->node.due_ns = due_ns;
    mping_wheel_insert(&core->schedule, target);
}

static void judge_attempt(struct mping_core *core, uint32_t target, enum mping_event_type type)
{
    struct mping_core_target *t = mping_target_at(core, target);

    if (type == MPING_EV_REPLY || type == MPING_EV_LATE ||
        t->attempt + 1u >= t->profile->attempts) {
        mping_target_stop(core, target, 0);
        return;
    }
    t->attempt++;
    mping_target_schedule(core, target);
}

void mping_target_judged(struct mping_core *core, uint32_t target, enum mping_event_type type,
                         int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);

    if (t->state == MPING_TARGET_ACTIVE && t->profile->interval_ns == 0) {
        /* Nothing else would slow down a host that cannot be sent to at all. */
        if (type == MPING_EV_SEND_ERROR || type == MPING_EV_RESOLVE_ERROR)
            t->next_due_ns = mping_schedule_ns(core, now_ns) + MPING_ERROR_PAUSE_NS;
        if (t->profile->attempts)
            judge_attempt(core, target, type);
        else
            mping_target_schedule(core, target);
    }
    if (t->state != MPING_TARGET_ENDING)
        mping_target_settle(core, target);
}

int mping_core_target_resolved(struct mping_core *core, uint32_t target,
                               const struct mping_addr *addr, int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_key key = mping_key_of(addr);
    bool asked = !mping_list_linked(&core->targets, target);
    bool changed = !t->has_addr || !mping_key_equal(&t->key, &key);
    int err;

    (void)now_ns;
    if (t->state != MPING_TARGET_RESOLVING)
        return 0;
    err = mping_ident_assign(core, target, &key);
    if (err < 0)
        return err;
    if (asked && changed)
        mping_event_new(core, t, MPING_EV_RESOLVED);
    t->state = MPING_TARGET_ACTIVE;
    t->fresh_addr = true;
    mping_target_schedule(core, target);
    return 0;
}

void mping_core_target_resolve_failed(struct mping_core *core, uint32_t target, int err,
                                      enum mping_reason reason, int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    bool retry = t->profile->flags & MPING_FLAG_RETRY_RESOLVE;
    struct mping_event *event;

    if (t->state != MPING_TARGET_RESOLVING)
        return;
    t->state = MPING_TARGET_ACTIVE;
    if (retry && t->profile->interval_ns < 0 && !t->backlog)
        return; /* nobody has asked for a probe yet */
    event = mping_event_new(core, t, MPING_EV_RESOLVE_ERROR);
    if (event) {
        event->err = err;
        event->reason = (uint8_t)reason;
        event->seq = (uint16_t)t->count;
    }
    mping_count_verdict(core, t, MPING_EV_RESOLVE_ERROR);
    if (!retry) {
        mping_target_stop(core, target, err);
        return;
    }
    mping_target_advance(core, target, now_ns);
    mping_target_judged(core, target, MPING_EV_RESOLVE_ERROR, now_ns);
    mping_target_schedule(core, target);
}

void mping_core_target_fail(struct mping_core *core, uint32_t target, int err)
{
    struct mping_core_target *t = mping_target_at(core, target);

    if (t->state == MPING_TARGET_FINISHED || t->state == MPING_TARGET_ENDING)
        return;
    mping_list_unlink(&core->targets, target);
    t->state = MPING_TARGET_ENDING;
    t->done = true;
    t->backlog = 0;
    t->err = err;
    mping_list_push(&core->targets, MPING_TARGETS_ENDING, target);
}

void mping_core_target_cancel(struct mping_core *core, uint32_t target)
{
    mping_core_target_fail(core, target, MPING_ECANCELED);
}

int mping_core_target_send(struct mping_core *core, uint32_t target, int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    bool strict = t->profile->flags & MPING_FLAG_SEQ_STRICT;

    (void)now_ns;
    if (t->done || (t->profile->count && t->count + t->backlog >= t->profile->count))
        return MPING_ECLOSED;
    if (strict && (uint64_t)t->pending + t->backlog >= 65536)
        return MPING_EAGAIN;
    if (t->backlog == UINT32_MAX)
        return MPING_EAGAIN;
    t->backlog++;
    mping_target_schedule(core, target);
    return 0;
}

void mping_core_target_set_timeout(struct mping_core *core, uint32_t target, int64_t timeout_ns)
{
    mping_target_at(core, target)->timeout_ns = timeout_ns;
}

void mping_core_target_free(struct mping_core *core, uint32_t target)
{
    struct mping_core_target *t = mping_target_at(core, target);

    while (t->first_slot != MPING_SLAB_NONE) {
        core->totals.canceled++;
        mping_slot_drop(core, t->first_slot);
    }
    mping_list_unlink(&core->targets, target);
    mping_ident_release(core, target);
    if (t->state != MPING_TARGET_FINISHED)
        core->active--;
    free(t->histogram);
    t->histogram = NULL;
    t->state = MPING_TARGET_FREE;
    t->generation++;
    mping_slab_free(&core->targets, target);
}

bool mping_core_target_finished(const struct mping_core *core, uint32_t target)
{
    return mping_target_at(core, target)->state == MPING_TARGET_FINISHED;
}

uint32_t mping_core_target_pending(const struct mping_core *core, uint32_t target)
{
    const struct mping_core_target *t = mping_target_at(core, target);

    return t->pending + t->backlog;
}

int mping_core_target_id(const struct mping_core *core, uint32_t target)
{
    const struct mping_core_target *t = mping_target_at(core, target);

    return t->has_addr ? t->id : MPING_EAGAIN;
}

int mping_core_target_addr(const struct mping_core *core, uint32_t target,
                           struct mping_addr *ret_addr)
{
    const struct mping_core_target *t = mping_target_at(core, target);

    if (!t->has_addr)
        return MPING_EAGAIN;
    *ret_addr = mping_key_addr(&t->key);
    return 0;
}

uint32_t mping_core_resolve_wanted(struct mping_core *core)
{
    uint32_t target = mping_list_head(&core->targets, MPING_TARGETS_RESOLVE);

    if (target != MPING_SLAB_NONE)
        mping_list_unlink(&core->targets, target);
    return target;
}

struct mping_target *mping_core_target_owner(const struct mping_core *core, uint32_t target)
{
    return mping_target_at(core, target)->owner;
}
