/* SPDX-License-Identifier: Apache-2.0 */
#include "session/target.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "session/addr.h"
#include "session/address.h"
#include "session/budget.h"
#include "session/callback_batch.h"
#include "session/default.h"
#include "session/deliver.h"
#include "session/engine.h"
#include "session/errmsg.h"
#include "session/group.h"
#include "session/group_threads.h"
#include "session/life.h"
#include "session/profile.h"
#include "session/queue.h"
#include "session/sockets.h"
#include "session/state.h"
#include "session/target_names.h"
#include "session/turn.h"
#include "session/workers.h"

enum { HOST_MAX = 1024 }; /* longer is no host name, whatever the system */

struct mping_target_name *mping_target_name_of(const struct mping_target *t)
{
    void **name = mping_core_target_note(mping_engine_of(t)->core, mping_index_of(t), false);

    return name ? *name : NULL;
}

struct mping_target_name *mping_target_name_make(const struct mping_target *t, const char *host)
{
    void **place = mping_core_target_note(mping_engine_of(t)->core, mping_index_of(t), true);
    struct mping_target_name *name;

    if (!place)
        return NULL;
    name = malloc(sizeof(*name) + strlen(host) + 1);
    if (!name)
        return NULL;
    *name = (struct mping_target_name){0};
    memcpy(name->host, host, strlen(host) + 1);
    *place = name;
    return name;
}

void mping_target_destroy(struct mping_target *t)
{
    struct mping_target_name *name = mping_target_name_of(t);
    struct mping *m = mping_engine_of(t);

    if (name)
        mping_names_forget(name);
    free(name);
    mping_core_target_free(m->core, mping_index_of(t));
    if (m->group)
        mping_budget_drop_target(&m->group->budget);
}

void mping_target_detach(struct mping_target *t)
{
    struct mping_shared_profile *profile = mping_profile_of(t);
    struct mping *m = mping_engine_of(t);

    mping_names_cancel(t);
    mping_core_target_detach(m->core, mping_index_of(t));
    mping_profile_put(m, profile);
    mping_names_leave(t);
}

/* From options of any size: absent from an older, smaller struct. */
static void *user_of(const struct mping_target_opts *opts)
{
    const size_t end = offsetof(struct mping_target_opts, user) + sizeof(opts->user);

    return opts && opts->struct_size >= end ? opts->user : NULL;
}

/* Whether an address says all about a host that is written as the address itself. 0.0.0.0 will
 * have another one. */
static bool is_plain(const struct mping_addr *addr)
{
    static const uint8_t zero[4];

    return addr->family == AF_INET && memcmp(addr->ip, zero, sizeof(zero)) != 0;
}

/* NULL where the host is nothing but its address as everybody writes it: that need not be kept. */
static const char *worth_keeping(const char *host, const struct mping_addr *addr)
{
    uint8_t ip[4];

    return is_plain(addr) && mping_addr_parse_plain(host, ip) &&
                   memcmp(ip, addr->ip, sizeof(ip)) == 0
               ? NULL
               : host;
}

/* The first events of targets without callback find their place whatever happens to memory. */
static int make_queue(struct mping *m, const struct mping_shared_profile *profile)
{
    return profile->callback ? 0 : mping_queue_reserve(&m->pull, 1);
}

static int make(struct mping *m, const char *host, const struct mping_target_opts *opts,
                int64_t now_ns, struct mping_target **ret_target)
{
    struct mping_shared_profile *profile;
    struct mping_target *t;
    uint32_t target = 0;
    int err = mping_profile_get(m, opts, &profile);

    if (err < 0)
        return err;
    err = make_queue(m, profile);
    if (err == 0 && m->group && !mping_budget_add_target(&m->group->budget))
        err = MPING_EFULL;
    if (err == 0) {
        err = mping_core_target_new(m->core, &profile->core, NULL, now_ns, &target);
        if (err < 0 && m->group)
            mping_budget_drop_target(&m->group->budget);
    }
    if (err < 0) {
        mping_profile_put(m, profile);
        return err;
    }
    t = mping_core_target_owner(m->core, target);
    t->user = user_of(opts);
    if (host && !mping_target_name_make(t, host)) {
        mping_target_detach(t);
        mping_target_destroy(t);
        return MPING_ENOMEM;
    }
    *ret_target = t;
    return 0;
}

/* The first user of a family's sockets finds them as they are while nobody reads them. */
static void await_sockets(struct mping *m, const struct mping_addr *addr)
{
    const struct mping_family *f;

    if (!m->away)
        return;
    f = &m->families[mping_names_family(addr)];
    if (f->users)
        return;
    mping_send_wait_begin(m);
    while (m->away && !f->users)
        mping_await_change(m);
    mping_send_wait_end(m);
}

/*
 * An address of another family than the wanted one is as a name without such an address: that
 * comes out when it is looked up, for which its text is needed.
 */
