/* SPDX-License-Identifier: Apache-2.0 */
/* Random orders: each thing once, however many there are; shards; and that they are random. */
#include "targets/permutation.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* Whether all places lead to different things below n. */
static bool is_bijection(uint64_t n, uint64_t seed)
{
    const struct app_permutation p = app_permutation_make(n, seed);
    uint8_t *seen = calloc(1, n / 8 + 1);
    uint64_t i = 0;

    if (!seen)
        abort();
    for (; i < n; i++) {
        uint64_t at = app_permutation_at(&p, i);

        if (at >= n || seen[at / 8] >> at % 8 & 1)
            break;
        seen[at / 8] |= (uint8_t)(1u << at % 8);
    }
    free(seen);
    return i == n;
}

static void test_bijections(void)
{
    static const uint64_t large[] = {65533, 65534,  65535,  65536,   65537,
                                     99991, 262143, 999983, 1000000, 16777214};
    unsigned wrong = 0;

    for (uint64_t n = 1; n <= 2000; n++)
        wrong += !is_bijection(n, n * 7919);
    ok(wrong == 0, "1 to 2,000 things: %u wrong", wrong);
    for (uint64_t seed = 0; seed < 500; seed++)
        wrong += !is_bijection(254, seed);
    ok(wrong == 0, "254 things and 500 seeds: %u wrong", wrong);
    for (unsigned i = 0; i < sizeof(large) / sizeof(large[0]); i++)
        ok(is_bijection(large[i], i), "%llu things", (unsigned long long)large[i]);
}

/* Of very many things only some places, among which none may meet. */
static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void test_huge(void)
{
    enum { N = 200000 };
    static uint64_t found[N];
    static const uint64_t sizes[] = {UINT64_C(1) << 32, UINT64_C(1) << 40, (UINT64_C(1) << 40) - 87,
                                     UINT64_C(1) << 62};

    for (unsigned s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        const struct app_permutation p = app_permutation_make(sizes[s], s);
        unsigned wrong = 0;

        for (unsigned i = 0; i < N; i++) {
            found[i] = app_permutation_at(&p, i % 2 ? sizes[s] - i : i);
            wrong += found[i] >= sizes[s];
        }
        qsort(found, N, sizeof(found[0]), compare);
        for (unsigned i = 1; i < N; i++)
            wrong += found[i] == found[i - 1];
        ok(wrong == 0, "%llu things: %u of %d places wrong", (unsigned long long)sizes[s], wrong,
           N);
    }
}

/* Each sixteenth of the places should lead to each sixteenth of the things alike. */
static void test_spread(void)
{
    enum { N = 1 << 20, PARTS = 16 };
    const struct app_permutation p = app_permutation_make(N, 42);
    static unsigned counts[PARTS][PARTS];
    double chi2 = 0, want = N / (PARTS * PARTS);
    unsigned near = 0;
    uint64_t before = 0;

    for (uint64_t i = 0; i < N; i++) {
        uint64_t at = app_permutation_at(&p, i);

        counts[i * PARTS / N][at * PARTS / N]++;
        near += i > 0 && (at > before ? at - before : before - at) < 256;
        before = at;
    }
    for (unsigned a = 0; a < PARTS; a++)
        for (unsigned b = 0; b < PARTS; b++)
            chi2 += ((double)counts[a][b] - want) * ((double)counts[a][b] - want) / want;
    ok(chi2 < 340, "what comes when is even: chi2 %.0f with 225 degrees of freedom", chi2);
    ok(near < 2 * N / 2048 + 200, "what follows each other is rarely near: %u of %d", near, N);
}

static void test_seeds(void)
{
    const struct app_permutation a = app_permutation_make(1000, 1),
                                 b = app_permutation_make(1000, 1),
                                 c = app_permutation_make(1000, 2);
    unsigned same = 0, equal = 0;

    for (uint64_t i = 0; i < 1000; i++) {
        same += app_permutation_at(&a, i) == app_permutation_at(&b, i);
        equal += app_permutation_at(&a, i) == app_permutation_at(&c, i);
    }
    ok(same == 1000, "one seed, one order");
    ok(equal < 20, "two seeds, two orders (%u places alike)", equal);
}

int main(void)
{
    test_bijections();
    test_huge();
    test_spread();
    test_seeds();
    return done_testing();
}
