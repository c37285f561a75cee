/* SPDX-License-Identifier: Apache-2.0 */
#include "session/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/slab.h"
#include "session/default.h"
#include "session/deliver.h"
#include "session/drops.h"
#include "session/errmsg.h"
#include "session/fork.h"
#include "session/group.h"
#include "session/life.h"
#include "session/lookup.h"
#include "session/options.h"
#include "session/queue.h"
#include "session/sockets.h"
#include "session/state.h"
#include "session/target.h"
#include "session/workers.h"

enum { INFLIGHT_DEFAULT = 1 << 22 };

int64_t mping_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t mping_wall_offset_ns(void)
{
    struct timespec wall;

    clock_gettime(CLOCK_REALTIME, &wall);
    return (int64_t)wall.tv_sec * 1000000000 + wall.tv_nsec - mping_now_ns();
}

/* In a child there is one thread, and others may have held the lock when it came to be. */
void mping_lock(struct mping *m)
{
    if (!mping_is_inherited(m))
        pthread_mutex_lock(&m->lock);
}

void mping_unlock(struct mping *m)
{
    if (!mping_is_inherited(m))
        pthread_mutex_unlock(&m->lock);
}

void mping_await_change(struct mping *m)
{
    m->waiters++;
    pthread_cond_wait(&m->changed, &m->lock);
    m->waiters--;
}

void mping_send_wait_begin(struct mping *m)
{
    m->send_waiters++;
}

void mping_send_wait_end(struct mping *m)
{
    if (--m->send_waiters == 0)
        pthread_cond_broadcast(&m->changed);
}

void mping_lock_when_sent(struct mping *m)
{
    mping_lock(m);
    if (!m->sending)
        return;
    mping_send_wait_begin(m);
    while (m->sending)
        mping_await_change(m);
    mping_send_wait_end(m);
}

void mping_unlock_for_io(struct mping *m)
{
    if (!m->group)
        return;
    m->away = true;
    mping_unlock(m);
}

void mping_relock_after_io(struct mping *m)
{
    if (!m->group)
        return;
    mping_lock(m);
    m->away = false;
    if (m->waiters)
        pthread_cond_broadcast(&m->changed);
}

/*
 * Memory that is about to be filled from end to end is fetched in huge pages, or at least in
 * one go: small page by page it may cost ten times as much, and be most of what a target
 * costs. Where the kernel will not, nothing is lost.
 */
static void prefetch_memory(void *memory, size_t bytes)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    size_t skip = (page - (uintptr_t)memory % page) % page;

    if (bytes < skip + page)
        return;
    bytes = (bytes - skip) / page * page;
    if (bytes >= MPING_SLAB_PAGE)
        (void)madvise((char *)memory + skip, bytes, MADV_HUGEPAGE);
    (void)madvise((char *)memory + skip, bytes, MADV_POPULATE_WRITE);
}

static int make_core(struct mping *m)
{
    struct mping_core_opts opts = {
        .context = m,
        .fresh = prefetch_memory,
        .link_doubt = mping_drops_doubt,
        .look = mping_drops_look,
        .seed = {m->opts.seed, ~m->opts.seed},
        .targets_max = m->opts.targets_max,
        .inflight_max = m->opts.inflight_max ? m->opts.inflight_max : INFLIGHT_DEFAULT,
        .unpaced_inflight = mping_sockets_capacity(m) / 2,
        .rate_pps = m->opts.rate_pps,
        .budget = m->group ? &mping_group_budget : NULL,
    };

    if (!m->opts.seed && getrandom(opts.seed, sizeof(opts.seed), 0) != (ssize_t)sizeof(opts.seed))
        return -errno; /* without a secret no reply could be believed */
    return mping_core_new(&m->core, &opts);
}

