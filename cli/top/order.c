/* SPDX-License-Identifier: Apache-2.0 */
#include "top/order.h"

#include <stdlib.h>
#include <string.h>

static void count(struct top_totals *totals, const struct top_state *state)
{
    if (state->removed)
        return;
    totals->hosts++;
    totals->settled += top_state_settled(state);
    totals->judged += top_state_judged(state);
    totals->received += state->received;
    totals->conditions[state->condition]++;
    totals->ended += state->ended;
}

static int reserve(struct top_order *order, size_t n)
{
    struct top_key *keys;

    if (n <= order->cap)
        return 0;
    keys = realloc(order->keys, n * sizeof(*keys));
    if (keys == NULL)
        return -1;
    order->keys = keys;
    order->cap = n;
    return 0;
}

void top_order_build(struct top_order *order, const struct top_model *model,
                     enum top_column_id column, bool descending, const struct top_filter *filter,
                     int64_t now_ns)
{
    uint32_t n = top_model_n(model);
    struct top_row row;

    if (reserve(order, n) < 0)
        n = (uint32_t)order->cap;
    order->model = model;
    order->n = 0;
    order->by_text = column == TOP_COL_HOST;
    order->descending = descending;
    order->totals = (struct top_totals){0};
    for (uint32_t host = 0; host < n; host++) {
        uint64_t key;

        top_row_load(&row, model, host, now_ns);
        count(&order->totals, &row.state);
        if (filter != NULL && !top_filter_match(filter, &row))
            continue;
        key = top_column_key(column, &row);
        order->keys[order->n++] = (struct top_key){descending ? ~key : key, host};
    }
}

static int compare(const struct top_order *order, const struct top_key *a, const struct top_key *b)
{
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (order->by_text) {
        int r = strcmp(top_model_host(order->model, a->host)->name,
                       top_model_host(order->model, b->host)->name);

        if (r != 0)
            return order->descending ? -r : r;
    }
    return (a->host > b->host) - (a->host < b->host);
}

static void swap(struct top_key *a, struct top_key *b)
{
    struct top_key key = *a;

    *a = *b;
    *b = key;
}

/* The median of three, put at lo. */
static void choose_pivot(const struct top_order *order, size_t lo, size_t hi)
{
    struct top_key *k = order->keys, *mid = &k[lo + (hi - lo) / 2];

    if (compare(order, mid, &k[lo]) < 0)
        swap(mid, &k[lo]);
    if (compare(order, &k[hi], mid) < 0)
        swap(&k[hi], mid);
    if (compare(order, mid, &k[lo]) < 0)
        swap(mid, &k[lo]);
    swap(mid, &k[lo]);
}

/* Hoare's partition of lo to hi; returns the last place of the lower part, < hi. */
static size_t partition(const struct top_order *order, size_t lo, size_t hi)
{
    struct top_key *k = order->keys, pivot;
    size_t i = lo - 1, j = hi + 1; /* before the first, which for 0 wraps round and back */

    choose_pivot(order, lo, hi);
    pivot = k[lo];
    for (;;) {
        do
            j--;
        while (compare(order, &pivot, &k[j]) < 0);
        do
            i++;
        while (compare(order, &k[i], &pivot) < 0);
        if (i >= j)
            return j;
        swap(&k[i], &k[j]);
    }
}

/* Moves what belongs to `place` there, the lesser before it and the greater behind. */
static void select_place(const struct top_order *order, size_t lo, size_t hi, size_t place)
{
    while (lo < hi) {
        size_t cut = partition(order, lo, hi);

        if (place <= cut)
            hi = cut;
        else
            lo = cut + 1;
    }
}

static int compare_keys(const void *a, const void *b, void *order)
{
    return compare(order, a, b);
}

size_t top_order_slice(struct top_order *order, size_t first, size_t n)
{
    if (first >= order->n)
        return 0;
    if (n > order->n - first)
        n = order->n - first;
    if (n == 0)
        return 0;
    if (first > 0)
        select_place(order, 0, order->n - 1, first);
    if (first + n < order->n)
        select_place(order, first, order->n - 1, first + n - 1);
    qsort_r(order->keys + first, n, sizeof(*order->keys), compare_keys, order);
    return n;
}

size_t top_order_rank(const struct top_order *order, uint32_t host)
{
    const struct top_key *found = NULL;
    size_t rank = 0;

    for (size_t i = 0; i < order->n && found == NULL; i++) {
        if (order->keys[i].host == host)
            found = &order->keys[i];
    }
    if (found == NULL)
        return order->n;
    for (size_t i = 0; i < order->n; i++)
        rank += compare(order, &order->keys[i], found) < 0;
    return rank;
}

void top_order_done(struct top_order *order)
{
    free(order->keys);
    *order = (struct top_order){0};
}
