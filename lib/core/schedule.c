/* SPDX-License-Identifier: Apache-2.0 */
#include "core/schedule.h"

#include <multiping/target.h>

#include "base/rng.h"
#include "base/slab.h"
#include "core/core.h"
#include "core/pacer.h"
#include "core/profile_table.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"
#include "core/wheel.h"

/* What was asked for after the caller went to sleep, or had to wait anyway, was not slept through;
 * nor does the schedule go back behind what has left already. */
static int64_t slept_from_ns(const struct mping_core *core)
{
    int64_t from_ns = core->now_ns, reached_ns = core->schedule.now_ns + core->skew_ns;

    if (from_ns < core->send_told_ns)
        from_ns = core->send_told_ns;
    return from_ns < reached_ns ? reached_ns : from_ns;
}

void mping_schedule_wake(struct mping_core *core, int64_t now_ns)
{
    int64_t from_ns;

    if (core->now_ns == INT64_MIN)
        return;
    from_ns = slept_from_ns(core);
    if (now_ns - MPING_CORE_STALL_NS <= from_ns)
        return;
    core->skew_ns += now_ns - from_ns;
    core->send_told_ns = now_ns;
}

/* Whether the schedule, not a manual send, wants the next probe, as soon as its time comes. */
static bool wants_more(const struct mping_core *core, const struct mping_core_target *t)
{
    const struct mping_profile *profile = mping_profile_of(core, t);

    if (profile->interval_ns < 0)
        return false;
    if (profile->attempts)
        return mping_target_pending(core, t) == 0;
    return profile->interval_ns > 0 || mping_target_pending(core, t) < profile->window;
}

/* Where others wait for room, whoever comes later waits behind them. */
static bool must_queue(const struct mping_core *core, const struct mping_core_target *t)
{
    return mping_profile_of(core, t)->interval_ns == 0 && t->node.due_ns <= core->schedule.now_ns &&
           mping_list_head(&core->targets, MPING_TARGETS_BLOCKED) != MPING_SLAB_NONE;
}

void mping_target_schedule(struct mping_core *core, uint32_t target)
{
    struct mping_core_target *t = mping_target_at(core, target);

    if (t->state != MPING_TARGET_ACTIVE)
        return;
    mping_list_unlink(&core->targets, target);
    if (mping_target_backlog(core, t))
        mping_wheel_insert_due(&core->schedule, target);
    else if (wants_more(core, t) && must_queue(core, t))
        mping_list_push(&core->targets, MPING_TARGETS_BLOCKED, target);
    else if (wants_more(core, t))
        mping_wheel_insert(&core->schedule, target);
}

/* Whether one of those that were held back may go. */
static bool has_room(const struct mping_core *core)
{
    return core->unpaced < core->opts.unpaced_inflight;
}

uint32_t mping_schedule_next(const struct mping_core *core, uint32_t made)
{
    uint32_t due = mping_wheel_due(&core->schedule);

    if (has_room(core) && (due == MPING_SLAB_NONE || made % 2)) {
        uint32_t blocked = mping_list_head(&core->targets, MPING_TARGETS_BLOCKED);

        return blocked == MPING_SLAB_NONE ? due : blocked;
    }
    return due;
}

int64_t mping_schedule_deadline_ns(struct mping_core *core)
{
    int64_t due_ns = mping_wheel_next_ns(&core->schedule), paced_ns;

    if (core->inflight >= core->opts.inflight_max)
        return MPING_TIME_NEVER;
    if (!core->pull_paused &&
        mping_list_head(&core->targets, MPING_TARGETS_PAUSED) != MPING_SLAB_NONE)
        return 0;
    if (has_room(core) && mping_list_head(&core->targets, MPING_TARGETS_BLOCKED) != MPING_SLAB_NONE)
        due_ns = core->schedule.now_ns;
    if (due_ns == INT64_MAX)
        return MPING_TIME_NEVER;
    due_ns += core->skew_ns;
    if (due_ns < core->hold_ns)
        due_ns = core->hold_ns;
    if (core->opts.budget)
        return core->opts.budget->next_ns(core->opts.context, due_ns);
    paced_ns = core->opts.rate_pps ? mping_pacer_next_ns(&core->pacer) : due_ns;
    return due_ns < paced_ns ? paced_ns : due_ns;
}

