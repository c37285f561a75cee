/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel stamps across steps of the wall clock. */
#include <time.h>

#include "io/wall_clock.h"
#include "tap.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)
#define US INT64_C(1000)
#define HOUR (3600 * S)

/* The wall clock of the world below: this far ahead of CLOCK_MONOTONIC. */
#define OFFSET (INT64_C(1700000000) * S)

/*
 * One packet: it arrives when the clocks differ by OFFSET + stamped_off, after that the wall
 * clock is stepped so that they differ by OFFSET + read_off, then it is read. The process may
 * itself see a wall clock that is wrong by `skew`.
 */
static const struct {
    const char *what;
    int64_t stamped_off;
    int64_t read_off;
    int64_t skew;
    int64_t dry; /* all of these before `now` */
    int64_t arrived;
    int64_t read_began;
    int64_t step_seen; /* 0: by the read itself */
    int unsettled;
    enum mping_stamp want;
    int64_t want_age; /* before `now` */
} rows[] = {
    {"no step", 0, 0, 0, 10 * MS, 4 * MS, US, 0, 0, MPING_STAMP_KERNEL, 4 * MS},
    {"arrived just now", 0, 0, 0, 10 * MS, 0, US, 0, 0, MPING_STAMP_KERNEL, 0},
    {"read late", 0, 0, 0, 5 * S, 4 * S, US, 0, 0, MPING_STAMP_KERNEL, 4 * S},
    {"stamped before the socket was dry, queued after", 0, 0, 0, 10 * MS, 40 * MS, US, 0, 0,
     MPING_STAMP_KERNEL, 40 * MS},
    {"older than anything can be", 0, 0, 0, 10 * MS, 70 * MS, US, 0, 0, MPING_STAMP_USER, 0},
    {"from the future", 2 * S, 0, 0, 10 * MS, 4 * MS, US, HOUR, 0, MPING_STAMP_USER, 0},
    {"+1 h before the read", 0, HOUR, 0, 10 * MS, 4 * MS, US, 0, 0, MPING_STAMP_KERNEL, 4 * MS},
    {"-1 h before the read", 0, -HOUR, 0, 10 * MS, 4 * MS, US, 0, 0, MPING_STAMP_KERNEL, 4 * MS},
    {"+1 h before the arrival", HOUR, HOUR, 0, 10 * MS, 4 * MS, US, 0, 0, MPING_STAMP_KERNEL,
     4 * MS},
    {"-1 h before the arrival", -HOUR, -HOUR, 0, 10 * MS, 4 * MS, US, 0, 0, MPING_STAMP_KERNEL,
     4 * MS},
    {"+1 h, seen in the read before", 0, HOUR, 0, 10 * MS, 40 * MS, US, 30 * MS, 0,
     MPING_STAMP_KERNEL, 40 * MS},
    {"+1 h long ago: the old offset is forgotten", 0, HOUR, 0, 10 * MS, 4 * MS, US, 2 * S, 0,
     MPING_STAMP_USER, 0},
    {"+20 ms 3 s ago, and waiting to be read since before", 0, 20 * MS, 0, 4 * S, 3100 * MS, US,
     3 * S, 0, MPING_STAMP_USER, 3100 * MS},
    {"-20 ms 3 s ago, and waiting to be read since before", 0, -20 * MS, 0, 4 * S, 3100 * MS, US,
     3 * S, 0, MPING_STAMP_USER, 3080 * MS},
    {"-1 h 3 s ago, and waiting to be read since before", 0, -HOUR, 0, 4 * S, 3100 * MS, US, 3 * S,
     0, MPING_STAMP_KERNEL, 3100 * MS},
    {"-20 ms 3 s ago, waiting to be read since after", -20 * MS, -20 * MS, 0, 4 * S, 2900 * MS, US,
     3 * S, 0, MPING_STAMP_KERNEL, 2900 * MS},
    {"-3 ms before the read: the future rules the new offset out", 0, -3 * MS, 0, 10 * MS, MS, US,
     0, 0, MPING_STAMP_KERNEL, MS},
    {"-2 ms before the read: both fit, the later it is", 0, -2 * MS, 0, 10 * MS, 4 * MS, US, 0, 0,
     MPING_STAMP_USER, 2 * MS},
    {"+2 ms before the read: both fit, the later it is", 0, 2 * MS, 0, 10 * MS, 4 * MS, US, 0, 0,
     MPING_STAMP_USER, 4 * MS},
    {"+2 ms long ago", 2 * MS, 2 * MS, 0, 10 * MS, 4 * MS, US, 2 * S, 0, MPING_STAMP_KERNEL,
     4 * MS},
    {"1970", 0, -OFFSET, 0, 10 * MS, 4 * MS, US, 0, 0, MPING_STAMP_KERNEL, 4 * MS},
    {"this process is an hour ahead", 0, 0, HOUR, 10 * MS, 4 * MS, US, 0, 0, MPING_STAMP_USER, 0},
    {"this process is an hour behind", 0, 0, -HOUR, 10 * MS, 4 * MS, US, 0, 0, MPING_STAMP_USER, 0},
    {"stamping not yet switched on: stamped by the read", 0, 0, 0, 10 * MS, 2 * US, 5 * US, 0, 1,
     MPING_STAMP_USER, 2 * US},
    {"not yet sure that it is on, but stamped before the read", 0, 0, 0, 10 * MS, 9 * US, 5 * US, 0,
     1, MPING_STAMP_KERNEL, 9 * US},
};

