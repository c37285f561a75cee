/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/permutation.h"

/* splitmix64 (Steele, Lea and Flood 2014): all bits depend on all. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* The least a with a * a >= n. */
static uint64_t root(uint64_t n)
{
    uint64_t low = 0, high = UINT64_C(1) << 31;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;

        if (middle * middle < n)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct app_permutation app_permutation_make(uint64_t n, uint64_t seed)
{
    struct app_permutation p = {.n = n, .a = root(n)};

    p.b = p.a > 0 ? (n + p.a - 1) / p.a : 0;
    for (unsigned round = 0; round < APP_PERMUTATION_ROUNDS; round++) {
        seed = mix(seed + round);
        p.keys[round] = seed;
    }
    return p;
}

/* From a half to a number below limit (at most 2^31), without a division. */
static uint64_t scatter(uint64_t half, uint64_t key, uint64_t limit)
{
    return (mix(half ^ key) >> 32) * limit >> 32;
}

static uint64_t add_below(uint64_t x, uint64_t y, uint64_t limit)
{
    x += y;
    return x >= limit ? x - limit : x;
}

uint64_t app_permutation_at(const struct app_permutation *p, uint64_t i)
{
    do {
        uint64_t left = i / p->b, right = i % p->b;

        for (unsigned round = 0; round < APP_PERMUTATION_ROUNDS; round += 2) {
            left = add_below(left, scatter(right, p->keys[round], p->a), p->a);
            right = add_below(right, scatter(left, p->keys[round + 1], p->b), p->b);
        }
        i = left * p->b + right;
    } while (i >= p->n);
    return i;
}
