/* SPDX-License-Identifier: Apache-2.0 */
/* C++ exceptions out of callbacks: they reach the caller, and the engine goes on. */
#include "check.h"
#include "throwing.h"

enum { PROBES = 9 };

/* What lets the exceptions through. */
struct way {
    const char *what;
    int (*call)(void *arg);
};

struct call {
    struct mping *engine;
    struct mping_target *target;
    struct mping_target_opts *opts;
};

static int run(void *arg)
{
    const struct call *c = arg;

    return mping_run(c->engine, -1);
}

static int process(void *arg)
{
    const struct call *c = arg;

    lab_sleep_ns(LAB_MS);
    return mping_process(c->engine, 0);
}

static int wait(void *arg)
{
    const struct call *c = arg;

    return mping_wait(c->engine, 100 * LAB_MS);
}

static int drain(void *arg)
{
    const struct call *c = arg;

    mping_send(c->target); /* until it has had its count */
    return mping_drain(c->target, -1);
}

static const struct way ways[] = {
    {"run", run}, {"process", process}, {"wait", wait}, {"drain", drain}};

static struct mping *engine_with(uint32_t io_threads)
{
    struct mping_opts opts;

    mping_opts_init(&opts, sizeof(opts));
    opts.io_threads = io_threads;
    return check_engine(&opts);
}

static void set_opts(struct mping_target_opts *opts, struct throwing *throwing)
{
    mping_target_opts_init(opts, sizeof(*opts));
    opts->count = PROBES;
    opts->interval_ns = 2 * LAB_MS;
    opts->timeout_ns = 5000 * LAB_MS;
    opts->callback = throwing_callback();
    opts->user = throwing;
}

static void one(const struct way *way, uint32_t io_threads)
{
    struct lab_mark mark = lab_mark();
    struct throwing throwing = {0};
    struct mping_target_opts opts;
    struct call call = {.engine = engine_with(io_threads)};
    int caught = 0, busy = 0;
    int64_t until_ns = lab_now_ns() + LAB_PATIENCE_NS;

    set_opts(&opts, &throwing);
    if (way->call == drain)
        opts.interval_ns = MPING_INTERVAL_MANUAL;
    call.target = check_add(call.engine, "127.0.0.1", &opts);
    while (throwing.replies < PROBES && lab_now_ns() < until_ns)
        busy += throwing_call(way->call, &call, &caught) == MPING_EBUSY;
    ok_eq(throwing.replies, PROBES, "%s, %u io_threads: each reply once", way->what, io_threads);
    ok_eq(busy, 0, "%s, %u io_threads: the engine is not taken to be in a callback", way->what,
          io_threads);
    ok(caught > 0, "%s, %u io_threads: the exceptions reach the caller", way->what, io_threads);
    check_run(call.engine); /* there is no reply any more to throw at */
    mping_close(call.target);
    check_end(call.engine, &mark, way->what);
}

static int ping(void *arg)
{
    const struct call *c = arg;

    return mping_ping(c->engine, "127.0.0.1", c->opts);
}

/* The blocking call ends with the exception, and its target with it. */
static void blocking(uint32_t io_threads)
{
    struct lab_mark mark = lab_mark();
    struct throwing throwing = {0};
    struct mping_target_opts opts;
    struct call call = {.engine = engine_with(io_threads), .opts = &opts};
    int caught = 0;

    set_opts(&opts, &throwing);
    for (int i = 0; i < 3; i++)
        throwing_call(ping, &call, &caught);
    ok(throwing.replies >= 3 && caught >= 1, "ping, %u io_threads: ended by the exception",
       io_threads);
    ok_eq(mping_run(call.engine, 0), 0, "ping, %u io_threads: no target is left", io_threads);
    ok_eq(mping_once(call.engine, "127.0.0.1", 5000 * LAB_MS, NULL), 0,
          "ping, %u io_threads: and it can go on", io_threads);
    check_end(call.engine, &mark, "ping");
}

int main(void)
{
    check_start();
    for (uint32_t io_threads = 0; io_threads < 3; io_threads += 2) {
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
            one(&ways[i], io_threads);
        blocking(io_threads);
    }
    return done_testing();
}
