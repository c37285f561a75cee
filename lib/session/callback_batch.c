/* SPDX-License-Identifier: Apache-2.0 */
#include "session/callback_batch.h"

#include "session/cancel.h"

#include "session/deliver.h"
#include "session/engine.h"
#include "session/fork.h"
#include "session/life.h"
#include "session/queue.h"
#include "session/state.h"
#include "session/turn.h"

enum { BUFFER_DEFAULT = 1024 };

void mping_batch_init(struct mping_batch *batch)
{
    pthread_mutex_init(&batch->lock, NULL);
}

void mping_batch_done(struct mping_batch *batch)
{
    pthread_mutex_destroy(&batch->lock);
}

/* Events that may wait in a queue. */
static uint32_t queue_limit(const struct mping *m)
{
    uint32_t buffer = atomic_load(&m->group->buffer);

    if (!m->group->callback_thread_n)
        return MPING_PULL_MAX;
    return buffer ? buffer : BUFFER_DEFAULT;
}

bool mping_group_queue(struct mping *m, const struct mping_event *event)
{
    struct mping_target *t = event->target;
    uint64_t mixed = (uint64_t)mping_index_of(t) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    struct mping_queue *queue = &m->workers[mixed % (unsigned)m->worker_count].queue;

    if (queue->n >= queue_limit(m) || mping_queue_reserve(queue, queue->n + 1) < 0)
        return false;
    mping_queue_push(queue, event);
    t->queued++;
    m->with_workers++;
    if (mping_group_jammed(m))
        mping_core_pause_pull(m->core, true);
    return true;
}

/* Half of the room is for the verdicts of what is out. */
bool mping_group_jammed(const struct mping *m)
{
    return m->group && !m->group->callback_thread_n && m->workers &&
           m->workers[0].queue.n >= MPING_PULL_MAX / 2;
}

bool mping_group_waiting(const struct mping *m)
{
    return !m->group->callback_thread_n && m->workers && m->workers[0].queue.n;
}

/* An event that is not called back after all. */
static void skip(struct mping *m, struct mping_target *t)
{
    t->queued--;
    m->with_workers--;
    mping_bury(m, t);
}

static void fill(struct mping *m, struct mping_queue *queue, struct mping_batch *batch,
                 uint32_t max)
{
    batch->n = 0;
    batch->shard = m;
    while (batch->n < max && batch->n < MPING_BATCH_EVENTS &&
           mping_queue_pop(queue, &batch->events[batch->n])) {
        struct mping_target *t = batch->events[batch->n].target;

        if (t->closed || !mping_cancel_reply(&batch->events[batch->n]))
            skip(m, t);
        else
            batch->callbacks[batch->n++] = mping_profile_of(t)->callback;
    }
    batch->thread = pthread_self();
    batch->at = 0;
    batch->calling = batch->awaited = false;
    batch->next = m->batches;
    m->batches = batch;
}

/* Somebody waits for the callback that has just been made. */
static void tell_awaiting(struct mping *m)
{
    mping_lock(m);
    pthread_cond_broadcast(&m->changed);
    mping_unlock(m);
}

/* The callback has returned, or thrown a C++ exception. */
static void call_ends(struct mping_batch **ended)
{
    struct mping_batch *batch = *ended;
    bool awaited;

    if (mping_is_inherited(batch->shard))
        return; /* fork() in it */
    pthread_mutex_lock(&batch->lock);
    batch->calling = false;
    batch->at++;
    awaited = batch->awaited;
    batch->awaited = false;
    pthread_mutex_unlock(&batch->lock);
    if (awaited)
        tell_awaiting(batch->shard);
}

/* Makes the next callback, unless its target has been closed. */
static uint32_t call_next(struct mping_batch *batch)
{
    __attribute__((cleanup(call_ends))) struct mping_batch *ending = batch;
    mping_callback callback;
    struct mping_event *event;

    pthread_mutex_lock(&ending->lock);
    event = &batch->events[batch->at];
    callback = batch->callbacks[batch->at];
    batch->calling = callback != NULL;
    pthread_mutex_unlock(&batch->lock);
    if (callback)
        mping_call(batch->shard, event, callback);
    return callback != NULL;
}

/* All has been said: targets whose end it was go, also those that nobody has the handle of. */
static void finish(struct mping *m, struct mping_batch *batch)
{
    struct mping_batch **at = &m->batches;

    while (*at != batch)
        at = &(*at)->next;
    *at = batch->next;
    for (uint32_t i = 0; i < batch->n; i++) {
        struct mping_target *t = batch->events[i].target;

        skip(m, t);
        if (mping_ends_unheard(t)) {
            mping_unlock(m);
            mping_close(t);
            mping_lock(m);
        }
    }
}

/* Whether the rest will never be told: a caller has to come out of an engine that ends. */
static bool is_dropped(const struct mping_batch *batch)
{
    bool of_caller = batch == &batch->shard->group->batch;

    return mping_is_inherited(batch->shard) || (of_caller && mping_is_over(batch->shard));
}

uint32_t mping_batch_resume(struct mping_batch *batch)
{
    struct mping *m = batch->shard;
    uint32_t called = 0;

    if (!m)
        return 0;
    while (batch->at < batch->n) {
        called += call_next(batch);
        if (is_dropped(batch))
            return called;
    }
    mping_lock(m);
    finish(m, batch);
    batch->shard = NULL;
    if (m->pull.n < MPING_PULL_MAX / 2 && !mping_group_jammed(m))
        mping_core_pause_pull(m->core, false);
    mping_show_waiting(m);
    mping_reap(m);
    pthread_cond_broadcast(&m->changed); /* there is room again, or a target has been drained */
    mping_turn_arm(m);
    mping_unlock(m);
    return called;
}

uint32_t mping_batch_run(struct mping *m, uint32_t queue, struct mping_batch *batch, uint32_t max)
{
    mping_lock(m);
    if (!m->workers || !m->workers[queue].queue.n) {
        mping_unlock(m);
        return 0;
    }
    fill(m, &m->workers[queue].queue, batch, max);
    mping_unlock(m);
    return mping_batch_resume(batch);
}

bool mping_batches_call(const struct mping *m, const struct mping_target *t, bool other)
{
    bool calls = false;

    for (struct mping_batch *b = m->batches; b && !calls; b = b->next) {
        pthread_mutex_lock(&b->lock);
        calls = b->calling && b->events[b->at].target == t &&
                !(other && pthread_equal(b->thread, pthread_self()));
        if (calls)
            b->awaited = true;
        pthread_mutex_unlock(&b->lock);
    }
    return calls;
}

void mping_batches_void(const struct mping *m, const struct mping_target *t)
{
    for (struct mping_batch *b = m->batches; b; b = b->next) {
        pthread_mutex_lock(&b->lock);
        for (uint32_t i = b->at; i < b->n; i++)
            if (b->events[i].target == t)
                b->callbacks[i] = NULL;
        pthread_mutex_unlock(&b->lock);
    }
}

void mping_batches_cancel(const struct mping *m, const struct mping_target *t)
{
    for (struct mping_batch *b = m->batches; b; b = b->next) {
        pthread_mutex_lock(&b->lock);
        for (uint32_t i = b->at + b->calling; i < b->n; i++)
            if (b->events[i].target == t && b->callbacks[i] && !mping_cancel_reply(&b->events[i]))
                b->callbacks[i] = NULL;
        pthread_mutex_unlock(&b->lock);
    }
}
