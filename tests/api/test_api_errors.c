/* SPDX-License-Identifier: Apache-2.0 */
/* Names that do not resolve and packets that cannot be sent: counted exactly, never mixed up. */
#include "check.h"

#include <errno.h>

static void opts_for(struct mping_target_opts *opts, struct tally *tally, uint32_t flags,
                     uint64_t count)
{
    tally_opts(opts, tally);
    opts->flags = flags;
    opts->count = count;
    opts->interval_ns = 5 * LAB_MS;
    opts->timeout_ns = 5000 * LAB_MS;
}

static void dns_error(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    opts_for(&opts, tally, 0, 3);
    opts.callback = NULL;
    opts.events = 0;
    ok_eq(mping_ping(engine, "foo.test", &opts), MPING_ERESOLVE,
          "DNSError: without retry and with NULL handler, resolve error returned");
    opts_for(&opts, tally, 0, 3);
    ok_eq(mping_ping(engine, "foo.test", &opts), MPING_ERESOLVE,
          "DNSError: without retry, resolve error returned");
    ok_eq((int64_t)count_of(tally, MPING_EV_RESOLVE_ERROR), 1, "DNSError: one event");
    ok_eq(tally->last[MPING_EV_FINISHED].err, MPING_ERESOLVE, "DNSError: the end tells why");
    ok_none(tally_problem(tally, NULL), "DNSError: the target's promises hold");
    free(tally);
}

static void dns_error_retry(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    opts_for(&opts, tally, MPING_FLAG_RETRY_RESOLVE, 3);
    ok_eq(mping_ping(engine, "foo.test", &opts), 0, "DNSErrorRetry: returns OK");
    ok_eq((int64_t)count_of(tally, MPING_EV_RESOLVE_ERROR), 3,
          "DNSErrorRetry: Count=3 -> exactly 3 resolve-error events");
    ok_eq((int64_t)atomic_load(&tally->verdicts), 0, "DNSErrorRetry: no probe was made");
    ok_eq(tally->last[MPING_EV_RESOLVE_ERROR].dst.family, 0, "DNSErrorRetry: no address");
    ok_none(tally_problem(tally, NULL), "DNSErrorRetry: the target's promises hold");
    free(tally);
}

/* Runs n hosts at once; returns how many events of a type came in all. */
static unsigned long run_hosts(struct mping *engine, const char *const *hosts, int n,
                               uint32_t flags, enum mping_event_type type, struct tally *tallies)
{
    struct mping_target *targets[8] = {NULL};
    struct mping_target_opts opts;
    unsigned long events = 0;

    for (int i = 0; i < n; i++) {
        opts_for(&opts, &tallies[i], flags, 4);
        targets[i] = check_add(engine, hosts[i], &opts);
    }
    check_run(engine);
    for (int i = 0; i < n; i++) {
        events += count_of(&tallies[i], type);
        ok_none(check_close(targets[i], &tallies[i]), "%s: the target's promises hold", hosts[i]);
    }
    return events;
}

static void on_resolve_error(struct mping *engine)
{
    static const char *const hosts[] = {"foo.test", "bar.test", "baz.test"};
    struct tally *tallies = tally_new(3);

    ok_eq((int64_t)run_hosts(engine, hosts, 3, MPING_FLAG_RETRY_RESOLVE, MPING_EV_RESOLVE_ERROR,
                             tallies),
          12, "OnResolveError: 3 unresolvable x4 -> 12 resolve errors");
    for (int i = 0; i < 3; i++)
        ok_eq((int64_t)count_of(&tallies[i], MPING_EV_RESOLVE_ERROR), 4, "OnResolveError: 4 for %s",
              hosts[i]);
    free(tallies);
}

