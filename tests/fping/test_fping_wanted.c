/* SPDX-License-Identifier: Apache-2.0 */
/* Pings out of turn keep their order, also where their ring grows after it has turned. */
#include "fping/wanted.h"

#include "tap.h"

enum { KEPT = 40, ROUNDS = 300 };

/* Pushes pings from next on until n wait. */
static uint64_t fill(struct fping_wanteds *q, uint64_t next, size_t n)
{
    while (q->n < n) {
        const struct fping_wanted wanted = {.index = next, .again = next % 3 == 0};

        ok(fping_wanteds_push(q, &wanted), "ping %d waits", (int)next);
        next++;
    }
    return next;
}

/* Takes pings until n are left; the first must be expected. */
static uint64_t drain(struct fping_wanteds *q, uint64_t expected, size_t n)
{
    while (q->n > n) {
        const struct fping_wanted wanted = fping_wanteds_pop(q);

        ok(wanted.index == expected && wanted.again == (expected % 3 == 0),
           "ping %d leaves after those before it", (int)expected);
        expected++;
    }
    return expected;
}

int main(void)
{
    struct fping_wanteds q = {0};
    uint64_t in = fill(&q, 0, KEPT), out = drain(&q, 0, 1);

    in = fill(&q, in, ROUNDS);
    out = drain(&q, out, KEPT);
    in = fill(&q, in, 2 * (size_t)ROUNDS);
    out = drain(&q, out, 0);
    ok(in == out, "as many have left as waited: %d", (int)out);
    fping_wanteds_done(&q);
    ok(!q.items && !q.size, "nothing is kept");
    return done_testing();
}