static int leave_for_lookup(struct mping_target *t, const struct mping_addr *addr)
{
    char text[MPING_ADDR_TEXT_MAX];

    if (!mping_target_name_of(t) &&
        !mping_target_name_make(t, mping_addr_format(addr, text, sizeof(text))))
        return mping_fail(mping_engine_of(t), MPING_ENOMEM, "%s", mping_strerror(MPING_ENOMEM));
    return mping_sockets_allowed(mping_engine_of(t));
}

/*
 * Gives it its address. A family that cannot be had here, say in a kernel without IPv6, is no
 * trouble of those of the other one: the target's probe is a send error, as of one whose name leads
 * there, which the next turn finds out. One that sends by hand, or has another name, ends at once.
 */
static int attach(struct mping_target *t, const struct mping_addr *addr, int64_t now_ns)
{
    struct mping *m = mping_engine_of(t);
    char text[MPING_ADDR_TEXT_MAX];
    struct mping_addr spelt;
    int err = mping_names_attach(t, addr, now_ns);

    if (err == 0 || m->families[mping_names_family(addr)].n > 0 || mping_sockets_allowed(m) < 0)
        return err;
    mping_addr_format(addr, text, sizeof(text)); /* it has no address that would tell its name */
    if (!mping_target_name_of(t) && !mping_target_name_make(t, text))
        return MPING_ENOMEM;
    if (mping_profile_of(t)->core.interval_ns < 0 ||
        mping_addr_parse(&spelt, mping_target_name_of(t)->host) < 0)
        mping_core_target_fail(m->core, mping_index_of(t), err);
    return 0;
}

/* Makes the target and, if its address is known, sends it on its way. host: NULL, or addr. */
static int start(struct mping *m, const char *host, const struct mping_addr *addr,
                 const struct mping_target_opts *opts, bool auto_close,
                 struct mping_target **ret_target)
{
    struct mping_target *t;
    int64_t now_ns;
    int err, family;

    if (addr)
        await_sockets(m, addr);
    now_ns = mping_now_ns();
    mping_fail_begin(m);
    err = make(m, host, opts, now_ns, &t);
    if (err < 0)
        return mping_fail_unsaid(m, err);
    family = mping_profile_of(t)->family;
    if (addr && mping_profile_of(t)->core.flags & MPING_FLAG_TIMESTAMP &&
        mping_names_family(addr) != 0)
        err = mping_fail(m, MPING_EINVAL, "ICMP timestamps need an IPv4 address");
    else if (addr && family && mping_address_canonical(addr).family != family)
        err = leave_for_lookup(t, addr);
    else if (addr)
        err = attach(t, addr, now_ns);
    else
        err = mping_sockets_allowed(m);
    if (err == 0 && !m->group && mping_core_active(m->core) == 1)
        err = mping_workers_start(m);
    if (err < 0) {
        mping_target_detach(t);
        mping_target_destroy(t);
        return mping_fail_unsaid(m, err);
    }
    t->auto_close = auto_close;
    if (m->sleepers || m->armed_ns > now_ns)
        mping_turn_arm(m); /* else it is high time already */
    if (ret_target)
        *ret_target = t;
    return 0;
}

static bool is_host(const char *host)
{
    return host && *host && strlen(host) <= HOST_MAX;
}

static int fail_host(struct mping *m, const char *host)
{
    if (!host || !*host)
        return mping_fail(m, MPING_EINVAL, "the host is %s", host ? "empty" : "NULL");
    return mping_fail(m, MPING_EINVAL, "the host has %zu characters, it can have 1 to %d",
                      strlen(host), HOST_MAX);
}

static int check_addr(struct mping *m, const struct mping_addr *addr)
{
    if (mping_address_check(addr) < 0)
        return mping_fail(m, MPING_EINVAL,
                          "a link-local address has only zeros in its bytes 5 to 8");
    return 0;
}

/* A host that is no address: then it must not look like one, since others might read it as one. */
static int check_name(struct mping *m, const char *host)
{
    const char *problem;
    struct mping_addr addr;

    if (!is_host(host))
        return fail_host(m, host);
    problem = mping_addr_problem(host);
    /* A link may come and go: without it the lookup fails, and is tried again where others are. */
    if (!problem || mping_addr_parse(&addr, host) == -ENODEV)
        return 0;
    return mping_fail(m, MPING_EINVAL, "%s", problem);
}

int mping_add(struct mping *engine, const char *host, const struct mping_target_opts *opts,
              struct mping_target **ret_target)
{
    struct mping *m = mping_engine_or_default(engine);
    struct mping_addr addr;
    bool numeric;
    int err = 0;

    if (ret_target)
        *ret_target = NULL;
    if (!m)
        return mping_no_engine();
    numeric = host && mping_addr_parse(&addr, host) == 0;
    if (m->group)
        err = mping_group_assign(m->group, host, numeric ? &addr : NULL, &m);
    if (err < 0)
        return err;
    mping_lock(m);
    if (numeric)
        err = check_addr(m, &addr);
    else
        err = check_name(m, host);
    if (err == 0)
        err = start(m, numeric && is_plain(&addr) ? NULL : host, numeric ? &addr : NULL, opts,
                    !ret_target, ret_target);
    mping_unlock(m);
    return err;
}

