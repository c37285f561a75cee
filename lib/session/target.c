/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "session/internal.h"

enum { HOST_MAX = 1024 }; /* longer is no host name, whatever the system */

static void link_target(struct mping_target *t)
{
    struct mping *m = t->engine;

    t->next = m->targets;
    if (m->targets)
        m->targets->prev = t;
    m->targets = t;
}

static void unlink_target(struct mping_target *t)
{
    if (t->prev)
        t->prev->next = t->next;
    else
        t->engine->targets = t->next;
    if (t->next)
        t->next->prev = t->prev;
    t->next = t->prev = NULL;
}

void mping_target_destroy(struct mping_target *t)
{
    if (!t)
        return;
    if (t->profile)
        mping_profile_put(t->engine, t->profile);
    free(t->host);
    free(t);
}

/* Takes the target out of the core and lets go of its sockets. */
static void detach(struct mping_target *t)
{
    if (t->query)
        mping_resolver_cancel(t->engine->resolver, t->query);
    t->query = NULL;
    mping_core_target_free(t->engine->core, t->core);
    mping_names_leave(t);
}

static int make(struct mping *m, const char *host, const struct mping_target_opts *opts,
                struct mping_target **ret_target)
{
    struct mping_target_opts o;
    struct mping_target *t;
    size_t size = sizeof(o);
    int err;

    mping_target_opts_init(&o, sizeof(o));
    if (opts) /* callback and user lie at the end: absent from an older, smaller struct */
        memcpy(&o, opts, opts->struct_size < size ? opts->struct_size : size);
    t = calloc(1, sizeof(*t));
    if (!t)
        return MPING_ENOMEM;
    t->engine = m;
    t->callback = o.callback;
    t->user = o.user;
    t->host = strdup(host);
    err = t->host ? mping_profile_get(m, opts, !t->callback, &t->profile) : MPING_ENOMEM;
    if (err == 0)
        err = mping_core_target_new(m->core, &t->profile->core, t, mping_now_ns(), &t->core);
    if (err < 0) {
        mping_target_destroy(t);
        return err;
    }
    *ret_target = t;
    return 0;
}

/* Makes the target and, if its address is known, sends it on its way. */
static int start(struct mping *m, const char *host, const struct mping_addr *addr,
                 const struct mping_target_opts *opts, bool auto_close,
                 struct mping_target **ret_target)
{
    struct mping_target *t;
    int err = make(m, host, opts, &t);

    if (err < 0)
        return mping_fail(m, err, "%s", mping_strerror(err));
    if (addr && t->profile->family && addr->family != t->profile->family)
        err = mping_fail(m, MPING_EINVAL, "%s is not of the wanted address family", host);
    else if (addr)
        err = mping_names_attach(t, addr, mping_now_ns());
    else
        err = mping_sockets_allowed(m);
    if (err == 0 && mping_core_active(m->core) == 1)
        err = mping_workers_start(m);
    if (err < 0) {
        detach(t);
        mping_target_destroy(t);
        return err;
    }
    t->auto_close = auto_close;
    link_target(t);
    mping_turn_arm(m);
    if (ret_target)
        *ret_target = t;
    return 0;
}

static int check_struct(struct mping *m, const struct mping_target_opts *opts)
{
    if (opts && (opts->struct_size < sizeof(opts->struct_size) || opts->struct_size > 4096))
        return mping_fail(m, MPING_EINVAL, "struct_size is not that of mping_target_opts");
    return 0;
}

int mping_add(struct mping *engine, const char *host, const struct mping_target_opts *opts,
              struct mping_target **ret_target)
{
    struct mping *m = mping_engine_or_default(engine);
    struct mping_addr addr;
    bool numeric;
    int err;

    if (ret_target)
        *ret_target = NULL;
    if (!m)
        return MPING_ENOMEM;
    mping_lock(m);
    numeric = host && mping_addr_parse(&addr, host) == 0;
    err = check_struct(m, opts);
    if (err == 0 && (!host || !*host || strlen(host) > HOST_MAX))
        err = mping_fail(m, MPING_EINVAL, "the host is empty or too long");
    if (err == 0)
        err = start(m, host, numeric ? &addr : NULL, opts, !ret_target, ret_target);
    mping_unlock(m);
    return err;
}

int mping_add_addr(struct mping *engine, const struct mping_addr *addr,
                   const struct mping_target_opts *opts, struct mping_target **ret_target)
{
    struct mping *m = mping_engine_or_default(engine);
    char host[MPING_ADDR_TEXT_MAX];
    int err;

    if (ret_target)
        *ret_target = NULL;
    if (!m)
        return MPING_ENOMEM;
    mping_lock(m);
    err = check_struct(m, opts);
    if (err == 0 && (!addr || (addr->family != AF_INET && addr->family != AF_INET6)))
        err = mping_fail(m, MPING_EINVAL, "the address is neither IPv4 nor IPv6");
    if (err == 0)
        err = start(m, mping_addr_format(addr, host, sizeof(host)), addr, opts, !ret_target,
                    ret_target);
    mping_unlock(m);
    return err;
}