static int watch(int epoll_fd, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static int make_descriptors(struct mping *m)
{
    m->public_fd = epoll_create1(EPOLL_CLOEXEC);
    m->loop_fd = epoll_create1(EPOLL_CLOEXEC);
    m->sockets_fd = epoll_create1(EPOLL_CLOEXEC);
    m->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    m->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    m->pull_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (m->public_fd < 0 || m->loop_fd < 0 || m->sockets_fd < 0 || m->timer_fd < 0 ||
        m->wake_fd < 0 || m->pull_fd < 0 || watch(m->loop_fd, m->sockets_fd) < 0 ||
        watch(m->loop_fd, m->timer_fd) < 0 || watch(m->loop_fd, m->wake_fd) < 0 ||
        watch(m->public_fd, m->loop_fd) < 0 || watch(m->public_fd, m->pull_fd) < 0)
        return -errno;
    return 0;
}

static void close_descriptors(struct mping *m)
{
    int *const all[] = {&m->public_fd, &m->loop_fd, &m->sockets_fd,
                        &m->timer_fd,  &m->wake_fd, &m->pull_fd};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (*all[i] >= 0)
            (void)close(*all[i]);
        *all[i] = -1;
    }
}

void mping_engine_disconnect(struct mping *m)
{
    close_descriptors(m);
    mping_resolver_disconnect(m->resolver);
    mping_lookups_disconnect(m->lookups);
}

static void init_lock(struct mping *m)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&m->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&m->changed, &attr);
    pthread_condattr_destroy(&attr);
}

static void free_targets(struct mping *m)
{
    uint32_t i = 0;

    while (m->core && (i = mping_core_target_next(m->core, i)) != MPING_CORE_NONE) {
        struct mping_target *t = mping_core_target_owner(m->core, i++);

        if (!t->closed)
            mping_target_detach(t);
        mping_target_destroy(t);
    }
}

void mping_engine_destroy(struct mping *m)
{
    mping_lookups_free(m->lookups);
    free_targets(m);
    mping_resolver_free(m->resolver);
    for (int family = 0; family < 2 && m->core; family++)
        mping_family_close(m, family);
    mping_drops_close(m);
    mping_core_free(m->core);
    mping_queue_done(&m->pull);
    mping_prefix_set_done(&m->excluded[0]);
    mping_prefix_set_done(&m->excluded[1]);
    close_descriptors(m);
    if (!mping_is_inherited(m)) { /* else the parent's threads may wait there for ever */
        mping_life_done(&m->life);
        pthread_cond_destroy(&m->changed);
        pthread_mutex_destroy(&m->lock);
    }
    free(m);
}

int mping_engine_make(struct mping **ret_engine, const struct mping_opts *opts,
                      struct mping_group *group, uint32_t shard)
{
    struct mping *m = calloc(1, sizeof(*m));
    int err;

    if (!m)
        return MPING_ENOMEM;
    init_lock(m);
    mping_life_init(&m->life);
    m->generation = atomic_load(&mping_generation);
    m->group = group;
    m->shard = shard;
    m->opts = *opts;
    m->families[0].discards_fd = m->families[1].discards_fd = -1;
    m->families[0].af = AF_INET;
    m->families[1].af = AF_INET6;
    m->armed_ns = MPING_TIME_NEVER;
    m->ended = m->closing = MPING_CORE_NONE;
    m->load_from_ns = mping_now_ns();
    m->asleep_ns = INT64_MAX / 2; /* nothing was out before the first turn */
    err = make_descriptors(m);
    if (err == 0)
        err = make_core(m);
    if (err < 0) {
        mping_engine_destroy(m);
        return err;
    }
    *ret_engine = m;
    return 0;
}

int mping_new(struct mping **ret_engine, const struct mping_opts *opts)
{
    struct mping_opts o;
    char text[MPING_ERRMSG_BYTES];
    int err;

    if (!ret_engine)
        return mping_fail_new(MPING_EINVAL, "there is no place for the engine");
    *ret_engine = NULL;
    err = mping_opts_read(&o, opts, text);
    if (err < 0)
        return mping_fail_new(err, "%s", text);
    err = mping_fork_watch();
    if (err == 0)
        err = o.io_threads > 1 ? mping_group_make(ret_engine, &o)
                               : mping_engine_make(ret_engine, &o, NULL, 0);
    return err < 0 ? mping_fail_new(err, "cannot make an engine: %s", mping_strerror(err))
                   : mping_fail_new(0, "%s", "");
}

