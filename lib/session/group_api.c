/* SPDX-License-Identifier: Apache-2.0 */
#include "session/group_api.h"

#include <math.h>
#include <unistd.h>

#include "session/callback_batch.h"
#include "session/deliver.h"
#include "session/engine.h"
#include "session/fork.h"
#include "session/group.h"
#include "session/group_threads.h"
#include "session/inspect.h"
#include "session/life.h"
#include "session/run.h"
#include "session/state.h"

void mping_group_nudge(struct mping_group *g)
{
    if (!atomic_exchange(&g->nudged, true))
        mping_eventfd_signal(g->wake_fd);
}

static void clear_nudge(struct mping_group *g)
{
    mping_eventfd_clear(g->wake_fd, &g->nudged);
}

/* The lead's thread passes it on to those who sleep: a signal handler must not touch a lock. */
void mping_group_wakeup(struct mping_group *g)
{
    atomic_store(&g->woken, true);
    mping_group_nudge(g);
}

void mping_group_tell(struct mping_group *g)
{
    pthread_mutex_lock(&g->lock);
    g->news++;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
}

static uint64_t news(struct mping_group *g)
{
    uint64_t n;

    pthread_mutex_lock(&g->lock);
    n = g->news;
    pthread_mutex_unlock(&g->lock);
    return n;
}

/* Until there are others than those that have been seen. */
static void sleep_until(struct mping_group *g, uint64_t seen, int64_t until_ns, int cancel_fd)
{
    struct timespec until;
    int err = 0;

    if (cancel_fd >= 0 && mping_now_ns() + MPING_CANCEL_LOOK_NS < until_ns)
        until_ns = mping_now_ns() + MPING_CANCEL_LOOK_NS;
    until.tv_sec = until_ns / 1000000000;
    until.tv_nsec = until_ns % 1000000000;
    pthread_mutex_lock(&g->lock);
    while (g->news == seen && err == 0)
        err = until_ns == MPING_TIME_NEVER ? pthread_cond_wait(&g->changed, &g->lock)
                                           : pthread_cond_timedwait(&g->changed, &g->lock, &until);
    pthread_mutex_unlock(&g->lock);
}

/* Whether this thread is the one to call back now; *ret_first is where to begin. */
static bool begin_collecting(struct mping_group *g, uint32_t *ret_first)
{
    bool mine;

    pthread_mutex_lock(&g->lock);
    mine = !g->collecting;
    if (mine)
        g->collecting = true;
    *ret_first = g->rotation++;
    pthread_mutex_unlock(&g->lock);
    return mine;
}

/* Others may have waited for their turn. */
static void end_collecting(struct mping_group *g, bool tell)
{
    pthread_mutex_lock(&g->lock);
    g->collecting = false;
    g->news += tell;
    if (tell)
        pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
}

/* How many of those events have been called back; also after a C++ exception. */
struct collection {
    struct mping_group *group; /* NULL: another thread is collecting */
    uint32_t n;
};

static void collection_ends(struct collection *c)
{
    if (c->group && !mping_is_inherited(c->group->shards[0]))
        end_collecting(c->group, c->n > 0);
}

/* Calls back for all that waits for the caller, `max` of it at most (0: all); returns how many. */
static uint32_t collect(struct mping_group *g, uint32_t max)
{
    __attribute__((cleanup(collection_ends))) struct collection c = {0};
    uint32_t first, before;

    if (g->callback_thread_n || !begin_collecting(g, &first))
        return 0;
    c.group = g; /* cppcheck-suppress unreadVariable ; collection_ends() reads it */
    c.n = mping_batch_resume(&g->batch);
    do {
        before = c.n;
        for (uint32_t i = 0; i < g->n && (!max || c.n < max) && !mping_is_over(g->shards[0]); i++)
            c.n += mping_batch_run(g->shards[(first + i) % g->n], 0, &g->batch,
                                   max ? max - c.n : UINT32_MAX);
    } while (c.n > before && c.n < MPING_PULL_MAX && (!max || c.n < max));
    return c.n;
}

/* With those events to pull, `max` at most, that have come since the last look. */
static uint32_t add_pulled(struct mping_group *g, uint32_t n, uint32_t max)
{
    for (uint32_t i = 0; i < g->n && n < max; i++) {
        struct mping *m = g->shards[i];
        uint32_t more;

        mping_lock(m);
        more = m->pull_news < max - n ? m->pull_news : max - n;
        m->pull_news -= more;
        mping_unlock(m);
        n += more;
    }
    return n;
}

