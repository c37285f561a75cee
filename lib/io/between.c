/* SPDX-License-Identifier: Apache-2.0 */
#include "io/between.h"

#include <stdbool.h>

#include <multiping/event.h>

static void spread(struct mping_tx *tx, size_t n, int64_t before_ns, int64_t after_ns)
{
    int64_t from_ns = before_ns;
    size_t from = 0;

    for (size_t i = 0; i <= n; i++) {
        bool known = i < n && tx[i].stamp == MPING_STAMP_KERNEL;
        int64_t to_ns = known ? tx[i].sent_ns : after_ns;

        if (!known && i < n)
            continue;
        for (size_t j = from; j < i; j++)
            tx[j].sent_ns = mping_between(from_ns, (to_ns - from_ns) * (int64_t)(j - from) /
                                                       (int64_t)(i - from + 1));
        from_ns = to_ns;
        from = i + 1;
    }
}

/* Packets may overtake each other, and the wall clock, by which the kernel stamps, may be set. */
static void take_back(struct mping_tx *tx, size_t n, int64_t before_ns)
{
    int64_t earliest_ns = INT64_MAX;

    while (n-- > 0) {
        if (tx[n].stamp == MPING_STAMP_KERNEL) {
            if (tx[n].sent_ns < earliest_ns)
                earliest_ns = tx[n].sent_ns;
        } else if (tx[n].sent_ns > earliest_ns) {
            tx[n].sent_ns = before_ns;
            tx[n].stamp = MPING_STAMP_CALL;
        }
    }
}

void mping_between_spread(struct mping_tx *tx, size_t n, int64_t before_ns, int64_t after_ns)
{
    spread(tx, n, before_ns, after_ns);
    take_back(tx, n, before_ns);
}
