/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of prefixes, against looking at each prefix. */
#include "base/prefix_set.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

struct prefix {
    uint8_t ip[16];
    unsigned len;
};

static uint64_t state = 5;

static unsigned draw(unsigned below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)((state >> 33) % below);
}

static bool has(const struct prefix *prefixes, size_t n, const uint8_t ip[16])
{
    for (size_t i = 0; i < n; i++) {
        unsigned bit = 0;

        while (bit < prefixes[i].len &&
               !((prefixes[i].ip[bit / 8] ^ ip[bit / 8]) & 0x80 >> bit % 8))
            bit++;
        if (bit == prefixes[i].len)
            return true;
    }
    return false;
}

/* Few different bytes, so that prefixes meet, lie in each other and touch. */
static void draw_ip(uint8_t ip[16])
{
    static const uint8_t bytes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};

    for (int i = 0; i < 16; i++)
        ip[i] = bytes[draw(sizeof(bytes))];
    if (draw(2))
        memset(ip, 0, 10 + draw(5));
}

/* An address beside one of the prefixes, or in it, or anywhere. */
static void draw_near(const struct prefix *prefixes, size_t n, uint8_t ip[16])
{
    unsigned bit = draw(128);

    draw_ip(ip);
    if (n == 0 || draw(4) == 0)
        return;
    memcpy(ip, prefixes[draw((unsigned)n)].ip, 16);
    ip[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
}

static void test_random(void)
{
    enum { ROUNDS = 2000, PREFIXES_MAX = 24, ASKED = 200 };
    unsigned wrong = 0, inside = 0;

    for (unsigned round = 0; round < ROUNDS; round++) {
        struct mping_prefix_set set = {0};
        struct prefix prefixes[PREFIXES_MAX];
        unsigned n = draw(PREFIXES_MAX);

        for (unsigned i = 0; i < n; i++) {
            draw_ip(prefixes[i].ip);
            prefixes[i].len = draw(6) ? 1 + draw(128) : draw(8) * 16;
            wrong += !mping_prefix_set_add(&set, prefixes[i].ip, prefixes[i].len);
            if (draw(3) == 0) /* in between: what is asked early must not spoil what follows */
                wrong += !mping_prefix_set_has(&set, prefixes[i].ip);
        }
        for (unsigned i = 0; i < ASKED; i++) {
            uint8_t ip[16];
            bool want;

            draw_near(prefixes, n, ip);
            want = has(prefixes, n, ip);
            inside += want;
            wrong += mping_prefix_set_has(&set, ip) != want;
        }
        mping_prefix_set_done(&set);
    }
    ok(wrong == 0, "%d sets of random prefixes: %u wrong", ROUNDS, wrong);
    ok(inside > ROUNDS * ASKED / 10 && inside < ROUNDS * ASKED * 9 / 10,
       "of what was asked for some is in it and some is not (%u)", inside);
}

static void test_edges(void)
{
    struct mping_prefix_set set = {0};
    uint8_t low[16] = {0}, high[16], middle[16] = {0x80};

    memset(high, 0xff, sizeof(high));
    ok(!mping_prefix_set_has(&set, low), "an empty set has nothing");
    mping_prefix_set_add(&set, high, 128);
    ok(mping_prefix_set_has(&set, high) && !mping_prefix_set_has(&set, low), "the last address");
    mping_prefix_set_add(&set, low, 128);
    ok(mping_prefix_set_has(&set, low) && !mping_prefix_set_has(&set, middle), "the first one");
    mping_prefix_set_add(&set, high, 1);
    ok(mping_prefix_set_has(&set, middle), "the upper half");
    middle[0] = 0x7f;
    ok(!mping_prefix_set_has(&set, middle), "not the lower one");
    mping_prefix_set_add(&set, middle, 0);
    ok(mping_prefix_set_has(&set, middle), "everything");
    mping_prefix_set_done(&set);
}

/* As many as a list of a whole registry: sorted once, however they come. */
static void test_many(void)
{
    enum { N = 200000 };
    struct mping_prefix_set set = {0};
    unsigned wrong = 0;

    for (unsigned i = 0; i < N; i++) {
        unsigned at = (unsigned)(i * UINT64_C(77773) % N); /* each once, in some order */
        uint8_t ip[16] = {
            [12] = (uint8_t)(at >> 16), [13] = (uint8_t)(at >> 8), [14] = (uint8_t)at};

        wrong += !mping_prefix_set_add(&set, ip, 121);
    }
    for (unsigned i = 0; i < N * 2; i++) {
        uint8_t ip[16] = {[12] = (uint8_t)(i >> 17),
                          [13] = (uint8_t)(i >> 9),
                          [14] = (uint8_t)(i >> 1),
                          [15] = i & 1 ? 0x80 : 0x7f};

        wrong += mping_prefix_set_has(&set, ip) != !(i & 1);
    }
    ok(wrong == 0, "%d prefixes apart: %u wrong", N, wrong);
    mping_prefix_set_done(&set);
}

int main(void)
{
    test_edges();
    test_random();
    test_many();
    return done_testing();
}