/* host: NULL where it is the address. */
static int start_known(struct mping *m, const char *host, const struct mping_addr *addr,
                       const struct mping_target_opts *opts, struct mping_target **ret_target)
{
    char text[MPING_ADDR_TEXT_MAX];

    if (host)
        host = worth_keeping(host, addr);
    else if (!is_plain(addr))
        host = mping_addr_format(addr, text, sizeof(text));
    return start(m, host, addr, opts, !ret_target, ret_target);
}

static int add_known(struct mping *m, const char *host, const struct mping_addr *addr,
                     const struct mping_target_opts *opts, struct mping_target **ret_target)
{
    int err = 0;

    if (ret_target)
        *ret_target = NULL;
    if (!m)
        return mping_no_engine();
    if (!addr)
        return mping_refuse(m, MPING_EINVAL, "the address is NULL");
    if (addr->family != AF_INET && addr->family != AF_INET6)
        return mping_refuse(m, MPING_EINVAL,
                            "family of the address is %d, it can be AF_INET (%d) or AF_INET6 (%d)",
                            addr->family, AF_INET, AF_INET6);
    if (m->group)
        err = mping_group_assign(m->group, NULL, addr, &m);
    if (err < 0)
        return err;
    mping_lock(m);
    err = check_addr(m, addr);
    if (err == 0 && host && !is_host(host))
        err = fail_host(m, host);
    if (err == 0)
        err = start_known(m, host, addr, opts, ret_target);
    mping_unlock(m);
    return err;
}

int mping_add_addr(struct mping *engine, const struct mping_addr *addr,
                   const struct mping_target_opts *opts, struct mping_target **ret_target)
{
    return add_known(mping_engine_or_default(engine), NULL, addr, opts, ret_target);
}

int mping_add_as(struct mping *engine, const char *host, const struct mping_addr *addr,
                 const struct mping_target_opts *opts, struct mping_target **ret_target)
{
    return add_known(mping_engine_or_default(engine), host ? host : "", addr, opts, ret_target);
}

static void fail_send(struct mping *m, int err, int ended)
{
    if (err == MPING_ECLOSED && ended < 0)
        mping_fail(m, err, "the target has ended: %s", mping_strerror(ended));
    else
        mping_fail(m, err, "%s", mping_strerror(err));
}

int mping_send(struct mping_target *target)
{
    struct mping *m;
    int err;

    if (!target)
        return MPING_EINVAL;
    m = mping_engine_of_call(target);
    if (!m)
        return mping_no_engine();
    mping_lock_when_sent(m);
    err = mping_core_target_send(m->core, mping_index_of(target), mping_now_ns());
    if (err < 0)
        fail_send(m, err, mping_core_target_err(m->core, mping_index_of(target)));
    mping_turn_arm(m);
    mping_unlock(m);
    return err;
}

int mping_set_timeout(struct mping_target *target, int64_t timeout_ns)
{
    char text[MPING_ERRMSG_BYTES];
    struct mping *m;
    int err;

    if (!target)
        return MPING_EINVAL;
    m = mping_engine_of_call(target);
    if (!m)
        return mping_no_engine();
    err = mping_check_range(text, "timeout_ns", timeout_ns, 0, MPING_DURATION_MAX_NS, "");
    if (err < 0)
        return mping_refuse(m, err, "%s", text);
    mping_lock_when_sent(m);
    err = mping_core_target_set_timeout(m->core, mping_index_of(target), timeout_ns);
    if (err < 0)
        mping_fail(m, err, "%s", mping_strerror(err));
    mping_unlock(m);
    return err;
}

/* A callback that another thread is making right now is waited for. */
static void wait_for_callback(struct mping *m, const struct mping_target *t)
{
    while (mping_is_called(m, t, true))
        mping_await_change(m);
}

static void close_in(struct mping *m, struct mping_target *target)
{
    mping_lock(m);
    target->closed = true;
    mping_batches_void(m, target);
    if (m->sending) {
        mping_group_close(m, target); /* soon */
        wait_for_callback(m, target);
    } else {
        mping_target_detach(target);
        wait_for_callback(m, target);
        target->dead = true;
        mping_bury(m, target);
        mping_reap(m);
        mping_turn_arm(m); /* threads may have nothing left to do */
    }
    while (m->away && mping_sockets_unused(m))
        mping_await_change(m);
    mping_unlock(m);
}

void mping_close(struct mping_target *target)
{
    struct mping *m = target ? mping_engine_of_call(target) : NULL;

    if (m) { /* one of a parent's goes with its engine */
        MPING_INSIDE inside = mping_enter(m);

        close_in(inside, target);
    }
}
