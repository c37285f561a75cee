/* SPDX-License-Identifier: Apache-2.0 */
#include "session/target_names.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "session/address.h"
#include "session/default.h"
#include "session/engine.h"
#include "session/errmsg.h"
#include "session/sockets.h"
#include "session/state.h"
#include "session/target.h"

enum {
    EVENTS_MAX = 4,     /* of one answer */
    PATIENCE_SHARE = 20 /* of the interval */
};

#define PATIENCE_MAX_NS INT64_C(50000000)
#define RETRY_NS INT64_C(1000000000)
#define RETRY_MAX_NS (60 * RETRY_NS)

/* The resolver is made for the first name: programs that know addresses never read
 * resolv.conf. */
static int open_resolver(struct mping *m)
{
    struct epoll_event event = {.events = EPOLLIN};
    int err;

    if (m->resolver)
        return 0;
    err = mping_resolver_new(&m->resolver);
    if (err < 0)
        return err;
    event.data.fd = mping_resolver_fd(m->resolver);
    if (epoll_ctl(m->loop_fd, EPOLL_CTL_ADD, event.data.fd, &event) < 0) {
        mping_resolver_free(m->resolver);
        m->resolver = NULL;
        return MPING_ENOMEM;
    }
    return 0;
}

int mping_names_family(const struct mping_addr *addr)
{
    return mping_address_canonical(addr).family == AF_INET6;
}

/*
 * Opens the sockets of the address's family for the target. Those of a family that its name
 * had before stay open until it ends: probes may still be out there.
 */
static int use_family(struct mping_target *t, int family)
{
    struct mping *m = mping_engine_of(t);
    int err;

    if (t->families & 1u << family)
        return 0;
    err = mping_family_use(m, family);
    if (err == 0)
        t->families |= (uint8_t)(1u << family) & 3u;
    return err;
}

void mping_names_leave(struct mping_target *t)
{
    for (int family = 0; family < 2; family++)
        if (t->families & 1u << family)
            mping_family_leave(mping_engine_of(t), family);
    t->families = 0;
}

/* Whether its next probe waits for it or not. */
static int set_addr(struct mping *m, uint32_t target, const struct mping_addr *addr, int64_t now_ns)
{
    int err = mping_core_target_resolved(m->core, target, addr, now_ns);

    return err < 0 ? err : mping_core_target_move(m->core, target, addr);
}

int mping_names_attach(struct mping_target *t, const struct mping_addr *addr, int64_t now_ns)
{
    struct mping *m = mping_engine_of(t);
    uint32_t target = mping_index_of(t);
    struct mping_addr a = mping_address_settle(addr, &mping_profile_of(t)->core.tx, m->opts.mark);
    int wanted = mping_profile_of(t)->family, family = a.family == AF_INET6, err;

    if (wanted && a.family != wanted) {
        mping_core_target_resolve_failed(m->core, target, MPING_ERESOLVE, MPING_REASON_NO_ADDRESS,
                                         now_ns);
        return 0;
    }
    err = use_family(t, family);
    if (err < 0)
        return err;
    if (mping_profile_of(t)->core.flags & MPING_FLAG_TIMESTAMP &&
        (family || m->families[0].kind != MPING_SOCKET_RAW))
        return mping_fail(m, MPING_ENOTSUP, "ICMP timestamps need IPv4 and a raw socket");
    err = set_addr(m, target, &a, now_ns);
    if (err != MPING_ENOIDS)
        return err;
    err = mping_family_add_id(m, family);
    return err < 0 ? err : set_addr(m, target, &a, now_ns);
}

/* Where a name has several addresses, the target stays with the one it has. */
static const struct mping_addr *choose(const struct mping_target *t, const struct mping_addr *addrs,
                                       size_t n)
{
    struct mping_addr now;

    if (mping_core_target_addr(mping_engine_of(t)->core, mping_index_of(t), &now) < 0)
        return addrs;
    for (size_t i = 0; i < n; i++)
        if (addrs[i].family == now.family && memcmp(addrs[i].ip, now.ip, sizeof(now.ip)) == 0)
            return &addrs[i];
    return addrs;
}

void mping_names_forget(struct mping_target_name *name)
{
    free(name->addrs);
    name->addrs = NULL;
    name->addr_n = 0;
}

/* Most names have one address, which is with the target itself. */
static void remember(struct mping_target_name *name, const struct mping_addr *addrs, size_t n)
{
    mping_names_forget(name);
    if (n < 2)
        return;
    name->addrs = malloc(n * sizeof(*addrs));
    if (!name->addrs)
        return; /* then the one in use has to do */
    memcpy(name->addrs, addrs, n * sizeof(*addrs));
    name->addr_n = n;
}

