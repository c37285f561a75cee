/* SPDX-License-Identifier: Apache-2.0 */
#include "session/deliver.h"

#include <stdlib.h>
#include <unistd.h>

#include "session/addr.h"
#include "session/callback_batch.h"
#include "session/cancel.h"
#include "session/default.h"
#include "session/engine.h"
#include "session/errmsg.h"
#include "session/fork.h"
#include "session/group.h"
#include "session/group_api.h"
#include "session/life.h"
#include "session/queue.h"
#include "session/run.h"
#include "session/state.h"
#include "session/target.h"
#include "session/target_names.h"
#include "session/turn.h"
#include "session/workers.h"

/* The engine whose callback this thread is making. */
static _Thread_local const struct mping *calling;

bool mping_in_callback(const struct mping *m)
{
    return calling && mping_lead(calling) == mping_lead(m);
}

bool mping_is_called(const struct mping *m, const struct mping_target *t, bool other)
{
    for (const struct mping_calling *c = m->calling; c; c = c->next)
        if (c->target == t && !(other && pthread_equal(c->thread, pthread_self())))
            return true;
    return mping_batches_call(m, t, other);
}

void mping_bury(struct mping *m, struct mping_target *t)
{
    if (t->dead && !t->queued && !mping_is_called(m, t, false))
        mping_core_detached_push(m->core, mping_index_of(t));
}

void mping_reap(struct mping *m)
{
    uint32_t target;

    if (mping_core_event(m->core))
        return;
    while ((target = mping_core_detached_pop(m->core)) != MPING_CORE_NONE)
        mping_target_destroy(mping_core_target_owner(m->core, target));
}

/* What only the session knows about an event. */
static void complete(struct mping_event *event, int64_t offset_ns)
{
    const struct mping_target_name *name = mping_target_name_of(event->target);

    if (name)
        event->host = name->host;
    else
        mping_addr_format_plain(event->host_text, event->dst.ip);
    event->user = event->target->user;
    if (event->sent_ns)
        event->sent_wall_ns = event->sent_ns + offset_ns;
}

void mping_event_fix_host(struct mping_event *event)
{
    if (event->host_text[0])
        event->host = event->host_text;
}

static void call_ends(const struct mping **before)
{
    calling = *before;
}

void mping_call(const struct mping *m, struct mping_event *event, mping_callback callback)
{
    __attribute__((cleanup(call_ends))) const struct mping *before = calling;

    (void)before;
    calling = m;
    mping_event_fix_host(event);
    callback(event, event->user);
}

/* The target's handle is closed if nobody has it. */
static void close_unheard(struct mping *m, struct mping_target *t)
{
    mping_unlock(m);
    mping_close(t);
    mping_lock(m);
}

/* With the lock again; whether the callback has returned or thrown a C++ exception. */
static void call_back_ends(struct mping_calling *c)
{
    struct mping_target *t = c->target;
    struct mping *m = mping_engine_of(t);
    struct mping_calling **at;

    if (mping_is_inherited(m))
        return; /* fork() in it */
    mping_lock(m);
    for (at = &m->calling; *at != c;)
        at = &(*at)->next;
    *at = c->next;
    if (mping_ends_unheard(t))
        close_unheard(m, t);
    else
        mping_bury(m, t);
    if (m->waiters)
        pthread_cond_broadcast(&m->changed);
}

void mping_call_back(struct mping *m, struct mping_event *event)
{
    mping_callback callback = mping_profile_of(event->target)->callback;
    __attribute__((cleanup(call_back_ends))) struct mping_calling c = {
        .target = event->target,
        .thread = pthread_self(),
        .next = m->calling,
    };

    m->calling = &c; /* cppcheck-suppress autoVariables ; taken out again at the end */
    mping_unlock(m);
    mping_call(m, event, callback);
}

void mping_show_waiting(struct mping *m)
{
    bool waiting = m->pull.n || (m->group && mping_group_waiting(m));
    uint64_t ignored;

    if (waiting == m->pull_shown)
        return;
    if (waiting)
        mping_eventfd_signal(m->pull_fd);
    else if (read(m->pull_fd, &ignored, sizeof(ignored)) < 0)
        return; /* the next look takes it back */
    m->pull_shown = waiting;
}

/*
 * Without memory for it it stays in the core, which stops when its ring is full: no event is
 * lost, and everything goes on once some have been taken or there is memory again.
 */
