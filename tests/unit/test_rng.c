/* SPDX-License-Identifier: Apache-2.0 */
/* The generator: the sequence it is defined by, its bounds, and that it is even. */
#include "base/rng.h"

#include <string.h>

#include "tap.h"

/* The first outputs of splitmix64 from state 0, and from 1234567 as published with it. */
static void test_sequence(void)
{
    static const struct {
        uint64_t state;
        uint64_t want[3];
    } rows[] = {
        {0,
         {UINT64_C(0xe220a8397b1dcdaf), UINT64_C(0x6e789e6aa1b965f4),
          UINT64_C(0x06c45d188009454f)}},
        {1234567,
         {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
          UINT64_C(9817491932198370423)}},
    };

    for (unsigned r = 0; r < 2; r++) {
        struct mping_rng rng = {rows[r].state};

        for (unsigned i = 0; i < 3; i++)
            ok(mping_rng_next(&rng) == rows[r].want[i], "state %llu, output %u",
               (unsigned long long)rows[r].state, i);
    }
}

static void test_below(void)
{
    static const uint64_t bounds[] = {1, 2, 3, 10, 65536, UINT64_C(1) << 40, UINT64_MAX};
    struct mping_rng rng = {7};
    unsigned outside = 0;

    ok(mping_rng_below(&rng, 0) == 0, "below 0 there is only 0");
    ok(rng.state == 7, "and nothing is drawn for it");
    for (unsigned b = 0; b < sizeof(bounds) / sizeof(bounds[0]); b++)
        for (unsigned i = 0; i < 10000; i++)
            outside += mping_rng_below(&rng, bounds[b]) >= bounds[b];
    ok(outside == 0, "never at the bound or above (%u were)", outside);
}

/*
 * A million draws over ten cells: 100,000 each, with a standard deviation of 300. The state
 * is fixed, so this either always holds or never.
 */
static void test_even(void)
{
    unsigned cells[10] = {0}, far = 0;
    struct mping_rng rng = {42};

    for (unsigned i = 0; i < 1000000; i++)
        cells[mping_rng_below(&rng, 10)]++;
    for (unsigned i = 0; i < 10; i++)
        far += cells[i] < 98500 || cells[i] > 101500;
    ok(far == 0, "ten cells are filled evenly (%u are not)", far);
}

static void test_repeatable(void)
{
    struct mping_rng a = {99}, b = {99}, c = {100};
    unsigned differ = 0, same = 0;

    for (unsigned i = 0; i < 1000; i++) {
        uint64_t value = mping_rng_next(&a);

        differ += value != mping_rng_next(&b);
        same += value == mping_rng_next(&c);
    }
    ok(differ == 0, "the same state gives the same sequence");
    ok(same == 0, "the next state gives another one");
}

int main(void)
{
    test_sequence();
    test_below();
    test_even();
    test_repeatable();
    return done_testing();
}
