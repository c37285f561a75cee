/* SPDX-License-Identifier: Apache-2.0 */
/* One probe by name or address, blocking: every field of its event is right. */
#include "check.h"

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

static int64_t wall_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int addr_is(const struct mping_addr *addr, const char *text)
{
    struct mping_addr want;

    return mping_addr_parse(&want, text) == 0 && memcmp(addr, &want, sizeof(want)) == 0;
}

static void reply_times(const struct mping_event *ev, int64_t before_ns, int64_t timeout_ns,
                        const char *name)
{
    int64_t wall_gap_ns = wall_now_ns() - ev->sent_wall_ns;

    ok_eq(ev->rtt_ns, ev->received_ns - ev->sent_ns, "%s: received - sent == RTT", name);
    ok(ev->rtt_ns > 0 && ev->rtt_ns < 1000 * LAB_MS, "%s: RTT < 1 s", name);
    ok(ev->sent_ns >= before_ns, "%s: sent after the call began", name);
    ok(ev->received_ns <= lab_now_ns(), "%s: received before it returned", name);
    ok_eq(ev->timeout_ns, timeout_ns, "%s: timeout == argument", name);
    ok(wall_gap_ns >= 0 && wall_gap_ns < LAB_PATIENCE_NS, "%s: wall time of sending", name);
    ok(ev->tx_stamp != MPING_STAMP_NONE && ev->rx_stamp != MPING_STAMP_NONE,
       "%s: says where its stamps come from", name);
}

static void reply_fields(const struct mping_event *ev, const char *host, const char *addr,
                         const char *name)
{
    ok(ev->host && strcmp(ev->host, host) == 0, "%s: host == argument", name);
    ok(!ev->target && !ev->user, "%s: no target, no user", name);
    ok(addr_is(&ev->dst, addr), "%s: dst set", name);
    ok(addr_is(&ev->peer, addr), "%s: the peer is the host, not our own address", name);
    ok_eq(ev->src.family, ev->dst.family, "%s: src set", name);
    ok(ev->count == 0 && ev->seq == 0, "%s: seq 0, count 0", name);
    ok(ev->ttl > 0 && ev->ttl <= 255, "%s: ttl > 0", name);
    ok(ev->tos >= 0, "%s: tos known", name);
    ok_eq(ev->icmp_bytes, 64, "%s: len: 8 bytes of header and 56 of payload", name);
    ok(ev->reason == MPING_REASON_NONE && ev->icmp_code == 0, "%s: no reason, code 0", name);
}

static void success(struct mping *engine, const char *host, const char *addr, const char *name)
{
    const int64_t timeout_ns = 5000 * LAB_MS;
    const int64_t before_ns = lab_now_ns();
    struct mping_event ev;
    int r;

    memset(&ev, 0xa5, sizeof(ev));
    r = mping_once(engine, host, timeout_ns, &ev);
    ok(r == 0 && ev.type == MPING_EV_REPLY && ev.err == 0, "%s: a reply (%s)", name,
       mping_err_name(r));
    reply_times(&ev, before_ns, timeout_ns, name);
    reply_fields(&ev, host, addr, name);
}

static void failure(struct mping *engine)
{
    struct mping_event ev;
    int r;

    memset(&ev, 0xa5, sizeof(ev));
    r = mping_once(engine, "foo.test", 1000 * LAB_MS, &ev);
    ok_eq(r, MPING_ERESOLVE, "HostOnceFail: DNS failure is returned");
    ok(ev.type == MPING_EV_RESOLVE_ERROR && ev.err == r, "HostOnceFail: the event says so");
    ok(ev.host && strcmp(ev.host, "foo.test") == 0, "HostOnceFail: host set");
    ok_eq(ev.dst.family, 0, "HostOnceFail: dst null");
    ok(ev.sent_ns == 0 && ev.received_ns == 0 && ev.rtt_ns == -1,
       "HostOnceFail: never sent, so no times");
}

/* A machine that stalls makes the verdict unknown, rightly: then it is tried again. */
static int once_settled(struct mping *engine, const char *host, int64_t timeout_ns,
                        struct mping_event *ret_ev)
{
    int r = MPING_EUNKNOWN;

    for (int i = 0; i < 10 && r == MPING_EUNKNOWN; i++) {
        memset(ret_ev, 0xa5, sizeof(*ret_ev));
        r = mping_once(engine, host, timeout_ns, ret_ev);
    }
    return r;
}

static void unreachable(struct mping *engine, const char *host, const char *name)
{
    const int64_t timeout_ns = 300 * LAB_MS;
    struct mping_event ev;
    int r = once_settled(engine, host, timeout_ns, &ev);

    ok(r == MPING_ETIMEDOUT && ev.type == MPING_EV_LOST && ev.err == r, "%s: timed out (%s)", name,
       mping_err_name(r));
    ok(ev.received_ns == 0 && ev.rtt_ns == -1 && ev.ttl == -1, "%s: received, rtt, ttl unset",
       name);
    ok(addr_is(&ev.dst, host), "%s: dst set", name);
    ok_eq(ev.timeout_ns, timeout_ns, "%s: timeout == argument", name);
    ok(ev.sent_ns > 0 && lab_now_ns() >= ev.sent_ns + timeout_ns,
       "%s: not before the deadline, sent + timeout", name);
}

static void without_event(struct mping *engine)
{
    ok_eq(mping_once(engine, "127.0.0.1", 5000 * LAB_MS, NULL), 0, "Once: the event is optional");
    ok_eq(mping_once(engine, "foo.test", 1000 * LAB_MS, NULL), MPING_ERESOLVE,
          "Once: an error is returned without the event too");
    ok_eq(mping_once(engine, "127.0.0.1", 0, NULL), 0, "Once: timeout 0 waits for the reply");
    ok_eq(mping_once(engine, NULL, 0, NULL), MPING_EINVAL, "Once: no host");
    ok_eq(mping_once(engine, "127.0.0.1", -1, NULL), MPING_EINVAL, "Once: negative timeout");
}

static void all(struct mping *engine)
{
    success(engine, "127.0.0.1", "127.0.0.1", "IPOnceV4");
    success(engine, "::1", "::1", "IPOnceV6");
    success(engine, "localhost", "::1", "HostOnceSuccess, as RFC 6724 orders them");
    success(engine, "ip6-localhost", "::1", "HostOnceSuccess, IPv6 only name");
    failure(engine);
    unreachable(engine, "192.0.2.1", "IPOnceUnreachable v4");
    unreachable(engine, "2001:db8:2::1", "IPOnceUnreachable v6");
    without_event(engine);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    mark = lab_mark();
    engine = check_engine(NULL);
    all(engine);
    check_end(engine, &mark, "once, raw sockets");

    lab_allow_ping_sockets(1);
    engine = check_engine_with(MPING_SOCKET_PING, 0);
    all(engine);
    check_end(engine, &mark, "once, ping sockets");

    engine = check_engine_with(MPING_SOCKET_AUTO, 1);
    all(engine);
    check_end(engine, &mark, "once, with a worker");
    return done_testing();
}
