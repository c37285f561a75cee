/* SPDX-License-Identifier: Apache-2.0 */
/* Counters that add up after every event, RTT statistics, and the verdict unknown. */
#include "check.h"

#include <sys/socket.h>

#include "lab_peer.h"

enum { PROBES = 30 };

struct watch {
    struct mping *engine;
    const char *problem;
    int64_t min_ns, max_ns, sum_ns;
};

/* The identities hold at any time, so also inside every callback. */
static void add_up(struct tally *tally, const struct mping_event *event)
{
    struct watch *watch = tally->hook_arg;
    struct mping_stats stats;

    mping_target_stats(event->target, &stats, sizeof(stats), 0);
    if (!watch->problem)
        watch->problem = stats_problem(&stats);
    mping_engine_stats(watch->engine, &stats, sizeof(stats));
    if (!watch->problem)
        watch->problem = stats_problem(&stats);
    if (event->type != MPING_EV_REPLY)
        return;
    watch->sum_ns += event->rtt_ns;
    if (event->rtt_ns > watch->max_ns)
        watch->max_ns = event->rtt_ns;
    if (event->rtt_ns < watch->min_ns)
        watch->min_ns = event->rtt_ns;
}

static void rtt(struct mping *engine)
{
    struct watch watch = {.engine = engine, .min_ns = INT64_MAX};
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_stats s;
    double off;

    tally_opts(&opts, tally);
    opts.count = PROBES;
    opts.interval_ns = LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    opts.flags = MPING_FLAG_HISTOGRAM;
    tally->hook = add_up;
    tally->hook_arg = &watch;
    target = check_add(engine, "127.0.0.1", &opts);
    check_run(engine);
    mping_target_stats(target, &s, sizeof(s), 1);
    off = s.rtt_mean_ns - (double)watch.sum_ns / (double)PROBES;
    ok(s.rtt_min_ns == watch.min_ns && s.rtt_max_ns == watch.max_ns, "RTT: min and max");
    ok(off > -1 && off < 1, "RTT: mean");
    ok_eq(s.rtt_last_ns, tally->last[MPING_EV_REPLY].rtt_ns, "RTT: last");
    ok(s.rtt_stddev_ns >= 0 && s.rtt_stddev_ns <= (double)(s.rtt_max_ns - s.rtt_min_ns),
       "RTT: deviation");
    ok(s.rtt_p50_ns > 0 && s.rtt_p50_ns <= s.rtt_p90_ns && s.rtt_p90_ns <= s.rtt_p95_ns &&
           s.rtt_p95_ns <= s.rtt_p99_ns && s.rtt_p99_ns <= s.rtt_max_ns + s.rtt_max_ns / 50,
       "RTT: percentiles in order");
    ok(s.targets == 0 && s.rx_packets == 0 && s.ids == 0, "a target has no counters of the engine");
    ok_none(watch.problem, "counters add up after every event");

    mping_target_stats(target, &s, sizeof(s), 0);
    ok(s.sent == 0 && s.received == 0 && s.rtt_max_ns == 0 && s.rtt_p50_ns == 0,
       "reset: they start again from zero");
    mping_engine_stats(engine, &s, sizeof(s));
    ok_eq((int64_t)s.received, PROBES, "reset: the engine's go on");
    mping_close(target);
    mping_engine_stats(engine, &s, sizeof(s));
    ok_eq((int64_t)s.received, PROBES, "close: the engine keeps what its targets have had");
    free(tally);
}

static void reset_pending(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_stats s;

    tally_opts(&opts, tally);
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    opts.timeout_ns = 0;
    target = check_add(engine, "192.0.2.1", &opts);
    for (int i = 0; i < 4; i++)
        mping_send(target);
    mping_process(engine, 0);
    mping_target_stats(target, &s, sizeof(s), 1);
    ok_eq((int64_t)s.pending, 4, "reset with probes out: 4 pending");
    mping_target_stats(target, &s, sizeof(s), 0);
    ok(s.sent == 4 && s.pending == 4, "reset with probes out: they count as sent again");
    ok_none(stats_problem(&s), "reset with probes out: it adds up");
    mping_close(target);
    free(tally);
}