static bool has_addr(const struct mping_target *t)
{
    struct mping_addr addr;

    return mping_core_target_addr(mping_engine_of(t)->core, mping_index_of(t), &addr) == 0;
}

/* The probe that wants a lookup goes to the last address. */
static void go_on(const struct mping_target *t, int64_t now_ns)
{
    struct mping *m = mping_engine_of(t);
    struct mping_addr addr;

    if (mping_core_target_addr(m->core, mping_index_of(t), &addr) == 0)
        (void)mping_core_target_resolved(m->core, mping_index_of(t), &addr, now_ns);
}

static void cancel(struct mping *m, struct mping_query **query)
{
    if (*query)
        mping_resolver_cancel(m->resolver, *query);
    *query = NULL;
}

void mping_names_cancel(const struct mping_target *t)
{
    struct mping_target_name *name = mping_target_name_of(t);

    if (!name)
        return;
    cancel(mping_engine_of(t), &name->query);
    cancel(mping_engine_of(t), &name->brief);
}

/* Without a socket of the family that is its probes' trouble, else a limit of the engine. */
static void not_attached(struct mping_target *t, const struct mping_addr *addr, int err,
                         int64_t now_ns)
{
    struct mping *m = mping_engine_of(t);

    if (m->families[mping_names_family(addr)].n)
        mping_core_target_fail(m->core, mping_index_of(t), err);
    else
        mping_core_target_no_socket(m->core, mping_index_of(t), err, now_ns);
}

static void take(struct mping_target *t, const struct mping_addr *addrs, size_t n, int64_t now_ns)
{
    struct mping_target_name *name = mping_target_name_of(t);
    struct mping *m = mping_engine_of(t);
    const struct mping_addr *addr = choose(t, addrs, n);
    struct mping_addr before = {0};
    int err;

    (void)mping_core_target_addr(m->core, mping_index_of(t), &before);
    remember(name, addrs, n);
    err = mping_names_attach(t, addr, now_ns);
    if (err < 0)
        not_attached(t, addr, err, now_ns);
    else if (name->stale && memcmp(before.ip, addr->ip, sizeof(before.ip)) == 0)
        mping_core_target_tell(m->core, mping_index_of(t), MPING_EV_RESOLVED, 0, MPING_REASON_NONE);
    name->stale = false;
    name->failures = 0;
}

static void fail(struct mping_target *t, int err, enum mping_reason reason, int64_t now_ns)
{
    struct mping_core *core = mping_engine_of(t)->core;
    struct mping_target_name *name = mping_target_name_of(t);

    if (!has_addr(t)) {
        if (name->failures < UINT8_MAX)
            name->failures++;
        mping_core_target_resolve_failed(core, mping_index_of(t), err, reason, now_ns);
        return;
    }
    go_on(t, now_ns);
    if (!name->stale)
        mping_core_target_tell(core, mping_index_of(t), MPING_EV_STALE, err, reason);
    name->stale = true;
}

static void resolved(void *user, int err, enum mping_reason reason, const struct mping_addr *addrs,
                     size_t n)
{
    struct mping_target *t = user;

    mping_target_name_of(t)->query = NULL;
    cancel(mping_engine_of(t), &mping_target_name_of(t)->brief);
    if (err < 0)
        fail(t, err, reason, mping_now_ns());
    else
        take(t, addrs, n, mping_now_ns());
}

/* The probe has waited long enough. An answer has been taken in before, and ended this wait. */
static void waited(void *user, int err, enum mping_reason reason, const struct mping_addr *addrs,
                   size_t n)
{
    struct mping_target *t = user;

    (void)err;
    (void)reason;
    (void)addrs;
    (void)n;
    mping_target_name_of(t)->brief = NULL;
    go_on(t, mping_now_ns());
}

/* How long a probe waits for its lookup: not so long that it could be seen in the interval. */
static int64_t patience_ns(const struct mping_target *t)
{
    int64_t interval_ns = mping_profile_of(t)->core.interval_ns;

    if (interval_ns <= 0 || interval_ns / PATIENCE_SHARE > PATIENCE_MAX_NS)
        return PATIENCE_MAX_NS;
    return interval_ns / PATIENCE_SHARE;
}

