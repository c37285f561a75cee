/* SPDX-License-Identifier: Apache-2.0 */
/* Cancel and close with probes out: CANCELED for each, FINISHED, then silence. */
#include "check.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PENDING = 9 };

static struct mping_target *with_pending(struct mping *engine, const char *host, int64_t timeout_ns,
                                         struct tally *tally)
{
    struct mping_target_opts opts;
    struct mping_target *target;

    tally_opts(&opts, tally);
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    opts.timeout_ns = timeout_ns;
    target = check_add(engine, host, &opts);
    for (int i = 0; i < PENDING; i++)
        mping_send(target);
    mping_process(engine, 0);
    return target;
}

static void watch_order(struct tally *tally, const struct mping_event *event)
{
    unsigned *wrong = tally->hook_arg;

    if (event->type == MPING_EV_FINISHED)
        *wrong += count_of(tally, MPING_EV_CANCELED) != PENDING;
    if (event->type == MPING_EV_CANCELED)
        *wrong += event->err == 0 || event->received_ns != 0 || event->rtt_ns != -1;
}

static void cancel(struct mping *engine, const char *host, int64_t timeout_ns)
{
    struct tally *tally = tally_new(1);
    struct mping_target *target = with_pending(engine, host, timeout_ns, tally);
    unsigned wrong = 0;

    tally->hook = watch_order;
    tally->hook_arg = &wrong;
    ok_eq(mping_cancel(target), 0, "cancel %s, timeout %jd: accepted", host, (intmax_t)timeout_ns);
    ok_eq((int64_t)count_of(tally, MPING_EV_CANCELED), 0,
          "cancel %s: nothing is called back from inside it", host);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_CANCELED), PENDING,
          "cancel %s: every pending probe gets CANCELED", host);
    ok_eq(wrong, 0, "cancel %s: never err == 0, and FINISHED comes last", host);
    ok_eq((int64_t)count_of(tally, MPING_EV_FINISHED), 1, "cancel %s: FINISHED once", host);
    ok_eq(mping_send(target), MPING_ECLOSED, "cancel %s: no send after it", host);
    mping_cancel(target);
    check_idle(engine, 20 * LAB_MS);
    ok_none(check_close(target, tally), "cancel %s: then silence", host);
    free(tally);
}

/* Asked for, and canceled before they could leave. */
static void cancel_unsent(struct mping *engine, const char *host)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_stats stats;

    tally_opts(&opts, tally);
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    target = check_add(engine, host, &opts);
    for (int i = 0; i < PENDING; i++)
        mping_send(target);
    mping_cancel(target);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_CANCELED), PENDING,
          "cancel %s before anything has left: every probe asked for gets CANCELED", host);
    mping_target_stats(target, &stats, sizeof(stats), 0);
    ok(stats.canceled == PENDING && stats.sent == PENDING && stats.pending == 0,
       "cancel %s before anything has left: counted so", host);
    ok_none(check_close(target, tally), "cancel %s before anything has left: then silence", host);
    free(tally);
}

static void close_pending(struct mping *engine, const char *host)
{
    struct tally *tally = tally_new(1);
    struct mping_target *target = with_pending(engine, host, 300 * LAB_MS, tally);
    struct mping_stats before, after;

    mping_engine_stats(engine, &before, sizeof(before));
    mping_close(target);
    atomic_store(&tally->closed, 1);
    mping_engine_stats(engine, &after, sizeof(after));
    ok_eq((int64_t)(after.canceled - before.canceled), PENDING,
          "close %s: the engine counts what was pending as canceled", host);
    ok_eq((int64_t)after.pending, 0, "close %s: nothing is pending", host);
    check_idle(engine, 400 * LAB_MS);
    ok_none(tally_problem(tally, NULL), "close %s: no callback after it", host);
    free(tally);
}

/* Cancel between the reply's arrival and its delivery: whatever it is, it is one verdict. */
static void cancel_racing(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target *target = with_pending(engine, "127.0.0.1", 0, tally);

    mping_cancel(target);
    check_run(engine);
    ok_eq((int64_t)atomic_load(&tally->verdicts), PENDING, "cancel: one verdict for each probe");
    ok_none(check_close(target, tally), "cancel: the counters agree");
    free(tally);
}