/* A schedule that is further behind than this, and than its interval, skips ahead. */
#define CATCH_UP_NS INT64_C(10000000)
/* Where a target makes but one probe, they are spread over this time, or 0.1 ms per target. */
#define SPREAD_ONCE_NS INT64_C(1000000000)
#define SPREAD_PER_TARGET_NS INT64_C(100000)
#define SPREAD_SINGLY 4096

/* b_ns >= 0. A schedule that steps back may begin before the clock did. */
int64_t mping_time_sum(int64_t a_ns, int64_t b_ns)
{
    return a_ns > 0 && b_ns > MPING_TIME_NEVER - a_ns ? MPING_TIME_NEVER : a_ns + b_ns;
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

int64_t mping_first_delay_ns(struct mping_core *core, const struct mping_profile *profile)
{
    if (profile->interval_ns > 0 && profile->flags & MPING_FLAG_RAND_DELAY)
        return (int64_t)mping_rng_below(&core->rng, (uint64_t)profile->interval_ns);
    if (profile->first_delay_ns >= 0)
        return profile->first_delay_ns;
    return profile->interval_ns > 0 ? spread_ns(core, profile) : 0;
}

void mping_target_defer(struct mping_core *core, uint32_t target, int64_t due_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    /* Without memory to note it the schedule itself moves by this little while. */
    struct mping_target_extra *extra = t->deferred ? NULL : mping_target_make_extra(core, t);

    if (extra) {
        extra->next_due_ns = t->node.due_ns;
        t->deferred = true;
    }
    mping_list_unlink(&core->targets, target);
    t->node.due_ns = due_ns;
    mping_wheel_insert(&core->schedule, target);
}

/* Back to the schedule that it was taken from. */
void mping_target_undo_defer(const struct mping_core *core, struct mping_core_target *t)
{
    const struct mping_target_extra *extra = mping_target_extra_of(core, t);

    if (extra && t->deferred)
        t->node.due_ns = extra->next_due_ns;
    t->deferred = false;
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
    t->node.due_ns = mping_time_sum(t->node.due_ns, interval_ns);
    behind_ns = schedule_ns - t->node.due_ns;
    if (behind_ns > interval_ns && behind_ns > CATCH_UP_NS)
        t->node.due_ns += behind_ns / interval_ns * interval_ns;
}

static void step_count(const struct mping_core *core, struct mping_core_target *t, int step)
{
    uint64_t count = mping_target_count(core, t) + (uint64_t)step;
    struct mping_target_extra *extra = mping_target_extra_of(core, t);

    t->count = (uint32_t)count;
    if (extra)
        extra->count_high = (uint32_t)(count >> 32);
}

void mping_target_advance(struct mping_core *core, uint32_t target, int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    const struct mping_profile *profile = mping_profile_of(core, t);
    struct mping_target_extra *extra = mping_target_extra_of(core, t);

    step_count(core, t, 1);
    t->fresh_addr = false;
    mping_target_undo_defer(core, t);
    if (extra && extra->backlog)
        extra->backlog--;
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
    struct mping_target_extra *extra;

    if (!resolving && t->state != MPING_TARGET_ACTIVE && t->state != MPING_TARGET_STOPPED)
        return;
    if (t->err)
        return; /* a probe of the same batch has ended it */
    step_count(core, t, -1);
    t->done = false;
    t->fresh_addr = true;
    mping_target_undo_defer(core, t); /* the probe before this one may have been put off, too */
    extra = mping_slab_at(&core->extras, t->extra); /* its tries are counted there */
    if (interval_ns >= 0)
        t->node.due_ns -= interval_ns;
    else
        extra->backlog++;
    if (resolving)
        return; /* it is sent when the answer has come */
    t->state = MPING_TARGET_ACTIVE;
    mping_target_defer(core, target, due_ns);
}

uint32_t mping_core_resolve_wanted(struct mping_core *core)
{
    uint32_t target = mping_list_head(&core->targets, MPING_TARGETS_RESOLVE);

    if (target != MPING_SLAB_NONE)
        mping_list_unlink(&core->targets, target);
    return target;
}
