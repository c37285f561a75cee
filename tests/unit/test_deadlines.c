/* SPDX-License-Identifier: Apache-2.0 */
/* The heap of deadlines against a list that is searched. */
#include "resolve/deadlines.h"

#include <stdbool.h>
#include <stdlib.h>

#include "tap.h"

enum { N = 500 };

static struct mping_deadlines heap;
static struct mping_deadline items[N];
static bool inside[N];
static uint64_t rng_state = 71;

static uint32_t rng(void)
{
    rng_state = rng_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(rng_state >> 33);
}

static void add(unsigned i, int64_t at_ns)
{
    items[i].at_ns = at_ns;
    items[i].owner = &items[i];
    if (mping_deadlines_add(&heap, &items[i]) < 0)
        abort();
    inside[i] = true;
}

static void remove_item(unsigned i)
{
    mping_deadlines_remove(&heap, &items[i]);
    inside[i] = false;
}

/* What the heap says that the list does not. */
static unsigned count_wrong(void)
{
    struct mping_deadline *first = mping_deadlines_first(&heap);
    int64_t least_ns = INT64_MAX;
    unsigned n = 0, wrong = 0;

    for (unsigned i = 0; i < N; i++) {
        n += inside[i];
        if (inside[i] && items[i].at_ns < least_ns)
            least_ns = items[i].at_ns;
        wrong += (items[i].pos != 0) != inside[i];
    }
    for (size_t pos = 1; pos <= heap.n; pos++) {
        wrong += heap.heap[pos]->pos != pos;
        wrong += pos > 1 && heap.heap[pos / 2]->at_ns > heap.heap[pos]->at_ns;
    }
    wrong += heap.n != n || (first != NULL) != (n > 0);
    return wrong + (first && first->at_ns != least_ns);
}

static void test_random(int64_t spread, const char *what)
{
    unsigned wrong = 0, taken = 0;

    for (unsigned step = 0; step < 20000; step++) {
        unsigned i = rng() % N;

        if (rng() % 4 == 0 && mping_deadlines_first(&heap)) {
            struct mping_deadline *first = mping_deadlines_first(&heap);

            remove_item((unsigned)(first - items));
            taken++;
        } else if (inside[i]) {
            remove_item(i);
        } else {
            add(i, (int64_t)rng() % spread);
        }
        if (step % 8 == 0)
            wrong += count_wrong();
    }
    for (int64_t last = INT64_MIN; heap.n;) {
        struct mping_deadline *first = mping_deadlines_first(&heap);

        wrong += first->at_ns < last || first->owner != first;
        last = first->at_ns;
        remove_item((unsigned)(first - items));
    }
    ok(wrong == 0 && taken > 1000, "%s: the earliest is always first (%u wrong)", what, wrong);
}

static void test_edges(void)
{
    ok(!mping_deadlines_first(&heap), "empty: none");
    mping_deadlines_remove(&heap, &items[0]);
    ok(!mping_deadlines_first(&heap) && heap.n == 0, "to remove what is not in does nothing");
    add(0, INT64_MAX);
    add(1, INT64_MIN);
    add(2, 0);
    ok(mping_deadlines_first(&heap) == &items[1] && count_wrong() == 0,
       "from one end to the other");
    remove_item(1);
    remove_item(1);
    ok(mping_deadlines_first(&heap) == &items[2] && count_wrong() == 0, "removed twice: once");
    remove_item(2);
    remove_item(0);
    ok(!mping_deadlines_first(&heap), "and none again");
}

int main(void)
{
    test_edges();
    test_random(1000000, "spread");
    test_random(4, "mostly equal");
    test_random(1, "all equal");
    mping_deadlines_done(&heap);
    ok(!heap.heap && heap.n == 0, "done: all zero");
    return done_testing();
}