/* The engine's thread sleeps in a callback past the deadline of a probe without a reply. */
static void sleep_once(struct tally *tally, const struct mping_event *event)
{
    if (event->type == MPING_EV_SENT && count_of(tally, MPING_EV_SENT) == 1)
        lab_sleep_ns(500 * LAB_MS);
}

static void stall(struct mping *engine, const char *host)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;

    tally_opts(&opts, tally);
    opts.count = 1;
    opts.timeout_ns = 50 * LAB_MS;
    opts.events |= MPING_EVENT_BIT(MPING_EV_SENT);
    tally->hook = sleep_once;
    target = check_add(engine, host, &opts);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_UNKNOWN), 1, "stall, %s: unknown, not lost", host);
    ok_eq(tally->last[MPING_EV_UNKNOWN].reason, MPING_REASON_STALL, "stall, %s: says why", host);
    ok_none(check_close(target, tally), "stall, %s: the promises hold", host);
    free(tally);
}

/* A reply that waits in the socket while we sleep is judged by its stamp: it came in time. */
static void stall_with_reply(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    char host[LAB_HOST_MAX];

    lab_sleep_ns(1100 * LAB_MS); /* until the kernel stamps what arrives */
    tally_opts(&opts, tally);
    opts.count = 1;
    opts.timeout_ns = 50 * LAB_MS;
    opts.events |= MPING_EVENT_BIT(MPING_EV_SENT);
    tally->hook = sleep_once;
    target = check_add(engine, lab_peer_host(host, AF_INET, LAB_ANSWER), &opts);
    check_run(engine);
    ok(count_of(tally, MPING_EV_LOST) == 0, "stall with a reply: never lost");
    ok_none(check_close(target, tally), "stall with a reply: the promises hold");
    free(tally);
}

/*
 * Replies larger than the smallest receive buffer there is, many at once: what the kernel
 * drops is unknown, what it passes is received, and nothing is lost.
 */
static void rx_drop(int socket_kind, const char *name)
{
    struct lab_mark mark = lab_mark();
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_opts own;
    struct mping *engine;
    struct mping_stats s;

    mping_opts_init(&own, sizeof(own));
    own.socket_kind = socket_kind;
    own.rcvbuf_bytes = 1;
    engine = check_engine(&own);
    tally_opts(&opts, tally);
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    opts.timeout_ns = 300 * LAB_MS;
    opts.payload_bytes = 1000;
    target = check_add(engine, "127.0.0.1", &opts);
    for (int i = 0; i < 64; i++)
        mping_send(target);
    mping_drain(target, LAB_PATIENCE_NS);
    mping_target_stats(target, &s, sizeof(s), 0);
    ok(s.unknown > 0, "receive drops, %s: %ju unknown", name, (uintmax_t)s.unknown);
    ok_eq((int64_t)s.lost, 0, "receive drops, %s: none lost", name);
    ok(tally->last[MPING_EV_UNKNOWN].reason == MPING_REASON_RX_DROP ||
           tally->last[MPING_EV_UNKNOWN].reason == MPING_REASON_STALL,
       "receive drops, %s: says why", name);
    mping_engine_stats(engine, &s, sizeof(s));
    ok(s.rx_drops >= s.unknown, "receive drops, %s: the kernel's count is shown", name);
    ok_none(check_close(target, tally), "receive drops, %s: the promises hold", name);
    free(tally);
    check_end(engine, &mark, name);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    lab_allow_ping_sockets(1);
    ok_none(lab_peer_start(), "the peers are there");
    mark = lab_mark();
    engine = check_engine(NULL);
    rtt(engine);
    reset_pending(engine);
    stall(engine, "192.0.2.1");
    stall(engine, "2001:db8:2::1");
    stall_with_reply(engine);
    check_end(engine, &mark, "statistics");
    rx_drop(MPING_SOCKET_RAW, "raw");
    rx_drop(MPING_SOCKET_PING, "ping");
    lab_peer_stop();
    return done_testing();
}
