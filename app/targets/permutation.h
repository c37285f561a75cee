/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A random order of n things without a table of them: a Feistel network over a x b >= n places,
 * walked on where it leads out of the n (Black and Rogaway, Ciphers with Arbitrary Finite Domains,
 * 2002). Its place i is found from i, the seed and n alone.
 */
#ifndef MULTIPING_APP_TARGETS_PERMUTATION_H
#define MULTIPING_APP_TARGETS_PERMUTATION_H

#include <stdint.h>

enum { APP_PERMUTATION_ROUNDS = 6 };

struct app_permutation {
    uint64_t n;    /* up to 2^62 */
    uint64_t a, b; /* a x b is at least n, and less than n + a */
    uint64_t keys[APP_PERMUTATION_ROUNDS];
};

struct app_permutation app_permutation_make(uint64_t n, uint64_t seed);

/* The thing at place i; both are below n. */
uint64_t app_permutation_at(const struct app_permutation *p, uint64_t i);

#endif
