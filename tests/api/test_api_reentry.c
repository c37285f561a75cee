/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls from inside callbacks: close, cancel, add and send work, those that block or free
 * are refused, and none of them calls back before the first callback has returned.
 */
#include "check.h"

#include <string.h>

static void ping_opts(struct mping_target_opts *opts, struct tally *tally, uint64_t count)
{
    tally_opts(opts, tally);
    opts->count = count;
    opts->interval_ns = LAB_MS;
    opts->timeout_ns = 10000 * LAB_MS;
}

struct refusal {
    struct mping *engine;
    int calls;
    int free, run, wait, drain, once, ping;
};

static void try_blocking(struct tally *tally, const struct mping_event *event)
{
    struct refusal *refusal = tally->hook_arg;
    struct mping_target_opts opts;

    if (event->type != MPING_EV_REPLY || refusal->calls++ > 0)
        return;
    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = 1;
    opts.events = 0;
    refusal->free = mping_free(refusal->engine);
    refusal->run = mping_run(refusal->engine, 0);
    refusal->wait = mping_wait(refusal->engine, 0);
    refusal->drain = mping_drain(event->target, 0);
    refusal->once = mping_once(refusal->engine, "127.0.0.1", LAB_MS, NULL);
    refusal->ping = mping_ping(refusal->engine, "127.0.0.1", &opts);
}

static void blocking_refused(struct mping *engine)
{
    struct refusal refusal = {.engine = engine};
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    ping_opts(&opts, tally, 3);
    tally->hook = try_blocking;
    tally->hook_arg = &refusal;
    ok_eq(mping_ping(engine, "127.0.0.1", &opts), 0, "blocking calls inside: the ping goes on");
    ok_eq(refusal.free, MPING_EBUSY, "inside a callback: mping_free -> EBUSY");
    ok_eq(refusal.run, MPING_EBUSY, "inside a callback: mping_run -> EBUSY");
    ok_eq(refusal.wait, MPING_EBUSY, "inside a callback: mping_wait -> EBUSY");
    ok_eq(refusal.drain, MPING_EBUSY, "inside a callback: mping_drain -> EBUSY");
    ok_eq(refusal.once, MPING_EBUSY, "inside a callback: mping_once -> EBUSY");
    ok_eq(refusal.ping, MPING_EBUSY, "inside a callback: mping_ping -> EBUSY");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 3, "blocking calls inside: all replies");
    ok_none(tally_problem(tally, NULL), "blocking calls inside: the promises hold");
    free(tally);
}

/* Closing the target whose callback runs: that was the last one. */
static void close_self(struct tally *tally, const struct mping_event *event)
{
    if (event->type != MPING_EV_REPLY)
        return;
    mping_close(event->target);
    atomic_store(&tally->closed, 1);
}

static void closes_itself(struct mping *engine, int64_t interval_ns, uint32_t window)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    ping_opts(&opts, tally, 0);
    opts.interval_ns = interval_ns;
    opts.window = window;
    tally->hook = close_self;
    check_add(engine, "127.0.0.1", &opts);
    check_run(engine);
    check_idle(engine, 20 * LAB_MS);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 1,
          "close inside its own callback, interval %jd: that was the last one",
          (intmax_t)interval_ns);
    ok_none(tally_problem(tally, NULL), "close inside its own callback: the promises hold");
    free(tally);
}

/* Closing others: those before and behind in the engine's order, with events waiting. */
struct others {
    struct mping_target *targets[16];
    struct tally *tallies;
    int done;
};

static void close_others(struct tally *tally, const struct mping_event *event)
{
    struct others *others = tally->hook_arg;

    if (event->type != MPING_EV_REPLY || others->done++ > 0)
        return;
    for (int i = 0; i < 16; i++) {
        if (others->targets[i] == event->target)
            continue;
        mping_close(others->targets[i]);
        others->targets[i] = NULL;
        atomic_store(&others->tallies[i].closed, 1);
    }
}

static void closes_others(struct mping *engine)
{
    struct others others = {.tallies = tally_new(16)};
    struct mping_target_opts opts;
    const char *problem = NULL;

    for (int i = 0; i < 16; i++) {
        ping_opts(&opts, &others.tallies[i], 5);
        opts.first_delay_ns = 0;
        others.tallies[i].hook = close_others;
        others.tallies[i].hook_arg = &others;
        others.targets[i] = check_add(engine, "127.0.0.1", &opts);
    }
    check_run(engine);
    check_idle(engine, 20 * LAB_MS);
    for (int i = 0; i < 16; i++) {
        const char *p = tally_problem(&others.tallies[i], NULL);

        problem = problem ? problem : p;
        mping_close(others.targets[i]);
    }
    ok(others.done >= 5, "close of 15 others inside a callback: the one left goes on (%d)",
       others.done);
    ok_none(problem, "close of 15 others inside a callback: they are silent at once");
    free(others.tallies);
}

