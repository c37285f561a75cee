/* SPDX-License-Identifier: Apache-2.0 */
#include "core/verdict.h"

#include <assert.h>

#include <multiping/error.h>

#include "base/slab.h"
#include "core/core.h"
#include "core/doubt.h"
#include "core/event_ring.h"
#include "core/ids.h"
#include "core/probes.h"
#include "core/profile_table.h"
#include "core/records.h"
#include "core/schedule.h"
#include "core/state.h"
#include "core/stats.h"
#include "core/target.h"
#include "core/target_store.h"

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

/*
 * Three losses in a row with one id may mean that some middlebox keeps a dead session for it,
 * which every further probe keeps alive.
 */
static void note_loss(struct mping_core *core, const struct mping_probe *probe,
                      enum mping_event_type type)
{
    struct mping_core_target *t = mping_target_at(core, probe->target);

    if (type == MPING_EV_REPLY)
        t->losses = 0;
    if (type != MPING_EV_LOST || !t->indexed || probe->id != mping_target_ident(core, t) ||
        mping_profile_of(core, t)->flags & MPING_FLAG_KEEP_ID)
        return;
    if (++t->losses >= MPING_LOSSES_TO_MOVE)
        mping_ids_move(core, probe->target);
}

static struct mping_event *decide(struct mping_core *core, uint32_t probe,
                                  enum mping_event_type type, enum mping_reason reason,
                                  int64_t rtt_ns, int64_t now_ns)
{
    struct mping_probe *p = mping_probe_at(core, probe);
    struct mping_event *event = mping_event_of(core, p, type);
    uint32_t target = p->target;
    struct mping_core_target *t = mping_target_at(core, target);

    if (event) {
        event->reason = (uint8_t)reason;
        event->err = error_of(type, reason);
    }
    note_loss(core, p, type);
    mping_doubt_note(core, p, type, reason);
    mping_probe_conclude(
        core, probe, type == MPING_EV_REPLY ? MPING_PROBE_ANSWERED : MPING_PROBE_MISSED, now_ns);
    if (type == MPING_EV_REPLY)
        mping_count_reply(core, t, rtt_ns);
    else
        mping_count_verdict(core, t, type);
    mping_target_on_verdict(core, target, type, now_ns);
    return event;
}

struct mping_event *mping_verdict(struct mping_core *core, uint32_t probe,
                                  enum mping_event_type type, enum mping_reason reason,
                                  int64_t now_ns)
{
    return decide(core, probe, type, reason, 0, now_ns);
}

struct mping_event *mping_verdict_reply(struct mping_core *core, uint32_t probe, int64_t rtt_ns,
                                        int64_t now_ns)
{
    struct mping_event *event;

    mping_answer_note(core, mping_probe_at(core, probe));
    event = decide(core, probe, MPING_EV_REPLY, MPING_REASON_NONE, rtt_ns, now_ns);
    if (event)
        event->rtt_ns = rtt_ns;
    return event;
}

static void unreachable(struct mping_core *core, uint32_t probe, int64_t now_ns)
{
    /* A copy: giving the verdict frees the hint. */
    struct mping_hint hint = *mping_probe_hint(core, probe);
    struct mping_event *event =
        mping_verdict(core, probe, MPING_EV_UNREACHABLE, MPING_REASON_NONE, now_ns);

    if (!event)
        return;
    event->peer = hint.from;
    event->icmp_type = hint.type;
    event->icmp_code = hint.code;
    event->icmp_info = hint.info;
    event->received_ns = hint.received_ns;
    event->rx_stamp = hint.rx_stamp;
}

void mping_verdict_expired(struct mping_core *core, uint32_t probe, int64_t now_ns)
{
    const struct mping_probe *p = mping_probe_at(core, probe);
    enum mping_reason reason = p->hinted ? MPING_REASON_NONE : mping_doubt(core, p);

    if (p->hinted)
        unreachable(core, probe, now_ns);
    else if (reason)
        mping_verdict(core, probe, MPING_EV_UNKNOWN, reason, now_ns);
    else
        mping_verdict(core, probe, MPING_EV_LOST, MPING_REASON_NONE, now_ns);
}

