/* SPDX-License-Identifier: Apache-2.0 */
/* Names: hosts file and name server, families, scopes, looking up again, slow and dead ones. */
#include "check.h"

#include <string.h>
#include <sys/socket.h>

#include "lab_dns.h"
#include "lab_peer.h"

static bool addr_is(const struct mping_addr *addr, const char *text)
{
    struct mping_addr want;

    return mping_addr_parse(&want, text) == 0 && memcmp(addr, &want, sizeof(want)) == 0;
}

static void families(struct mping *engine)
{
    static const struct {
        const char *name;
        int family;
        int want;
        const char *addr;
    } rows[] = {
        {"both.test", AF_UNSPEC, 0, "::1"}, /* by RFC 6724, 6, rule 6 */
        {"both.test", AF_INET, 0, "127.0.0.11"},
        {"both.test", AF_INET6, 0, "::1"},
        {"four.test", AF_INET6, MPING_ERESOLVE, NULL},
        {"six.test", AF_UNSPEC, 0, "::1"},
        {"six.test", AF_INET, MPING_ERESOLVE, NULL},
        {"file.test", AF_UNSPEC, 0, "127.0.0.12"},
        {"LocalHost", AF_INET6, 0, "::1"},
        {"none.test", AF_UNSPEC, MPING_ERESOLVE, NULL},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tally *tally = tally_new(1);
        struct mping_target_opts opts;

        tally_opts(&opts, tally);
        opts.count = 1;
        opts.family = rows[i].family;
        opts.timeout_ns = 10000 * LAB_MS;
        ok_eq(mping_ping(engine, rows[i].name, &opts), rows[i].want, "%s, family %d", rows[i].name,
              rows[i].family);
        if (rows[i].addr)
            ok(addr_is(&tally->last[MPING_EV_REPLY].dst, rows[i].addr), "%s is %s", rows[i].name,
               rows[i].addr);
        ok_none(tally_problem(tally, NULL), "%s: the promises hold", rows[i].name);
        free(tally);
    }
}

/* One name never answers, one late: neither is felt by the host beside them. */
static void slow_and_dead(struct mping *engine)
{
    static const char *const names[] = {"dead.test", "slow.test", "127.0.0.1"};
    struct tally *tallies = tally_new(3);
    struct mping_target *targets[3];
    struct mping_target_opts opts;

    for (int i = 0; i < 3; i++) {
        tally_opts(&opts, &tallies[i]);
        opts.count = i == 2 ? 0 : 1;
        opts.interval_ns = 5 * LAB_MS;
        opts.timeout_ns = 10000 * LAB_MS;
        opts.resolve_timeout_ns = 1000 * LAB_MS;
        targets[i] = check_add(engine, names[i], &opts);
    }
    while (!count_of(&tallies[0], MPING_EV_FINISHED) && mping_wait(engine, LAB_PATIENCE_NS) >= 0)
        continue;
    ok_eq(tallies[0].last[MPING_EV_FINISHED].err, MPING_ERESOLVE, "a dead name ends in an error");
    ok(addr_is(&tallies[1].last[MPING_EV_RESOLVED].dst, "127.0.0.13"), "a slow name resolves");
    ok(count_of(&tallies[2], MPING_EV_REPLY) >= 3, "meanwhile another host goes on: %lu replies",
       count_of(&tallies[2], MPING_EV_REPLY));
    mping_cancel(targets[2]); /* counters and events are equal once it has ended */
    mping_drain(targets[2], LAB_PATIENCE_NS);
    for (int i = 0; i < 3; i++)
        ok_none(check_close(targets[i], &tallies[i]), "%s: the promises hold", names[i]);
    free(tallies);
}

/* A second name points the host elsewhere after its third probe. */
static void move(struct tally *tally, const struct mping_event *event)
{
    static const struct lab_dns_name moved = {.name = "move.test", .v4 = "127.0.0.22"};

    if (event->type == MPING_EV_REPLY && count_of(tally, MPING_EV_REPLY) == 3)
        lab_dns_set(&moved);
}

