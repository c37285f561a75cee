/* SPDX-License-Identifier: Apache-2.0 */
/* Engines with threads of their own: who calls back, queues that fill, calls from everywhere. */
#include "check.h"

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

enum { HOSTS = 32, COUNT = 20, CALLERS = 4 };

static struct mping *engine_with(int workers, uint32_t buffer)
{
    struct mping_opts opts;

    mping_opts_init(&opts, sizeof(opts));
    opts.workers = workers;
    opts.buffer = buffer;
    return check_engine(&opts);
}

static void ping_opts(struct mping_target_opts *opts, struct tally *tally, uint64_t count)
{
    tally_opts(opts, tally);
    opts->count = count;
    opts->interval_ns = LAB_MS;
    opts->timeout_ns = 10000 * LAB_MS;
}

/* Which threads have called back. */
struct who {
    pthread_t caller;
    atomic_int by_caller, slow;
};

static void note_thread(struct tally *tally, const struct mping_event *event)
{
    struct who *who = tally->hook_arg;

    if (pthread_equal(pthread_self(), who->caller))
        atomic_fetch_add(&who->by_caller, 1);
    if (atomic_load(&who->slow) && event->type == MPING_EV_REPLY)
        lab_sleep_ns(LAB_MS / 2);
}

/* A queue of one and callbacks slower than the replies: all are told, none is dropped. */
static void queues(int workers, uint32_t buffer, int slow)
{
    struct lab_mark mark = lab_mark();
    struct mping *engine = engine_with(workers, buffer);
    struct who who = {.caller = pthread_self(), .slow = slow};
    struct tally *tallies = tally_new(HOSTS);
    struct mping_target *targets[HOSTS];
    struct mping_target_opts opts;
    unsigned long replies = 0;
    const char *problem = NULL;

    for (int i = 0; i < HOSTS; i++) {
        ping_opts(&opts, &tallies[i], COUNT);
        tallies[i].hook = note_thread;
        tallies[i].hook_arg = &who;
        targets[i] = check_add(engine, i % 2 ? "127.0.0.1" : "::1", &opts);
    }
    check_run(engine);
    for (int i = 0; i < HOSTS; i++) {
        const char *p = check_close(targets[i], &tallies[i]);

        replies += count_of(&tallies[i], MPING_EV_REPLY);
        problem = problem ? problem : p;
    }
    ok_eq((int64_t)replies, (int64_t)HOSTS * COUNT, "%d workers, buffer %u: all replies", workers,
          buffer);
    ok_none(problem, "%d workers, buffer %u: one callback of a target at a time, in order", workers,
            buffer);
    ok_eq(atomic_load(&who.by_caller), 0, "%d workers: the caller's thread makes no callback",
          workers);
    free(tallies);
    check_end(engine, &mark, "queues");
}

/* Threads come with the first target and go with the last; later numbers count from then on. */
static void numbers(void)
{
    struct lab_mark none = lab_mark();
    struct mping *engine = engine_with(0, 0);
    struct pollfd fd = {.fd = mping_fd(engine), .events = POLLIN};
    struct lab_mark busy;

    ok_eq(mping_set_workers(engine, 2), 0, "SetWorkers(2) on an idle engine");
    ok_eq(mping_set_buffer(engine, 8), 0, "SetBuffer(8)");
    ok_eq(lab_mark().threads, none.threads, "SetWorkers: no thread before the first target");
    for (int round = 0; round < 2; round++) {
        struct tally *tally = tally_new(1);
        struct mping_target_opts opts;
        struct mping_target *target;

        ping_opts(&opts, tally, 0);
        target = check_add(engine, "127.0.0.1", &opts);
        busy = lab_mark();
        ok(busy.threads > none.threads, "SetWorkers: threads while a target is active");
        ok_eq(poll(&fd, 1, 50), 0, "with workers the descriptor never becomes ready");
        ok_eq(mping_set_workers(engine, 1), 0, "SetWorkers while pinging: for the next time");
        mping_cancel(target);
        check_run(engine);
        ok_eq((int64_t)count_of(tally, MPING_EV_FINISHED), 1, "SetWorkers: the target ends");
        ok_none(check_close(target, tally), "SetWorkers: the promises hold");
        free(tally);
    }
    ok_eq(mping_set_workers(engine, 0), 0, "SetWorkers(0)");
    check_end(engine, &none, "SetWorkers");
}

struct caller {
    struct mping *engine;
    int wrong;
};

