/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <unistd.h>

#include "session/internal.h"

/* The engine whose callback this thread is making. */
static _Thread_local const struct mping *calling;

bool mping_in_callback(const struct mping *m)
{
    return calling == m;
}

void mping_reap(struct mping *m)
{
    struct mping_target **at = &m->closed;

    if (mping_core_event(m->core))
        return;
    while (*at) {
        struct mping_target *t = *at;

        if (t->queued || t->running) {
            at = &t->next;
            continue;
        }
        *at = t->next;
        mping_target_destroy(t);
    }
}

/* What only the session knows about an event. */
static void complete(struct mping_event *event, int64_t offset_ns)
{
    event->host = event->target->host;
    event->user = event->target->user;
    if (event->sent_ns)
        event->sent_wall_ns = event->sent_ns + offset_ns;
}

void mping_call_back(struct mping *m, const struct mping_event *event)
{
    struct mping_target *t = event->target;
    const struct mping *before = calling;

    t->running = true;
    t->runner = pthread_self();
    mping_unlock(m);
    calling = m;
    t->callback(event, event->user);
    calling = before;
    mping_lock(m);
    t->running = false;
    if (event->type == MPING_EV_FINISHED && t->auto_close && !t->closed) {
        mping_unlock(m);
        mping_close(t);
        mping_lock(m);
    }
    if (m->waiters)
        pthread_cond_broadcast(&m->changed);
}

/*
 * Without memory for it the event stays in the core, which stops when its ring is full: no
 * event is lost, and everything goes on once there is memory again.
 */
static bool queue_for_pull(struct mping *m, const struct mping_event *event)
{
    const uint64_t one = 1;

    if (mping_queue_reserve(&m->pull, m->pull.n + 1) < 0)
        return false;
    mping_queue_push(&m->pull, event);
    event->target->queued++;
    if (m->pull.n == 1 && write(m->pull_fd, &one, sizeof(one)) < 0)
        return true; /* cannot happen: the counter was 0 */
    if (m->pull.n >= MPING_PULL_MAX)
        mping_core_pause_pull(m->core, true);
    return true;
}

/* The target has ended: nothing of it needs sockets any more. */
static void note_finished(struct mping_target *t, int err)
{
    t->finished = true;
    t->end_err = err;
    mping_names_leave(t);
}

/* Nobody has the handle and no event waits to be pulled: the target's end is the end of it all. */
static bool ends_unheard(const struct mping_target *t)
{
    return t->finished && t->auto_close && !t->closed && (t->callback || !t->queued);
}

/* Delivers the oldest event: 1, 0 if nobody wants to see it, -1 if it must wait. */
static int deliver_one(struct mping *m, int64_t offset_ns)
{
    struct mping_event event = *mping_core_event(m->core);
    struct mping_target *t = event.target;
    bool wanted = !t->closed && t->profile->events & MPING_EVENT_BIT(event.type);

    complete(&event, offset_ns);
    if (wanted && !t->callback && !queue_for_pull(m, &event))
        return -1;
    mping_core_event_pop(m->core);
    if (event.type == MPING_EV_FINISHED && !t->closed)
        note_finished(t, event.err);
    if (wanted && t->callback && m->threads == MPING_THREADS_RUNNING)
        mping_workers_hand(m, &event);
    else if (wanted && t->callback)
        mping_call_back(m, &event);
    else if (ends_unheard(t)) {
        mping_unlock(m);
        mping_close(t);
        mping_lock(m);
    }
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
    struct mping_target *t;

    while ((t = m->ended)) {
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
    if (!ends_unheard(t))
        return;
    t->queued++; /* keeps it until then */
    t->ended_next = m->ended;
    m->ended = t;
}

int mping_next(struct mping *engine, struct mping_event *ret_events, size_t n)
{
    struct mping *m = mping_engine_or_default(engine);
    size_t got = 0;
    uint64_t ignored;

    if (!m)
        return MPING_ENOMEM;
    if (!ret_events && n)
        return MPING_EINVAL;
    mping_lock(m);
    close_ended(m);
    while (got < n && got < INT32_MAX && mping_queue_pop(&m->pull, &ret_events[got])) {
        struct mping_target *t = ret_events[got].target;

        note_taken(m, t);
        got += !t->closed;
    }
    if (!m->pull.n && read(m->pull_fd, &ignored, sizeof(ignored)) < 0)
        ignored = 0; /* it was clear already */
    if (m->pull.n < MPING_PULL_MAX / 2) {
        mping_core_pause_pull(m->core, false);
        mping_turn_arm(m);
    }
    mping_reap(m);
    mping_unlock(m);
    return (int)got;
}