int mping_send(struct mping_target *target)
{
    struct mping *m;
    int err;

    if (!target)
        return MPING_EINVAL;
    m = target->engine;
    mping_lock(m);
    err = mping_core_target_send(m->core, target->core, mping_now_ns());
    mping_turn_arm(m);
    mping_unlock(m);
    return err;
}

int mping_set_timeout(struct mping_target *target, int64_t timeout_ns)
{
    if (!target || timeout_ns < 0 || timeout_ns > MPING_DURATION_MAX_NS)
        return MPING_EINVAL;
    mping_lock(target->engine);
    mping_core_target_set_timeout(target->engine->core, target->core, timeout_ns);
    mping_unlock(target->engine);
    return 0;
}

int mping_cancel(struct mping_target *target)
{
    struct mping *m;

    if (!target)
        return MPING_EINVAL;
    m = target->engine;
    mping_lock(m);
    if (target->query)
        mping_resolver_cancel(m->resolver, target->query);
    target->query = NULL;
    mping_core_target_cancel(m->core, target->core);
    mping_turn_arm(m);
    mping_unlock(m);
    return 0;
}

/* A callback that another thread is making right now is waited for. */
static void wait_for_callback(struct mping_target *t)
{
    struct mping *m = t->engine;

    while (t->running && !pthread_equal(t->runner, pthread_self())) {
        m->waiters++;
        pthread_cond_wait(&m->changed, &m->lock);
        m->waiters--;
    }
}

void mping_close(struct mping_target *target)
{
    struct mping *m;

    if (!target)
        return;
    m = target->engine;
    mping_lock(m);
    unlink_target(target);
    target->closed = true;
    detach(target);
    wait_for_callback(target);
    target->next = m->closed;
    m->closed = target;
    mping_reap(m);
    mping_turn_arm(m); /* threads may have nothing left to do */
    mping_unlock(m);
}

static bool is_drained(void *arg)
{
    const struct mping_target *t = arg;

    return !t->queued && !t->running && mping_core_target_pending(t->engine->core, t->core) == 0;
}

/* Events of a target without callback wait for mping_next(), not for us. */
static bool is_drained_pull(void *arg)
{
    const struct mping_target *t = arg;

    return mping_core_target_pending(t->engine->core, t->core) == 0;
}

int mping_drain(struct mping_target *target, int64_t max_ns)
{
    struct mping *m;
    int err;

    if (!target || max_ns < -1)
        return MPING_EINVAL;
    m = target->engine;
    mping_lock(m);
    if (mping_in_callback(m)) {
        err = MPING_EBUSY;
    } else {
        int64_t until_ns = max_ns < 0 ? MPING_TIME_NEVER : mping_now_ns() + max_ns;

        do
            err = mping_run_until(m, target->callback ? is_drained : is_drained_pull, target,
                                  until_ns, -1);
        while (err == MPING_EAGAIN); /* woken for somebody else */
    }
    mping_unlock(m);
    return err;
}

int mping_target_id(const struct mping_target *target)
{
    int id;

    if (!target)
        return MPING_EINVAL;
    mping_lock(target->engine);
    id = mping_core_target_id(target->engine->core, target->core);
    mping_unlock(target->engine);
    return id;
}

const char *mping_target_host(const struct mping_target *target)
{
    return target ? target->host : NULL;
}

int mping_target_addr(const struct mping_target *target, struct mping_addr *ret_addr)
{
    int err;

    if (!target || !ret_addr)
        return MPING_EINVAL;
    mping_lock(target->engine);
    err = mping_core_target_addr(target->engine->core, target->core, ret_addr);
    mping_unlock(target->engine);
    return err;
}

/* Hands statistics out in the size that the caller knows. */
static int export_stats(const struct mping_stats *stats, struct mping_stats *ret_stats, size_t size)
{
    if (size > sizeof(*stats))
        memset((char *)ret_stats + sizeof(*stats), 0, size - sizeof(*stats));
    memcpy(ret_stats, stats, size < sizeof(*stats) ? size : sizeof(*stats));
    return 0;
}

int mping_target_stats(struct mping_target *target, struct mping_stats *ret_stats,
                       size_t stats_size, int reset)
{
    struct mping_stats stats;

    if (!target || !ret_stats)
        return MPING_EINVAL;
    mping_lock(target->engine);
    mping_core_target_stats(target->engine->core, target->core, &stats, reset);
    mping_unlock(target->engine);
    return export_stats(&stats, ret_stats, stats_size);
}

int mping_engine_stats(struct mping *engine, struct mping_stats *ret_stats, size_t stats_size)
{
    struct mping *m = mping_engine_or_default(engine);
    struct mping_stats stats;

    if (!m)
        return MPING_ENOMEM;
    if (!ret_stats)
        return MPING_EINVAL;
    mping_lock(m);
    mping_core_stats(m->core, &stats);
    stats.rx_capacity = mping_sockets_capacity(m);
    mping_unlock(m);
    return export_stats(&stats, ret_stats, stats_size);
}
