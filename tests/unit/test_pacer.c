/* SPDX-License-Identifier: Apache-2.0 */
/* The pacer: rows over time, and the bound of every window by brute force. */
#include "core/pacer.h"

#include <stdlib.h>

#include "tap.h"

#define MILLISECOND INT64_C(1000000)
#define SECOND INT64_C(1000000000)

static uint64_t rng_state = 11;

static uint64_t rng(void)
{
    rng_state = rng_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return rng_state >> 24;
}

/* One call: who wants how many when, and how many may leave. */
struct row {
    const char *what;
    int64_t at_us;
    uint32_t want;
    uint32_t got_min, got_max;
};

static void run_rows(const char *name, uint32_t rate, const struct row *rows, unsigned n)
{
    struct mping_pacer pacer;

    mping_pacer_init(&pacer, rate);
    for (unsigned i = 0; i < n; i++) {
        uint32_t allowed = mping_pacer_allow(&pacer, rows[i].at_us * 1000);
        uint32_t got = allowed < rows[i].want ? allowed : rows[i].want;

        mping_pacer_spend(&pacer, got, got < rows[i].want);
        ok(got >= rows[i].got_min && got <= rows[i].got_max, "%s: %s (%u)", name, rows[i].what,
           got);
    }
}

static void test_rows(void)
{
    static const struct row slow[] = {
        {"the first goes at once", 1000000, 1, 1, 1},
        {"a second at the same time does not", 1000000, 1, 0, 0},
        {"nor just before its time", 1099000, 1, 0, 0},
        {"it goes 100 ms later at 10 pps", 1100001, 1, 1, 1},
        {"a short stall of 300 ms is made up for", 1400002, 9, 2, 3},
        {"but not all at once", 1400002, 9, 0, 1},
        {"after an hour, no burst beyond 32", 3601400000, 99, 1, 32},
        {"and what is left of it is gone", 3601400000, 99, 0, 0},
    };
    static const struct row idle[] = {
        {"one of 1,000 pps", 1000000, 1, 1, 1},
        {"idle time is not saved up", 61000000, 99, 1, 32},
        {"nothing at the same moment", 61000000, 99, 0, 0},
        {"one a millisecond", 61001001, 99, 1, 3},
    };

    run_rows("10 pps", 10, slow, sizeof(slow) / sizeof(slow[0]));
    run_rows("1,000 pps", 1000, idle, sizeof(idle) / sizeof(idle[0]));
}

static void test_off(void)
{
    struct mping_pacer pacer;

    mping_pacer_init(&pacer, 0);
    ok(mping_pacer_allow(&pacer, 5) == UINT32_MAX, "rate 0 is no cap");
    mping_pacer_spend(&pacer, 1000000, true);
    ok(mping_pacer_allow(&pacer, 5) == UINT32_MAX, "whatever was spent");
}

/* A log of when each packet left, to look at any window of one second. */
struct log {
    int64_t *at_ns;
    size_t n;
    size_t worst; /* most packets in one second so far */
    size_t first; /* of the window that ends now */
};

static void log_packets(struct log *log, size_t max, int64_t now_ns, uint32_t n)
{
    for (; n > 0 && log->n < max; n--)
        log->at_ns[log->n++] = now_ns;
    while (log->first < log->n && log->at_ns[log->first] <= now_ns - SECOND)
        log->first++;
    if (log->n - log->first > log->worst)
        log->worst = log->n - log->first;
}

/* Random steps of time, hungers and stalls: no window of a second above rate + 32. */
static void test_windows(uint32_t rate)
{
    enum { PACKETS = 400000 };
    struct log log = {.at_ns = malloc(PACKETS * sizeof(*log.at_ns))};
    int64_t now_ns = (int64_t)(rng() % 1000000000);
    struct mping_pacer pacer;

    if (!log.at_ns)
        abort();
    mping_pacer_init(&pacer, rate);
    for (unsigned call = 0; call < 200000 && log.n < PACKETS; call++) {
        uint32_t allowed = mping_pacer_allow(&pacer, now_ns);
        uint32_t want = rng() % 8 ? UINT32_MAX : (uint32_t)(rng() % 64);
        uint32_t got = allowed < want ? allowed : want;

        mping_pacer_spend(&pacer, got, got < want);
        log_packets(&log, PACKETS, now_ns, got);
        now_ns += (int64_t)(rng() % (uint64_t)(rng() % 50 ? MILLISECOND : SECOND / 3));
        if (rng() % 5000 == 0)
            now_ns += (int64_t)(rng() % (uint64_t)(100 * SECOND));
    }
    ok(log.worst <= (size_t)rate + MPING_PACER_BURST, "%u pps: at most %zu in any second", rate,
       log.worst);
    free(log.at_ns);
}

/* With hunger all the time and waking by next_ns, the rate is met within 1 %. */
static void test_mean(uint32_t rate)
{
    int64_t now_ns = 77 * SECOND, end_ns = now_ns + 20 * SECOND;
    uint64_t sent = 0, calls = 0, idle = 0;
    struct mping_pacer pacer;

    mping_pacer_init(&pacer, rate);
    while (now_ns < end_ns && calls < 5000000) {
        uint32_t got = mping_pacer_allow(&pacer, now_ns);

        got = got < 64 ? got : 64;
        mping_pacer_spend(&pacer, got, true);
        sent += got;
        calls++;
        idle += got == 0;
        if (mping_pacer_next_ns(&pacer) > now_ns)
            now_ns = mping_pacer_next_ns(&pacer);
        else
            now_ns += got ? 0 : 1;
    }
    ok(sent >= UINT64_C(20) * rate * 99 / 100 && sent <= UINT64_C(20) * rate + MPING_PACER_BURST,
       "%u pps: %llu sent in 20 s", rate, (unsigned long long)sent);
    ok(idle <= calls / 10 + 10, "%llu of %llu wake-ups were for nothing", (unsigned long long)idle,
       (unsigned long long)calls);
    ok(calls <= sent + 10 && calls <= 20 * UINT64_C(2600) + sent / 16,
       "and wake-ups are batched at speed");
}

/* After a stall what was missed is made up for at no more than twice the rate. */
static void test_catch_up(void)
{
    struct mping_pacer pacer;
    int64_t now_ns = SECOND;
    uint64_t sent = 0;

    mping_pacer_init(&pacer, 10000);
    for (int64_t end_ns = now_ns + 2 * SECOND; now_ns < end_ns; now_ns += MILLISECOND / 4)
        mping_pacer_spend(&pacer, mping_pacer_allow(&pacer, now_ns), true);
    now_ns += 50 * MILLISECOND;
    for (int64_t end_ns = now_ns + 20 * MILLISECOND; now_ns < end_ns; now_ns += MILLISECOND / 4) {
        uint32_t n = mping_pacer_allow(&pacer, now_ns);

        mping_pacer_spend(&pacer, n, true);
        sent += n;
    }
    ok(sent > 250 && sent <= 2 * 200 + MPING_PACER_BURST,
       "20 ms after a stall of 50 ms: %llu of 400 at most", (unsigned long long)sent);
}

int main(void)
{
    static const uint32_t rates[] = {1, 2, 10, 33, 100, 1000, 5000, 100000};

    test_off();
    test_rows();
    for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
        test_windows(rates[i]);
    for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
        test_mean(rates[i]);
    test_mean(3000000);
    test_catch_up();
    return done_testing();
}
