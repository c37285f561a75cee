/* SPDX-License-Identifier: Apache-2.0 */
/* More probes out than there are sequence numbers: nothing blocks, nothing is confused. */
#include "check.h"

#include <time.h>

enum { SEQS = 65536, OVER = 200, PART = SEQS / 8, COST_RATIO_MAX = 5 };

static void manual_opts(struct mping_target_opts *opts, struct tally *tally, uint32_t flags)
{
    tally_opts(opts, tally);
    opts->interval_ns = MPING_INTERVAL_MANUAL;
    opts->timeout_ns = 0;
    opts->flags = flags;
}

/* Sends n times, letting the engine work now and then; returns how many were refused. */
static int send_n(struct mping *engine, struct mping_target *target, int n)
{
    int refused = 0;

    for (int i = 0; i < n; i++) {
        refused += mping_send(target) != 0;
        if (i % 256 == 255)
            mping_process(engine, 0);
    }
    return refused;
}

/* Waits until all probes asked for have really left. */
static uint64_t sent_all(struct mping *engine, struct mping_target *target, uint64_t want)
{
    int64_t end_ns = lab_now_ns() + LAB_PATIENCE_NS;
    struct mping_stats stats;

    do {
        mping_wait(engine, LAB_MS);
        mping_target_stats(target, &stats, sizeof(stats), 0);
    } while (stats.sent < want && lab_now_ns() < end_ns);
    return stats.sent;
}

static void strict(struct mping *engine, const char *host)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_stats stats;

    manual_opts(&opts, tally, MPING_FLAG_SEQ_STRICT);
    target = check_add(engine, host, &opts);
    ok_eq(send_n(engine, target, SEQS), 0, "SeqBlock %s: 2^16 sends do not block", host);
    ok_eq(mping_send(target), MPING_EAGAIN, "SeqBlock %s: the 65537th says EAGAIN", host);
    ok_eq((int64_t)sent_all(engine, target, SEQS), SEQS, "SeqBlock %s: all have left", host);
    ok_eq(mping_send(target), MPING_EAGAIN, "SeqBlock %s: the window is still full", host);
    mping_target_stats(target, &stats, sizeof(stats), 0);
    ok_eq((int64_t)stats.pending, SEQS, "SeqBlock %s: all are pending", host);
    ok_eq((int64_t)atomic_load(&tally->verdicts), 0,
          "SeqBlock %s: handler never called with a reply", host);
    mping_cancel(target);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_CANCELED), SEQS, "SeqBlock %s: cancel ends them all",
          host);
    ok_none(check_close(target, tally), "SeqBlock %s: Close unblocks it", host);
    free(tally);
}

static int64_t cpu_ns(void)
{
    struct timespec spent;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return (int64_t)spent.tv_sec * 1000000000 + spent.tv_nsec;
}

/* A scan over what is pending would make the last eighth cost more than 15 times the first. */
static void flat_cost(struct mping *engine, const char *host)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    int64_t start_ns, first_ns, last_ns;

    tally_opts(&opts, tally);
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    opts.timeout_ns = 3600000 * LAB_MS;
    target = check_add(engine, host, &opts);
    start_ns = cpu_ns();
    send_n(engine, target, PART);
    first_ns = cpu_ns() - start_ns;
    send_n(engine, target, SEQS - 2 * PART);
    start_ns = cpu_ns();
    send_n(engine, target, PART);
    last_ns = cpu_ns() - start_ns;
    ok(last_ns < COST_RATIO_MAX * first_ns,
       "%s: a send costs the same with 60,000 pending as with none (CPU: %.1f times)", host,
       (double)last_ns / (double)first_ns);
    mping_close(target);
    free(tally);
}

static void watch_wrap(struct tally *tally, const struct mping_event *event)
{
    uint64_t *next = tally->hook_arg;

    if (event->type != MPING_EV_UNKNOWN)
        return;
    if (event->reason == MPING_REASON_SEQ_WRAP && event->err == MPING_ESEQWRAP &&
        event->count == *next)
        (*next)++;
}

/* The oldest probe gives way to the one that needs its number, never the other way round. */
static void wrap(struct mping *engine, const char *host)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_stats stats;
    uint64_t next = 0;

    manual_opts(&opts, tally, 0);
    tally->hook = watch_wrap;
    tally->hook_arg = &next;
    target = check_add(engine, host, &opts);
    ok_eq(send_n(engine, target, SEQS + OVER), 0, "SeqWrapped %s: 65,736 sends, none refused",
          host);
    ok_eq((int64_t)sent_all(engine, target, SEQS + OVER), SEQS + OVER,
          "SeqWrapped %s: all have left", host);
    ok_eq((int64_t)count_of(tally, MPING_EV_UNKNOWN), OVER, "SeqWrapped %s: exactly 200 end so",
          host);
    ok_eq((int64_t)next, OVER, "SeqWrapped %s: the 200 oldest, in order", host);
    mping_target_stats(target, &stats, sizeof(stats), 0);
    ok_eq((int64_t)stats.pending, SEQS, "SeqWrapped %s: the new ones are all still out", host);
    mping_close(target);
    atomic_store(&tally->closed, 1);
    mping_wait(engine, 0);
    ok_none(tally_problem(tally, NULL), "SeqWrapped %s: closed in silence", host);
    free(tally);
}

/* Beyond the wrap replies still find their probe: seq repeats, count does not. */
static void far(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;

    tally_opts(&opts, tally);
    opts.count = SEQS + OVER;
    opts.interval_ns = 0;
    opts.window = 256;
    opts.timeout_ns = 20000 * LAB_MS;
    target = check_add(engine, "127.0.0.1", &opts);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), SEQS + OVER,
          "count never wraps: 65,736 replies to 65,736 probes");
    ok_eq((int64_t)tally->last[MPING_EV_REPLY].count, SEQS + OVER - 1, "count goes on beyond 2^16");
    ok_eq(tally->last[MPING_EV_REPLY].seq, OVER - 1, "seq starts again from 0");
    ok_none(check_close(target, tally), "one verdict for each count, seq its remainder");
    free(tally);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    mark = lab_mark();
    engine = check_engine(NULL);
    strict(engine, "192.0.2.1");
    strict(engine, "2001:db8:2::1");
    wrap(engine, "192.0.2.1");
    wrap(engine, "2001:db8:2::1");
    flat_cost(engine, "192.0.2.1");
    flat_cost(engine, "2001:db8:2::1");
    far(engine);
    check_end(engine, &mark, "seq");
    return done_testing();
}