static void cancel_at_3(struct tally *tally, const struct mping_event *event)
{
    if (event->type == MPING_EV_REPLY && count_of(tally, MPING_EV_REPLY) == 3)
        mping_cancel(event->target);
}

/* Flood + cancel, and a lost probe without timeout + cancel: both come to their end. */
static void flood_cancel(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    tally_opts(&opts, tally);
    opts.interval_ns = 0;
    opts.timeout_ns = 10000 * LAB_MS;
    tally->hook = cancel_at_3;
    ok_eq(mping_ping(engine, "127.0.0.1", &opts), 0, "flood+cancel: returns OK");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 3, "flood+cancel: exactly 3 counted");
    ok_none(tally_problem(tally, NULL), "flood+cancel: the promises hold");
    free(tally);
}

/* The context of old: a pipe that becomes readable ends the ping, with lost probes out. */
static void until_pipe(struct mping *engine, const char *host, int64_t timeout_ns)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    int ends[2];

    if (pipe(ends) != 0 || write(ends[1], "x", 1) != 1)
        abort();
    tally_opts(&opts, tally);
    opts.interval_ns = 20 * LAB_MS;
    opts.timeout_ns = timeout_ns;
    ok_eq(mping_ping_until(engine, ends[0], host, &opts), 0,
          "PingWithContext %s, timeout %jd: canceled returns OK", host, (intmax_t)timeout_ns);
    ok_eq((int64_t)count_of(tally, MPING_EV_FINISHED), 1, "PingWithContext %s: FINISHED", host);
    atomic_store(&tally->closed, 1);
    check_idle(engine, 20 * LAB_MS);
    ok_none(tally_problem(tally, NULL), "PingWithContext %s: silence after return", host);
    close(ends[0]);
    close(ends[1]);
    free(tally);
}

static void write_at_3(struct tally *tally, const struct mping_event *event)
{
    const int *fd = tally->hook_arg;

    if (event->type == MPING_EV_SENT && count_of(tally, MPING_EV_SENT) == 3 &&
        write(*fd, "x", 1) != 1)
        abort();
}

static void until_later(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    char byte = 0;
    int ends[2];

    if (pipe(ends) != 0)
        abort();
    tally_opts(&opts, tally);
    opts.interval_ns = 5 * LAB_MS;
    opts.timeout_ns = 0;
    opts.events |= MPING_EVENT_BIT(MPING_EV_SENT);
    tally->hook = write_at_3;
    tally->hook_arg = &ends[1];
    ok_eq(mping_ping_until(engine, ends[0], "192.0.2.1", &opts), 0,
          "PingWithContext: cancel with timeout 0 and lost probes returns");
    ok_eq((int64_t)count_of(tally, MPING_EV_CANCELED), (int64_t)count_of(tally, MPING_EV_SENT),
          "PingWithContext: all of them CANCELED");
    ok(read(ends[0], &byte, 1) == 1 && byte == 'x', "PingWithContext: the pipe is not read");
    ok_none(tally_problem(tally, NULL), "PingWithContext: the promises hold");
    close(ends[0]);
    close(ends[1]);
    free(tally);
}

/* How many replies are called back after cancel has returned. */
struct after {
    atomic_int canceled;
    atomic_int replies;
    int slow;
    struct mping_target *other;
};

static void count_after(struct tally *tally, const struct mping_event *event)
{
    struct after *after = tally->hook_arg;

    if (event->type != MPING_EV_REPLY)
        return;
    if (atomic_load(&after->canceled))
        atomic_fetch_add(&after->replies, 1);
    if (after->slow)
        lab_sleep_ns(LAB_MS / 2);
}

