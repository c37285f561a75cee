/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>

#include <multiping/error.h>
#include <multiping/target.h>

#include "core/internal.h"
#include "core/schedule.h"

/* A schedule that is further behind than this, and than its interval, skips ahead. */
#define CATCH_UP_NS INT64_C(10000000)
/* Where a target makes but one probe, they are spread over this time, or 0.1 ms per target. */
#define SPREAD_ONCE_NS INT64_C(1000000000)
#define SPREAD_PER_TARGET_NS INT64_C(100000)
#define SPREAD_SINGLY 4096

/* b_ns >= 0. A schedule that steps back may begin before the clock did. */
static int64_t add_time(int64_t a_ns, int64_t b_ns)
{
    return a_ns > 0 && b_ns > MPING_TIME_NEVER - a_ns ? MPING_TIME_NEVER : a_ns + b_ns;
}

int64_t mping_target_timeout_ns(const struct mping_core *core, const struct mping_core_target *t,
                                uint8_t attempt)
{
    const struct mping_profile *profile = mping_profile_of(core, t);
    const struct mping_more *more = mping_more_of(core, t);
    int64_t first_ns = more && t->own_timeout ? more->timeout_ns : profile->timeout_ns;
    double timeout_ns = (double)first_ns;

    if (!attempt || profile->backoff <= 1.0)
        return first_ns;
    for (uint8_t i = 0; i < attempt && timeout_ns < 1e18; i++)
        timeout_ns *= profile->backoff;
    return timeout_ns < 1e18 ? (int64_t)timeout_ns : INT64_C(1000000000000000000);
}

/*
 * Over how long first probes are spread: over the whole interval, for the probes behind them will
 * stand as they do. Nobody wants to wait that long where none will follow.
 */
static int64_t spread_over_ns(const struct mping_core *core, const struct mping_profile *profile)
{
    int64_t over_ns = SPREAD_ONCE_NS;

    if (profile->count != 1)
        return profile->interval_ns;
    if (core->active > (uint64_t)(SPREAD_ONCE_NS / SPREAD_PER_TARGET_NS))
        over_ns = (int64_t)core->active * SPREAD_PER_TARGET_NS;
    return over_ns < profile->interval_ns ? over_ns : profile->interval_ns;
}

/*
 * The k-th target starts at the k-th multiple of the golden ratio, modulo that time: even however
 * many there will be, also where each takes the place of one that has ended, and the first one at
 * once. Where thousands are sent a second, eight that lie side by side go together: the cache
 * finds them eight times as fast.
 */
static int64_t spread_ns(const struct mping_core *core, const struct mping_profile *profile)
{
    uint64_t k = core->active < SPREAD_SINGLY ? core->spread : core->spread / 8 * 8;
    uint64_t fraction = k * UINT64_C(0x9e3779b97f4a7c15) >> 32;

    return (int64_t)((double)fraction / 4294967296.0 * (double)spread_over_ns(core, profile));
}

static int64_t first_delay_ns(struct mping_core *core, const struct mping_profile *profile)
{
    if (profile->interval_ns > 0 && profile->flags & MPING_FLAG_RAND_DELAY)
        return (int64_t)mping_rng_below(&core->rng, (uint64_t)profile->interval_ns);
    if (profile->first_delay_ns >= 0)
        return profile->first_delay_ns;
    return profile->interval_ns > 0 ? spread_ns(core, profile) : 0;
}

