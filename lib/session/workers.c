/* SPDX-License-Identifier: Apache-2.0 */
#include "session/workers.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "session/cancel.h"
#include "session/deliver.h"
#include "session/engine.h"
#include "session/errmsg.h"
#include "session/fork.h"
#include "session/queue.h"
#include "session/run.h"
#include "session/state.h"
#include "session/thread.h"
#include "session/turn.h"

enum { BUFFER_DEFAULT = 1024 };

/* With threads of our own nobody else has to drive the engine. What is only changed needs no
 * memory, so it cannot fail. */
static void show_loop(struct mping *m, bool show)
{
    struct epoll_event event = {.events = show ? EPOLLIN : 0, .data.fd = m->loop_fd};

    epoll_ctl(m->public_fd, EPOLL_CTL_MOD, m->loop_fd, &event);
}

static void wake_all(struct mping *m)
{
    for (int i = 0; i < m->worker_count; i++)
        pthread_cond_signal(&m->workers[i].wake);
    pthread_cond_broadcast(&m->changed);
}

static void *io_main(void *arg)
{
    struct mping *m = arg;

    mping_lock(m);
    while (!m->quit) {
        mping_turn(m, 0);
        if (mping_is_idle(m) || m->quit)
            break;
        mping_sleep(m, mping_turn_deadline_ns(m), -1);
    }
    m->threads = MPING_THREADS_ENDING;
    wake_all(m);
    mping_unlock(m);
    return NULL;
}

static void handle(struct mping *m, struct mping_event *event)
{
    struct mping_target *t = event->target;

    t->queued--;
    pthread_cond_broadcast(&m->changed); /* there is room in the queue */
    if (!t->closed && mping_cancel_reply(event))
        mping_call_back(m, event);
    else
        mping_bury(m, t);
    if (mping_is_inherited(m))
        return; /* fork() in the callback */
    m->with_workers--;
    mping_reap(m);
    if (mping_is_idle(m))
        mping_wake_loop(m);
}

static void *worker_main(void *arg)
{
    struct mping_worker *w = arg;
    struct mping *m = w->engine;
    struct mping_event event;

    mping_lock(m);
    while (!m->quit && !mping_is_inherited(m)) {
        if (mping_queue_pop(&w->queue, &event))
            handle(m, &event);
        else if (m->threads == MPING_THREADS_RUNNING)
            pthread_cond_wait(&w->wake, &m->lock);
        else
            break;
    }
    mping_unlock(m);
    return NULL;
}

void mping_workers_hand(struct mping *m, const struct mping_event *event)
{
    struct mping_target *t = event->target;
    uint64_t mixed = (uint64_t)mping_index_of(t) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    struct mping_worker *w = &m->workers[mixed % (unsigned)m->worker_count];
    uint32_t buffer = (m->opts.buffer ? m->opts.buffer : BUFFER_DEFAULT);

    m->with_workers++;
    m->waiters++;
    t->queued++; /* before we wait for room: it must not be freed meanwhile */
    while (!m->quit && (w->queue.n >= buffer || w->queue.n == w->queue.size))
        pthread_cond_wait(&m->changed, &m->lock);
    m->waiters--;
    if (m->quit)
        return;
    mping_queue_push(&w->queue, event);
    pthread_cond_signal(&w->wake);
}

void mping_workers_forget(struct mping *m)
{
    for (int i = 0; i < m->worker_count; i++)
        mping_queue_done(&m->workers[i].queue);
    free(m->workers);
    m->workers = NULL;
    m->worker_count = 0;
}

static void free_workers(struct mping *m)
{
    for (int i = 0; i < m->worker_count; i++)
        pthread_cond_destroy(&m->workers[i].wake);
    mping_workers_forget(m);
}

static int make_workers(struct mping *m)
{
    int n = m->opts.workers;

    m->workers = calloc((size_t)n, sizeof(*m->workers));
    if (!m->workers)
        return MPING_ENOMEM;
    for (int i = 0; i < n; i++) {
        struct mping_worker *w = &m->workers[i];

        w->engine = m;
        pthread_cond_init(&w->wake, NULL);
        m->worker_count = i + 1;
        if (mping_queue_reserve(&w->queue, m->opts.buffer ? m->opts.buffer : BUFFER_DEFAULT) < 0)
            return MPING_ENOMEM;
    }
    return 0;
}

/* Starts thread after thread; on failure those that run are sent away again. */
static int start_threads(struct mping *m)
{
    char text[MPING_ERRMSG_BYTES];
    int started = 0, err = 0;

    m->threads = MPING_THREADS_RUNNING;
    while (started < m->worker_count &&
           (err = mping_thread_start(&m->workers[started].thread, worker_main, &m->workers[started],
                                     text)) == 0)
        started++;
    if (err == 0)
        err = mping_thread_start(&m->io_thread, io_main, m, text);
    if (err == 0)
        return 0;
    m->threads = MPING_THREADS_JOINING;
    wake_all(m);
    mping_unlock(m);
    while (started > 0)
        pthread_join(m->workers[--started].thread, NULL);
    mping_lock(m);
    m->threads = MPING_THREADS_NONE;
    return mping_fail(m, err, "%s", text);
}

int mping_workers_start(struct mping *m)
{
    int err;

    if (m->threads != MPING_THREADS_RUNNING)
        mping_workers_join(m);
    if (m->opts.workers == 0 || m->threads == MPING_THREADS_RUNNING)
        return 0;
    err = make_workers(m);
    if (err == 0)
        err = start_threads(m);
    if (err < 0)
        free_workers(m);
    else
        show_loop(m, false);
    return err;
}

bool mping_workers_own_thread(const struct mping *m)
{
    pthread_t self = pthread_self();

    if (m->threads == MPING_THREADS_NONE)
        return false;
    if (pthread_equal(self, m->io_thread))
        return true;
    for (int i = 0; i < m->worker_count; i++)
        if (pthread_equal(self, m->workers[i].thread))
            return true;
    return false;
}

static void join_all(struct mping *m)
{
    m->threads = MPING_THREADS_JOINING;
    mping_unlock(m);
    pthread_join(m->io_thread, NULL);
    for (int i = 0; i < m->worker_count; i++)
        pthread_join(m->workers[i].thread, NULL);
    mping_lock(m);
    free_workers(m);
    show_loop(m, true);
    m->threads = MPING_THREADS_NONE;
    pthread_cond_broadcast(&m->changed);
}

void mping_workers_join(struct mping *m)
{
    if (m->group || mping_workers_own_thread(m))
        return; /* those of a group stay until it is freed */
    m->waiters++;
    while (m->threads == MPING_THREADS_JOINING ||
           (m->threads == MPING_THREADS_RUNNING && (m->quit || mping_is_idle(m)))) {
        mping_wake_loop(m);
        pthread_cond_wait(&m->changed, &m->lock);
    }
    m->waiters--;
    if (m->threads == MPING_THREADS_ENDING)
        join_all(m);
}

void mping_workers_stop(struct mping *m)
{
    m->quit = true;
    wake_all(m);
    mping_wake_loop(m);
    mping_workers_join(m);
}
