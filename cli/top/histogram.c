/* SPDX-License-Identifier: Apache-2.0 */
#include "top/histogram.h"

#include <math.h>
#include <stddef.h>

#include "top/share.h"

enum {
    FIRST_BITS = 10, /* below 2^10 ns there is one linear octave */
    STEP_BITS = 4,
};

unsigned top_histogram_bucket(int64_t ns)
{
    uint64_t value = ns > 0 ? (uint64_t)ns : 0;
    unsigned bits, bucket;

    if (value < 1u << FIRST_BITS)
        return (unsigned)(value >> (FIRST_BITS - STEP_BITS));
    bits = 63 - (unsigned)__builtin_clzll(value);
    bucket = (bits - FIRST_BITS + 1) << STEP_BITS;
    bucket += (unsigned)(value >> (bits - STEP_BITS)) & (TOP_HISTOGRAM_STEPS - 1);
    return bucket < TOP_HISTOGRAM_BUCKETS ? bucket : TOP_HISTOGRAM_BUCKETS - 1;
}

int64_t top_histogram_from_ns(unsigned bucket)
{
    unsigned octave = bucket >> STEP_BITS, step = bucket & (TOP_HISTOGRAM_STEPS - 1);

    if (octave == 0)
        return (int64_t)step << (FIRST_BITS - STEP_BITS);
    return (int64_t)(TOP_HISTOGRAM_STEPS + step) << (octave - 1 + FIRST_BITS - STEP_BITS);
}

static struct top_histogram_block *find(const struct top_histogram *histogram,
                                        const struct top_chunks *pool, unsigned octave)
{
    uint32_t block = top_see(&histogram->blocks[octave]);

    return block > 0 ? top_chunks_at(pool, block - 1) : NULL;
}

void top_histogram_add(struct top_histogram *histogram, struct top_chunks *pool, int64_t ns)
{
    unsigned bucket = top_histogram_bucket(ns), octave = bucket >> STEP_BITS;
    struct top_histogram_block *block = find(histogram, pool, octave);
    uint32_t *count;

    if (block == NULL) {
        block = top_chunks_new(pool);
        if (block == NULL)
            return;
        top_chunks_show(pool);
        top_show(&histogram->blocks[octave], pool->n);
    }
    count = &block->counts[bucket & (TOP_HISTOGRAM_STEPS - 1)];
    top_set(count, *count + (*count < UINT32_MAX));
}

void top_histogram_clear(struct top_histogram *histogram, const struct top_chunks *pool)
{
    for (unsigned octave = 0; octave < TOP_HISTOGRAM_OCTAVES; octave++) {
        struct top_histogram_block *block = find(histogram, pool, octave);

        for (unsigned i = 0; block != NULL && i < TOP_HISTOGRAM_STEPS; i++)
            top_set(&block->counts[i], 0);
    }
}

uint32_t top_histogram_count(const struct top_histogram *histogram, const struct top_chunks *pool,
                             unsigned bucket)
{
    const struct top_histogram_block *block = find(histogram, pool, bucket >> STEP_BITS);

    return block != NULL ? top_get(&block->counts[bucket & (TOP_HISTOGRAM_STEPS - 1)]) : 0;
}

/* Adds up to the bucket in which `until` is reached; *ret_sum is what they came to. */
static unsigned walk(const struct top_histogram *histogram, const struct top_chunks *pool,
                     uint64_t until, uint64_t *ret_sum)
{
    *ret_sum = 0;
    for (unsigned octave = 0; octave < TOP_HISTOGRAM_OCTAVES; octave++) {
        const struct top_histogram_block *block = find(histogram, pool, octave);

        for (unsigned i = 0; block != NULL && i < TOP_HISTOGRAM_STEPS; i++) {
            *ret_sum += top_get(&block->counts[i]);
            if (*ret_sum >= until)
                return octave * TOP_HISTOGRAM_STEPS + i;
        }
    }
    return TOP_HISTOGRAM_BUCKETS - 1;
}

uint64_t top_histogram_total(const struct top_histogram *histogram, const struct top_chunks *pool)
{
    uint64_t total;

    walk(histogram, pool, UINT64_MAX, &total);
    return total;
}

int64_t top_histogram_percentile_ns(const struct top_histogram *histogram,
                                    const struct top_chunks *pool, double share)
{
    uint64_t total = top_histogram_total(histogram, pool), sum;
    uint64_t until = (uint64_t)ceil(share * (double)total);
    unsigned bucket;

    if (total == 0)
        return 0;
    bucket = walk(histogram, pool, until > 0 ? until : 1, &sum);
    if (bucket + 1 >= TOP_HISTOGRAM_BUCKETS)
        return top_histogram_from_ns(bucket);
    return (top_histogram_from_ns(bucket) + top_histogram_from_ns(bucket + 1)) / 2;
}
