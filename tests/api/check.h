/* SPDX-License-Identifier: Apache-2.0 */
/* What every test of the public interface does at its start and at its end. */
#ifndef MULTIPING_TESTS_API_CHECK_H
#define MULTIPING_TESTS_API_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#include <multiping/multiping.h>

#include "lab.h"
#include "tally.h"
#include "tap.h"

#define CHECK_FN __attribute__((unused)) static

/* A test point that passes without a problem and shows it otherwise. */
CHECK_FN __attribute__((format(printf, 2, 3))) void ok_none(const char *problem, const char *fmt,
                                                            ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    ok(!problem, "%s", text);
    if (problem)
        diag("%s", problem);
}

/* A test point for two numbers that must be equal. */
CHECK_FN __attribute__((format(printf, 3, 4))) void ok_eq(int64_t got, int64_t want,
                                                          const char *fmt, ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    ok(got == want, "%s", text);
    if (got != want)
        diag("got %jd, want %jd", (intmax_t)got, (intmax_t)want);
}

CHECK_FN unsigned long count_of(struct tally *tally, enum mping_event_type type)
{
    return atomic_load(&tally->n[type]);
}

/* Enters the lab. Leaves the program, as skipped, where that is not possible. */
CHECK_FN void check_start(void)
{
    const char *why = lab_start();

    if (!why)
        return;
    skip("%s", why);
    exit(done_testing());
}

/* How many threads of its own each engine gets: the program's environment says so. */
CHECK_FN uint32_t check_io_threads(void)
{
    const char *text = getenv("IO_THREADS");

    return text ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

/* An engine with options, NULL: the defaults. Ends the program if there is none. */
CHECK_FN struct mping *check_engine(const struct mping_opts *opts)
{
    struct mping *engine = NULL;
    struct mping_opts o;
    int r;

    mping_opts_init(&o, sizeof(o));
    if (opts)
        o = *opts;
    if (!o.io_threads)
        o.io_threads = check_io_threads();
    r = mping_new(&engine, &o);

    if (r == 0 && engine)
        return engine;
    ok(0, "an engine can be made: %s", mping_strerror(r));
    exit(done_testing());
}

/* An engine with one kind of socket and some workers. */
CHECK_FN struct mping *check_engine_with(int socket_kind, int workers)
{
    struct mping_opts opts;

    mping_opts_init(&opts, sizeof(opts));
    opts.socket_kind = socket_kind;
    opts.workers = workers;
    return check_engine(&opts);
}

/* Adds a target; a failure is a failed test point. */
CHECK_FN struct mping_target *check_add(struct mping *engine, const char *host,
                                        const struct mping_target_opts *opts)
{
    struct mping_target *target = NULL;
    int r = mping_add(engine, host, opts, &target);

    if (r != 0 || !target)
        ok(0, "%s can be added: %s, %s", host, mping_strerror(r), mping_errmsg(engine));
    return target;
}

/* Runs until no target is active; a failed test point if that takes too long. */
CHECK_FN void check_run(struct mping *engine)
{
    int r = mping_run(engine, LAB_PATIENCE_NS);

    if (r != 0)
        ok(0, "all targets end: mping_run() returned %d", r);
}

/* Lets an engine do what it may still have to do for a while, targets or not. */
CHECK_FN void check_idle(struct mping *engine, int64_t duration_ns)
{
    for (int i = 0; i < 4; i++) {
        lab_sleep_ns(duration_ns / 4);
        mping_process(engine, 0);
    }
}

/* Looks at a target's events and counters, and closes it. */
CHECK_FN const char *check_close(struct mping_target *target, struct tally *tally)
{
    const char *problem = tally_problem(tally, target);

    mping_close(target);
    atomic_store(&tally->closed, 1);
    return problem;
}

/* The end of a test: the engine's counters add up, it can be freed, nothing is left over. */
CHECK_FN void check_end(struct mping *engine, const struct lab_mark *mark, const char *what)
{
    const char *problem = engine_problem(engine);
    const char *leak;
    int r = mping_free(engine);

    leak = lab_leak(mark);
    ok_none(problem, "%s: the engine's counters add up", what);
    ok_eq(r, 0, "%s: mping_free() succeeds", what);
    ok_none(leak, "%s: threads and descriptors after == before", what);
}

#endif
