/* SPDX-License-Identifier: Apache-2.0 */
/* Engines with io_threads: rate, window and number of targets hold for all threads together. */
#include "check.h"

#include <string.h>

static void name_host(char *host, size_t size, int i)
{
    if (i % 2)
        snprintf(host, size, "2001:db8:1::%x", (unsigned)i);
    else
        snprintf(host, size, "127.2.%d.%d", i / 250, i % 250 + 1);
}

/* When probes left, from whatever thread says so. */
struct times {
    atomic_uint n;
    int64_t sent_ns[8192];
};

static void note_time(const struct mping_event *event, void *user)
{
    struct times *times = user;
    unsigned i;

    if (!event->sent_ns || !(MPING_EVENTS_VERDICTS & MPING_EVENT_BIT(event->type)))
        return;
    i = atomic_fetch_add(&times->n, 1);
    if (i < 8192)
        times->sent_ns[i] = event->sent_ns;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The most that left within any such time. */
static unsigned most_within(struct times *times, int64_t window_ns)
{
    unsigned n = atomic_load(&times->n), from = 0, most = 0;

    qsort(times->sent_ns, n, sizeof(times->sent_ns[0]), compare);
    for (unsigned i = 0; i < n; i++) {
        while (times->sent_ns[i] - times->sent_ns[from] >= window_ns)
            from++;
        most = i - from + 1 > most ? i - from + 1 : most;
    }
    return most;
}

/* Pings that want to leave at once, of many hosts or of one, under a common cap. */
static unsigned cap_try(uint32_t n, int hosts, uint32_t rate_pps, uint64_t probes)
{
    struct mping_opts engine_opts;
    struct mping_target_opts opts;
    struct mping *engine;
    struct times *times = calloc(1, sizeof(*times));
    char host[64];
    unsigned most;

    mping_opts_init(&engine_opts, sizeof(engine_opts));
    engine_opts.io_threads = n;
    engine_opts.rate_pps = rate_pps;
    engine = check_engine(&engine_opts);
    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = probes / (uint64_t)hosts;
    opts.interval_ns = 0;
    opts.window = 64;
    opts.timeout_ns = 20000 * LAB_MS;
    opts.callback = note_time;
    opts.user = times;
    for (int i = 0; i < hosts; i++) {
        name_host(host, sizeof(host), i);
        mping_add(engine, host, &opts, NULL);
    }
    check_run(engine);
    ok_eq((int64_t)atomic_load(&times->n), (int64_t)probes, "cap, %u threads, %d hosts: all told",
          n, hosts);
    most = most_within(times, 1000 * LAB_MS);
    free(times);
    mping_free(engine);
    return most;
}

/* If the machine keeps a thread from sending what it has been allowed, that leaves too late. */
static void cap(uint32_t n, int hosts)
{
    const uint32_t rate_pps = 2000;
    unsigned most = cap_try(n, hosts, rate_pps, 3000);

    for (int i = 0; i < 3 && most > rate_pps + 32; i++)
        most = cap_try(n, hosts, rate_pps, 3000);
    ok(most <= rate_pps + 32 && most > rate_pps / 2,
       "cap, %u threads, %d hosts: no second has more than 2,032 (%u)", n, hosts, most);
}

/* Ten probes may be out, whichever threads have sent them, and all hosts are silent. */
static void window(uint32_t n)
{
    struct lab_mark mark = lab_mark();
    struct mping_opts engine_opts;
    struct mping_target_opts opts;
    struct mping *engine;
    struct times *times = calloc(1, sizeof(*times));
    struct mping_stats stats;
    char host[64];

    mping_opts_init(&engine_opts, sizeof(engine_opts));
    engine_opts.io_threads = n;
    engine_opts.inflight_max = 10;
    engine = check_engine(&engine_opts);
    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = 1;
    opts.first_delay_ns = 0;
    opts.timeout_ns = 10 * LAB_MS;
    opts.callback = note_time;
    opts.user = times;
    for (int i = 0; i < 200; i++) {
        snprintf(host, sizeof(host), "192.0.2.%d", i + 1);
        mping_add(engine, host, &opts, NULL);
    }
    check_run(engine);
    mping_engine_stats(engine, &stats, sizeof(stats));
    ok_eq((int64_t)(stats.lost + stats.unknown), 200, "window, %u threads: each has its verdict",
          n);
    ok_eq(most_within(times, 10 * LAB_MS), 10, "window, %u threads: ten at once, never more", n);
    free(times);
    check_end(engine, &mark, "window");
}

static void room(void)
{
    struct mping_opts engine_opts;
    struct mping *engine;
    struct mping_target *first = NULL, *other = NULL;

    mping_opts_init(&engine_opts, sizeof(engine_opts));
    engine_opts.io_threads = 4;
    engine_opts.targets_max = 3;
    engine = check_engine(&engine_opts);
    ok_eq(mping_add(engine, "127.0.0.1", NULL, &first), 0, "targets_max: one of three");
    ok_eq(mping_add(engine, "127.0.0.2", NULL, NULL), 0, "targets_max: two of three");
    ok_eq(mping_add(engine, "127.0.0.3", NULL, NULL), 0, "targets_max: three of three");
    ok_eq(mping_add(engine, "127.0.0.4", NULL, &other), MPING_EFULL, "targets_max: no fourth");
    ok(!other && mping_errmsg(engine)[0], "targets_max: says so");
    mping_close(first);
    ok_eq(mping_add(engine, "127.0.0.5", NULL, NULL), 0, "targets_max: in place of a closed one");
    ok_eq(mping_free(engine), 0, "targets_max: freed with targets at work");
}

int main(void)
{
    check_start();
    window(1);
    window(2);
    window(4);
    cap(2, 60);
    cap(4, 1);
    room();
    return done_testing();
}
