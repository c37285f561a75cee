/* SPDX-License-Identifier: Apache-2.0 */
/* Probes sent by hand: send, drain and close. */
#include "check.h"

static void manual_opts(struct mping_target_opts *opts, struct tally *tally)
{
    tally_opts(opts, tally);
    opts->interval_ns = MPING_INTERVAL_MANUAL;
    opts->timeout_ns = 10000 * LAB_MS;
}

static void slow_hook(struct tally *tally, const struct mping_event *event)
{
    int *done = tally->hook_arg;

    if (event->type != MPING_EV_REPLY)
        return;
    lab_sleep_ns(*done < 5 ? 10 * LAB_MS : 0);
    (*done)++;
}

/* Send 1, drain: the callback has FINISHED exactly once before drain returns, x1000. */
static void drain_1000(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    int done = 0, wrong = 0;

    manual_opts(&opts, tally);
    tally->hook = slow_hook;
    tally->hook_arg = &done;
    target = check_add(engine, "127.0.0.1", &opts);
    for (int i = 1; i <= 1000; i++) {
        wrong += mping_send(target) != 0;
        wrong += mping_drain(target, LAB_PATIENCE_NS) != 0;
        wrong += done != i || atomic_load(&tally->inside) != 0;
    }
    ok_eq(wrong, 0, "IPDrain: the callback has finished before drain returns, x1000");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 1000, "IPDrain: exactly once for each send");
    ok_none(check_close(target, tally), "IPDrain: the target's promises hold");
    free(tally);
}

/* The same with 1,000 targets that are all out at once. */
static void drain_parallel(struct mping *engine)
{
    struct tally *tallies = tally_new(1000);
    struct mping_target **targets = calloc(1000, sizeof(struct mping_target *));
    struct mping_target_opts opts;
    const char *problem = NULL;
    int wrong = 0;

    for (int i = 0; targets && i < 1000; i++) {
        manual_opts(&opts, &tallies[i]);
        targets[i] = check_add(engine, i % 2 ? "127.0.0.2" : "::1", &opts);
        wrong += mping_send(targets[i]) != 0;
    }
    for (int i = 0; targets && i < 1000; i++) {
        const char *p;

        wrong += mping_drain(targets[i], LAB_PATIENCE_NS) != 0;
        wrong += count_of(&tallies[i], MPING_EV_REPLY) != 1;
        p = check_close(targets[i], &tallies[i]);
        problem = problem ? problem : p;
    }
    ok_eq(wrong, 0, "IPDrain: x1000 in parallel, each callback once before its drain returns");
    ok_none(problem, "IPDrain: the promises of all targets hold");
    free(targets);
    free(tallies);
}

static void drain_limits(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;

    manual_opts(&opts, tally);
    opts.timeout_ns = 0;
    target = check_add(engine, "192.0.2.1", &opts);
    ok_eq(mping_drain(target, -1), 0, "drain: nothing pending, nothing to wait for");
    ok_eq(mping_send(target), 0, "drain: a probe that never times out");
    ok_eq(mping_drain(target, 20 * LAB_MS), MPING_ETIMEDOUT, "drain: gives up after its limit");
    ok_eq(mping_drain(target, 0), MPING_ETIMEDOUT, "drain: a limit of 0 does not wait");
    ok_eq(mping_cancel(target), 0, "drain: canceling the target");
    ok_eq(mping_drain(target, INT64_MAX), 0, "drain: the longest of all limits is one");
    ok_eq(mping_drain(target, LAB_PATIENCE_NS), 0, "drain: returns once nothing is pending");
    ok_eq((int64_t)count_of(tally, MPING_EV_CANCELED), 1, "drain: the callback has run by then");
    ok_none(check_close(target, tally), "drain: the target's promises hold");
    free(tally);
}

struct beside {
    struct mping *engine;
    struct mping_target *drained;
    struct tally *third;
};

/* The last of a third target lets the drained one go. */
static void let_go(struct tally *tally, const struct mping_event *event)
{
    const struct beside *beside = tally->hook_arg;

    if (event->type == MPING_EV_FINISHED)
        mping_cancel(beside->drained);
}

/* The target beside the one that is drained starts a third one. */
static void add_third(struct tally *tally, const struct mping_event *event)
{
    struct beside *beside = tally->hook_arg;
    struct mping_target_opts opts;

    if (event->type != MPING_EV_REPLY || count_of(tally, MPING_EV_REPLY) != 5)
        return;
    tally_opts(&opts, beside->third);
    opts.count = 3;
    opts.interval_ns = LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    beside->third->hook = let_go;
    beside->third->hook_arg = beside;
    mping_add(beside->engine, "127.0.0.9", &opts, NULL);
}

/*
 * Draining one target blocks no other. The probe waits for ever, so the drain ends only if
 * another target goes on, a third one can be started and both get their replies.
 */
static void drain_others(struct mping *engine)
{
    struct tally *tallies = tally_new(3);
    struct beside beside = {.engine = engine, .third = &tallies[2]};
    struct mping_target *other;
    struct mping_target_opts opts;

    manual_opts(&opts, &tallies[0]);
    opts.timeout_ns = 0;
    beside.drained = check_add(engine, "192.0.2.1", &opts);
    tally_opts(&opts, &tallies[1]);
    opts.interval_ns = LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    tallies[1].hook = add_third;
    tallies[1].hook_arg = &beside;
    other = check_add(engine, "127.0.0.1", &opts);

    mping_send(beside.drained);
    ok_eq(mping_drain(beside.drained, LAB_PATIENCE_NS), 0,
          "drain: with timeout 0 too, other targets go on and new ones start");
    ok(count_of(&tallies[1], MPING_EV_REPLY) >= 5, "drain: the other target gets its replies");
    ok_eq((int64_t)count_of(&tallies[2], MPING_EV_REPLY), 3, "drain: and so does the new one");
    ok_none(check_close(beside.drained, &tallies[0]), "drain: the drained target's promises hold");
    mping_cancel(other); /* else its counters run ahead of the events that wait for us */
    mping_drain(other, LAB_PATIENCE_NS);
    ok_none(check_close(other, &tallies[1]), "drain: the other target's promises hold");
    ok_none(tally_problem(&tallies[2], NULL), "drain: the new target's promises hold");
    free(tallies);
}