/* Delivers what there is, as mping_process() counts it. */
static int deliver(struct mping_group *g, uint32_t max)
{
    uint32_t n = collect(g, max);

    if (mping_is_over(g->shards[0]))
        return MPING_ECLOSED;
    return g->callback_thread_n ? 0 : (int)add_pulled(g, n, max ? max : INT32_MAX);
}

/* Counts this thread among those that wait until the end of the block, also by an exception. */
static struct mping_group *begin_waiting(struct mping_group *g)
{
    atomic_fetch_add(&g->waiters, 1);
    return g;
}

static void end_waiting(struct mping_group **g)
{
    atomic_fetch_sub(&(*g)->waiters, 1);
}

static struct mping *unlocked(struct mping *m)
{
    mping_unlock(m);
    return m;
}

static void relock(struct mping **m)
{
    mping_lock(*m);
}

#define WAITER __attribute__((cleanup(end_waiting))) struct mping_group *
#define RELOCKED __attribute__((cleanup(relock))) struct mping *

int mping_group_process(struct mping_group *g, uint32_t max_events)
{
    int err = mping_group_start(g);

    if (err < 0)
        return err;
    clear_nudge(g);
    atomic_store(&g->woken, false);
    return deliver(g, max_events);
}

/* With `m`, its lock is held around done(), and by the caller. */
static int run_until(struct mping_group *g, struct mping *m, bool (*done)(void *arg), void *arg,
                     int64_t until_ns, int cancel_fd)
{
    int err = mping_group_start(g);
    bool over;

    while (err == 0) {
        uint64_t seen = news(g);

        collect(g, 0);
        if (mping_is_over(g->shards[0]))
            return MPING_ECLOSED;
        if (m)
            mping_lock(m);
        over = done(arg);
        if (m)
            mping_unlock(m);
        if (over)
            break;
        if (mping_is_readable(cancel_fd))
            err = MPING_ECANCELED;
        else if (atomic_exchange(&g->woken, false))
            err = MPING_EAGAIN;
        else if (mping_now_ns() >= until_ns)
            err = MPING_ETIMEDOUT;
        else
            sleep_until(g, seen, until_ns, cancel_fd);
    }
    return err;
}

int mping_group_run_until(struct mping *m, bool (*done)(void *arg), void *arg, int64_t until_ns,
                          int cancel_fd)
{
    WAITER waiter = begin_waiting(m->group);
    RELOCKED relocked = unlocked(m);

    (void)relocked;
    return run_until(waiter, m, done, arg, until_ns, cancel_fd);
}

bool mping_group_is_idle(struct mping_group *g)
{
    bool idle = true;

    for (uint32_t i = 0; i < g->n && idle; i++) {
        mping_lock(g->shards[i]);
        idle = mping_is_idle(g->shards[i]);
        mping_unlock(g->shards[i]);
    }
    return idle;
}

static bool is_full(struct mping *m)
{
    bool full;

    mping_lock(m);
    full = m->pull.n >= MPING_PULL_MAX;
    mping_unlock(m);
    return full;
}

static bool has_run(void *arg)
{
    struct mping_group *g = arg;

    for (uint32_t i = 0; i < g->n; i++)
        if (is_full(g->shards[i]))
            return true;
    return mping_group_is_idle(g);
}

/* Targets for which something may still come: one whose last event waits here is active. */
static uint64_t active_of(struct mping *m)
{
    uint64_t active;

    mping_lock(m);
    active = mping_core_active(m->core);
    if (!active && !mping_is_idle(m))
        active = 1;
    mping_unlock(m);
    return active;
}

int mping_group_run(struct mping_group *g, int64_t until_ns)
{
    WAITER waiter = begin_waiting(g);
    int err = run_until(waiter, NULL, has_run, g, until_ns, -1);
    uint64_t active = 0;

    if (err < 0 && err != MPING_ETIMEDOUT && err != MPING_EAGAIN)
        return err;
    if (err == 0 && !mping_group_is_idle(g))
        return mping_fail_full(g->shards[0], false);
    for (uint32_t i = 0; i < g->n; i++)
        active += active_of(g->shards[i]);
    return active > INT32_MAX ? INT32_MAX : (int)active;
}