/* A slow callback, and many replies that wait for it when the target is canceled. */
static void no_reply_after(int workers, uint32_t io_threads, uint32_t flags)
{
    struct lab_mark mark = lab_mark();
    struct tally *tally = tally_new(1);
    struct after after = {.slow = 1};
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_opts how;
    struct mping *engine;

    mping_opts_init(&how, sizeof(how));
    how.workers = workers;
    how.io_threads = io_threads;
    engine = check_engine(&how);
    tally_opts(&opts, tally);
    opts.interval_ns = 0;
    opts.window = 512;
    opts.timeout_ns = 10000 * LAB_MS;
    opts.flags = flags;
    tally->hook = count_after;
    tally->hook_arg = &after;
    target = check_add(engine, "127.0.0.1", &opts);
    while (count_of(tally, MPING_EV_REPLY) < 20)
        mping_wait(engine, 10 * LAB_MS);
    mping_cancel(target);
    atomic_store(&after.canceled, 1);
    check_run(engine);
    ok(atomic_load(&after.replies) <= (workers > 0),
       "%d workers, %u io_threads: %d replies are called back after cancel", workers, io_threads,
       atomic_load(&after.replies));
    ok(count_of(tally, MPING_EV_CANCELED) > 0, "%d workers, %u io_threads: the rest is canceled",
       workers, io_threads);
    ok_none(check_close(target, tally), "%d workers, %u io_threads: counters agree with events",
            workers, io_threads);
    free(tally);
    check_end(engine, &mark, "no reply after cancel");
}

static void cancel_both(struct tally *tally, const struct mping_event *event)
{
    struct after *after = tally->hook_arg;

    count_after(tally, event);
    if (event->type != MPING_EV_REPLY || atomic_exchange(&after->canceled, 1))
        return;
    mping_cancel(event->target);
    mping_cancel(after->other);
}

/* From a callback, with the replies of this target and of another one read already. */
static void no_reply_after_from_inside(struct mping *engine, uint64_t count, uint32_t flags)
{
    struct tally *tallies = tally_new(2);
    struct mping_target *targets[2];
    struct after after = {.other = NULL};
    struct mping_target_opts opts;

    for (int i = 0; i < 2; i++) {
        tally_opts(&opts, &tallies[i]);
        opts.interval_ns = count == 1 ? LAB_MS : MPING_INTERVAL_MANUAL;
        opts.timeout_ns = 10000 * LAB_MS;
        opts.count = count;
        opts.flags = flags;
        tallies[i].hook = i == 0 ? cancel_both : count_after;
        tallies[i].hook_arg = &after;
        targets[i] = check_add(engine, i == 0 ? "127.0.0.1" : "127.0.0.2", &opts);
    }
    after.other = targets[1];
    for (int i = 0; i < 5; i++) {
        for (int t = 0; t < 2 && count != 1; t++)
            mping_send(targets[t]);
    }
    check_run(engine);
    ok_eq(atomic_load(&after.replies), 0, "count %ju: no reply after cancel from inside",
          (uintmax_t)count);
    ok_none(check_close(targets[0], &tallies[0]), "count %ju: the counters agree",
            (uintmax_t)count);
    ok_none(check_close(targets[1], &tallies[1]), "count %ju: those of the other, too",
            (uintmax_t)count);
    free(tallies);
}

static void all(struct mping *engine)
{
    cancel(engine, "192.0.2.1", 0);
    cancel(engine, "192.0.2.1", 3600000 * LAB_MS);
    cancel(engine, "2001:db8:2::1", 0);
    cancel_unsent(engine, "127.0.0.1");
    cancel_unsent(engine, "a.name.that.is.looked.up");
    close_pending(engine, "192.0.2.1");
    close_pending(engine, "2001:db8:2::1");
    cancel_racing(engine);
    flood_cancel(engine);
    until_pipe(engine, "127.0.0.1", 10000 * LAB_MS);
    until_pipe(engine, "192.0.2.1", 0);
    until_later(engine);
    no_reply_after_from_inside(engine, 1, 0);
    no_reply_after_from_inside(engine, 5, 0);
    no_reply_after_from_inside(engine, 5, MPING_FLAG_HISTOGRAM);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    mark = lab_mark();
    engine = check_engine(NULL);
    all(engine);
    check_end(engine, &mark, "cancel, raw sockets");
    no_reply_after(1, 1, 0);
    no_reply_after(4, 1, MPING_FLAG_HISTOGRAM);
    no_reply_after(0, 2, 0);
    no_reply_after(2, 2, MPING_FLAG_HISTOGRAM);
    lab_allow_ping_sockets(1);
    engine = check_engine_with(MPING_SOCKET_PING, 0);
    all(engine);
    check_end(engine, &mark, "cancel, ping sockets");
    return done_testing();
}