static bool queue_for_pull(struct mping *m, const struct mping_event *event)
{
    m->pull_stuck = mping_queue_reserve(&m->pull, m->pull.n + 1) < 0;
    if (m->pull_stuck)
        return false;
    mping_queue_push(&m->pull, event);
    event->target->queued++;
    if (m->group)
        m->pull_news++; /* shown once a turn */
    else
        mping_show_waiting(m);
    if (m->pull.n >= MPING_PULL_MAX)
        mping_core_pause_pull(m->core, true);
    return true;
}

/* The target has ended: nothing of it needs sockets any more. */
static void note_finished(struct mping_target *t)
{
    t->finished = true;
    mping_names_leave(t);
}

bool mping_ends_unheard(const struct mping_target *t)
{
    return t->finished && t->auto_close && !t->closed && !t->queued;
}

/* Delivers the oldest event: 1, 0 if nobody wants to see it, -1 if it must wait. */
static int deliver_one(struct mping *m, int64_t offset_ns)
{
    struct mping_event event = *mping_core_event(m->core);
    struct mping_target *t = event.target;
    const struct mping_shared_profile *profile = t->closed ? NULL : mping_profile_of(t);
    bool wanted = profile && profile->events & MPING_EVENT_BIT(event.type);
    bool pull = profile && !profile->callback;

    if (wanted)
        complete(&event, offset_ns);
    if (wanted && pull && !queue_for_pull(m, &event))
        return -1;
    if (wanted && !pull && m->group && !mping_group_queue(m, &event))
        return -1;
    mping_core_event_pop(m->core);
    if (event.type == MPING_EV_FINISHED && !t->closed)
        note_finished(t);
    if (wanted && !pull && !m->group && m->threads == MPING_THREADS_RUNNING)
        mping_workers_hand(m, &event);
    else if (wanted && !pull && !m->group && mping_cancel_reply(&event))
        mping_call_back(m, &event);
    else if (mping_ends_unheard(t))
        close_unheard(m, t);
    return wanted;
}

int mping_deliver(struct mping *m, uint32_t max)
{
    uint32_t delivered = 0;
    int64_t offset_ns;

    if (mping_core_event(m->core)) {
        offset_ns = mping_wall_offset_ns();
        while ((!max || delivered < max) && mping_core_event(m->core)) {
            int n = deliver_one(m, offset_ns);

            if (mping_is_inherited(m))
                return (int)delivered; /* fork() in a callback */
            if (n < 0)
                break;
            delivered += (uint32_t)n;
        }
    }
    mping_reap(m);
    return (int)delivered;
}

/* Targets without a handle whose last event has been taken: their names were needed until now. */
static void close_ended(struct mping *m)
{
    while (m->ended != MPING_CORE_NONE) {
        struct mping_target *t = mping_core_target_owner(m->core, m->ended);

        m->ended = t->ended_next;
        t->queued--;
        mping_unlock(m);
        mping_close(t);
        mping_lock(m);
    }
}

static void note_taken(struct mping *m, struct mping_target *t)
{
    t->queued--;
    if (!mping_ends_unheard(t)) {
        mping_bury(m, t);
        return;
    }
    t->queued++; /* keeps it until then */
    t->ended_next = m->ended;
    m->ended = mping_index_of(t);
}

size_t mping_take(struct mping *m, struct mping_event *ret_events, size_t n)
{
    size_t got = 0;

    mping_lock(m);
    close_ended(m);
    while (got < n && mping_queue_pop(&m->pull, &ret_events[got])) {
        struct mping_target *t = ret_events[got].target;

        mping_event_fix_host(&ret_events[got]);
        got += !t->closed;
        note_taken(m, t);
    }
    if (got)
        m->pull_stuck = false;
    mping_show_waiting(m);
    if (m->pull.n < MPING_PULL_MAX / 2 && !mping_group_jammed(m)) {
        mping_core_pause_pull(m->core, false);
        mping_turn_arm(m);
    }
    mping_reap(m);
    mping_unlock(m);
    return got;
}

int mping_next(struct mping *engine, struct mping_event *ret_events, size_t n)
{
    struct mping *m = mping_engine_or_default(engine);

    if (!m)
        return mping_no_engine();
    if (!ret_events && n)
        return mping_refuse(m, MPING_EINVAL, "there is no place for the events");
    if (n > INT32_MAX)
        n = INT32_MAX;
    {
        MPING_INSIDE inside = mping_enter(m);

        return (int)(inside->group ? mping_group_take(m->group, ret_events, n)
                                   : mping_take(m, ret_events, n));
    }
}
