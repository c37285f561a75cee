/* SPDX-License-Identifier: Apache-2.0 */
/* The histogram: its error bound for every size of value, quantiles against sorted samples. */
#include "base/histogram.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

enum { SAMPLES = 20000 };

#define MAX_NS (INT64_C(1) << MPING_HISTOGRAM_MAX_BITS)

static struct mping_histogram histogram;
static int64_t samples[SAMPLES];
static uint64_t rng_state = 19;

static uint64_t rng(void)
{
    rng_state = rng_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return rng_state >> 16;
}

/* The value as it comes back when it is the only one. */
static int64_t through(int64_t value_ns)
{
    memset(&histogram, 0, sizeof(histogram));
    mping_histogram_add(&histogram, value_ns);
    return mping_histogram_quantile_ns(&histogram, 0.5);
}

/* Whether got stands for want: exact below 32, within 1/64 above. */
static int is_near(int64_t got, int64_t want)
{
    int64_t off = got > want ? got - want : want - got;

    return want < 32 ? off == 0 : off * 64 <= want;
}

static void test_rows(void)
{
    static const struct {
        const char *what;
        int64_t add_ns, want_ns;
    } rows[] = {
        {"nothing took no time", 0, 0},
        {"negative counts as 0", -1, 0},
        {"most negative counts as 0", INT64_MIN, 0},
        {"1 ns", 1, 1},
        {"the last of the small ones", 31, 31},
        {"the first step of two powers", 32, 32},
        {"63 and a half at the most", 63, 63},
        {"64 shares with 65", 64, 65},
    };

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
        ok(through(rows[r].add_ns) == rows[r].want_ns, "%s: %lld comes back as %lld", rows[r].what,
           (long long)rows[r].add_ns, (long long)through(rows[r].add_ns));
    ok(through(MAX_NS) == through(INT64_MAX) && is_near(through(INT64_MAX), MAX_NS - 1),
       "what is longer counts as the longest");
    memset(&histogram, 0, sizeof(histogram));
    ok(mping_histogram_quantile_ns(&histogram, 0.5) == 0, "empty: 0");
}

/* Around every border of a bucket, and at random in between. */
static void test_error_bound(void)
{
    unsigned far = 0, disorder = 0;
    int64_t last = -1, last_value = -1;

    for (int bits = 5; bits < MPING_HISTOGRAM_MAX_BITS; bits++) {
        for (int64_t step = 0; step < 32; step++) {
            int64_t low = (INT64_C(1) << bits) + (step << (bits - 5));

            for (int64_t by = -1; by <= 1; by++) {
                int64_t got = through(low + by);

                far += !is_near(got, low + by);
                disorder += low + by > last_value && got < last;
                last = got;
                last_value = low + by;
            }
        }
    }
    for (unsigned i = 0; i < 50000; i++) {
        int64_t value = (int64_t)(rng() % (UINT64_C(1) << (1 + rng() % MPING_HISTOGRAM_MAX_BITS)));

        far += !is_near(through(value), value);
    }
    ok(far == 0, "every value comes back within 1/64 (%u do not)", far);
    ok(disorder == 0, "and a longer one never as a shorter one (%u do)", disorder);
}

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

/* Kinds of samples: over all sizes, one narrow peak, two peaks, all the same. */
static int64_t sample_of_kind(unsigned kind)
{
    switch (kind) {
    case 0:
        return (int64_t)(rng() % (UINT64_C(1) << (1 + rng() % MPING_HISTOGRAM_MAX_BITS)));
    case 1:
        return (int64_t)(INT64_C(12000000) + (int64_t)(rng() % 100000));
    case 2:
        return rng() % 100 ? 200000 : INT64_C(900000000);
    default:
        return 77;
    }
}

static void test_quantiles(unsigned kind, const char *name)
{
    static const double shares[] = {0, 0.0001, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.9999, 1};
    unsigned wrong = 0;

    for (unsigned n = 1; n <= SAMPLES; n = n < 200 ? n + 1 : n * 10) {
        memset(&histogram, 0, sizeof(histogram));
        for (unsigned i = 0; i < n; i++) {
            samples[i] = sample_of_kind(kind);
            mping_histogram_add(&histogram, samples[i]);
        }
        qsort(samples, n, sizeof(samples[0]), compare);
        for (unsigned s = 0; s < sizeof(shares) / sizeof(shares[0]); s++) {
            double exact_rank = shares[s] * n;
            unsigned rank = (unsigned)exact_rank;

            rank += (double)rank < exact_rank; /* nearest rank: the ceiling, from 1 on */
            rank = rank ? rank : 1;
            wrong +=
                !is_near(mping_histogram_quantile_ns(&histogram, shares[s]), samples[rank - 1]);
        }
        wrong += histogram.total != n;
    }
    ok(wrong == 0, "%s: quantiles are those of the sorted samples (%u are not)", name, wrong);
}

/* A full bucket stops, and the total with it, so that shares stay shares. */
static void test_full(void)
{
    memset(&histogram, 0, sizeof(histogram));
    histogram.buckets[7] = UINT32_MAX - 1;
    histogram.total = UINT32_MAX - 1;
    for (unsigned i = 0; i < 3; i++)
        mping_histogram_add(&histogram, 7);
    ok(histogram.buckets[7] == UINT32_MAX && histogram.total == UINT32_MAX,
       "a full bucket counts no further, nor does the total");
    mping_histogram_add(&histogram, 8);
    ok(histogram.total == UINT64_C(1) << 32 && mping_histogram_quantile_ns(&histogram, 1) == 8 &&
           mping_histogram_quantile_ns(&histogram, 0.99) == 7,
       "the others go on");
}

int main(void)
{
    test_rows();
    test_error_bound();
    test_quantiles(0, "all sizes");
    test_quantiles(1, "one peak");
    test_quantiles(2, "two peaks");
    test_quantiles(3, "all the same");
    test_full();
    return done_testing();
}
