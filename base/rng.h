/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small deterministic generator (splitmix64, Steele et al. 2014). For phases and choices
 * that only have to be even, never for secrets.
 */
#ifndef MPING_BASE_RNG_H
#define MPING_BASE_RNG_H

#include <stdint.h>

struct mping_rng {
    uint64_t state;
};

static inline uint64_t mping_rng_next(struct mping_rng *rng)
{
    uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Uniform in [0, bound), 0 for bound 0. The bias of at most bound / 2^64 does not matter here. */
static inline uint64_t mping_rng_below(struct mping_rng *rng, uint64_t bound)
{
    return bound ? mping_rng_next(rng) % bound : 0;
}

#endif
