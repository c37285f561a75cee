/* SPDX-License-Identifier: Apache-2.0 */
/* When the packets of one call left, from what is known of some of them. */
#include "io/between.h"

#include <multiping/event.h>

#include "tap.h"

enum { N = 6, NONE = -1 };

static const struct {
    const char *what;
    int stamps[N]; /* the kernel's, or NONE */
    int after, want[N];
    bool call[N]; /* only the beginning of the call is certain */
} rows[] = {
    {"no stamp at all",
     {NONE, NONE, NONE, NONE, NONE, NONE},
     7000,
     {0, 1000, 2000, 3000, 4000, 5000},
     {0}},
    {"all have one", {100, 200, 300, 400, 500, 600}, 700, {100, 200, 300, 400, 500, 600}, {0}},
    {"one in the middle",
     {NONE, NONE, 3000, NONE, NONE, NONE},
     7000,
     {0, 1000, 3000, 3000, 4000, 5000},
     {0}},
    {"interrupted somewhere",
     {NONE, NONE, NONE, NONE, NONE, NONE},
     700000,
     {0, 9000, 9000, 9000, 9000, 9000},
     {0}},
    {"interrupted behind a stamp",
     {2000, NONE, NONE, NONE, NONE, NONE},
     700000,
     {2000, 2000, 11000, 11000, 11000, 11000},
     {0}},
    {"the last one late",
     {NONE, NONE, NONE, NONE, NONE, 50000},
     51000,
     {0, 8333, 9000, 9000, 9000, 50000},
     {0}},
    {"one overtakes",
     {NONE, NONE, 3000, NONE, NONE, 500},
     7000,
     {0, 0, 3000, 0, 0, 500},
     {false, true, false, true, true, false}},
    {"the first overtaken",
     {5000, NONE, 1000, NONE, NONE, NONE},
     7000,
     {5000, 0, 1000, 1000, 2500, 4000},
     {false, true}},
};

int main(void)
{
    const int64_t before_ns = 1000000;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mping_tx tx[N] = {{.err = 0}};
        int64_t earliest_ns = INT64_MAX;
        bool right = true, behind = false;

        for (size_t j = 0; j < N; j++) {
            bool known = rows[i].stamps[j] != NONE;

            tx[j].stamp = known ? MPING_STAMP_KERNEL : MPING_STAMP_USER;
            tx[j].sent_ns = before_ns + (known ? rows[i].stamps[j] : 77777);
        }
        mping_between_spread(tx, N, before_ns, before_ns + rows[i].after);
        for (size_t j = 0; j < N; j++) {
            bool known = rows[i].stamps[j] != NONE;
            int want = known ? MPING_STAMP_KERNEL : MPING_STAMP_USER;

            if (rows[i].call[j])
                want = MPING_STAMP_CALL;
            right &= tx[j].sent_ns == before_ns + rows[i].want[j] && tx[j].stamp == want;
        }
        for (size_t j = N; j-- > 0;) {
            if (tx[j].stamp != MPING_STAMP_KERNEL)
                behind |= tx[j].sent_ns > earliest_ns;
            else if (tx[j].sent_ns < earliest_ns)
                earliest_ns = tx[j].sent_ns;
        }
        ok(right, "%s: %d %d %d %d %d %d", rows[i].what, (int)(tx[0].sent_ns - before_ns),
           (int)(tx[1].sent_ns - before_ns), (int)(tx[2].sent_ns - before_ns),
           (int)(tx[3].sent_ns - before_ns), (int)(tx[4].sent_ns - before_ns),
           (int)(tx[5].sent_ns - before_ns));
        ok(!behind, "%s: none behind the kernel's stamp of a later one", rows[i].what);
    }
    return done_testing();
}