static void re_resolve(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    unsigned queries;

    tally_opts(&opts, tally);
    opts.count = 8;
    opts.interval_ns = 50 * LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    opts.re_resolve_every = 2;
    opts.family = AF_INET;
    tally->hook = move;
    ok_eq(mping_ping(engine, "move.test", &opts), 0, "ReResolveEvery: returns OK");
    queries = lab_dns_queries("move.test");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 8, "ReResolveEvery: all replies");
    ok_eq(queries, 4, "ReResolveEvery 2: before probes 0, 2, 4 and 6");
    ok_eq((int64_t)count_of(tally, MPING_EV_RESOLVED), 2,
          "ReResolveEvery: RESOLVED at first and at the change");
    ok(addr_is(&tally->last[MPING_EV_REPLY].dst, "127.0.0.22"), "ReResolveEvery: it has moved");
    ok_none(tally_problem(tally, NULL), "ReResolveEvery: the promises hold");
    free(tally);
}

/* The name moves while a probe is out: that one goes on waiting, and is told where it went. */
static void keep_canceled(struct tally *tally, const struct mping_event *event)
{
    struct mping_addr *first = tally->hook_arg;

    if (event->type == MPING_EV_CANCELED && event->count == 0)
        *first = event->dst;
}

static void old_pending(struct mping *engine)
{
    static const struct lab_dns_name before = {.name = "void.test", .v4 = "192.0.2.5"};
    static const struct lab_dns_name after = {.name = "void.test", .v4 = "192.0.2.6"};
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_addr first = {.family = 0};
    int id;

    lab_dns_set(&before);
    tally_opts(&opts, tally);
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    opts.timeout_ns = 0;
    opts.re_resolve_every = 1;
    opts.events |= MPING_EVENT_BIT(MPING_EV_SENT);
    tally->hook = keep_canceled;
    tally->hook_arg = &first;
    target = check_add(engine, "void.test", &opts);
    for (unsigned long n = 1; n <= 2; n++) {
        mping_send(target);
        while (count_of(tally, MPING_EV_SENT) < n && mping_wait(engine, LAB_PATIENCE_NS) >= 0)
            continue;
        id = mping_target_id(target);
        ok_eq(tally->last[MPING_EV_SENT].id, id, "IP change: probe %lu has the target's id", n);
        lab_dns_set(&after);
    }
    ok(addr_is(&tally->last[MPING_EV_SENT].dst, "192.0.2.6"), "IP change: new probes go there");
    mping_cancel(target);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_CANCELED), 2, "IP change: the old probe still waited");
    ok(addr_is(&first, "192.0.2.5"), "IP change: for the old address");
    ok_none(check_close(target, tally), "IP change: the promises hold");
    free(tally);
}

/* The server forgets the name for a while: meanwhile all probes go to the last address. */
static void forget(struct tally *tally, const struct mping_event *event)
{
    static const struct lab_dns_name gone = {.name = "gone.test"};
    static const struct lab_dns_name back = {.name = "gone.test", .v4 = "127.0.0.24"};

    if (event->type == MPING_EV_REPLY && count_of(tally, MPING_EV_REPLY) == 2)
        lab_dns_set(&gone);
    if (event->type == MPING_EV_STALE)
        tally->hook_arg = tally;
    if (event->type == MPING_EV_REPLY && tally->hook_arg && count_of(tally, MPING_EV_REPLY) == 8)
        lab_dns_set(&back);
}

static void retry_resolve(struct mping *engine, uint32_t flags)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    tally_opts(&opts, tally);
    opts.count = 40;
    opts.interval_ns = 20 * LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    opts.re_resolve_every = 1;
    opts.flags = flags;
    tally->hook = forget;
    ok_eq(mping_ping(engine, "gone.test", &opts), 0, "RetryOnResolveError: returns OK");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 40, "RetryOnResolveError: each probe is made");
    ok_eq((int64_t)count_of(tally, MPING_EV_RESOLVE_ERROR), 0, "no lookup costs one");
    ok_eq((int64_t)count_of(tally, MPING_EV_STALE), 1, "that the address is stale is told once");
    ok_eq(tally->last[MPING_EV_STALE].reason, MPING_REASON_NO_ADDRESS, "and why");
    ok_eq((int64_t)count_of(tally, MPING_EV_RESOLVED), 2, "and the end of it");
    ok(addr_is(&tally->last[MPING_EV_REPLY].dst, "127.0.0.24"), "with the new address");
    ok_none(tally_problem(tally, NULL), "RetryOnResolveError: the promises hold");
    free(tally);
}