/* The clock as seen by the process at MONOTONIC mono_ns, read within 60 ns. */
static void measure(struct mping_clock *clock, int64_t mono_ns, int64_t off, int first)
{
    int64_t before_ns = mono_ns - 60;
    int64_t real_ns = mono_ns - 30 + OFFSET + off;

    if (first)
        mping_clock_init(clock, before_ns, real_ns, mono_ns);
    else
        mping_clock_measure(clock, before_ns, real_ns, mono_ns);
}

static void test_row(size_t i)
{
    int64_t now_ns = 100000 * S;
    struct mping_stamp_window window = {
        .dry_ns = now_ns - rows[i].dry,
        .now_ns = now_ns,
        .user_from_ns = rows[i].unsettled ? now_ns - rows[i].read_began : INT64_MAX,
    };
    int64_t stamp_ns = now_ns - rows[i].arrived + OFFSET + rows[i].stamped_off;
    struct mping_clock clock;
    enum mping_stamp got;
    int64_t mono_ns;

    measure(&clock, now_ns - 2 * HOUR, rows[i].skew, 1);
    if (rows[i].step_seen)
        measure(&clock, now_ns - rows[i].step_seen, rows[i].skew + rows[i].read_off, 0);
    measure(&clock, now_ns, rows[i].skew + rows[i].read_off, 0);
    got = mping_stamp_convert(&clock, stamp_ns, &window, &mono_ns);
    ok(got == rows[i].want, "%s: the right kind", rows[i].what);
    ok(mono_ns == now_ns - rows[i].want_age, "%s: the right time (off by %lld ns)", rows[i].what,
       (long long)(mono_ns - (now_ns - rows[i].want_age)));
}

/* Brackets that belong together narrow the offset; a wide one does not harm. */
static void test_brackets(void)
{
    struct mping_clock clock;

    mping_clock_init(&clock, 0, OFFSET + 40, 100);
    ok(clock.lo_ns == OFFSET - 60 && clock.hi_ns == OFFSET + 40, "the first bracket");
    mping_clock_measure(&clock, 1000, OFFSET + 1010, 1030);
    ok(clock.lo_ns == OFFSET - 20 && clock.hi_ns == OFFSET + 10, "a better one is taken");
    mping_clock_measure(&clock, 2000, OFFSET + 2000, 2000 + 20 * MS);
    ok(clock.lo_ns == OFFSET - 20 && clock.hi_ns == OFFSET, "interrupted between: half is taken");
    mping_clock_measure(&clock, 30 * MS, OFFSET + 30 * MS - 200, 30 * MS);
    ok(clock.lo_ns == OFFSET - 200 && clock.stepped_ns == INT64_MIN,
       "200 ns beside it: followed, but no step");
    mping_clock_measure(&clock, 40 * MS, OFFSET + 41 * MS, 40 * MS + 50);
    ok(clock.old_ns == OFFSET - 200 && clock.stepped_ns == 40 * MS + 50,
       "1 ms beside it: a step, the old offset is kept");
    ok(clock.lo_ns == OFFSET + MS - 50 && clock.hi_ns == OFFSET + MS, "and the new one begun");
}

static int64_t real_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * S + now.tv_nsec;
}

/* The real clocks: a stamp taken now comes out between two looks at CLOCK_MONOTONIC. */
static void test_real_clocks(void)
{
    struct mping_stamp_window window = {.user_from_ns = INT64_MAX};
    struct mping_clock clock;
    int64_t stamp_ns, after_ns, mono_ns;

    window.dry_ns = mping_clock_start(&clock);
    stamp_ns = real_now_ns();
    after_ns = mping_mono_ns();
    window.now_ns = mping_clock_read(&clock);
    ok(mping_stamp_convert(&clock, stamp_ns, &window, &mono_ns) == MPING_STAMP_KERNEL,
       "a stamp of now is believed");
    ok(mono_ns >= window.dry_ns - US && mono_ns <= after_ns + US, "and lies where it was taken");
}

int main(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        test_row(i);
    test_brackets();
    test_real_clocks();
    return done_testing();
}