static int init_target(struct mping_core *core, uint32_t target,
                       const struct mping_profile *profile, struct mping_target *owner,
                       int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    uint32_t generation = t->generation;
    struct mping_more *more;

    *t = (struct mping_core_target){
        .node =
            {
                .due_ns = add_time(mping_schedule_ns(core, now_ns), first_delay_ns(core, profile)),
                .next = MPING_SLAB_NONE,
                .prev = MPING_SLAB_NONE,
            },
        .profile = mping_profile_enter(core, profile),
        .first_slot = MPING_SLAB_NONE,
        .more = MPING_SLAB_NONE,
        .generation = generation & 0xffffff,
        .state = MPING_TARGET_RESOLVING,
        .has_owner = owner != NULL,
    };
    if (t->profile == MPING_SLAB_NONE)
        return MPING_ENOMEM;
    if (owner)
        t->owner = owner;
    if (!(profile->flags & MPING_FLAG_HISTOGRAM))
        return 0;
    more = mping_target_more(core, t);
    if (more)
        more->histogram = calloc(1, sizeof(*more->histogram));
    return more && more->histogram ? 0 : MPING_ENOMEM;
}

int mping_core_target_new(struct mping_core *core, const struct mping_profile *profile,
                          struct mping_target *owner, int64_t now_ns, uint32_t *ret_target)
{
    uint32_t target;
    int err;

    if (core->opts.targets_max && core->targets.used >= core->opts.targets_max)
        return MPING_EFULL;
    if (mping_slab_reserve(&core->targets) < 0)
        return MPING_ENOMEM;
    mping_schedule_wake(core, now_ns);
    /* A wheel that starts at 0 would have to move each target once for each level. */
    if (core->targets.used == 0)
        mping_wheel_advance(&core->schedule, mping_schedule_ns(core, now_ns));
    target = mping_slab_alloc(&core->targets);
    if (core->active == 0)
        core->spread = 0;
    err = init_target(core, target, profile, owner, now_ns);
    core->active++;
    core->spread++;
    if (err < 0) {
        mping_core_target_free(core, target);
        return MPING_ENOMEM;
    }
    mping_list_push(&core->targets, MPING_TARGETS_RESOLVE, target);
    *ret_target = target;
    return 0;
}

void mping_target_add_slot(struct mping_core *core, uint32_t slot)
{
    struct mping_slot *s = mping_slot_at(core, slot);
    struct mping_core_target *t = mping_target_at(core, s->target);
    struct mping_more *more = mping_more_of(core, t);

    s->next = s->prev = slot;
    if (t->first_slot == MPING_SLAB_NONE) {
        t->first_slot = slot;
    } else {
        struct mping_slot *first = mping_slot_at(core, t->first_slot);

        s->next = t->first_slot;
        s->prev = first->prev;
        mping_slot_at(core, first->prev)->next = slot;
        first->prev = slot;
    }
    if (more)
        more->pending++;
    core->inflight++;
    core->unpaced += mping_profile_of(core, t)->interval_ns == 0;
}

void mping_target_remove_slot(struct mping_core *core, uint32_t slot)
{
    struct mping_slot *s = mping_slot_at(core, slot);
    struct mping_core_target *t = mping_target_at(core, s->target);
    struct mping_more *more = mping_more_of(core, t);

    if (s->next == slot) {
        t->first_slot = MPING_SLAB_NONE;
    } else {
        mping_slot_at(core, s->prev)->next = s->next;
        mping_slot_at(core, s->next)->prev = s->prev;
        if (t->first_slot == slot)
            t->first_slot = s->next;
    }
    if (more)
        more->pending--;
    core->inflight--;
    core->unpaced -= mping_profile_of(core, t)->interval_ns == 0;
}

void mping_target_defer(struct mping_core *core, uint32_t target, int64_t due_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    /* Without memory to note it the schedule itself moves by this little while. */
    struct mping_more *more = t->deferred ? NULL : mping_target_more(core, t);

    if (more) {
        more->next_due_ns = t->node.due_ns;
        t->deferred = true;
    }
    mping_list_unlink(&core->targets, target);
    t->node.due_ns = due_ns;
    mping_wheel_insert(&core->schedule, target);
}

/* Back to the schedule that it was taken from. */
static void undo_defer(const struct mping_core *core, struct mping_core_target *t)
{
    const struct mping_more *more = mping_more_of(core, t);

    if (more && t->deferred)
        t->node.due_ns = more->next_due_ns;
    t->deferred = false;
}

