/* SPDX-License-Identifier: Apache-2.0 */
/* mping_free() while other threads are in the engine: they come out with MPING_ECLOSED. */
#include "check.h"

#include <pthread.h>
#include <stdbool.h>

enum { RUNNERS = 3 };

/* A way to be in the engine. */
struct way {
    const char *what;
    int (*go)(struct mping *engine, struct mping_target *target);
    bool quiet; /* returns when anything happens */
};

static int in_run(struct mping *engine, struct mping_target *target)
{
    (void)target;
    return mping_run(engine, -1);
}

static int in_wait(struct mping *engine, struct mping_target *target)
{
    (void)target;
    return mping_wait(engine, -1);
}

static int in_drain(struct mping *engine, struct mping_target *target)
{
    (void)engine;
    return mping_drain(target, -1);
}

static int in_once(struct mping *engine, struct mping_target *target)
{
    (void)target;
    return mping_once(engine, "192.0.2.1", 0, NULL);
}

static int in_ping(struct mping *engine, struct mping_target *target)
{
    struct mping_target_opts opts;

    (void)target;
    mping_target_opts_init(&opts, sizeof(opts));
    opts.events = 0;
    opts.interval_ns = LAB_MS;
    return mping_ping(engine, "127.0.0.2", &opts);
}

static const struct way ways[] = {
    {"run", in_run, false},   {"wait", in_wait, true},  {"drain", in_drain, false},
    {"once", in_once, false}, {"ping", in_ping, false},
};

static const struct {
    const char *what;
    int workers;
    uint32_t io_threads;
} kinds[] = {{"alone", 0, 0}, {"workers", 2, 0}, {"io_threads", 0, 2}, {"both", 2, 2}};

struct runner {
    const struct way *way;
    struct mping *engine;
    struct mping_target *target;
    atomic_int *inside;
    int result;
};

static atomic_bool freed;
static atomic_ulong called, called_after;

static void on_event(const struct mping_event *event, void *user)
{
    (void)event;
    (void)user;
    atomic_fetch_add(&called, 1);
    lab_sleep_ns(LAB_MS / 5);
    atomic_fetch_add(&called_after, atomic_load(&freed));
}

static void *runner_main(void *arg)
{
    struct runner *r = arg;

    atomic_fetch_add(r->inside, 1);
    r->result = r->way->go(r->engine, r->target);
    return NULL;
}

/* Something to call back about, and a probe that nobody answers and that waits for ever. */
static struct mping_target *add_targets(struct mping *engine, bool quiet)
{
    struct mping_target_opts opts;

    mping_target_opts_init(&opts, sizeof(opts));
    opts.interval_ns = LAB_MS;
    opts.callback = on_event;
    if (!quiet)
        check_add(engine, "127.0.0.1", &opts);
    opts.count = 1;
    opts.first_delay_ns = 0;
    opts.timeout_ns = 0;
    return check_add(engine, "192.0.2.2", &opts);
}

static void one(const struct way *way, size_t kind)
{
    struct lab_mark mark = lab_mark();
    struct runner runners[RUNNERS];
    pthread_t threads[RUNNERS];
    struct mping_target *target;
    struct mping_opts opts;
    struct mping *engine;
    atomic_int inside = 0;
    const char *leak;
    int wrong = 0;

    mping_opts_init(&opts, sizeof(opts));
    opts.workers = kinds[kind].workers;
    opts.io_threads = kinds[kind].io_threads;
    engine = check_engine(&opts);
    target = add_targets(engine, way->quiet);
    atomic_store(&freed, false);
    atomic_store(&called, 0);
    mping_run(engine, 50 * LAB_MS); /* the probe is out */
    for (int i = 0; i < RUNNERS; i++) {
        runners[i] = (struct runner){way, engine, target, &inside, 0};
        if (pthread_create(&threads[i], NULL, runner_main, &runners[i]) != 0)
            abort();
    }
    while (atomic_load(&inside) < RUNNERS || (!way->quiet && atomic_load(&called) < 10))
        lab_sleep_ns(LAB_MS);
    lab_sleep_ns(20 * LAB_MS); /* they are on their way in */
    ok_eq(mping_free(engine), 0, "%s, %s: freed", way->what, kinds[kind].what);
    atomic_store(&freed, true);
    for (int i = 0; i < RUNNERS; i++) {
        pthread_join(threads[i], NULL);
        wrong += runners[i].result != MPING_ECLOSED && !(way->quiet && runners[i].result == 0);
    }
    leak = lab_leak(&mark);
    ok_eq(wrong, 0, "%s, %s: whoever was inside has heard of it", way->what, kinds[kind].what);
    ok_none(leak, "%s, %s: nothing is left over", way->what, kinds[kind].what);
}

int main(void)
{
    check_start();
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++)
            one(&ways[i], kind);
    ok_eq((int64_t)atomic_load(&called_after), 0, "no callback has ended after mping_free()");
    return done_testing();
}