static void closing(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_stats before, after;

    manual_opts(&opts, tally);
    opts.timeout_ns = 0;
    target = check_add(engine, "192.0.2.1", &opts);
    mping_engine_stats(engine, &before, sizeof(before));
    for (int i = 0; i < 5; i++)
        mping_send(target);
    mping_wait(engine, 0);
    ok(mping_target_id(target) >= 0 && mping_target_id(target) <= 65535, "manual: ID()");
    mping_close(target);
    atomic_store(&tally->closed, 1);
    check_idle(engine, 20 * LAB_MS);
    mping_engine_stats(engine, &after, sizeof(after));
    ok_eq((int64_t)(after.canceled - before.canceled), 5,
          "close with 5 pending: the engine counts them canceled");
    ok_eq((int64_t)atomic_load(&tally->verdicts), 0, "close with 5 pending: no callback");
    ok_none(tally_problem(tally, NULL), "close with 5 pending: silence after it");
    free(tally);
}

static void after_end(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;

    manual_opts(&opts, tally);
    opts.count = 2;
    target = check_add(engine, "127.0.0.1", &opts);
    ok_eq(mping_send(target), 0, "manual: the first of two probes");
    ok_eq(mping_send(target), 0, "manual: the second of two probes");
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 2, "manual: two replies");
    ok_eq((int64_t)count_of(tally, MPING_EV_FINISHED), 1, "manual: the count ends the target");
    ok_eq(mping_send(target), MPING_ECLOSED, "manual: SendPing after the end fails, no crash");
    ok_eq(mping_drain(target, -1), 0, "manual: draining after the end returns at once");
    ok_none(check_close(target, tally), "manual: the target's promises hold");
    mping_close(NULL);
    free(tally);
}

/* A scheduled target takes a probe more whenever it is asked to. */
static void extra_send(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;

    tally_opts(&opts, tally);
    opts.interval_ns = 3600000 * LAB_MS;
    opts.first_delay_ns = 3600000 * LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    target = check_add(engine, "127.0.0.1", &opts);
    for (int i = 0; i < 3; i++)
        mping_send(target);
    ok_eq(mping_drain(target, LAB_PATIENCE_NS), 0, "send: beside the schedule too");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 3, "send: one probe each");
    ok_none(check_close(target, tally), "send: the target's promises hold");
    free(tally);
}

/* Until so many of a target's probes have left, which is another thread's to do with some. */
static void await_sent(struct mping *engine, struct mping_target *target, uint64_t n)
{
    int64_t until_ns = lab_now_ns() + LAB_PATIENCE_NS;
    struct mping_stats stats = {0};

    while (stats.sent < n && lab_now_ns() < until_ns) {
        mping_wait(engine, LAB_MS);
        mping_target_stats(target, &stats, sizeof(stats), 0);
    }
}

/* Each probe waits as long as was set when it left. */
static void other_timeouts(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;

    manual_opts(&opts, tally);
    opts.timeout_ns = 0;
    target = check_add(engine, "192.0.2.1", &opts);
    ok_eq(mping_set_timeout(target, 30 * LAB_MS), 0, "set_timeout: 30 ms instead of for ever");
    mping_send(target);
    await_sent(engine, target, 1);
    ok_eq(mping_set_timeout(target, 60 * LAB_MS), 0, "set_timeout: the next one 60 ms");
    ok_eq(mping_drain(target, LAB_PATIENCE_NS), 0, "set_timeout: the first one times out");
    ok_eq(tally->last[MPING_EV_LOST].timeout_ns, 30 * LAB_MS, "set_timeout: with its own time");
    mping_send(target);
    ok_eq(mping_drain(target, LAB_PATIENCE_NS), 0, "set_timeout: the second one times out");
    ok_eq(tally->last[MPING_EV_LOST].timeout_ns, 60 * LAB_MS, "set_timeout: with the new time");
    ok_eq(mping_set_timeout(target, -1), MPING_EINVAL, "set_timeout: not less than nothing");
    ok_eq(mping_set_timeout(target, INT64_MAX), MPING_EINVAL, "set_timeout: not above the limit");
    ok_eq(mping_set_timeout(NULL, 1), MPING_EINVAL, "set_timeout: without a target");
    ok_none(check_close(target, tally), "set_timeout: the target's promises hold");
    free(tally);
}

static void capacity(struct mping *engine)
{
    struct mping_stats stats;

    ok_eq(mping_engine_stats(engine, &stats, sizeof(stats)), 0, "stats of the engine");
    ok(stats.rx_capacity >= 256, "stats: the receive buffers hold at least what is usual");
}

static void all(struct mping *engine)
{
    drain_1000(engine);
    drain_parallel(engine);
    drain_limits(engine);
    drain_others(engine);
    closing(engine);
    after_end(engine);
    extra_send(engine);
    other_timeouts(engine);
    capacity(engine);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    mark = lab_mark();
    engine = check_engine(NULL);
    all(engine);
    check_end(engine, &mark, "manual, raw sockets");
    return done_testing();
}
