/* SPDX-License-Identifier: Apache-2.0 */
/* The timing wheel against a naive model that knows every item's due time. */
#include "core/wheel.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

enum {
    ITEMS = 3000,
    TICK_NS = 1 << MPING_WHEEL_TICK_BITS,
};

#define SECOND INT64_C(1000000000)

static struct mping_slab slab;
static struct mping_wheel wheel;
static uint32_t items[ITEMS];
static bool waiting[ITEMS];
static int64_t inserted_ns[ITEMS];
static uint64_t rng_state = 7;

static uint64_t rng(void)
{
    rng_state = rng_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return rng_state >> 20;
}

static struct mping_node *node_at(uint32_t item)
{
    return mping_slab_at(&slab, item);
}

static void setup(int64_t now_ns)
{
    if (mping_slab_init(&slab, sizeof(struct mping_node), MPING_WHEEL_LISTS) < 0)
        abort();
    mping_wheel_init(&wheel, &slab, 0);
    for (unsigned i = 0; i < ITEMS; i++) {
        if (mping_slab_reserve(&slab) < 0)
            abort();
        items[i] = mping_slab_alloc(&slab);
        waiting[i] = false;
    }
    mping_wheel_advance(&wheel, now_ns);
}

static void insert(unsigned i, int64_t due_ns)
{
    node_at(items[i])->due_ns = due_ns;
    inserted_ns[i] = wheel.now_ns;
    waiting[i] = true;
    mping_wheel_insert(&wheel, items[i]);
}

static unsigned index_of(uint32_t item)
{
    for (unsigned i = 0; i < ITEMS; i++)
        if (items[i] == item)
            return i;
    abort();
}

/* The end of the tick in which an item must have fired at the latest. */
static int64_t latest_ns(int64_t due_ns)
{
    return due_ns <= 0 ? 0 : (due_ns + TICK_NS - 1) / TICK_NS * TICK_NS;
}

/* Takes out all that fired; counts what came early, or before something of an earlier tick. */
static unsigned take_due(unsigned *ret_early, unsigned *ret_disorder)
{
    int64_t last = INT64_MIN;
    unsigned n = 0;
    uint32_t item;

    while ((item = mping_wheel_due(&wheel)) != MPING_SLAB_NONE) {
        unsigned i = index_of(item);
        int64_t due_ns = node_at(item)->due_ns;
        int64_t tick = latest_ns(due_ns < inserted_ns[i] ? inserted_ns[i] : due_ns);

        *ret_early += due_ns > wheel.now_ns;
        *ret_disorder += tick < last;
        last = tick > last ? tick : last;
        mping_list_unlink(&slab, item);
        waiting[i] = false;
        n++;
    }
    return n;
}

/* What the model says: nothing that still waits is overdue, and next_ns is never too late. */
static unsigned count_overdue(void)
{
    unsigned overdue = 0;
    int64_t next = mping_wheel_next_ns(&wheel);

    for (unsigned i = 0; i < ITEMS; i++) {
        if (!waiting[i])
            continue;
        overdue += latest_ns(node_at(items[i])->due_ns) <= wheel.now_ns;
        overdue += next > latest_ns(node_at(items[i])->due_ns);
    }
    return overdue;
}

static int64_t random_span(void)
{
    static const int64_t spans[] = {1,           TICK_NS - 1,         TICK_NS,       256 * TICK_NS,
                                    10 * SECOND, 100 * SECOND,        7200 * SECOND, SECOND / 10,
                                    SECOND,      86400 * 365 * SECOND};

    return (int64_t)(rng() % (uint64_t)spans[rng() % 10]);
}

/* Random inserts, removals and jumps of time. */
static void test_random(int64_t start_ns)
{
    unsigned early = 0, disorder = 0, overdue = 0, fired = 0, inserted = 0, removed = 0;
    int64_t now_ns = start_ns;

    setup(now_ns);
    for (unsigned step = 0; step < 4000; step++) {
        for (unsigned n = (unsigned)(rng() % 8); n > 0; n--) {
            unsigned i = (unsigned)(rng() % ITEMS);

            if (waiting[i]) {
                mping_list_unlink(&slab, items[i]);
                waiting[i] = false;
                removed++;
            } else {
                insert(i, now_ns + random_span() - (rng() % 10 == 0 ? SECOND : 0));
                inserted++;
            }
        }
        fired += take_due(&early, &disorder); /* due at once */
        now_ns += rng() % 4 ? (int64_t)(rng() % (100 * TICK_NS)) : random_span() / 16;
        mping_wheel_advance(&wheel, now_ns);
        fired += take_due(&early, &disorder);
        overdue += count_overdue();
    }
    ok(early == 0, "from %lld: nothing fires early (%u did)", (long long)start_ns, early);
    ok(overdue == 0, "nothing is overdue, the next wake-up is never too late (%u)", overdue);
    ok(disorder == 0, "what fires comes in order of its ticks (%u did not)", disorder);
    ok(fired > 1000 && removed > 100 && fired + removed <= inserted,
       "%u of %u fired, %u were removed", fired, inserted, removed);
    mping_slab_done(&slab);
}

