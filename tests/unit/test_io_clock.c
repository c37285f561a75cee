/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel stamps over long times: a simulated pair of clocks with steps of up to an hour,
 * slewing, bad readings; every packet's true arrival is known. What is called a kernel stamp
 * must be right; what is not sure must at least be no earlier than the truth.
 */
#include <stdbool.h>
#include <stdint.h>

#include "io/wall_clock.h"
#include "tap.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define S INT64_C(1000000000)
#define HOUR (3600 * S)
#define EPOCH (INT64_C(1700000000) * S)

static uint64_t rng_state;

static int64_t rng(int64_t below)
{
    rng_state = rng_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((rng_state >> 20) % (uint64_t)below);
}

struct world {
    int64_t mono_ns;
    int64_t offset_ns; /* REALTIME - MONOTONIC */
    struct mping_clock clock;
    unsigned kernel, user, wrong, early, future;
};

/* What the process sees of both clocks; now and then it is interrupted between the readings. */
static void measure(struct world *w)
{
    int64_t before_ns = w->mono_ns, between_ns;

    w->mono_ns += 20 + rng(60);
    between_ns = w->mono_ns;
    w->mono_ns += 20 + rng(60) + (rng(20) == 0 ? rng(3 * MS) : 0);
    mping_clock_measure(&w->clock, before_ns, between_ns + w->offset_ns, w->mono_ns);
}

/* Packets arrive, perhaps the clock is stepped among them, then all are read. */
static void read_batch(struct world *w, int64_t step_ns)
{
    enum { PACKETS = 16 };
    struct mping_stamp_window window = {.dry_ns = w->mono_ns, .user_from_ns = INT64_MAX};
    int64_t arrived_ns[PACKETS], stamp_ns[PACKETS];
    int step_at = step_ns ? (int)rng(PACKETS) : -1;

    for (int i = 0; i < PACKETS; i++) {
        if (i == step_at)
            w->offset_ns += step_ns;
        w->mono_ns += 1 + rng(MS / 8);
        arrived_ns[i] = w->mono_ns;
        stamp_ns[i] = w->mono_ns + w->offset_ns;
    }
    measure(w);
    window.now_ns = w->mono_ns;
    for (int i = 0; i < PACKETS; i++) {
        int64_t got_ns;
        bool kernel =
            mping_stamp_convert(&w->clock, stamp_ns[i], &window, &got_ns) == MPING_STAMP_KERNEL;
        int64_t off_ns = got_ns - arrived_ns[i];

        w->kernel += kernel;
        w->user += !kernel;
        w->wrong += kernel && (off_ns > 6 * US || off_ns < -6 * US);
        w->early += off_ns < -6 * US;
        w->future += got_ns > window.now_ns;
    }
}

/* The next step: up to the given size, at least three quarters of it, there and back in turn. */
static int64_t step_of(int64_t size_ns, unsigned n)
{
    int64_t step_ns = size_ns - rng(size_ns / 4 + 1);

    return n % 2 ? step_ns : -step_ns;
}

static void test_steps(const char *what, int64_t size_ns, unsigned every)
{
    struct world w = {.mono_ns = 1000 * S, .offset_ns = EPOCH};
    unsigned steps = 0;

    rng_state = 61;
    mping_clock_init(&w.clock, w.mono_ns - 50, w.mono_ns - 25 + EPOCH, w.mono_ns);
    for (unsigned n = 0; n < 20000; n++) {
        bool step = every && n % every == every / 2;

        steps += step;
        read_batch(&w, step ? step_of(size_ns, steps) : 0);
        w.mono_ns += rng(100 * MS);
    }
    ok(w.wrong == 0, "%s: every kernel stamp is right (%u of %u wrong, %u steps)", what, w.wrong,
       w.kernel, steps);
    ok(w.early == 0 && w.future == 0, "%s: none before its arrival or in the future (%u, %u)", what,
       w.early, w.future);
    /* Only where a step was measured by an interrupted reading. */
    ok(w.user <= steps * 2, "%s: only %u of %u are unsure", what, w.user, w.user + w.kernel);
}

/* NTP slews both clocks alike; what remains is that readings are rounded, either way. */
static void test_slew(void)
{
    struct world w = {.mono_ns = 1000 * S, .offset_ns = EPOCH};

    rng_state = 67;
    mping_clock_init(&w.clock, w.mono_ns - 50, w.mono_ns - 25 + EPOCH, w.mono_ns);
    for (unsigned n = 0; n < 20000; n++) {
        w.offset_ns += rng(3) - 1;
        read_batch(&w, 0);
        w.mono_ns += rng(500 * MS);
    }
    ok(w.wrong == 0 && w.user == 0, "a drift of nanoseconds is followed: %u right, %u wrong",
       w.kernel, w.wrong);
    ok(w.clock.stepped_ns == INT64_MIN, "and never taken for a step");
}

int main(void)
{
    test_steps("no steps", S, 0);
    test_steps("steps of an hour", HOUR, 40);
    test_steps("steps of an hour, often", HOUR, 3);
    test_steps("steps of a second", S, 40);
    test_steps("leap to 1970 and back", EPOCH, 1000);
    test_slew();
    return done_testing();
}
