/* SPDX-License-Identifier: Apache-2.0 */
#include "session/group_threads.h"

#include <stdlib.h>

#include "session/budget.h"
#include "session/callback_batch.h"
#include "session/deliver.h"
#include "session/engine.h"
#include "session/errmsg.h"
#include "session/fork.h"
#include "session/group.h"
#include "session/group_api.h"
#include "session/queue.h"
#include "session/run.h"
#include "session/sockets.h"
#include "session/state.h"
#include "session/target.h"
#include "session/thread.h"
#include "session/turn.h"
#include "session/workers.h"

/* A thread that has events to give and no room for them looks again this often. */
#define JAM_NS INT64_C(10000000)

static void detach_closed(struct mping *m)
{
    while (m->closing != MPING_CORE_NONE) {
        struct mping_target *t = mping_core_target_owner(m->core, m->closing);

        m->closing = t->ended_next;
        mping_target_detach(t);
        t->dead = true;
        mping_bury(m, t);
    }
}

void mping_group_sent(struct mping *m)
{
    m->sending = false;
    mping_budget_sent(&m->group->budget, m->shard, mping_now_ns());
    detach_closed(m);
    if (m->waiters)
        pthread_cond_broadcast(&m->changed);
    while (m->send_waiters) /* in a flood they would never find the right moment */
        mping_await_change(m);
}

void mping_group_close(struct mping *m, struct mping_target *t)
{
    t->ended_next = m->closing;
    m->closing = mping_index_of(t);
}

static void ring(struct mping_callback_thread *c)
{
    pthread_mutex_lock(&c->group->lock);
    c->rung = true;
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->group->lock);
}

/* Others may have waited for what the turn has done. */
static void tell_all(struct mping *m)
{
    struct mping_group *g = m->group;
    uint64_t released = mping_budget_tell(&g->budget, m->shard, mping_core_inflight(m->core));

    for (uint32_t i = 0; released && i < g->n; i++)
        if (released >> i & 1)
            mping_wake_loop(g->shards[i]);
    for (uint32_t i = 0; i < g->callback_thread_n; i++)
        if (m->workers[i].queue.n)
            ring(&g->callback_threads[i]);
    mping_show_waiting(m);
    if (m->waiters)
        pthread_cond_broadcast(&m->changed);
    if (atomic_load(&g->waiters))
        mping_group_tell(g);
}

static void wait_for_room(struct mping *m)
{
    int64_t until_ns = mping_now_ns() + JAM_NS;
    struct timespec until = {.tv_sec = until_ns / 1000000000, .tv_nsec = until_ns % 1000000000};

    m->waiters++;
    pthread_cond_timedwait(&m->changed, &m->lock, &until);
    m->waiters--;
}

static void *shard_main(void *arg)
{
    struct mping *m = arg;

    mping_lock(m);
    while (m->threads != MPING_THREADS_RUNNING && !m->quit)
        mping_await_change(m);
    while (!m->quit) {
        mping_turn(m, 0);
        mping_sockets_close_unused(m);
        tell_all(m);
        if (m->quit)
            break;
        if (mping_core_event(m->core))
            wait_for_room(m);
        else
            mping_sleep(m, mping_turn_deadline_ns(m), -1);
    }
    mping_unlock(m);
    return NULL;
}

/* false when it is time to go. */
static bool wait_for_ring(struct mping_callback_thread *c)
{
    struct mping_group *g = c->group;
    bool go_on;

    pthread_mutex_lock(&g->lock);
    while (!c->rung && !g->quit)
        pthread_cond_wait(&c->wake, &g->lock);
    c->rung = false;
    go_on = !g->quit;
    pthread_mutex_unlock(&g->lock);
    return go_on;
}

static void *crew_main(void *arg)
{
    struct mping_callback_thread *c = arg;
    struct mping_group *g = c->group;

    while (wait_for_ring(c)) {
        uint32_t n = 1;

        while (n > 0) {
            n = 0;
            for (uint32_t i = 0; i < g->n; i++)
                n += mping_batch_run(g->shards[i], c->index, &c->batch, UINT32_MAX);
            if (mping_is_inherited(g->shards[0]))
                return NULL; /* fork() in a callback */
            if (atomic_load(&g->waiters))
                mping_group_tell(g);
        }
    }
    return NULL;
}

static void free_crew(struct mping_group *g)
{
    for (uint32_t i = 0; i < g->callback_thread_n; i++) {
        pthread_cond_destroy(&g->callback_threads[i].wake);
        mping_batch_done(&g->callback_threads[i].batch);
    }
    free(g->callback_threads);
    g->callback_threads = NULL;
    g->callback_thread_n = 0;
}

