/* SPDX-License-Identifier: Apache-2.0 */
/* Counters against sums kept in 128 bits and second passes over the samples. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "core/records.h"
#include "core/state.h"
#include "core/stats.h"
#include "core/target_store.h"
#include "tap.h"

enum { SAMPLES_MAX = 200000 };

#define HOUR_NS INT64_C(3600000000000)

static const struct mping_profile plain = {.interval_ns = 1, .backoff = 1, .window = 1};
static const struct mping_profile with_histogram = {
    .interval_ns = 1, .backoff = 1, .window = 1, .flags = MPING_FLAG_HISTOGRAM};

static struct mping_core *core;
static uint32_t target;
static int64_t samples[SAMPLES_MAX];
static uint64_t rng_state = 29;

static uint64_t rng(void)
{
    rng_state = rng_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return rng_state >> 16;
}

static void setup(const struct mping_profile *profile)
{
    struct mping_core_opts opts = {.inflight_max = 100, .unpaced_inflight = 100};

    if (mping_core_new(&core, &opts) < 0 ||
        mping_core_target_new(core, profile, NULL, 0, &target) < 0 ||
        !mping_target_make_extra(core, mping_target_at(core, target)))
        abort();
}

static struct mping_core_target *at(void)
{
    return mping_target_at(core, target);
}

static struct mping_stats stats(void)
{
    struct mping_stats s;

    mping_core_target_stats(core, target, &s, false);
    return s;
}

static bool is_near(double got, long double want, double relative)
{
    return fabsl((long double)got - want) <= (long double)relative * fabsl(want) + 1e-9L;
}

/* What the numbers are by definition, in two passes. */
struct reference {
    int64_t min_ns, max_ns;
    long double mean, stddev, jitter;
};

static struct reference compute(unsigned n)
{
    struct reference r = {.min_ns = INT64_MAX, .max_ns = INT64_MIN};
    long double squares = 0;
    __extension__ __int128 sum = 0;

    for (unsigned i = 0; i < n; i++) {
        sum += samples[i];
        r.min_ns = samples[i] < r.min_ns ? samples[i] : r.min_ns;
        r.max_ns = samples[i] > r.max_ns ? samples[i] : r.max_ns;
        if (i > 0)
            r.jitter += (fabsl((long double)samples[i] - samples[i - 1]) - r.jitter) / 16;
    }
    r.mean = (long double)sum / n;
    for (unsigned i = 0; i < n; i++)
        squares += ((long double)samples[i] - r.mean) * ((long double)samples[i] - r.mean);
    r.stddev = sqrtl(squares / n);
    return r;
}

/* Kinds of RTTs: as on a LAN, the extremes in turn, the extremes at random, all equal. */
static int64_t sample(unsigned kind, unsigned i)
{
    static const int64_t extremes[] = {0, 1, HOUR_NS};

    switch (kind) {
    case 0:
        return 200000 + (int64_t)(rng() % 1000000);
    case 1:
        return extremes[i % 3];
    case 2:
        return extremes[rng() % 3];
    default:
        return HOUR_NS - 1;
    }
}

static void test_rtt(unsigned kind, const char *name)
{
    static const unsigned counts[] = {1, 2, 3, 16, 1000, SAMPLES_MAX};

    for (unsigned c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
        struct mping_stats s, all;
        struct reference want;

        setup(&plain);
        for (unsigned i = 0; i < counts[c]; i++) {
            samples[i] = sample(kind, i);
            mping_count_reply(core, at(), samples[i]);
        }
        want = compute(counts[c]);
        s = stats();
        mping_core_stats(core, &all);
        ok(s.received == counts[c] && s.rtt_min_ns == want.min_ns && s.rtt_max_ns == want.max_ns &&
               s.rtt_last_ns == samples[counts[c] - 1],
           "%s, %u: count, min, max and last are exact", name, counts[c]);
        ok(is_near(s.rtt_mean_ns, want.mean, 1e-12), "%s, %u: mean (%.17g)", name, counts[c],
           s.rtt_mean_ns);
        ok(is_near(s.rtt_stddev_ns, want.stddev, 1e-10), "%s, %u: deviation (%.17g)", name,
           counts[c], s.rtt_stddev_ns);
        ok(is_near(s.jitter_ns, want.jitter, 1e-12), "%s, %u: jitter (%.17g)", name, counts[c],
           s.jitter_ns);
        ok(all.received == s.received && all.rtt_mean_ns == s.rtt_mean_ns &&
               all.jitter_ns == s.jitter_ns,
           "%s, %u: the totals of one target are its own", name, counts[c]);
        mping_core_free(core);
    }
}

/*
 * 2^40 replies of 0 and 1 h are in; what comes on top still counts for its share. Each costs
 * the mean half a unit in its last place at the most.
 */
static void test_long_run(void)
{
    const double n = 1099511627776.0, half = (double)HOUR_NS / 2;
    const unsigned more = 100000;
    struct mping_counters *counters;
    long double mean, shift;
    struct mping_stats s;

    setup(&plain);
    counters = &mping_target_make_extra(core, at())->counters;
    counters->received = UINT64_C(1) << 40;
    counters->rtt_mean_ns = half;
    counters->rtt_m2 = n * half * half;
    counters->rtt_max_ns = counters->rtt_last_ns = HOUR_NS;
    for (unsigned i = 0; i < more; i++)
        mping_count_reply(core, at(), HOUR_NS);
    s = stats();
    /* mean = half (1 + m / (n + m)), and every sample lies `half` from the old mean */
    shift = (long double)half * more / ((long double)n + more);
    mean = (long double)half + shift;
    ok(s.received == (UINT64_C(1) << 40) + more, "2^40 and %u replies are counted", more);
    ok(is_near(s.rtt_mean_ns, mean, more * 0x1p-53), "their mean (%.17g)", s.rtt_mean_ns);
    ok(is_near(s.rtt_stddev_ns, sqrtl((long double)(half * half) - shift * shift), 1e-10),
       "their deviation (%.17g)", s.rtt_stddev_ns);
    mping_core_free(core);
}