/* Before the next lookup of a name that has never had an address. */
static int64_t delay_ns(const struct mping_target *t)
{
    unsigned failures = mping_target_name_of(t)->failures;

    if (!failures || !(mping_profile_of(t)->core.flags & MPING_FLAG_WAIT_RESOLVE))
        return 0;
    return failures > 6 ? RETRY_MAX_NS : RETRY_NS << (failures - 1);
}

static int start(struct mping_target *t, struct mping_query_opts *lookup, int64_t now_ns,
                 struct mping_query **ret_query)
{
    struct mping *m = mping_engine_of(t);
    int err = open_resolver(m);

    lookup->name = mping_target_name_of(t)->host;
    lookup->family = mping_profile_of(t)->family;
    lookup->user = t;
    return err < 0 ? err : mping_resolver_query(m->resolver, lookup, now_ns, ret_query);
}

/* A lookup paces no probe: one that knows where to go waits briefly, and not at all where the
 * name servers have not answered the last time. */
static void look_up(struct mping *m, uint32_t target, int64_t now_ns)
{
    struct mping_target *t = mping_core_target_owner(m->core, target);
    struct mping_target_name *name = mping_target_name_of(t);
    struct mping_query_opts lookup = {.delay_ns = has_addr(t) ? 0 : delay_ns(t),
                                      .timeout_ns = mping_profile_of(t)->resolve_timeout_ns,
                                      .done = resolved};
    struct mping_query_opts brief = {.timeout_ns = patience_ns(t), .done = waited};
    bool waits = !name->query && !name->stale;
    int err = name->query ? 0 : start(t, &lookup, now_ns, &name->query);

    if (err < 0)
        fail(t, err, MPING_REASON_NONE, now_ns);
    else if (has_addr(t) && (!waits || start(t, &brief, now_ns, &name->brief) < 0))
        go_on(t, now_ns);
}

/* Each answer may make EVENTS_MAX events; a target whose name is an address needs no lookup. */
static bool has_room(const struct mping *m)
{
    return mping_core_event_room(m->core) >= MPING_CORE_ROOM_MIN;
}

/* The address that the host of a target spells, if it does. It may have another one all the
 * same, by mping_add_as(), and keeps that; only an interface that came back has a new number. */
static bool numeric_addr(const struct mping_target *t, struct mping_addr *ret_addr)
{
    const struct mping_target_name *name = mping_target_name_of(t);
    struct mping_addr known;
    bool is_known =
        mping_core_target_addr(mping_engine_of(t)->core, mping_index_of(t), &known) == 0;

    if (name && mping_addr_parse(ret_addr, name->host) < 0)
        return false;
    if (is_known && (!name || memcmp(known.ip, ret_addr->ip, sizeof(known.ip)) != 0))
        *ret_addr = known;
    return name || is_known;
}

void mping_names_turn(struct mping *m, int64_t now_ns)
{
    uint32_t target;

    while (has_room(m) && (target = mping_core_resolve_wanted(m->core)) != MPING_CORE_NONE) {
        struct mping_target *t = mping_core_target_owner(m->core, target);
        struct mping_addr addr;
        int err;

        if (!numeric_addr(t, &addr))
            look_up(m, target, now_ns);
        else if ((err = mping_names_attach(t, &addr, now_ns)) < 0)
            not_attached(t, &addr, err, now_ns);
    }
    if (m->resolver && has_room(m))
        mping_resolver_process(m->resolver, now_ns, mping_core_event_room(m->core) / EVENTS_MAX);
}

int mping_target_addrs(const struct mping_target *target, struct mping_addr *ret_addrs, size_t n)
{
    const struct mping_target_name *name;
    struct mping_addr addr;
    struct mping *m;
    int err;

    if (!target)
        return MPING_EINVAL;
    m = mping_engine_of_call(target);
    if (!m)
        return mping_no_engine();
    if (!ret_addrs && n > 0)
        return mping_refuse(m, MPING_EINVAL, "there is no place for the addresses");
    mping_lock(m);
    name = mping_target_name_of(target);
    if (name && name->addr_n > 0) {
        if (n > 0)
            memcpy(ret_addrs, name->addrs, (n < name->addr_n ? n : name->addr_n) * sizeof(addr));
        err = (int)name->addr_n;
    } else {
        err = mping_core_target_addr(m->core, mping_index_of(target), &addr);
        if (err == 0 && n > 0)
            ret_addrs[0] = addr;
        err = err == 0 ? 1 : mping_fail(m, err, "the target has no address yet");
    }
    mping_unlock(m);
    return err;
}
