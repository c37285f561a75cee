/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the round-trip times of a host are spread: a log-linear histogram, 16 steps to each power
 * of two, so within 3 %. Only the powers of two that occur take memory, which is what lets every
 * one of 100,000 hosts have one.
 */
#ifndef MULTIPING_CLI_TOP_HISTOGRAM_H
#define MULTIPING_CLI_TOP_HISTOGRAM_H

#include <stdint.h>

#include "top/chunks.h"

enum {
    TOP_HISTOGRAM_STEPS = 16,
    TOP_HISTOGRAM_OCTAVES = 28, /* below 1 us, then 1 us to 137 s */
    TOP_HISTOGRAM_BUCKETS = TOP_HISTOGRAM_STEPS * TOP_HISTOGRAM_OCTAVES,
};

struct top_histogram_block {
    uint32_t counts[TOP_HISTOGRAM_STEPS];
};

struct top_histogram {
    uint32_t blocks[TOP_HISTOGRAM_OCTAVES]; /* 1 + place in the pool of blocks; 0: none yet */
};

/* Where a time is counted, and the times that a bucket begins and ends with. */
unsigned top_histogram_bucket(int64_t ns);
int64_t top_histogram_from_ns(unsigned bucket);

/* Engine's thread. Without memory for a block the time is left out. */
void top_histogram_add(struct top_histogram *histogram, struct top_chunks *pool, int64_t ns);
void top_histogram_clear(struct top_histogram *histogram, const struct top_chunks *pool);

/* Any thread. */
uint32_t top_histogram_count(const struct top_histogram *histogram, const struct top_chunks *pool,
                             unsigned bucket);
uint64_t top_histogram_total(const struct top_histogram *histogram, const struct top_chunks *pool);
/* The time that `share` (0 to 1) of all are not above, 0 if there are none. */
int64_t top_histogram_percentile_ns(const struct top_histogram *histogram,
                                    const struct top_chunks *pool, double share);

#endif
