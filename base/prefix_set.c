/* SPDX-License-Identifier: Apache-2.0 */
#include "base/prefix_set.h"

#include <stdlib.h>

#include "base/bytes.h"

/* An address as a number. */
struct point {
    uint64_t high, low;
};

/* From first to last, both in it. */
struct mping_prefix_span {
    struct point first, last;
};

static uint64_t load_half(const uint8_t *p)
{
    return (uint64_t)load_be32(p) << 32 | load_be32(p + 4);
}

static struct point point_of(const uint8_t ip[16])
{
    return (struct point){load_half(ip), load_half(ip + 8)};
}

static bool is_before(struct point a, struct point b)
{
    return a.high != b.high ? a.high < b.high : a.low < b.low;
}

static int compare(const void *a, const void *b)
{
    const struct mping_prefix_span *left = a, *right = b;

    if (is_before(left->first, right->first))
        return -1;
    return is_before(right->first, left->first);
}

/* The lower `bits` (0 to 64) bits. */
static uint64_t low_bits(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

bool mping_prefix_set_add(struct mping_prefix_set *set, const uint8_t ip[16], unsigned len)
{
    const struct point at = point_of(ip);
    const uint64_t high = low_bits(len < 64 ? 64 - len : 0);
    const uint64_t low = low_bits(len < 64 ? 64 : 128 - len);

    if (set->n == set->cap) {
        size_t cap = set->cap ? set->cap * 2 : 16;
        struct mping_prefix_span *spans = realloc(set->spans, cap * sizeof(*spans));

        if (!spans)
            return false;
        set->spans = spans;
        set->cap = cap;
    }
    set->spans[set->n++] = (struct mping_prefix_span){
        .first = {at.high & ~high, at.low & ~low},
        .last = {at.high | high, at.low | low},
    };
    set->dirty = true;
    return true;
}

/* Of prefixes that overlap one lies in the other, and both may begin at the same place. */
static void sort(struct mping_prefix_set *set)
{
    size_t kept = 0;

    qsort(set->spans, set->n, sizeof(*set->spans), compare);
    for (size_t i = 1; i < set->n; i++) {
        struct mping_prefix_span *last = &set->spans[kept];

        if (is_before(last->last, set->spans[i].first))
            set->spans[++kept] = set->spans[i];
        else if (is_before(last->last, set->spans[i].last))
            last->last = set->spans[i].last;
    }
    set->n = kept + 1;
    set->dirty = false;
}

bool mping_prefix_set_has(struct mping_prefix_set *set, const uint8_t ip[16])
{
    const struct point at = point_of(ip);
    size_t from = 0, to;

    if (set->dirty)
        sort(set);
    to = set->n;
    /* The last span that begins at the point or before it is below `to`. */
    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (is_before(at, set->spans[middle].first))
            to = middle;
        else
            from = middle + 1;
    }
    return to > 0 && !is_before(set->spans[to - 1].last, at);
}

void mping_prefix_set_done(struct mping_prefix_set *set)
{
    free(set->spans);
    *set = (struct mping_prefix_set){0};
}