/* Sleeping until next_ns and nothing else fires all, in a bounded number of wake-ups. */
static void test_sleep_by_next(void)
{
    unsigned early = 0, disorder = 0, fired = 0, wakeups = 0, back = 0;

    setup(5 * SECOND);
    for (unsigned i = 0; i < ITEMS; i++)
        insert(i, wheel.now_ns + random_span());
    while (fired < ITEMS && wakeups < 100 * ITEMS) {
        int64_t next = mping_wheel_next_ns(&wheel);

        back += next < wheel.now_ns;
        fired += take_due(&early, &disorder);
        mping_wheel_advance(&wheel, next > wheel.now_ns ? next : wheel.now_ns);
        wakeups++;
    }
    ok(fired == ITEMS && early == 0, "all %u fire by sleeping until the next", fired);
    ok(back == 0, "the next wake-up is never in the past");
    ok(wakeups <= 2 * ITEMS, "in %u wake-ups", wakeups);
    ok(mping_wheel_next_ns(&wheel) == INT64_MAX, "then there is none");
    mping_slab_done(&slab);
}

/* One lone item: at most one wake-up before it fires, however far away. */
static void test_lone(void)
{
    static const int64_t spans[] = {1, TICK_NS, SECOND, 3600 * SECOND, INT64_MAX - 2 * SECOND};

    for (unsigned s = 0; s < 5; s++) {
        unsigned early = 0, disorder = 0, wakeups = 0;

        setup(SECOND + 12345);
        insert(0, wheel.now_ns + spans[s]);
        while (take_due(&early, &disorder) == 0 && wakeups < 10) {
            mping_wheel_advance(&wheel, mping_wheel_next_ns(&wheel));
            wakeups++;
        }
        if (latest_ns(wheel.now_ns) > 0 && spans[s] < INT64_MAX / 2)
            ok(wakeups == 1 && early == 0, "a lone item in %lld ns: %u wake-up",
               (long long)spans[s], wakeups);
        else
            ok(early == 0, "a lone item at the end of time does not fire early");
        mping_slab_done(&slab);
    }
}

/* The deadline passed before it was inserted, or is now. */
static void test_due_now(void)
{
    static const int64_t offsets[] = {-SECOND, -1, 0};
    unsigned early = 0, disorder = 0;

    setup(SECOND);
    for (unsigned i = 0; i < 3; i++) {
        insert(i, wheel.now_ns + offsets[i]);
        ok(mping_wheel_next_ns(&wheel) <= wheel.now_ns && take_due(&early, &disorder) == 1,
           "due %lld ns from now: at once", (long long)offsets[i]);
    }
    insert(3, wheel.now_ns + 1);
    ok(take_due(&early, &disorder) == 0, "due in 1 ns: not yet");
    mping_wheel_advance(&wheel, wheel.now_ns + TICK_NS);
    ok(take_due(&early, &disorder) == 1, "but a tick later");
    insert(4, -5);
    ok(take_due(&early, &disorder) == 1, "a time before zero is due");
    mping_slab_done(&slab);
}

/* Every boundary of a level, from both sides. */
static void test_boundaries(void)
{
    unsigned early = 0, disorder = 0, fired = 0, overdue = 0, n = 0;

    for (unsigned level = 0; level < MPING_WHEEL_LEVELS; level++) {
        int64_t edge = level ? (int64_t)TICK_NS << (8 * level) : 16 * TICK_NS;

        if (level == MPING_WHEEL_LEVELS - 1)
            edge = INT64_C(1) << 55;
        for (int64_t off = -2; off <= 2; off++, n++) {
            setup(edge - 3 * TICK_NS);
            insert(0, edge + off * TICK_NS);
            mping_wheel_advance(&wheel, edge + off * TICK_NS - 1);
            fired += take_due(&early, &disorder);
            mping_wheel_advance(&wheel, edge + off * TICK_NS);
            overdue += take_due(&early, &disorder) != 1;
            mping_slab_done(&slab);
        }
    }
    ok(fired == 0 && early == 0, "at %u edges nothing fires a nanosecond too early", n);
    ok(overdue == 0, "and all fire on time (%u did not)", overdue);
}

int main(void)
{
    test_random(0);
    test_random(123456789);
    test_random(SECOND * 86400 * 365 * 100);
    test_sleep_by_next();
    test_lone();
    test_due_now();
    test_boundaries();
    return done_testing();
}