void mping_target_settle(struct mping_core *core, uint32_t target)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_event *event;

    if (t->state == MPING_TARGET_FINISHED || !t->done || mping_target_pending(core, t) ||
        mping_target_backlog(core, t))
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
    struct mping_more *more = mping_more_of(core, t);

    assert(t->state != MPING_TARGET_FINISHED); /* nothing of it is out any more */
    if (t->state == MPING_TARGET_ENDING)
        return;
    mping_list_unlink(&core->targets, target);
    t->state = MPING_TARGET_STOPPED;
    t->done = true;
    if (more)
        more->backlog = 0; /* what was asked for and not made ends with the target's error */
    if (!t->err)
        t->err = (int16_t)err;
    mping_target_settle(core, target);
}

/* The next time of the schedule. Times that have long passed are left out. */
static void step_schedule(const struct mping_core *core, struct mping_core_target *t,
                          int64_t now_ns)
{
    int64_t interval_ns = mping_profile_of(core, t)->interval_ns;
    int64_t schedule_ns = mping_schedule_ns(core, now_ns), behind_ns;

    if (interval_ns <= 0) {
        t->node.due_ns = schedule_ns;
        return;
    }
    t->node.due_ns = add_time(t->node.due_ns, interval_ns);
    behind_ns = schedule_ns - t->node.due_ns;
    if (behind_ns > interval_ns && behind_ns > CATCH_UP_NS)
        t->node.due_ns += behind_ns / interval_ns * interval_ns;
}

static void step_count(const struct mping_core *core, struct mping_core_target *t, int step)
{
    uint64_t count = mping_target_count(core, t) + (uint64_t)step;
    struct mping_more *more = mping_more_of(core, t);

    t->count = (uint32_t)count;
    if (more)
        more->count_high = (uint32_t)(count >> 32);
}

void mping_target_advance(struct mping_core *core, uint32_t target, int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    const struct mping_profile *profile = mping_profile_of(core, t);
    struct mping_more *more = mping_more_of(core, t);

    step_count(core, t, 1);
    t->fresh_addr = false;
    undo_defer(core, t);
    if (more && more->backlog)
        more->backlog--;
    else
        step_schedule(core, t, now_ns);
    if (!t->done && profile->count && mping_target_count(core, t) >= profile->count) {
        t->done = true;
        t->state = MPING_TARGET_STOPPED;
    }
}

void mping_target_retry(struct mping_core *core, uint32_t target, int64_t due_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    int64_t interval_ns = mping_profile_of(core, t)->interval_ns;
    bool resolving = t->state == MPING_TARGET_RESOLVING; /* for the probe after this one */
    struct mping_more *more;

    if (!resolving && t->state != MPING_TARGET_ACTIVE && t->state != MPING_TARGET_STOPPED)
        return;
    if (t->err)
        return; /* a probe of the same batch has ended it */
    step_count(core, t, -1);
    t->done = false;
    t->fresh_addr = true;
    undo_defer(core, t); /* the probe before this one may have been put off, too */
    more = mping_slab_at(&core->mores, t->more); /* its tries are counted there */
    if (interval_ns >= 0)
        t->node.due_ns -= interval_ns;
    else
        more->backlog++;
    if (resolving)
        return; /* it is sent when the answer has come */
    t->state = MPING_TARGET_ACTIVE;
    mping_target_defer(core, target, due_ns);
}

static void judge_attempt(struct mping_core *core, uint32_t target, enum mping_event_type type)
{
    struct mping_core_target *t = mping_target_at(core, target);
    uint32_t attempts = mping_profile_of(core, t)->attempts;

    if (type == MPING_EV_REPLY || type == MPING_EV_LATE || mping_target_count(core, t) >= attempts)
        mping_target_stop(core, target, 0);
    else
        mping_target_schedule(core, target);
}

