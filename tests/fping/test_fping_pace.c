/* SPDX-License-Identifier: Apache-2.0 */
/* When pings leave, over virtual time. */
#include "fping/pace.h"

#include "tap.h"

#define MS INT64_C(1000000)

/* Sends whenever it is time, waking up late_ns after what was asked for; counts pings. */
static int64_t run(struct fping_pace *pace, int64_t from_ns, int64_t to_ns, int64_t late_ns)
{
    int64_t sent = 0;

    for (int64_t now_ns = from_ns; now_ns < to_ns;) {
        while (pace->next_ns <= now_ns) {
            fping_pace_spend(pace, now_ns);
            sent++;
        }
        now_ns = fping_pace_wake_ns(pace, pace->next_ns, now_ns) + late_ns;
    }
    return sent;
}

static void test_rates(void)
{
    static const struct {
        const char *what;
        int64_t interval_ns, late_ns, want;
    } rows[] = {
        {"-i 10", 10 * MS, 0, 500},
        {"-i 10, woken 60 us late", 10 * MS, 60000, 500},
        {"-i 1, woken 60 us late", MS, 60000, 5000},
        {"-i 1, woken 900 us late", MS, 900000, 5000},
        {"-i 0.1", MS / 10, 0, 50000},
        {"-i 0.1, woken 60 us late", MS / 10, 60000, 50000},
        {"-i 0.01, woken 1 ms late", MS / 100, MS, 500000},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fping_pace pace = {.interval_ns = rows[i].interval_ns};
        int64_t sent = run(&pace, 1000 * MS, 6000 * MS, rows[i].late_ns);
        int64_t off = sent - rows[i].want;

        ok(off * 200 <= rows[i].want && -off * 200 <= rows[i].want,
           "%s: %lld pings in 5 s, within half a percent of %lld", rows[i].what, (long long)sent,
           (long long)rows[i].want);
    }
}

static void test_stop(void)
{
    struct fping_pace pace = {.interval_ns = 10 * MS};
    int64_t sent;

    run(&pace, 1000 * MS, 2000 * MS, 0);
    sent = run(&pace, 62000 * MS, 62100 * MS, 0);
    ok(sent <= 11, "after a minute's stop there is no burst: %lld pings in 0.1 s", (long long)sent);
    ok(pace.next_ns > 62000 * MS, "and time has moved on");
}

static void test_young(void)
{
    struct fping_young young = {.max = 100};
    int64_t now_ns = 5000 * MS;

    for (int i = 0; i < 100; i++) {
        ok(!fping_young_full(&young, now_ns) || i < 0, "%d of 100 may be out", i + 1);
        fping_young_sent(&young, now_ns);
    }
    ok(fping_young_full(&young, now_ns), "the buffers would not hold more");
    fping_young_answered(&young, now_ns);
    ok(!fping_young_full(&young, now_ns), "a reply makes room");
    fping_young_sent(&young, now_ns);
    ok(fping_young_full(&young, now_ns + 90 * MS), "silent ones count for a while");
    ok(fping_young_next_ns(&young) > now_ns, "then they grow old");
    ok(!fping_young_full(&young, now_ns + 130 * MS), "and count no more");
    ok(young.total == 0, "none is left");
    fping_young_answered(&young, now_ns);
    ok(young.total == 0, "an old one that is answered after all changes nothing");
    ok(!fping_young_full(&young, now_ns + INT64_C(86400000) * MS), "a day later as well");
}

/* Noted when asked for, the stamp of sending may lie in the next slice. */
static void test_slices(void)
{
    struct fping_young young = {.max = 1000};
    uint32_t left = 0;

    for (int64_t now_ns = 0; now_ns < 2000 * MS; now_ns += MS / 3) {
        fping_young_full(&young, now_ns);
        fping_young_sent(&young, now_ns);
        fping_young_full(&young, now_ns + 200000);
        fping_young_answered(&young, now_ns + 200000);
        left = young.total > left ? young.total : left;
    }
    ok(left <= 16, "with every ping answered almost none is out: %u", left);
}

int main(void)
{
    test_rates();
    test_stop();
    test_young();
    test_slices();
    return done_testing();
}
