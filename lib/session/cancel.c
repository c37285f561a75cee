/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What cancel means for replies that have come and wait to be called back: nobody wants to hear of
 * them any more, so those probes end as canceled, for events and counters alike.
 */
#include "session/cancel.h"

#include "session/callback_batch.h"
#include "session/default.h"
#include "session/engine.h"
#include "session/state.h"
#include "session/target_names.h"
#include "session/turn.h"

/* All that the event of a canceled probe says. */
static void make_canceled(struct mping_event *event)
{
    struct mping_event canceled = {
        .type = MPING_EV_CANCELED,
        .err = MPING_ECANCELED,
        .target = event->target,
        .user = event->user,
        .host = event->host,
        .dst = event->dst,
        .count = event->count,
        .sent_ns = event->sent_ns,
        .sent_wall_ns = event->sent_wall_ns,
        .timeout_ns = event->timeout_ns,
        .rtt_ns = -1,
        .id = event->id,
        .seq = event->seq,
        .ttl = -1,
        .tos = -1,
        .attempt = event->attempt,
        .tx_stamp = event->tx_stamp,
    };

    for (size_t i = 0; i < sizeof(canceled.host_text); i++)
        canceled.host_text[i] = event->host_text[i];
    *event = canceled;
}

bool mping_cancel_reply(struct mping_event *event)
{
    struct mping_target *t = event->target;

    if (!t->canceled || t->closed || event->type != MPING_EV_REPLY ||
        !mping_profile_of(t)->callback)
        return true;
    mping_core_target_take_back(mping_engine_of(t)->core, mping_index_of(t), event);
    make_canceled(event);
    return mping_profile_of(t)->events & MPING_EVENT_BIT(MPING_EV_CANCELED);
}

int mping_cancel(struct mping_target *target)
{
    struct mping *m;

    if (!target)
        return MPING_EINVAL;
    m = mping_engine_of_call(target);
    if (!m)
        return mping_no_engine();
    mping_lock_when_sent(m);
    target->canceled = true;
    mping_batches_cancel(m, target);
    mping_names_cancel(target);
    mping_core_target_cancel(m->core, mping_index_of(target));
    mping_turn_arm(m);
    mping_unlock(m);
    return 0;
}