int mping_free(struct mping *engine)
{
    if (!engine)
        return 0;
    if (mping_is_inherited(engine)) {
        mping_inherited_free(engine);
        return 0;
    }
    if (engine->is_default)
        return mping_refuse(engine, MPING_EBUSY, "the default engine is never freed");
    if (mping_in_callback(engine))
        return mping_fail_busy(engine);
    mping_end_calls(engine);
    if (engine->group) {
        mping_group_free(engine->group);
        return 0;
    }
    mping_lock(engine);
    mping_workers_stop(engine);
    mping_unlock(engine);
    mping_engine_destroy(engine);
    return 0;
}

int mping_set_workers(struct mping *engine, int workers)
{
    struct mping *m = mping_engine_or_default(engine);
    char text[MPING_ERRMSG_BYTES];
    int err;

    if (!m)
        return mping_no_engine();
    err = mping_check_range(text, "workers", workers, 0, MPING_WORKERS_MAX, "");
    if (err < 0)
        return mping_refuse(m, err, "%s", text);
    if (m->group)
        atomic_store(&m->group->workers, workers);
    mping_lock(m);
    m->opts.workers = workers;
    mping_unlock(m);
    return 0;
}

int mping_set_buffer(struct mping *engine, uint32_t buffer)
{
    struct mping *m = mping_engine_or_default(engine);
    char text[MPING_ERRMSG_BYTES];
    int err;

    if (!m)
        return mping_no_engine();
    err = mping_check_range(text, "buffer", buffer, 0, MPING_BUFFER_MAX, "");
    if (err < 0)
        return mping_refuse(m, err, "%s", text);
    if (m->group)
        atomic_store(&m->group->buffer, buffer);
    mping_lock(m);
    m->opts.buffer = buffer;
    mping_unlock(m);
    return 0;
}

/* Of this process, not of the family: the other one works only because it was opened first. */
static bool is_limit(int err)
{
    return err == -EMFILE || err == -ENFILE || err == MPING_ENOMEM || err == -ENOBUFS;
}

/* Of both families: the error that opening them ends with. */
static int worse_of(const int errs[2])
{
    for (int i = 0; i < 2; i++) {
        if (is_limit(errs[i]))
            return errs[i];
    }
    return errs[0] < 0 && errs[1] < 0 ? errs[0] : 0;
}

static int open_families(struct mping *m, int family)
{
    int errs[2] = {0, 0}, err;

    mping_lock(m);
    mping_fail_begin(m);
    for (int i = 0; i < 2; i++) {
        if (family != AF_UNSPEC && family != m->families[i].af)
            continue;
        errs[i] = mping_family_open(m, i);
        if (errs[i] == 0)
            m->families[i].kept = true;
    }
    if (family != AF_UNSPEC)
        err = errs[0] < 0 ? errs[0] : errs[1];
    else
        err = worse_of(errs);
    if (err < 0)
        mping_fail_unsaid(m, err);
    mping_unlock(m);
    return err;
}

int mping_open(struct mping *engine, int family)
{
    struct mping *m = mping_engine_or_default(engine);
    char text[MPING_ERRMSG_BYTES];
    int err;

    if (!m)
        return mping_no_engine();
    err = mping_check_family(text, "family", family);
    if (err < 0)
        return mping_refuse(m, err, "%s", text);
    for (uint32_t i = 0; err == 0 && i < mping_shards(m); i++)
        err = open_families(mping_shard(m, i), family);
    return err;
}

int mping_socket_kind(struct mping *engine, int family)
{
    struct mping *m = mping_engine_or_default(engine);
    int kind = MPING_SOCKET_AUTO;

    if (!m)
        return mping_no_engine();
    if (family != AF_INET && family != AF_INET6)
        return mping_refuse(m, MPING_EINVAL,
                            "family is %d, it can be AF_INET (%d) or AF_INET6 (%d)", family,
                            AF_INET, AF_INET6);
    for (uint32_t i = 0; kind == MPING_SOCKET_AUTO && i < mping_shards(m); i++) {
        struct mping *shard = mping_shard(m, i);

        mping_lock(shard);
        kind = shard->families[family == AF_INET6].kind;
        mping_unlock(shard);
    }
    return kind == MPING_SOCKET_AUTO
               ? mping_refuse(m, MPING_ECLOSED, "no socket of this family is open")
               : kind;
}
