/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log-linear histogram of durations, base 2: each power of two is cut into 32 equal
 * steps, so a value is known within 1/32 of itself, from 1 ns to 2^40 ns (18 minutes, more
 * is counted there). About 4.7 KiB whatever the number of samples.
 */
#ifndef MPING_BASE_HISTOGRAM_H
#define MPING_BASE_HISTOGRAM_H

#include <stdint.h>

enum {
    MPING_HISTOGRAM_STEP_BITS = 5,
    MPING_HISTOGRAM_MAX_BITS = 40,
    MPING_HISTOGRAM_BUCKETS = (MPING_HISTOGRAM_MAX_BITS - MPING_HISTOGRAM_STEP_BITS + 1)
                              << MPING_HISTOGRAM_STEP_BITS
};

/* All zero is an empty histogram. */
struct mping_histogram {
    uint64_t total;
    uint32_t buckets[MPING_HISTOGRAM_BUCKETS]; /* stop at UINT32_MAX */
};

/* Counts one duration; below 0 counts as 0. */
void mping_histogram_add(struct mping_histogram *h, int64_t value_ns);

/* Takes one back that was counted. */
void mping_histogram_remove(struct mping_histogram *h, int64_t value_ns);

/*
 * The value that `share` (0 to 1) of all samples do not exceed, by nearest rank, as the
 * middle of its bucket: within 1/64, that is 1.6 %. 0 while empty.
 */
int64_t mping_histogram_quantile_ns(const struct mping_histogram *h, double share);

#endif
