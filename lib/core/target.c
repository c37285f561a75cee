/* SPDX-License-Identifier: Apache-2.0 */
#include "core/target.h"

#include <assert.h>
#include <stdlib.h>

#include <multiping/error.h>
#include <multiping/target.h>

#include "base/slab.h"
#include "core/core.h"
#include "core/event_ring.h"
#include "core/ids.h"
#include "core/key.h"
#include "core/probes.h"
#include "core/profile_table.h"
#include "core/records.h"
#include "core/schedule.h"
#include "core/state.h"
#include "core/stats.h"
#include "core/target_store.h"
#include "core/wheel.h"

static int init_target(struct mping_core *core, uint32_t target,
                       const struct mping_profile *profile, struct mping_target *owner,
                       int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    uint32_t generation = t->generation;
    struct mping_target_extra *extra;

    *t = (struct mping_core_target){
        .node =
            {
                .due_ns = mping_time_sum(mping_schedule_ns(core, now_ns),
                                         mping_first_delay_ns(core, profile)),
                .next = MPING_SLAB_NONE,
                .prev = MPING_SLAB_NONE,
            },
        .profile = mping_profile_enter(core, profile),
        .first_probe = MPING_SLAB_NONE,
        .extra = MPING_SLAB_NONE,
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
    extra = mping_target_make_extra(core, t);
    if (extra)
        extra->histogram = calloc(1, sizeof(*extra->histogram));
    return extra && extra->histogram ? 0 : MPING_ENOMEM;
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

void mping_target_finish_if_done(struct mping_core *core, uint32_t target)
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
    mping_ids_release(core, target);
    t->state = MPING_TARGET_FINISHED;
    core->active--;
}

void mping_target_stop(struct mping_core *core, uint32_t target, int err)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_target_extra *extra = mping_target_extra_of(core, t);

    assert(t->state != MPING_TARGET_FINISHED); /* nothing of it is out any more */
    if (t->state == MPING_TARGET_ENDING)
        return;
    mping_list_unlink(&core->targets, target);
    t->state = MPING_TARGET_STOPPED;
    t->done = true;
    if (extra)
        extra->backlog = 0; /* what was asked for and not made ends with the target's error */
    if (!t->err)
        t->err = (int16_t)err;
    mping_target_finish_if_done(core, target);
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
    mping_target_undo_defer(core, t);
    t->node.due_ns = mping_schedule_ns(core, now_ns) + MPING_ERROR_PAUSE_NS;
}

void mping_target_on_verdict(struct mping_core *core, uint32_t target, enum mping_event_type type,
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
        mping_target_finish_if_done(core, target);
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
    err = mping_ids_assign(core, target, &key);
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
    mping_target_on_verdict(core, target, MPING_EV_RESOLVE_ERROR, now_ns);
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
    struct mping_target_extra *extra;

    (void)now_ns;
    if (t->done || (profile->count && mping_target_count(core, t) + backlog >= profile->count))
        return MPING_ECLOSED;
    if (profile->flags & MPING_FLAG_SEQ_STRICT &&
        (uint64_t)mping_target_pending(core, t) + backlog >= 65536)
        return MPING_EAGAIN;
    if (backlog == UINT32_MAX)
        return MPING_EAGAIN;
    extra = mping_target_make_extra(core, t);
    if (!extra)
        return MPING_ENOMEM;
    extra->backlog++;
    mping_target_schedule(core, target);
    return 0;
}

int mping_core_target_set_timeout(struct mping_core *core, uint32_t target, int64_t timeout_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_target_extra *extra;

    t->own_timeout = false;
    if (timeout_ns == mping_profile_of(core, t)->timeout_ns)
        return 0;
    extra = mping_target_make_extra(core, t);
    if (!extra)
        return MPING_ENOMEM;
    extra->timeout_ns = timeout_ns;
    t->own_timeout = true;
    return 0;
}

void mping_core_target_detach(struct mping_core *core, uint32_t target)
{
    struct mping_core_target *t = mping_target_at(core, target);
    uint32_t probe;

    while ((probe = mping_target_first(t)) != MPING_SLAB_NONE) {
        core->totals.canceled++;
        mping_probe_drop(core, probe);
    }
    if (t->state != MPING_TARGET_FINISHED) {
        core->totals.sent += mping_target_backlog(core, t);
        core->totals.canceled += mping_target_backlog(core, t);
    }
    mping_list_unlink(&core->targets, target);
    mping_ids_release(core, target);
    mping_target_drop_key(core, t);
    if (t->state != MPING_TARGET_FINISHED)
        core->active--;
    if (t->profile != MPING_SLAB_NONE)
        mping_profile_leave(core, t->profile);
    t->state = MPING_TARGET_DETACHED;
    t->generation++;
}

/* Here and not with the others: the state decides who may look at a place. */
void mping_core_target_free(struct mping_core *core, uint32_t target)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_target_extra *extra;

    if (t->state != MPING_TARGET_DETACHED)
        mping_core_target_detach(core, target);
    extra = mping_target_extra_of(core, t);
    if (extra) {
        free(extra->histogram);
        extra->node = (struct mping_node){.next = MPING_SLAB_NONE, .prev = MPING_SLAB_NONE};
        mping_slab_free(&core->extras, t->extra);
        t->extra = MPING_SLAB_NONE;
    }
    mping_list_unlink(&core->targets, target);
    t->state = MPING_TARGET_FREE;
    mping_slab_free(&core->targets, target);
}

int mping_core_target_err(const struct mping_core *core, uint32_t target)
{
    return mping_target_at(core, target)->err;
}

const struct mping_profile *mping_core_target_profile(const struct mping_core *core,
                                                      uint32_t target)
{
    return mping_profile_of(core, mping_target_at(core, target));
}

bool mping_core_target_finished(const struct mping_core *core, uint32_t target)
{
    return mping_target_at(core, target)->state == MPING_TARGET_FINISHED;
}

uint32_t mping_core_target_pending(const struct mping_core *core, uint32_t target)
{
    const struct mping_core_target *t = mping_target_at(core, target);

    return mping_target_pending(core, t) + mping_target_backlog(core, t);
}

int mping_core_target_id(const struct mping_core *core, uint32_t target)
{
    const struct mping_core_target *t = mping_target_at(core, target);

    return t->has_addr ? mping_target_ident(core, t) : MPING_EAGAIN;
}

int mping_core_target_addr(const struct mping_core *core, uint32_t target,
                           struct mping_addr *ret_addr)
{
    const struct mping_core_target *t = mping_target_at(core, target);
    struct mping_key key;

    if (!t->has_addr)
        return MPING_EAGAIN;
    key = mping_target_key(core, t);
    mping_key_to_addr(&key, ret_addr);
    return 0;
}