bool mping_group_has_news(struct mping_group *g)
{
    bool has = atomic_load(&g->nudged);

    for (uint32_t i = 0; i < g->n && !has; i++) {
        mping_lock(g->shards[i]);
        has = g->shards[i]->pull.n || mping_group_waiting(g->shards[i]);
        mping_unlock(g->shards[i]);
    }
    return has;
}

/* With workers the caller only waits; else it calls back, and counts what it may pull. */
static int wait_once(struct mping_group *g, int64_t until_ns)
{
    uint64_t seen = news(g);
    int n = deliver(g, 0);

    if (n || atomic_exchange(&g->woken, false) || mping_is_over(g->shards[0]) ||
        (!g->callback_thread_n && mping_group_has_news(g)))
        return n;
    sleep_until(g, seen, until_ns, -1);
    atomic_store(&g->woken, false);
    return deliver(g, 0);
}

int mping_group_wait(struct mping_group *g, int64_t until_ns)
{
    WAITER waiter = begin_waiting(g);
    int err = mping_group_start(waiter);

    if (err < 0)
        return err;
    clear_nudge(g);
    return wait_once(g, until_ns);
}

size_t mping_group_take(struct mping_group *g, struct mping_event *ret_events, size_t n)
{
    size_t got = 0;
    uint32_t first;

    pthread_mutex_lock(&g->lock);
    first = g->rotation++;
    pthread_mutex_unlock(&g->lock);
    for (uint32_t i = 0; i < g->n && got < n; i++)
        got += mping_take(g->shards[(first + i) % g->n], ret_events + got, n - got);
    return got;
}

/* RTTs of two sets: mean and variance as in Chan, Golub and LeVeque (1979). */
static void merge_rtt(struct mping_stats *sum, const struct mping_stats *s)
{
    double a = (double)sum->received, b = (double)s->received, n = a + b;
    double delta = s->rtt_mean_ns - sum->rtt_mean_ns;
    double m2 = sum->rtt_stddev_ns * sum->rtt_stddev_ns * a +
                s->rtt_stddev_ns * s->rtt_stddev_ns * b + delta * delta * a * b / n;

    if (!sum->received || s->rtt_min_ns < sum->rtt_min_ns)
        sum->rtt_min_ns = s->rtt_min_ns;
    if (s->rtt_max_ns > sum->rtt_max_ns)
        sum->rtt_max_ns = s->rtt_max_ns;
    if (b > a)
        sum->rtt_last_ns = s->rtt_last_ns;
    sum->rtt_mean_ns += delta * b / n;
    sum->rtt_stddev_ns = sqrt(m2 / n);
    sum->jitter_ns = (sum->jitter_ns * a + s->jitter_ns * b) / n;
}

static void merge(struct mping_stats *sum, const struct mping_stats *s)
{
    if (s->received)
        merge_rtt(sum, s);
    sum->sent += s->sent;
    sum->received += s->received;
    sum->lost += s->lost;
    sum->unreachable += s->unreachable;
    sum->send_errors += s->send_errors;
    sum->unknown += s->unknown;
    sum->canceled += s->canceled;
    sum->pending += s->pending;
    sum->resolve_errors += s->resolve_errors;
    sum->late += s->late;
    sum->duplicates += s->duplicates;
    sum->mismatches += s->mismatches;
    sum->icmp_errors += s->icmp_errors;
    sum->targets += s->targets;
    sum->rx_packets += s->rx_packets;
    sum->rx_drops += s->rx_drops;
    sum->rx_malformed += s->rx_malformed;
    sum->rx_checksum += s->rx_checksum;
    sum->rx_foreign += s->rx_foreign;
    sum->send_retries += s->send_retries;
    sum->ids += s->ids;
    sum->rx_capacity += s->rx_capacity;
    sum->truncated += s->truncated;
    sum->longer += s->longer;
}

void mping_group_stats(struct mping_group *g, struct mping_stats *ret_stats)
{
    struct mping_stats s;

    *ret_stats = (struct mping_stats){0};
    for (uint32_t i = 0; i < g->n; i++) {
        mping_engine_stats_read(g->shards[i], &s);
        merge(ret_stats, &s);
    }
}