/* Each FINISHED starts the next target: a chain without anybody outside. */
struct chain {
    struct mping *engine;
    int links;
};

static void add_next(struct tally *tally, const struct mping_event *event)
{
    struct chain *chain = tally->hook_arg;
    struct mping_target_opts opts;

    if (event->type != MPING_EV_FINISHED || ++chain->links >= 100)
        return;
    ping_opts(&opts, tally, 1);
    mping_add(chain->engine, chain->links % 2 ? "127.0.0.2" : "::1", &opts, NULL);
}

static void adds(struct mping *engine)
{
    struct chain chain = {.engine = engine};
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    ping_opts(&opts, tally, 1);
    tally->shared = 1;
    tally->hook = add_next;
    tally->hook_arg = &chain;
    ok_eq(mping_add(engine, "127.0.0.1", &opts, NULL), 0, "add without a handle");
    check_run(engine);
    ok_eq(chain.links, 100, "add inside a callback: a chain of 100 targets");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 100, "add inside a callback: 100 replies");
    ok_none(tally_problem(tally, NULL), "add inside a callback: the promises hold");
    free(tally);
}

/* Each reply sends the next probe: flood by hand. */
static void send_next(struct tally *tally, const struct mping_event *event)
{
    int *inside = tally->hook_arg;

    if (event->type != MPING_EV_REPLY || count_of(tally, MPING_EV_REPLY) >= 500)
        return;
    *inside += mping_send(event->target) != 0;
}

static void sends(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    int refused = 0;

    ping_opts(&opts, tally, 0);
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    tally->hook = send_next;
    tally->hook_arg = &refused;
    target = check_add(engine, "127.0.0.1", &opts);
    mping_send(target);
    ok_eq(mping_drain(target, LAB_PATIENCE_NS), 0, "send inside a callback: drain sees it");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 500, "send inside a callback: 500 replies");
    ok_eq(refused, 0, "send inside a callback: never refused");
    ok_none(check_close(target, tally), "send inside a callback: the promises hold");
    free(tally);
}

/* The rest of the interface may be asked anything from inside. */
static void ask(struct tally *tally, const struct mping_event *event)
{
    struct mping *engine = tally->hook_arg;
    struct mping_stats stats;
    struct mping_addr addr;
    int good = 1;

    good &= mping_target_stats(event->target, &stats, sizeof(stats), 0) == 0;
    good &= mping_engine_stats(engine, &stats, sizeof(stats)) == 0;
    good &= mping_target_id(event->target) >= 0 || event->type == MPING_EV_FINISHED;
    good &= mping_target_addr(event->target, &addr) == 0 || event->type == MPING_EV_FINISHED;
    good &= strcmp(mping_target_host(event->target), event->host) == 0;
    good &= mping_fd(engine) >= 0;
    good &= mping_wakeup(engine) == 0;
    mping_next_timeout(engine);
    mping_process(engine, 0); /* whatever it says, it must not call back from here */
    if (!good)
        tally->n[0]++;
}

static void asks(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;

    ping_opts(&opts, tally, 20);
    tally->hook = ask;
    tally->hook_arg = engine;
    target = check_add(engine, "127.0.0.1", &opts);
    while (mping_run(engine, LAB_PATIENCE_NS) > 0 && count_of(tally, MPING_EV_FINISHED) == 0)
        continue;
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 20, "questions inside a callback: all replies");
    ok_eq((int64_t)tally->n[0], 0, "questions inside a callback: all answered");
    ok_none(check_close(target, tally), "questions inside a callback: no callback within another");
    free(tally);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    mark = lab_mark();
    engine = check_engine(NULL);
    blocking_refused(engine);
    closes_itself(engine, LAB_MS, 0);
    closes_itself(engine, 0, 0);
    closes_itself(engine, 0, 64);
    closes_others(engine);
    adds(engine);
    sends(engine);
    asks(engine);
    check_end(engine, &mark, "reentry");
    return done_testing();
}
