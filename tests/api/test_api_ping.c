/* SPDX-License-Identifier: Apache-2.0 */
/* Plain pings: as many events as probes, ended by count, by cancel, or by nobody. */
#include "check.h"

enum { HOSTS = 6, PROBES = 4 };

static void opts_for(struct mping_target_opts *opts, struct tally *tally, uint64_t count)
{
    tally_opts(opts, tally);
    opts->count = count;
    opts->interval_ns = LAB_MS;
    opts->timeout_ns = 10000 * LAB_MS;
}

static void one_ping(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    opts_for(&opts, tally, 1);
    ok_eq(mping_ping(engine, "127.0.0.1", &opts), 0, "1Ping: returns OK");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 1, "1Ping: handler once");
    ok_eq(tally->last[MPING_EV_REPLY].err, 0, "1Ping: err nil");
    ok_none(tally_problem(tally, NULL), "1Ping: the promises hold");
    free(tally);
}

/* A probe that left after the cancel, of whatever verdict, is one too many. */
struct limit {
    unsigned long replies;
    int64_t canceled_ns;
    unsigned sent_after;
};

static void cancel_and_watch(struct tally *tally, const struct mping_event *event)
{
    struct limit *limit = tally->hook_arg;

    if (limit->canceled_ns && event->sent_ns > limit->canceled_ns)
        limit->sent_after++;
    if (event->type != MPING_EV_REPLY || count_of(tally, MPING_EV_REPLY) != limit->replies)
        return;
    mping_cancel(event->target);
    limit->canceled_ns = lab_now_ns();
}

static void cancel_at(struct tally *tally, const struct mping_event *event)
{
    const unsigned long *limit = tally->hook_arg;

    if (event->type == MPING_EV_REPLY && count_of(tally, MPING_EV_REPLY) == *limit)
        mping_cancel(event->target);
}

static void pings_canceled(struct mping *engine, unsigned long replies, const char *name)
{
    struct limit limit = {.replies = replies};
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    opts_for(&opts, tally, 0);
    tally->hook = cancel_and_watch;
    tally->hook_arg = &limit;
    ok_eq(mping_ping(engine, "127.0.0.1", &opts), 0, "%s: canceled, it returns OK", name);
    ok(count_of(tally, MPING_EV_REPLY) >= replies, "%s: so many replies", name);
    ok_eq(limit.sent_after, 0, "%s: no probe leaves after the callback that cancels", name);
    ok_none(tally_problem(tally, NULL), "%s: the promises hold", name);
    free(tally);
}

static void on_reply(struct mping *engine)
{
    static const char *const hosts[HOSTS] = {"127.0.0.1", "127.0.0.1", "127.0.0.2",
                                             "127.0.0.3", "::1",       "::1"};
    struct tally *tallies = tally_new(HOSTS);
    struct mping_target *targets[HOSTS];
    struct mping_target_opts opts;

    for (int i = 0; i < HOSTS; i++) {
        opts_for(&opts, &tallies[i], PROBES);
        opts.events |= MPING_EVENT_BIT(MPING_EV_SENT);
        targets[i] = check_add(engine, hosts[i], &opts);
    }
    check_run(engine);
    for (int i = 0; i < HOSTS; i++) {
        const struct mping_event *last = &tallies[i].last[MPING_EV_REPLY];

        ok_eq((int64_t)count_of(&tallies[i], MPING_EV_REPLY), PROBES,
              "OnReply: exactly 4 replies of %s", hosts[i]);
        ok(last->received_ns > 0 && count_of(&tallies[i], MPING_EV_LOST) == 0,
           "OnReply: %s: received, not timed out", hosts[i]);
        ok_eq((int64_t)count_of(&tallies[i], MPING_EV_SENT), PROBES,
              "MultiValid: %s: on-send and reply are 2 events per probe", hosts[i]);
        ok_none(check_close(targets[i], &tallies[i]), "OnReply: %s: the promises hold", hosts[i]);
    }
    free(tallies);
}

/* Endless pings that are stopped from outside, after a while. */
static void on_reply_expire(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;

    opts_for(&opts, tally, 0);
    target = check_add(engine, "127.0.0.1", &opts);
    ok_eq(mping_run(engine, 500 * LAB_MS), 1, "OnReplyExpire: still active after a while");
    ok(count_of(tally, MPING_EV_REPLY) > 1, "OnReplyExpire: replies have come");
    mping_cancel(target);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_FINISHED), 1, "OnReplyExpire: ends once");
    ok_none(check_close(target, tally), "OnReplyExpire: the promises hold");
    free(tally);
}

/* Start and stop again and again: nothing is reused before it is done with. */
static void cycles(struct mping *engine, int workers)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    unsigned long limit = 3;
    int wrong = 0;

    tally->shared = 1;
    for (int i = 0; i < 200; i++) {
        opts_for(&opts, tally, 2);
        wrong += mping_ping(engine, "127.0.0.1", &opts) != 0;
    }
    ok_eq(wrong, 0, "200 cycles of Count=2, %d workers: all OK", workers);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 400, "200 cycles, %d workers: 400 replies",
          workers);
    ok_none(tally_problem(tally, NULL), "200 cycles, %d workers: the promises hold", workers);
    free(tally);

    wrong = 0;
    for (int i = 0; i < 20; i++) {
        tally = tally_new(1);
        opts_for(&opts, tally, 0);
        opts.interval_ns = 0;
        tally->hook = cancel_at;
        tally->hook_arg = &limit;
        wrong += mping_ping(engine, "127.0.0.1", &opts) != 0;
        wrong += count_of(tally, MPING_EV_FINISHED) != 1 || tally_problem(tally, NULL) != NULL;
        free(tally);
    }
    ok_eq(wrong, 0, "20 cycles of flood+cancel, %d workers: all end", workers);
}

static void all(int socket_kind, int workers, const char *name)
{
    struct lab_mark mark = lab_mark();
    struct mping *engine = check_engine_with(socket_kind, workers);

    one_ping(engine);
    pings_canceled(engine, 1, "1PingC");
    pings_canceled(engine, 10, "10Pings");
    on_reply(engine);
    on_reply_expire(engine);
    cycles(engine, workers);
    check_end(engine, &mark, name);
}

int main(void)
{
    check_start();
    lab_allow_ping_sockets(1);
    all(MPING_SOCKET_RAW, 0, "ping, raw sockets");
    all(MPING_SOCKET_RAW, 1, "ping, raw sockets, 1 worker");
    all(MPING_SOCKET_PING, 0, "ping, ping sockets");
    return done_testing();
}
