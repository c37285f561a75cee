/* SPDX-License-Identifier: Apache-2.0 */
/* No right to open a socket: every call says so, and none is left in a half-open state. */
#include "check.h"

#include <string.h>
#include <sys/socket.h>

static void refused(struct mping *engine, const char *host, int nth)
{
    struct mping_target *target = NULL;
    struct mping_event ev;
    int r = mping_add(engine, host, NULL, &target);

    ok_eq(r, MPING_EPERM, "permission: call %d for %s fails", nth, host);
    ok(!target, "permission: and makes no target");
    ok(strlen(mping_errmsg(engine)) > 0, "permission: it says more: %s", mping_errmsg(engine));
    ok_eq(mping_once(engine, host, 100 * LAB_MS, &ev), MPING_EPERM,
          "permission: mping_once fails too, it does not time out");
}

static void all_refused(struct mping *engine)
{
    struct mping_target_opts opts;

    for (int nth = 1; nth <= 2; nth++) {
        refused(engine, "127.0.0.1", nth);
        refused(engine, "::1", nth);
    }
    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = 1;
    opts.events = 0;
    ok_eq(mping_ping(engine, "127.0.0.1", &opts), MPING_EPERM, "permission: mping_ping fails");
    ok_eq(mping_open(engine, AF_INET), MPING_EPERM, "permission: mping_open fails");
    ok_eq(mping_open(engine, AF_UNSPEC), MPING_EPERM, "permission: for both families too");
    ok_eq(mping_socket_kind(engine, AF_INET), MPING_ECLOSED, "permission: there is no socket");
    ok_eq(mping_run(engine, 0), 0, "permission: no target is active");
}

/* The same engine works as soon as it is allowed to: a failed open leaves nothing behind. */
static void allowed_again(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    lab_allow_ping_sockets(1);
    tally_opts(&opts, tally);
    opts.count = 2;
    opts.interval_ns = LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    ok_eq(mping_ping(engine, "127.0.0.1", &opts), 0, "permission: granted later, it pings");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 2, "permission: and gets its replies");
    ok_none(tally_problem(tally, NULL), "permission: the target's promises hold");
    lab_allow_ping_sockets(0);
    free(tally);
}

/* Sockets opened before the rights go away go on working. */
static struct mping *opened_before(void)
{
    struct mping *engine = check_engine_with(MPING_SOCKET_RAW, 0);

    ok_eq(mping_socket_kind(engine, AF_INET), MPING_ECLOSED, "open: no socket at first");
    ok_eq(mping_open(engine, AF_UNSPEC), 0, "open: both families before rights are given up");
    ok_eq(mping_socket_kind(engine, AF_INET), MPING_SOCKET_RAW, "open: a raw IPv4 socket");
    ok_eq(mping_socket_kind(engine, AF_INET6), MPING_SOCKET_RAW, "open: a raw IPv6 socket");
    ok_eq(mping_open(engine, 5), MPING_EINVAL, "open: family 5 rejected");
    return engine;
}

static void used_after(struct mping *engine)
{
    for (int i = 0; i < 2; i++) {
        ok_eq(mping_once(engine, "127.0.0.1", 10000 * LAB_MS, NULL), 0,
              "open: IPv4 works without rights, time %d", i + 1);
        ok_eq(mping_once(engine, "::1", 10000 * LAB_MS, NULL), 0,
              "open: IPv6 works without rights, time %d", i + 1);
    }
    ok_eq(lab_sockets("raw"), 1, "open: the sockets stay between pings");
    ok_eq(lab_sockets("raw6"), 1, "open: of both families");
}

static void fallback(void)
{
    struct mping *engine = check_engine(NULL);

    lab_allow_ping_sockets(1);
    ok_eq(mping_open(engine, AF_INET), 0, "auto: opens where raw is refused");
    ok_eq(mping_socket_kind(engine, AF_INET), MPING_SOCKET_PING, "auto: a ping socket then");
    ok_eq(mping_once(engine, "127.0.0.1", 10000 * LAB_MS, NULL), 0, "auto: it works");
    mping_free(engine);
    lab_allow_ping_sockets(0);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine, *opened;

    check_start();
    mark = lab_mark();
    lab_allow_ping_sockets(0);
    opened = opened_before();
    if (lab_drop_raw() != 0) {
        skip("rights cannot be given up here");
        return done_testing();
    }
    used_after(opened);
    check_end(opened, &mark, "open");
    engine = check_engine(NULL);
    all_refused(engine);
    allowed_again(engine);
    all_refused(engine);
    check_end(engine, &mark, "permission");
    fallback();
    ok_none(lab_leak(&mark), "auto: nothing is left over");
    return done_testing();
}