static void on_send_error(struct mping *engine)
{
    static const char *const hosts[] = {"0.0.0.1", "0.0.0.5"};
    struct tally *tallies = tally_new(2);

    run_hosts(engine, hosts, 2, MPING_FLAG_RETRY_SEND, MPING_EV_SEND_ERROR, tallies);
    for (int i = 0; i < 2; i++) {
        ok_eq((int64_t)count_of(&tallies[i], MPING_EV_SEND_ERROR), 4,
              "OnSendError: %s -> exactly 4 send errors", hosts[i]);
        ok_eq((int64_t)count_of(&tallies[i], MPING_EV_RESOLVE_ERROR), 0,
              "OnSendError: %s: not resolve errors", hosts[i]);
        ok_eq(tallies[i].last[MPING_EV_SEND_ERROR].err, -ENETUNREACH,
              "OnSendError: %s: the system's own error", hosts[i]);
        ok_eq(tallies[i].last[MPING_EV_FINISHED].err, 0, "OnSendError: %s: ends without error",
              hosts[i]);
    }
    free(tallies);
}

/* Without retry the first failed send is the end, and the caller is told. */
static void send_error_ends(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    opts_for(&opts, tally, 0, 4);
    ok_eq(mping_ping(engine, "0.0.0.1", &opts), -ENETUNREACH,
          "send error without retry: returned, not reported as timed out");
    ok_eq((int64_t)count_of(tally, MPING_EV_SEND_ERROR), 1, "send error without retry: one event");
    ok_eq(tally->last[MPING_EV_FINISHED].err, -ENETUNREACH,
          "send error without retry: the end tells why");
    ok_none(tally_problem(tally, NULL), "send error without retry: the promises hold");
    free(tally);
}

/* A failure during the request itself is told by an event, never from inside mping_send(). */
static void never_inside(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;

    opts_for(&opts, tally, MPING_FLAG_RETRY_SEND, 0);
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    target = check_add(engine, "0.0.0.1", &opts);
    ok_eq(mping_send(target), 0, "manual send error: mping_send() itself succeeds");
    ok_eq((int64_t)count_of(tally, MPING_EV_SEND_ERROR), 0,
          "manual send error: nothing is called back from inside it");
    ok_eq(mping_drain(target, LAB_PATIENCE_NS), 0, "manual send error: drain ends");
    ok_eq((int64_t)count_of(tally, MPING_EV_SEND_ERROR), 1, "manual send error: by an event");
    ok_none(check_close(target, tally), "manual send error: the promises hold");
    free(tally);
}

/* Flood goes on after errors of both kinds instead of waiting for itself. */
static void flood_errors(struct mping *engine)
{
    struct tally *tally = tally_new(2);
    struct mping_target_opts opts;

    opts_for(&opts, &tally[0], MPING_FLAG_RETRY_SEND, 50);
    opts.interval_ns = 0;
    ok_eq(mping_ping(engine, "0.0.0.5", &opts), 0, "flood+send error: ends");
    ok_eq((int64_t)count_of(&tally[0], MPING_EV_SEND_ERROR), 50, "flood+send error: 50 of 50");
    opts_for(&opts, &tally[1], MPING_FLAG_RETRY_RESOLVE, 5);
    opts.interval_ns = 0;
    ok_eq(mping_ping(engine, "foo.test", &opts), 0, "flood+resolve error: ends");
    ok_eq((int64_t)count_of(&tally[1], MPING_EV_RESOLVE_ERROR), 5, "flood+resolve error: 5 of 5");
    free(tally);
}

static void all(struct mping *engine)
{
    dns_error(engine);
    dns_error_retry(engine);
    on_resolve_error(engine);
    on_send_error(engine);
    send_error_ends(engine);
    never_inside(engine);
    flood_errors(engine);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    mark = lab_mark();
    engine = check_engine(NULL);
    all(engine);
    check_end(engine, &mark, "errors, raw sockets");
    lab_allow_ping_sockets(1);
    engine = check_engine_with(MPING_SOCKET_PING, 0);
    all(engine);
    check_end(engine, &mark, "errors, ping sockets");
    return done_testing();
}
