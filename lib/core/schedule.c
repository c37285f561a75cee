/* SPDX-License-Identifier: Apache-2.0 */
#include "core/schedule.h"

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