/* Probes asked for before there is an address wait for it. */
static void send_while_resolving(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_addr addr;

    tally_opts(&opts, tally);
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    opts.timeout_ns = 10000 * LAB_MS;
    target = check_add(engine, "slow.test", &opts);
    ok_eq(mping_target_addr(target, &addr), MPING_EAGAIN, "no address yet");
    ok_eq(mping_target_id(target), MPING_EAGAIN, "no id yet");
    ok_eq(mping_send(target), 0, "send while the name is being looked up");
    while (!count_of(tally, MPING_EV_REPLY) && mping_wait(engine, LAB_PATIENCE_NS) >= 0)
        continue;
    ok(mping_target_addr(target, &addr) == 0 && addr_is(&addr, "127.0.0.13"), "then it leaves");
    ok_none(check_close(target, tally), "send while resolving: the promises hold");
    free(tally);
}

/* Closing and canceling a target whose lookup is under way. */
static void close_while_resolving(struct mping *engine)
{
    struct tally *tallies = tally_new(2);
    struct mping_target *targets[2];
    struct mping_target_opts opts;

    for (int i = 0; i < 2; i++) {
        tally_opts(&opts, &tallies[i]);
        targets[i] = check_add(engine, "dead.test", &opts);
    }
    mping_wait(engine, 10 * LAB_MS);
    ok_none(check_close(targets[0], &tallies[0]), "closed while its name is looked up");
    mping_cancel(targets[1]);
    check_run(engine);
    ok_eq((int64_t)count_of(&tallies[1], MPING_EV_FINISHED), 1, "canceled: FINISHED once");
    ok_none(check_close(targets[1], &tallies[1]), "canceled while its name is looked up");
    free(tallies);
}

static void scopes(struct mping *engine)
{
    struct mping_event event;
    char text[MPING_ADDR_TEXT_MAX];

    ok_eq(mping_once(engine, "fe80::1%" LAB_TUN, 5000 * LAB_MS, &event), 0, "fe80::1%%" LAB_TUN);
    ok(strcmp(mping_addr_format(&event.peer, text, sizeof(text)), "fe80::1%" LAB_TUN) == 0,
       "the peer has its scope: %s", text);
    ok(mping_once(engine, "fe80::1%nosuch0", 100 * LAB_MS, &event) < 0, "an unknown scope fails");
}

static void all(int socket_kind, const char *name)
{
    static const struct lab_dns_name names[] = {
        {.name = "both.test", .v4 = "127.0.0.11", .v6 = "::1"},
        {.name = "four.test", .v4 = "127.0.0.11"},
        {.name = "six.test", .v6 = "::1"},
        {.name = "slow.test", .v4 = "127.0.0.13", .delay_ns = 300 * LAB_MS},
        {.name = "dead.test", .silent = true},
        {.name = "gone.test", .v4 = "127.0.0.23"},
    };
    struct lab_mark mark = lab_mark();
    struct mping *engine = check_engine_with(socket_kind, 0);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        lab_dns_set(&names[i]);
    families(engine);
    slow_and_dead(engine);
    old_pending(engine);
    retry_resolve(engine, MPING_FLAG_RETRY_RESOLVE);
    lab_dns_set(&names[5]);
    retry_resolve(engine, 0); /* with an address the flag makes no difference */
    send_while_resolving(engine);
    close_while_resolving(engine);
    scopes(engine);
    check_end(engine, &mark, name);
}

int main(void)
{
    static const struct lab_dns_name moving = {.name = "move.test", .v4 = "127.0.0.21"};
    struct mping *engine;

    check_start();
    lab_allow_ping_sockets(1);
    lab_hosts("127.0.0.12 file.test\n");
    ok_none(lab_peer_start(), "the peers are there");
    lab_dns_set(&moving);
    engine = check_engine(NULL);
    re_resolve(engine);
    mping_free(engine);
    all(MPING_SOCKET_RAW, "names, raw sockets");
    all(MPING_SOCKET_PING, "names, ping sockets");
    lab_peer_stop();
    return done_testing();
}