/* The probe has failed before it left; most targets end with that. */
static void judge_unsent(struct mping_core *core, uint32_t target, int err, int64_t now_ns)
{
    const struct mping_core_target *t = mping_target_at(core, target);
    const struct mping_profile *profile = mping_profile_of(core, t);

    if (!(profile->flags & MPING_FLAG_RETRY_SEND) && !profile->attempts)
        mping_target_stop(core, target, err);
    else
        mping_target_on_verdict(core, target, MPING_EV_SEND_ERROR, now_ns);
}

/* The next probe of a target, which was never made, has its verdict. */
static void judge_unmade(struct mping_core *core, uint32_t target, enum mping_event_type type,
                         int err, int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_event *event = mping_event_new(core, t, type);

    if (event) {
        event->err = err;
        event->seq = (uint16_t)t->count;
    }
    mping_count_sent(core, t);
    mping_count_verdict(core, t, type);
    mping_target_advance(core, target, now_ns);
}

void mping_verdict_no_memory(struct mping_core *core, uint32_t target, int64_t now_ns)
{
    judge_unmade(core, target, MPING_EV_SEND_ERROR, MPING_ENOMEM, now_ns);
    mping_target_schedule(core, target);
    judge_unsent(core, target, MPING_ENOMEM, now_ns);
}

void mping_core_target_no_socket(struct mping_core *core, uint32_t target, int err, int64_t now_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);

    if (t->state == MPING_TARGET_FINISHED || t->done)
        return;
    if (mping_profile_of(core, t)->interval_ns >= 0 || mping_target_backlog(core, t))
        judge_unmade(core, target, MPING_EV_SEND_ERROR, err, now_ns);
    mping_core_target_fail(core, target, err);
}

void mping_verdict_send_error(struct mping_core *core, uint32_t probe, int err, int64_t now_ns)
{
    struct mping_probe *p = mping_probe_at(core, probe);
    struct mping_core_target *t = mping_target_at(core, p->target);
    struct mping_event *event = mping_event_of(core, p, MPING_EV_SEND_ERROR);
    uint32_t target = p->target;

    if (event)
        event->err = err;
    mping_probe_drop(core, probe);
    mping_count_verdict(core, t, MPING_EV_SEND_ERROR);
    judge_unsent(core, target, err, now_ns);
}

/*
 * Takes note if nobody called for a while although something was due: deadlines that passed
 * meanwhile prove nothing, and the schedule does not run after the time it has lost.
 */
static void note_stall(struct mping_core *core, int64_t now_ns)
{
    int64_t last_ns = core->now_ns;

    mping_schedule_wake(core, now_ns);
    core->send_told_ns = MPING_TIME_NEVER;
    if (last_ns == INT64_MIN || now_ns - last_ns <= MPING_CORE_STALL_NS)
        return;
    if (mping_probe_expired(core, last_ns) == MPING_SLAB_NONE)
        core->stall_from_ns = last_ns;
    core->stall_to_ns = now_ns - MPING_CORE_STALL_NS;
}

static void expire(struct mping_core *core, int64_t now_ns)
{
    uint32_t probe;

    while (mping_core_event_room(core) >= 4 &&
           (probe = mping_probe_expired(core, now_ns)) != MPING_SLAB_NONE)
        mping_verdict_expired(core, probe, now_ns);
}

/* Gives canceled targets their last verdicts, then lets them go. */
static void end_targets(struct mping_core *core, int64_t now_ns)
{
    uint32_t target;

    while (mping_core_event_room(core) >= 4 &&
           (target = mping_list_head(&core->targets, MPING_TARGETS_ENDING)) != MPING_SLAB_NONE) {
        const struct mping_core_target *t = mping_target_at(core, target);
        uint32_t probe = mping_target_first(t);

        if (probe != MPING_SLAB_NONE) {
            mping_verdict(core, probe, MPING_EV_CANCELED, MPING_REASON_NONE, now_ns);
        } else if (mping_target_backlog(core, t)) {
            judge_unmade(core, target, MPING_EV_CANCELED, MPING_ECANCELED, now_ns);
        } else {
            mping_list_unlink(&core->targets, target);
            mping_target_finish_if_done(core, target);
        }
    }
}

void mping_core_advance(struct mping_core *core, int64_t now_ns)
{
    assert(now_ns >= core->now_ns);
    note_stall(core, now_ns);
    core->now_ns = now_ns;
    mping_probe_forget(core, now_ns);
    expire(core, now_ns);
    end_targets(core, now_ns);
}