/* Its next probe comes a while later. */
static void pause(struct mping_core *core, uint32_t target, int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);

    mping_list_unlink(&core->targets, target);
    undo_defer(core, t);
    t->node.due_ns = mping_schedule_ns(core, now_ns) + MPING_ERROR_PAUSE_NS;
}

void mping_target_judged(struct mping_core *core, uint32_t target, enum mping_event_type type,
                         int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    const struct mping_profile *profile = mping_profile_of(core, t);

    if (t->state == MPING_TARGET_ACTIVE && profile->interval_ns == 0) {
        /* Nothing else would slow down a host that cannot be sent to at all. */
        if (type == MPING_EV_SEND_ERROR || type == MPING_EV_RESOLVE_ERROR)
            pause(core, target, now_ns);
        if (profile->attempts)
            judge_attempt(core, target, type);
        else if (!mping_list_linked(&core->targets, target)) /* else it keeps its place there */
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
    struct mping_key before = t->has_addr ? mping_target_key(core, t) : key;
    bool changed = !t->has_addr || !mping_key_equal(&before, &key);
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
    const struct mping_profile *profile = mping_profile_of(core, t);
    bool retry = profile->flags & MPING_FLAG_RETRY_RESOLVE;
    struct mping_event *event;

    if (t->state != MPING_TARGET_RESOLVING)
        return;
    t->state = MPING_TARGET_ACTIVE;
    if (retry && profile->interval_ns < 0 && !mping_target_backlog(core, t))
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
    t->err = (int16_t)err;
    mping_list_push(&core->targets, MPING_TARGETS_ENDING, target);
}

void mping_core_target_cancel(struct mping_core *core, uint32_t target)
{
    mping_core_target_fail(core, target, MPING_ECANCELED);
}

int mping_core_target_send(struct mping_core *core, uint32_t target, int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    const struct mping_profile *profile = mping_profile_of(core, t);
    uint32_t backlog = mping_target_backlog(core, t);
    struct mping_more *more;

    (void)now_ns;
    if (t->done || (profile->count && mping_target_count(core, t) + backlog >= profile->count))
        return MPING_ECLOSED;
    if (profile->flags & MPING_FLAG_SEQ_STRICT &&
        (uint64_t)mping_target_pending(core, t) + backlog >= 65536)
        return MPING_EAGAIN;
    if (backlog == UINT32_MAX)
        return MPING_EAGAIN;
    more = mping_target_more(core, t);
    if (!more)
        return MPING_ENOMEM;
    more->backlog++;
    mping_target_schedule(core, target);
    return 0;
}

int mping_core_target_set_timeout(struct mping_core *core, uint32_t target, int64_t timeout_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_more *more;

    t->own_timeout = false;
    if (timeout_ns == mping_profile_of(core, t)->timeout_ns)
        return 0;
    more = mping_target_more(core, t);
    if (!more)
        return MPING_ENOMEM;
    more->timeout_ns = timeout_ns;
    t->own_timeout = true;
    return 0;
}

void mping_core_target_detach(struct mping_core *core, uint32_t target)
{
    struct mping_core_target *t = mping_target_at(core, target);
    uint32_t slot;

    while ((slot = mping_target_first(t)) != MPING_SLAB_NONE) {
        core->totals.canceled++;
        mping_slot_drop(core, slot);
    }
    if (t->state != MPING_TARGET_FINISHED) {
        core->totals.sent += mping_target_backlog(core, t);
        core->totals.canceled += mping_target_backlog(core, t);
    }
    mping_list_unlink(&core->targets, target);
    mping_ident_release(core, target);
    mping_target_drop_key(core, t);
    if (t->state != MPING_TARGET_FINISHED)
        core->active--;
    if (t->profile != MPING_SLAB_NONE)
        mping_profile_leave(core, t->profile);
    t->state = MPING_TARGET_DETACHED;
    t->generation++;
}