static int make_crew(struct mping_group *g)
{
    uint32_t n = (uint32_t)atomic_load(&g->workers);

    if (n == 0)
        return 0;
    g->callback_threads = calloc(n, sizeof(*g->callback_threads));
    if (!g->callback_threads)
        return MPING_ENOMEM;
    g->callback_thread_n = n;
    for (uint32_t i = 0; i < n; i++) {
        g->callback_threads[i].group = g;
        g->callback_threads[i].index = i;
        pthread_cond_init(&g->callback_threads[i].wake, NULL);
        mping_batch_init(&g->callback_threads[i].batch);
    }
    return 0;
}

/* One queue for each thread that calls back, with room: later there may be no memory, and
 * without any room nothing could be told that would give memory back. */
static int make_queues(struct mping *m)
{
    int n = m->group->callback_thread_n ? (int)m->group->callback_thread_n : 1, err = 0;

    m->workers = calloc((size_t)n, sizeof(*m->workers));
    if (!m->workers)
        return MPING_ENOMEM;
    m->worker_count = n;
    for (int i = 0; i < n && err == 0; i++)
        err = mping_queue_reserve(&m->workers[i].queue, 1);
    return err;
}

static void stop_crew(struct mping_group *g, uint32_t started)
{
    pthread_mutex_lock(&g->lock);
    g->quit = true;
    for (uint32_t i = 0; i < started; i++)
        pthread_cond_signal(&g->callback_threads[i].wake);
    pthread_mutex_unlock(&g->lock);
    for (uint32_t i = 0; i < started; i++)
        pthread_join(g->callback_threads[i].thread, NULL);
    pthread_mutex_lock(&g->lock);
    g->quit = false;
    pthread_mutex_unlock(&g->lock);
}

static void stop_shard(struct mping *m)
{
    mping_lock(m);
    m->quit = true;
    pthread_cond_broadcast(&m->changed);
    mping_wake_loop(m);
    mping_unlock(m);
    pthread_join(m->io_thread, NULL);
    mping_lock(m);
    m->quit = false;
    m->threads = MPING_THREADS_NONE;
    detach_closed(m);
    mping_unlock(m);
}

static int start_shard(struct mping *m, char *text)
{
    int err;

    mping_lock(m);
    err = make_queues(m);
    if (err == 0)
        err = mping_thread_start(&m->io_thread, shard_main, m, text);
    if (err < 0)
        mping_workers_forget(m);
    mping_unlock(m);
    return err;
}

/* Only when all threads are there: what one has done could not be taken back. */
static void set_off(struct mping *m)
{
    mping_lock(m);
    m->threads = MPING_THREADS_RUNNING;
    pthread_cond_broadcast(&m->changed);
    mping_unlock(m);
}

/* Those that have been started so far. */
static void stop(struct mping_group *g, uint32_t shards, uint32_t callback_threads)
{
    for (uint32_t i = 0; i < shards; i++)
        stop_shard(g->shards[i]);
    stop_crew(g, callback_threads);
    for (uint32_t i = 0; i < shards; i++)
        mping_workers_forget(g->shards[i]);
    free_crew(g);
    atomic_store(&g->started, false);
}

static int start(struct mping_group *g)
{
    char text[MPING_ERRMSG_BYTES] = "out of memory for threads";
    uint32_t shards = 0, callback_threads = 0;
    int err = make_crew(g);

    while (err == 0 && shards < g->n && (err = start_shard(g->shards[shards], text)) == 0)
        shards++;
    while (err == 0 && callback_threads < g->callback_thread_n &&
           (err = mping_thread_start(&g->callback_threads[callback_threads].thread, crew_main,
                                     &g->callback_threads[callback_threads], text)) == 0)
        callback_threads++;
    if (err < 0) {
        stop(g, shards, callback_threads);
        return mping_fail(g->shards[0], err, "%s", text);
    }
    for (uint32_t i = 0; i < g->n; i++)
        set_off(g->shards[i]);
    atomic_store(&g->started, true);
    return 0;
}

int mping_group_start(struct mping_group *g)
{
    int err = 0;

    if (atomic_load(&g->started))
        return 0;
    pthread_mutex_lock(&g->life);
    if (!atomic_load(&g->started))
        err = start(g);
    pthread_mutex_unlock(&g->life);
    return err;
}

void mping_group_stop(struct mping_group *g)
{
    pthread_mutex_lock(&g->life);
    if (atomic_load(&g->started))
        stop(g, g->n, g->callback_thread_n);
    pthread_mutex_unlock(&g->life);
}

void mping_group_refit(struct mping_group *g)
{
    if (!atomic_load(&g->started) || g->callback_thread_n == (uint32_t)atomic_load(&g->workers) ||
        mping_in_callback(g->shards[0]) || !mping_group_is_idle(g))
        return;
    mping_group_stop(g);
}
