/* SPDX-License-Identifier: Apache-2.0 */
/* One engine's part of the success matrix, for test_api_matrix.c and its threaded brother. */
#ifndef MULTIPING_TESTS_API_MATRIX_H
#define MULTIPING_TESTS_API_MATRIX_H

#include "check.h"

#include <stdbool.h>

enum { MATRIX_HOSTS = 6 };

static const char *const matrix_hosts[MATRIX_HOSTS] = {
    "127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.3", "::1", "::1",
};

struct matrix_case {
    int workers;
    uint64_t count;
    int64_t interval_ns;
    int by_cancel; /* no count: the callback cancels at its count-th reply */
};

/* The hook of the cancel cases; hook_arg is the case. */
static void matrix_cancel(struct tally *tally, const struct mping_event *event)
{
    const struct matrix_case *c = tally->hook_arg;

    if (event->type == MPING_EV_REPLY && count_of(tally, MPING_EV_REPLY) == c->count)
        mping_cancel(event->target);
}

/*
 * A cancel comes too late for replies that were read together with the one that caused it:
 * where a flood or a slow pace leave one probe out at a time there are none.
 */
static int matrix_is_exact(const struct matrix_case *c)
{
    bool one_out = c->interval_ns == 0 || c->interval_ns >= 20 * LAB_MS;

    return !c->by_cancel || (c->workers == 0 && one_out);
}

static const char *matrix_problem(const struct matrix_case *c, struct tally *tally)
{
    unsigned long replies = count_of(tally, MPING_EV_REPLY);

    if (replies < c->count || (matrix_is_exact(c) && replies != c->count))
        return "the number of replies is wrong";
    if (!c->by_cancel && atomic_load(&tally->verdicts) != c->count)
        return "the number of verdicts is wrong";
    if (count_of(tally, MPING_EV_FINISHED) != 1)
        return "not one FINISHED";
    if (!c->by_cancel && tally->last[MPING_EV_FINISHED].err != 0)
        return "it ended with an error";
    return NULL;
}

static struct mping_target *matrix_add(struct mping *engine, struct matrix_case *c,
                                       const char *host, struct tally *tally)
{
    struct mping_target_opts opts;

    tally_opts(&opts, tally);
    opts.count = c->by_cancel ? 0 : c->count;
    opts.interval_ns = c->interval_ns;
    opts.timeout_ns = 10000 * LAB_MS;
    if (c->by_cancel) {
        tally->hook = matrix_cancel;
        tally->hook_arg = c;
    }
    return check_add(engine, host, &opts);
}

static const char *matrix_try(struct mping *engine, struct matrix_case *c)
{
    struct tally *tallies = tally_new(MATRIX_HOSTS);
    struct mping_target *targets[MATRIX_HOSTS];
    const char *problem = NULL;

    for (int i = 0; i < MATRIX_HOSTS; i++)
        targets[i] = matrix_add(engine, c, matrix_hosts[i], &tallies[i]);
    check_run(engine);
    for (int i = 0; i < MATRIX_HOSTS; i++) {
        const char *p = check_close(targets[i], &tallies[i]);

        if (!p)
            p = matrix_problem(c, &tallies[i]);
        problem = problem ? problem : p;
    }
    free(tallies);
    return problem;
}

/*
 * If the machine keeps us waiting for longer than an interval, two probes are due at once and
 * both have left before the callback of the first can cancel. That does not happen each time.
 */
static void matrix_run(struct mping *engine, struct matrix_case *c, const char *kind)
{
    const char *problem = matrix_try(engine, c);

    for (int i = 0; problem && c->by_cancel && c->interval_ns > 0 && i < 3; i++)
        problem = matrix_try(engine, c);
    ok_none(problem, "matrix: %s, workers %d, count %ju, interval %jd ns, %s: each exact", kind,
            c->workers, (uintmax_t)c->count, (intmax_t)c->interval_ns,
            c->by_cancel ? "cancel" : "count");
}

static void matrix(int socket_kind, int workers)
{
    static const uint64_t counts[] = {1, 2, 10};
    static const int64_t intervals_ns[] = {0, 1, 1000, LAB_MS, 20 * LAB_MS};
    const char *kind = socket_kind == MPING_SOCKET_RAW ? "raw" : "ping";
    struct lab_mark mark = lab_mark();
    struct mping *engine = check_engine_with(socket_kind, workers);

    for (size_t i = 0; i < 3 * 5 * 2; i++) {
        struct matrix_case c = {workers, counts[i % 3], intervals_ns[i / 3 % 5], i >= 15};

        matrix_run(engine, &c, kind);
    }
    check_end(engine, &mark, kind);
}

#endif