static void test_empty(void)
{
    struct mping_stats s, zero = {0};

    setup(&with_histogram);
    s = stats();
    ok(memcmp(&s, &zero, sizeof(s)) == 0, "nothing has happened: all 0, percentiles and mean, too");
    mping_core_free(core);
}

/* A verdict, and how it changes what it should. */
static void test_verdicts(void)
{
    static const struct {
        enum mping_event_type type;
        size_t offset;
        bool loss;
    } rows[] = {
        {MPING_EV_LOST, offsetof(struct mping_stats, lost), true},
        {MPING_EV_UNREACHABLE, offsetof(struct mping_stats, unreachable), true},
        {MPING_EV_SEND_ERROR, offsetof(struct mping_stats, send_errors), false},
        {MPING_EV_UNKNOWN, offsetof(struct mping_stats, unknown), false},
        {MPING_EV_CANCELED, offsetof(struct mping_stats, canceled), false},
        {MPING_EV_RESOLVE_ERROR, offsetof(struct mping_stats, resolve_errors), false},
    };

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct mping_stats s, want = {0};
        uint64_t three = 3;

        setup(&plain);
        for (unsigned i = 0; i < 3; i++)
            mping_count_verdict(core, at(), rows[r].type);
        memcpy((char *)&want + rows[r].offset, &three, sizeof(three));
        if (rows[r].loss)
            want.loss_run = want.loss_run_max = 3;
        s = stats();
        ok(memcmp(&s, &want, sizeof(s)) == 0, "three times %s: its own counter, no other",
           mping_event_name(rows[r].type));
        mping_core_free(core);
    }
}

/* r reply, l lost, u unreachable, ? unknown, s send error: the runs of losses after it. */
static void test_loss_runs(void)
{
    static const struct {
        const char *verdicts;
        uint64_t run, run_max;
    } rows[] = {
        {"", 0, 0},         {"l", 1, 1},     {"lllr", 0, 3},      {"lurl", 1, 2},
        {"llrlllrl", 1, 3}, {"l?l", 2, 2},   {"lsl", 2, 2},       {"rrr", 0, 0},
        {"?????", 0, 0},    {"llllr", 0, 4}, {"llrllrllr", 0, 2},
    };

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct mping_stats s;

        setup(&plain);
        for (const char *v = rows[r].verdicts; *v; v++) {
            if (*v == 'r')
                mping_count_reply(core, at(), 5);
            else
                mping_count_verdict(core, at(),
                                    *v == 'l'   ? MPING_EV_LOST
                                    : *v == 'u' ? MPING_EV_UNREACHABLE
                                    : *v == 's' ? MPING_EV_SEND_ERROR
                                                : MPING_EV_UNKNOWN);
        }
        s = stats();
        ok(s.loss_run == rows[r].run && s.loss_run_max == rows[r].run_max,
           "\"%s\": a run of %llu, %llu at the most", rows[r].verdicts,
           (unsigned long long)s.loss_run, (unsigned long long)s.loss_run_max);
        mping_core_free(core);
    }
}

/* Percentiles never lie outside of what was seen, however wide their buckets are. */
static void test_percentiles(void)
{
    struct mping_stats s;

    setup(&with_histogram);
    mping_count_reply(core, at(), 1000001);
    s = stats();
    ok(s.rtt_p50_ns == 1000001 && s.rtt_p99_ns == 1000001, "of one reply they are its RTT");
    for (unsigned i = 0; i < 99; i++)
        mping_count_reply(core, at(), 2000000 + (int64_t)i);
    s = stats();
    ok(s.rtt_p50_ns >= 1968750 && s.rtt_p50_ns <= 2031250, "p50 of a hundred (%lld)",
       (long long)s.rtt_p50_ns);
    ok(s.rtt_p50_ns <= s.rtt_p90_ns && s.rtt_p90_ns <= s.rtt_p95_ns &&
           s.rtt_p95_ns <= s.rtt_p99_ns && s.rtt_p99_ns <= s.rtt_max_ns,
       "they rise, and not beyond the longest");
    mping_core_target_stats(core, target, &s, true);
    s = stats();
    ok(s.received == 0 && s.rtt_p50_ns == 0 && s.rtt_max_ns == 0, "after a reset all is 0");
    mping_count_reply(core, at(), 7);
    s = stats();
    ok(s.rtt_p99_ns == 7 && s.rtt_min_ns == 7 && s.jitter_ns == 0,
       "and what was before is no part of what comes");
    mping_core_free(core);
}

int main(void)
{
    test_empty();
    test_rtt(0, "as on a LAN");
    test_rtt(1, "0, 1 ns, 1 h in turn");
    test_rtt(2, "0, 1 ns, 1 h at random");
    test_rtt(3, "all equal");
    test_long_run();
    test_verdicts();
    test_loss_runs();
    test_percentiles();
    return done_testing();
}
