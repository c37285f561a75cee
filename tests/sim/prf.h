/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chance without state: what befalls a packet is a function of the seed and the packet, so
 * that it stays the same in whatever order things happen.
 */
#ifndef MPING_SIM_PRF_H
#define MPING_SIM_PRF_H

#include <stdbool.h>
#include <stdint.h>

#define PPM 1000000u /* "always" as a chance */

static inline uint64_t prf_mix(uint64_t x)
{
    x = (x ^ x >> 31) * UINT64_C(0x7fb5d329728ea185);
    x = (x ^ x >> 27) * UINT64_C(0x81dadef4bc2dd44d);
    return x ^ x >> 33;
}

static inline uint64_t prf(uint64_t seed, uint64_t a, uint64_t b)
{
    return prf_mix(prf_mix(seed ^ a * UINT64_C(0x9e3779b97f4a7c15)) + b);
}

/* A stream of random numbers, for what happens one after the other. */
struct dice {
    uint64_t seed;
    uint64_t n;
};

static inline uint64_t dice_next(struct dice *dice)
{
    return prf(dice->seed, dice->n++, 0x64696365);
}

/* A number below n > 0. */
static inline uint64_t dice_below(struct dice *dice, uint64_t n)
{
    return dice_next(dice) % n;
}

/* A number from low to high, both included. */
static inline int64_t dice_range(struct dice *dice, int64_t low, int64_t high)
{
    return low + (int64_t)dice_below(dice, (uint64_t)(high - low) + 1);
}

static inline bool dice_chance(struct dice *dice, uint32_t ppm)
{
    return dice_below(dice, PPM) < ppm;
}

#endif
