/* SPDX-License-Identifier: Apache-2.0 */
#include "session/group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "session/budget.h"
#include "session/callback_batch.h"
#include "session/engine.h"
#include "session/fork.h"
#include "session/group_api.h"
#include "session/group_threads.h"
#include "session/state.h"

enum { ALL_IDS = 65536, INFLIGHT_DEFAULT = 1 << 22 };

struct mping *mping_lead(const struct mping *m)
{
    /* The caller's own handle may be shown as const. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    return m->group ? m->group->shards[0] : (struct mping *)(uintptr_t)m;
}

static uint64_t begin(void *context, int64_t now_ns, uint64_t inflight)
{
    const struct mping *m = context;

    return mping_budget_begin(&m->group->budget, m->shard, now_ns, inflight);
}

static void end(void *context, uint32_t n, bool hungry)
{
    const struct mping *m = context;

    mping_budget_end(&m->group->budget, m->shard, n, hungry);
}

static int64_t next_ns(void *context, int64_t due_ns)
{
    const struct mping *m = context;

    return mping_budget_next_ns(&m->group->budget, m->shard, due_ns);
}

const struct mping_core_budget mping_group_budget = {
    .begin = begin, .end = end, .next_ns = next_ns};

uint16_t mping_group_first_id(const struct mping *m, int family)
{
    return (uint16_t)(m->group->first_id[family] + m->shard * mping_group_ids(m));
}

uint32_t mping_group_ids(const struct mping *m)
{
    return ALL_IDS / mping_shards(m);
}

/* The same seed gives the same; without one it is anybody's guess. */
static void choose_ids(struct mping_group *g, uint64_t seed)
{
    if (!seed && getrandom(g->first_id, sizeof(g->first_id), 0) == (ssize_t)sizeof(g->first_id))
        return;
    seed = seed ? seed : (uint64_t)mping_now_ns();
    g->first_id[0] = g->first_id[1] = (uint16_t)(seed * UINT64_C(0x9e3779b97f4a7c15) >> 48);
}

static int watch(int epoll_fd, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

/* The lead's descriptor stands for what waits in all shards; nobody but threads drives them. */
static int join_descriptors(struct mping_group *g)
{
    struct mping *lead = g->shards[0];
    int err;

    epoll_ctl(lead->public_fd, EPOLL_CTL_DEL, lead->loop_fd, NULL);
    err = watch(lead->public_fd, g->wake_fd);
    for (uint32_t i = 1; err == 0 && i < g->n; i++)
        err = watch(lead->public_fd, g->shards[i]->pull_fd);
    return err;
}

static int make_shards(struct mping_group *g, const struct mping_opts *opts)
{
    struct mping_opts o = *opts;
    int err = 0;

    o.targets_max = 0;
    o.rate_pps = 0;
    for (uint32_t i = 0; err == 0 && i < opts->io_threads; i++) {
        if (opts->seed)
            o.seed = (opts->seed + i) | (uint64_t)(opts->seed + i == 0);
        err = mping_engine_make(&g->shards[i], &o, g, i);
        g->n += err == 0;
    }
    return err;
}

static void init(struct mping_group *g, const struct mping_opts *opts)
{
    pthread_condattr_t attr;

    mping_budget_init(&g->budget, opts->rate_pps,
                      opts->inflight_max ? opts->inflight_max : INFLIGHT_DEFAULT,
                      opts->targets_max);
    atomic_store(&g->workers, opts->workers);
    atomic_store(&g->buffer, opts->buffer);
    pthread_mutex_init(&g->life, NULL);
    pthread_mutex_init(&g->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&g->changed, &attr);
    pthread_condattr_destroy(&attr);
    mping_batch_init(&g->batch);
    choose_ids(g, opts->seed);
    g->generation = atomic_load(&mping_generation);
}

static void destroy_locks(struct mping_group *g)
{
    mping_batch_done(&g->batch);
    pthread_cond_destroy(&g->changed);
    pthread_mutex_destroy(&g->lock);
    pthread_mutex_destroy(&g->life);
    mping_budget_done(&g->budget);
}

void mping_group_destroy(struct mping_group *g)
{
    bool own = g->generation == atomic_load(&mping_generation);

    for (uint32_t i = 0; i < g->n; i++)
        mping_engine_destroy(g->shards[i]);
    if (g->wake_fd >= 0)
        close(g->wake_fd);
    if (own) /* else the parent's threads may wait there for ever */
        destroy_locks(g);
    free(g->callback_threads);
    free(g->shards);
    free(g);
}

int mping_group_make(struct mping **ret_lead, const struct mping_opts *opts)
{
    struct mping_group *g = calloc(1, sizeof(*g));
    int err;

    if (!g)
        return MPING_ENOMEM;
    init(g, opts);
    g->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    err = g->wake_fd < 0 ? -errno : 0;
    g->shards = calloc(opts->io_threads, sizeof(struct mping *));
    if (!g->shards) {
        mping_group_destroy(g);
        return MPING_ENOMEM;
    }
    if (err == 0)
        err = make_shards(g, opts);
    if (err == 0)
        err = join_descriptors(g);
    if (err < 0) {
        mping_group_destroy(g);
        return err;
    }
    *ret_lead = g->shards[0];
    return 0;
}

void mping_group_free(struct mping_group *g)
{
    mping_group_stop(g);
    mping_group_destroy(g);
}

/* Neighbours must not follow each other through the shards in step with anybody's pattern. */
static uint64_t hash(const void *data, size_t len, uint64_t h)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < len; i++)
        h = (h ^ bytes[i]) * UINT64_C(0x100000001b3);
    h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return h ^ h >> 32;
}

int mping_group_assign(struct mping_group *g, const char *host, const struct mping_addr *addr,
                       struct mping **ret_shard)
{
    const uint64_t start = UINT64_C(0xcbf29ce484222325);
    uint64_t h = addr   ? hash(addr->ip, addr->family == AF_INET ? 4 : 16, start)
                 : host ? hash(host, strlen(host), start)
                        : 0;
    int err = 0;

    *ret_shard = g->shards[(h >> 32) * g->n >> 32];
    mping_group_refit(g);
    if (atomic_load(&g->workers) > 0)
        err = mping_group_start(g);
    else if (!atomic_load(&g->started))
        mping_group_nudge(g); /* the threads start when the caller wants to hear of it */
    return err;
}
