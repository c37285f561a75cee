/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intervals, flood and windows: exactly count verdicts whatever the pace; a schedule keeps
 * its distance; a window holds as many probes as it should and not one more.
 */
#include "check.h"

#include <string.h>

enum { HOSTS = 4, WINDOW_TIMEOUT_MS = 100 };

static const char *const hosts[HOSTS] = {"127.0.0.1", "127.0.0.2", "localhost", "::1"};

struct pace {
    const char *name;
    int64_t interval_ns;
    uint32_t window;
    int kinds; /* how many of the counts are tried: slow paces get fewer */
};

/* Flood is interval 0 with a window of 1; interval 0 of old was a window of 2^16. */
static const struct pace paces[] = {
    {"flood", 0, 0, 4},           {"0", 0, 65536, 4},       {"1 ns", 1, 0, 4},
    {"1 us", 1000, 0, 4},         {"100 us", 100000, 0, 4}, {"1 ms", LAB_MS, 0, 4},
    {"1 s", 1000 * LAB_MS, 0, 2},
};

/* All hosts at one pace, at the same time. */
static const char *run_pace(struct mping *engine, const struct pace *pace, uint64_t count)
{
    struct tally *tallies = tally_new(HOSTS);
    struct mping_target *targets[HOSTS];
    struct mping_target_opts opts;
    const char *problem = NULL;

    for (int i = 0; i < HOSTS; i++) {
        tally_opts(&opts, &tallies[i]);
        opts.count = count;
        opts.interval_ns = pace->interval_ns;
        opts.window = pace->window;
        opts.timeout_ns = 10000 * LAB_MS;
        targets[i] = check_add(engine, hosts[i], &opts);
    }
    check_run(engine);
    for (int i = 0; i < HOSTS; i++) {
        const char *p = check_close(targets[i], &tallies[i]);

        if (!p && count_of(&tallies[i], MPING_EV_REPLY) != count)
            p = "the number of replies is wrong";
        problem = problem ? problem : p;
    }
    free(tallies);
    return problem;
}

static void host_interval(struct mping *engine)
{
    static const uint64_t counts[] = {1, 5, 10, 20};

    for (size_t p = 0; p < sizeof(paces) / sizeof(paces[0]); p++) {
        for (int i = 0; i < paces[p].kinds; i++)
            ok_none(run_pace(engine, &paces[p], counts[i]),
                    "HostInterval: interval %s, count %ju: exactly count replies, none late",
                    paces[p].name, (uintmax_t)counts[i]);
    }
}

struct stamps {
    int64_t sent_ns[64];
    unsigned n;
};

static void keep_stamp(struct tally *tally, const struct mping_event *event)
{
    struct stamps *stamps = tally->hook_arg;

    if (event->type == MPING_EV_SENT && stamps->n < 64)
        stamps->sent_ns[stamps->n++] = event->sent_ns;
}

/* Late probes may follow each other closely, but none of them comes before its time. */
static void distance(struct mping *engine)
{
    const int64_t interval_ns = 20 * LAB_MS;
    struct tally *tally = tally_new(1);
    struct stamps stamps = {.n = 0};
    struct mping_target_opts opts;
    struct mping_target *target;
    int64_t start_ns = lab_now_ns();
    int early = 0;

    tally_opts(&opts, tally);
    opts.count = 20;
    opts.interval_ns = interval_ns;
    opts.timeout_ns = 10000 * LAB_MS;
    opts.events |= MPING_EVENT_BIT(MPING_EV_SENT);
    tally->hook = keep_stamp;
    tally->hook_arg = &stamps;
    target = check_add(engine, "127.0.0.1", &opts);
    check_run(engine);
    for (unsigned i = 1; i < stamps.n; i++)
        early += stamps.sent_ns[i] < start_ns + i * interval_ns - LAB_MS;
    ok_eq(stamps.n, 20, "interval: one SENT event per probe");
    ok_eq(early, 0, "interval: no probe leaves before its time");
    ok_none(check_close(target, tally), "interval: the target's promises hold");
    free(tally);
}

/* The most probes that were out at once. */
static void keep_peak(struct tally *tally, const struct mping_event *event)
{
    struct mping_stats stats;
    uint64_t *peak = tally->hook_arg;

    mping_target_stats(event->target, &stats, sizeof(stats), 0);
    if (stats.pending > *peak)
        *peak = stats.pending;
}

static void window(struct mping *engine, uint32_t size, const char *name)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    uint64_t peak = 0;

    tally_opts(&opts, tally);
    opts.count = size ? 3 * (uint64_t)size : 3;
    opts.interval_ns = 0;
    opts.window = size;
    opts.timeout_ns = WINDOW_TIMEOUT_MS * LAB_MS;
    opts.events |= MPING_EVENT_BIT(MPING_EV_SENT);
    tally->hook = keep_peak;
    tally->hook_arg = &peak;
    target = check_add(engine, "192.0.2.9", &opts);
    check_run(engine);
    ok(peak <= (size ? size : 1), "%s: never more out at once than the window", name);
    ok(peak >= (size ? 8 : 1), "%s: and not just one if it is larger", name);
    ok_eq((int64_t)atomic_load(&tally->verdicts), (int64_t)opts.count, "%s: all get a verdict",
          name);
    ok_none(check_close(target, tally), "%s: the target's promises hold", name);
    free(tally);
}

static void first_delay(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    int64_t start_ns = lab_now_ns();

    tally_opts(&opts, tally);
    opts.count = 1;
    opts.first_delay_ns = 100 * LAB_MS;
    target = check_add(engine, "127.0.0.1", &opts);
    check_run(engine);
    ok(tally->last[MPING_EV_REPLY].sent_ns >= start_ns + opts.first_delay_ns,
       "first_delay: the first probe waits for it, as one interval of old");
    ok_none(check_close(target, tally), "first_delay: the target's promises hold");
    free(tally);
}

/* U(0, interval): of 32 targets some go in the first half of it, some in the second. */
static void rand_delay(struct mping *engine)
{
    const int64_t interval_ns = 400 * LAB_MS;
    struct tally *tallies = tally_new(32);
    struct mping_target *targets[32];
    struct mping_target_opts opts;
    int64_t start_ns = lab_now_ns();
    int early = 0, late = 0;

    for (int i = 0; i < 32; i++) {
        tally_opts(&opts, &tallies[i]);
        opts.flags = MPING_FLAG_RAND_DELAY;
        opts.count = 1;
        opts.interval_ns = interval_ns;
        opts.timeout_ns = 10000 * LAB_MS;
        targets[i] = check_add(engine, "127.0.0.5", &opts);
    }
    check_run(engine);
    for (int i = 0; i < 32; i++) {
        int64_t delay_ns = tallies[i].last[MPING_EV_REPLY].sent_ns - start_ns;

        early += delay_ns < interval_ns / 2;
        late += delay_ns >= interval_ns / 2;
        mping_close(targets[i]);
    }
    ok(early > 0 && late > 0, "RandDelay: first probes lie all over the interval (%d, %d)", early,
       late);
    free(tallies);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    mark = lab_mark();
    engine = check_engine(NULL);
    host_interval(engine);
    distance(engine);
    window(engine, 0, "flood");
    window(engine, 8, "window of 8");
    window(engine, 500, "window of 500");
    first_delay(engine);
    rand_delay(engine);
    check_end(engine, &mark, "interval");
    return done_testing();
}
