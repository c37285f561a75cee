/* SPDX-License-Identifier: Apache-2.0 */
#include "base/histogram.h"

enum {
    STEP_BITS = MPING_HISTOGRAM_STEP_BITS,
    STEPS = 1 << STEP_BITS,
};

/* Values below 32 have a bucket each; above, the five bits behind the leading one choose. */
static unsigned bucket_of(uint64_t value)
{
    unsigned shift;

    if (value < STEPS)
        return (unsigned)value;
    if (value >> MPING_HISTOGRAM_MAX_BITS)
        return MPING_HISTOGRAM_BUCKETS - 1;
    shift = 63u - (unsigned)__builtin_clzll(value) - STEP_BITS;
    return ((shift + 1) << STEP_BITS) + (unsigned)(value >> shift) - STEPS;
}

static int64_t middle_of(unsigned bucket)
{
    unsigned shift;

    if (bucket < STEPS)
        return (int64_t)bucket;
    shift = (bucket >> STEP_BITS) - 1;
    return ((int64_t)(bucket & (STEPS - 1)) + STEPS) * (INT64_C(1) << shift) +
           (INT64_C(1) << shift) / 2;
}

void mping_histogram_add(struct mping_histogram *h, int64_t value_ns)
{
    uint32_t *bucket = &h->buckets[bucket_of(value_ns > 0 ? (uint64_t)value_ns : 0)];

    if (*bucket < UINT32_MAX) {
        (*bucket)++;
        h->total++;
    }
}

void mping_histogram_remove(struct mping_histogram *h, int64_t value_ns)
{
    uint32_t *bucket = &h->buckets[bucket_of(value_ns > 0 ? (uint64_t)value_ns : 0)];

    if (*bucket > 0) {
        (*bucket)--;
        h->total--;
    }
}

int64_t mping_histogram_quantile_ns(const struct mping_histogram *h, double share)
{
    double rank = share * (double)h->total;
    uint64_t seen = 0;

    if (!h->total)
        return 0;
    for (unsigned i = 0; i < MPING_HISTOGRAM_BUCKETS; i++) {
        seen += h->buckets[i];
        if (seen && (double)seen >= rank)
            return middle_of(i);
    }
    return middle_of(MPING_HISTOGRAM_BUCKETS - 1);
}
