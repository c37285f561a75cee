/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which hosts are shown and in what order. All are looked at, but only those on the screen are
 * put in order: choosing some rows of 100,000 takes a millisecond, sorting them all ten.
 */
#ifndef MULTIPING_CLI_TOP_ORDER_H
#define MULTIPING_CLI_TOP_ORDER_H

#include <stddef.h>

#include "top/columns.h"
#include "top/filter.h"

struct top_key {
    uint64_t key; /* ascending: what comes first is least */
    uint32_t host;
};

/* What all hosts come to, removed ones left out. */
struct top_totals {
    uint64_t hosts, settled, received, judged;
    uint32_t conditions[TOP_CONDITION_COUNT];
    uint32_t ended;
};

struct top_order {
    const struct top_model *model;
    struct top_key *keys; /* of those that pass the filter */
    size_t n, cap;
    bool by_text; /* equal keys are compared as names */
    bool descending;
    struct top_totals totals;
};

/* Looks at all hosts. filter may be NULL. Without memory for all the rest is left out. */
void top_order_build(struct top_order *order, const struct top_model *model,
                     enum top_column_id column, bool descending, const struct top_filter *filter,
                     int64_t now_ns);

/* Puts ranks first to first + n - 1 into their places; returns how many there are. */
size_t top_order_slice(struct top_order *order, size_t first, size_t n);

/* The rank of a host, order->n if it is not there. */
size_t top_order_rank(const struct top_order *order, uint32_t host);

void top_order_done(struct top_order *order);

#endif
