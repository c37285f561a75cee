/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SipHash-2-4 against its definition (Aumasson and Bernstein, 2012, section 2), written once
 * more from the paper's formulas and as plainly as they stand there, and against what the
 * paper and its test vectors give.
 */
#include "base/siphash.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* Key 00 01 .. 0f, as two little-endian words. */
static const uint64_t paper_key[2] = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};

static uint64_t rotate(uint64_t x, unsigned bits)
{
    for (unsigned i = 0; i < bits; i++)
        x = x * 2 + (x >> 63);
    return x;
}

static void sip_round(uint64_t v[4])
{
    v[0] = v[0] + v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] = v[2] + v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = v[0] + v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = v[2] + v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* Byte i of the padded message: the input, zeros, and its length modulo 256 at the end. */
static uint64_t padded(const uint8_t *data, size_t len, size_t words, size_t i)
{
    if (i < len)
        return data[i];
    return i == words * 8 - 1 ? len % 256 : 0;
}

static uint64_t naive_siphash(const uint64_t k[2], const uint8_t *data, size_t len)
{
    /* The words spell "somepseu", "dorandom", "lygenera", "tedbytes", big endian. */
    static const char text[] = "somepseudorandomlygeneratedbytes";
    size_t words = len / 8 + 1;
    uint64_t v[4] = {0};

    for (unsigned i = 0; i < 32; i++)
        v[i / 8] = v[i / 8] << 8 | (uint8_t)text[i];
    for (unsigned i = 0; i < 4; i++)
        v[i] ^= k[i % 2];
    for (size_t w = 0; w < words; w++) {
        uint64_t m = 0;

        for (size_t i = 8; i-- > 0;)
            m = m * 256 + padded(data, len, words, w * 8 + i);
        v[3] ^= m;
        sip_round(v);
        sip_round(v);
        v[0] ^= m;
    }
    v[2] ^= 0xff;
    for (unsigned i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Hashes len = 8 n - 1 bytes; that which is to count for nothing is given. */
static uint64_t hash_words(const uint64_t k[2], const uint8_t *data, size_t len, uint8_t beyond)
{
    size_t n = (len + 1) / 8;
    uint64_t *words = calloc(n, sizeof(*words)), hash; /* no room for more: sanitizers see */

    if (!words)
        abort();
    for (size_t i = 0; i < len; i++)
        words[i / 8] |= (uint64_t)data[i] << 8 * (i % 8);
    words[n - 1] |= (uint64_t)beyond << 56;
    hash = mping_siphash(k, words, n);
    free(words);
    return hash;
}

static void test_vectors(void)
{
    static const struct {
        size_t len;
        uint64_t want;
    } rows[] = {
        {7, UINT64_C(0xab0200f58b01d137)},
        {15, UINT64_C(0xa129ca6149be45e5)}, /* appendix A of the paper */
        {63, UINT64_C(0x958a324ceb064572)},
    };
    uint8_t data[64];
    unsigned wrong = 0;

    for (unsigned i = 0; i < 64; i++)
        data[i] = (uint8_t)i;
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        ok(naive_siphash(paper_key, data, rows[r].len) == rows[r].want,
           "the definition gives the published value for %zu bytes", rows[r].len);
        ok(hash_words(paper_key, data, rows[r].len, 0) == rows[r].want, "and so do we");
    }
    for (size_t len = 7; len < 64; len += 8)
        wrong += hash_words(paper_key, data, len, 0) != naive_siphash(paper_key, data, len);
    ok(wrong == 0, "all vectors of whole words follow the definition (%u do not)", wrong);
}

/* Lengths beyond 255, of which only eight bits go in, keys and contents at random. */
static void test_random(void)
{
    uint64_t state = 3, k[2];
    uint8_t data[600];
    unsigned wrong = 0;

    for (size_t len = 7; len <= sizeof(data); len += 8) {
        for (unsigned i = 0; i < 2 + sizeof(data); i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            if (i < 2)
                k[i] = state;
            else
                data[i - 2] = (uint8_t)(state >> 40);
        }
        wrong += hash_words(k, data, len, (uint8_t)(state >> 32)) != naive_siphash(k, data, len);
    }
    ok(wrong == 0, "every number of words to 75, whatever lies behind them (%u wrong)", wrong);
}

/* Any one bit of key or input changes about half of the bits, never fewer than 8 of 64. */
static void test_avalanche(void)
{
    uint64_t words[5] = {0};
    uint64_t k[2] = {1, 2}, hash = mping_siphash(k, words, 5);
    unsigned weak = 0;

    for (unsigned bit = 0; bit < 128 + 5 * 64 - 8; bit++) {
        uint64_t *word = bit < 128 ? &k[bit / 64] : &words[bit / 64 - 2];

        *word ^= UINT64_C(1) << bit % 64;
        weak += __builtin_popcountll(hash ^ mping_siphash(k, words, 5)) < 8;
        *word ^= UINT64_C(1) << bit % 64;
    }
    ok(weak == 0, "every bit of key and input counts (%u hardly do)", weak);
}

int main(void)
{
    test_vectors();
    test_random();
    test_avalanche();
    return done_testing();
}