/* Adds, sends, drains, asks, cancels and closes, beside others who do the same. */
static void *call(void *arg)
{
    struct caller *caller = arg;

    for (int i = 0; i < 50; i++) {
        struct tally *tally = tally_new(1);
        struct mping_target_opts opts;
        struct mping_target *target = NULL;
        struct mping_stats stats;

        ping_opts(&opts, tally, 0);
        opts.interval_ns = i % 2 ? MPING_INTERVAL_MANUAL : LAB_MS;
        caller->wrong += mping_add(caller->engine, "127.0.0.1", &opts, &target) != 0;
        caller->wrong += mping_send(target) != 0;
        if (i % 2) {
            caller->wrong += mping_drain(target, LAB_PATIENCE_NS) != 0;
            caller->wrong += count_of(tally, MPING_EV_REPLY) != 1;
        }
        caller->wrong += mping_target_stats(target, &stats, sizeof(stats), 0) != 0;
        caller->wrong += stats_problem(&stats) != NULL;
        if (i % 3 == 0)
            mping_cancel(target);
        mping_close(target);
        atomic_store(&tally->closed, 1);
        caller->wrong += tally_problem(tally, NULL) != NULL;
        free(tally); /* no callback comes after mping_close() */
    }
    return NULL;
}

static void callers(void)
{
    struct lab_mark mark = lab_mark();
    struct caller callers[CALLERS];
    pthread_t threads[CALLERS];
    struct mping *engine = engine_with(2, 0);
    int wrong = 0;

    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){.engine = engine};
        if (pthread_create(&threads[i], NULL, call, &callers[i]) != 0)
            abort();
    }
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        wrong += callers[i].wrong;
    }
    ok_eq(wrong, 0, "calls from 4 threads at once: all do what they should");
    check_run(engine);
    check_end(engine, &mark, "calls from 4 threads");
}

/* Blocking calls of several threads on one engine: each waits for its own. */
static void *ping_once(void *arg)
{
    struct caller *caller = arg;

    for (int i = 0; i < 50; i++)
        caller->wrong += mping_once(caller->engine, "::1", 10000 * LAB_MS, NULL) != 0;
    return NULL;
}

static void onces(void)
{
    struct lab_mark mark = lab_mark();
    struct caller callers[CALLERS];
    pthread_t threads[CALLERS];
    struct mping *engine = engine_with(1, 0);
    int wrong = 0;

    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){.engine = engine};
        if (pthread_create(&threads[i], NULL, ping_once, &callers[i]) != 0)
            abort();
    }
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        wrong += callers[i].wrong;
    }
    ok_eq(wrong, 0, "mping_once from 4 threads at once: each gets its reply");
    check_end(engine, &mark, "mping_once from 4 threads");
}

static void drain_here(struct tally *tally, const struct mping_event *event)
{
    int *answers = tally->hook_arg;

    if (event->type == MPING_EV_REPLY)
        *answers = mping_drain(event->target, -1);
}

/* What blocks is refused inside callbacks of workers, too, instead of waiting for itself. */
static void inside(void)
{
    struct lab_mark mark = lab_mark();
    struct mping *engine = engine_with(1, 1);
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    int answer = 0;

    ping_opts(&opts, tally, 3);
    tally->hook = drain_here;
    tally->hook_arg = &answer;
    ok_eq(mping_ping(engine, "127.0.0.1", &opts), 0, "drain inside a worker's callback: goes on");
    ok_eq(answer, MPING_EBUSY, "drain inside a worker's callback: EBUSY");
    free(tally);
    check_end(engine, &mark, "drain inside");
}

/* Freeing an engine at work: silence from then on. */
static void free_at_work(void)
{
    struct lab_mark mark = lab_mark();

    for (int i = 0; i < 20; i++) {
        struct mping *engine = engine_with(1 + i % 2, 4);
        struct tally *tally = tally_new(1);
        struct mping_target_opts opts;

        ping_opts(&opts, tally, 0);
        opts.interval_ns = 0;
        opts.window = 16;
        check_add(engine, "127.0.0.1", &opts);
        lab_sleep_ns(2 * LAB_MS);
        mping_free(engine);
        free(tally); /* a callback after mping_free() would be seen by the sanitizers */
    }
    ok_none(lab_leak(&mark), "mping_free at work, 20 times: nothing is left over");
}

/* A target that nobody has the handle of goes when its last event has been told, not before. */
static void unheard_end(void)
{
    struct lab_mark mark = lab_mark();
    struct mping *engine = engine_with(1, 0);
    struct who who = {.caller = pthread_self(), .slow = 1};
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    ping_opts(&opts, tally, COUNT);
    opts.interval_ns = 0;
    opts.window = COUNT;
    opts.events = MPING_EVENT_BIT(MPING_EV_REPLY);
    tally->hook = note_thread;
    tally->hook_arg = &who;
    ok_eq(mping_add(engine, "127.0.0.1", &opts, NULL), 0, "unheard end: added");
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), COUNT, "unheard end: all replies are told");
    free(tally);
    check_end(engine, &mark, "unheard end");
}

int main(void)
{
    check_start();
    unheard_end();
    queues(1, 0, 0);
    queues(2, 1, 0);
    queues(2, 1, 1);
    queues(4, 16, 1);
    numbers();
    callers();
    onces();
    inside();
    free_at_work();
    return done_testing();
}
