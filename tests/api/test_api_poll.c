/* SPDX-License-Identifier: Apache-2.0 */
/* The descriptor in somebody else's loop, and events that are pulled instead of called back. */
#include "check.h"

#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { HOSTS = 20, COUNT = 5, BATCH = 16 };

static bool is_ready(struct mping *engine)
{
    struct pollfd fd = {.fd = mping_fd(engine), .events = POLLIN};

    return poll(&fd, 1, 0) > 0;
}

static void add_hosts(struct mping *engine, struct mping_target **targets, mping_callback callback,
                      struct tally *tallies)
{
    struct mping_target_opts opts;

    for (int i = 0; i < HOSTS; i++) {
        tally_opts(&opts, &tallies[i]);
        opts.count = COUNT;
        opts.interval_ns = 100 * LAB_MS;
        opts.timeout_ns = 10000 * LAB_MS;
        opts.callback = callback;
        targets[i] = check_add(engine, i % 2 ? "127.0.0.1" : "::1", &opts);
    }
}

/* Hands the events that wait to their tallies; returns how many targets have ended. */
static int pull(struct mping *engine)
{
    struct mping_event events[BATCH];
    int n, ended = 0;

    while ((n = mping_next(engine, events, BATCH)) > 0) {
        for (int i = 0; i < n; i++) {
            tally_event(&events[i], events[i].user);
            ended += events[i].type == MPING_EV_FINISHED;
        }
    }
    return ended;
}

static int finished(struct tally *tallies)
{
    int n = 0;

    for (int i = 0; i < HOSTS; i++)
        n += (int)count_of(&tallies[i], MPING_EV_FINISHED);
    return n;
}

/* Until all have ended. Returns how often the loop woke up. */
static int loop(struct mping *engine, struct tally *tallies, bool pulls)
{
    struct epoll_event event = {.events = EPOLLIN};
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC), wakeups = 0;

    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, mping_fd(engine), &event);
    while (finished(tallies) < HOSTS) {
        if (epoll_wait(epoll_fd, &event, 1, (int)(LAB_PATIENCE_NS / LAB_MS)) == 0)
            break; /* nothing comes although there is something to do */
        wakeups++;
        mping_process(engine, 0);
        if (pulls)
            pull(engine);
    }
    close(epoll_fd);
    return wakeups;
}

/*
 * A probe is due and sent, its reply is read, its events are told: three reasons to wake up
 * for each probe, and some for starting and ending. A loop that spins makes thousands.
 */
static void until_idle(struct mping *engine, bool pulls, const char *name)
{
    struct tally *tallies = tally_new(HOSTS);
    struct mping_target *targets[HOSTS];
    const char *problem = NULL;
    int wakeups;

    add_hosts(engine, targets, pulls ? NULL : tally_event, tallies);
    wakeups = loop(engine, tallies, pulls);
    ok_eq(finished(tallies), HOSTS, "%s: epoll until idle", name);
    ok(wakeups > 0 && wakeups <= 4 * HOSTS * COUNT,
       "%s: without spinning: %d wake-ups for %d probes", name, wakeups, HOSTS * COUNT);
    ok(!is_ready(engine), "%s: idle, the descriptor is not ready", name);
    ok_eq(mping_next_timeout(engine), -1, "%s: and nothing is planned", name);
    for (int i = 0; i < HOSTS; i++) {
        const char *p = check_close(targets[i], &tallies[i]);

        if (count_of(&tallies[i], MPING_EV_REPLY) != COUNT)
            p = p ? p : "a number of replies is wrong";
        problem = problem ? problem : p;
    }
    ok_none(problem, "%s: the promises of all hold", name);
    free(tallies);
}

/* A probe without a reply leaves nothing to do until its deadline. */
static void waits_quietly(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct pollfd fd = {.fd = mping_fd(engine), .events = POLLIN};
    int wakeups = 0;

    tally_opts(&opts, tally);
    opts.count = 1;
    opts.timeout_ns = 400 * LAB_MS;
    target = check_add(engine, "192.0.2.1", &opts);
    while (!count_of(tally, MPING_EV_FINISHED) && poll(&fd, 1, 30000) > 0) {
        wakeups++;
        mping_process(engine, 0);
    }
    ok(wakeups <= 5, "a lost probe: %d wake-ups from sending to verdict", wakeups);
    ok_eq((int64_t)atomic_load(&tally->verdicts), 1, "a lost probe: one verdict");
    ok_none(check_close(target, tally), "a lost probe: the promises hold");
    free(tally);
}

static void pulled_stay(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_event events[BATCH];

    tally_opts(&opts, tally);
    opts.callback = NULL;
    opts.count = 3;
    opts.interval_ns = LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    target = check_add(engine, "127.0.0.1", &opts);
    check_run(engine);
    ok(is_ready(engine), "pull: the descriptor is ready while events wait");
    ok_eq(mping_next_timeout(engine), 0, "pull: and there is something to do now");
    ok_eq(mping_next(engine, events, 1), 1, "pull: one asked for, one given");
    ok(is_ready(engine), "pull: the rest still waits");
    ok_eq(events[0].type, MPING_EV_REPLY, "pull: the oldest first");
    ok_eq(mping_next(engine, events, BATCH), 3, "pull: the rest, with FINISHED");
    ok(events[2].type == MPING_EV_FINISHED && events[0].count == 1, "pull: in order");
    ok_eq(mping_next(engine, events, BATCH), 0, "pull: then none");
    ok(!is_ready(engine), "pull: and the descriptor is not ready");
    mping_close(target);
    free(tally);
}

static void max_events(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    int most = 0;

    tally_opts(&opts, tally);
    opts.count = 50;
    opts.interval_ns = 0;
    opts.window = 50;
    opts.timeout_ns = 10000 * LAB_MS;
    target = check_add(engine, "127.0.0.1", &opts);
    while (!count_of(tally, MPING_EV_FINISHED)) {
        int n = mping_process(engine, 3);

        most = n > most ? n : most;
    }
    ok(most > 0 && most <= 3, "mping_process: never more events than asked for (%d)", most);
    ok_none(check_close(target, tally), "mping_process: the promises hold");
    free(tally);
}

static void wakeup(struct mping *engine)
{
    struct mping_target *target = check_add(engine, "192.0.2.1", NULL);

    mping_run(engine, 0);
    mping_wakeup(engine);
    ok(mping_run(engine, -1) == 1, "mping_wakeup: mping_run returns, and says what is active");
    mping_wakeup(engine);
    ok(is_ready(engine), "mping_wakeup: the descriptor becomes ready");
    mping_close(target);
    mping_process(engine, 0);
    ok(!is_ready(engine), "mping_wakeup: until it is processed");
}

/* A target without a handle closes itself, but not before its events have been taken. */
static void without_handles(struct mping *engine, uint64_t events)
{
    struct mping_target_opts opts;
    struct mping_event event;
    int verdicts = 0, ended = 0;
    bool named = true;

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = COUNT;
    opts.interval_ns = 20 * LAB_MS;
    opts.events = events;
    for (int i = 0; i < HOSTS; i++)
        if (mping_add(engine, i % 2 ? "127.0.0.1" : "::1", &opts, NULL) < 0)
            ok(0, "target %d could be added", i);
    while (mping_run(engine, 10000 * LAB_MS) > 0) {
    }
    while (mping_next(engine, &event, 1) == 1) {
        verdicts += event.type == MPING_EV_REPLY;
        ended += event.type == MPING_EV_FINISHED;
        named = named && event.host[0];
    }
    ok_eq(verdicts, HOSTS * COUNT, "every verdict of targets without handles is pulled");
    ok_eq(ended, events & MPING_EVENT_BIT(MPING_EV_FINISHED) ? HOSTS : 0, "and every end");
    ok(named, "all with their names");
}

/* Nobody takes the events of a flood: each run without a limit says so, and none is lost. */
static void full(uint32_t io_threads)
{
    static struct mping_event events[BATCH];
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_stats stats;
    uint64_t verdicts = 0;
    struct mping_opts how;
    struct mping *engine;
    int n;

    mping_opts_init(&how, sizeof(how));
    how.io_threads = io_threads;
    engine = check_engine(&how);
    mping_target_opts_init(&opts, sizeof(opts));
    opts.interval_ns = 0;
    opts.window = 500;
    opts.events = MPING_EVENTS_VERDICTS;
    target = check_add(engine, "127.0.0.1", &opts);
    for (int i = 0; i < 2; i++) {
        ok_eq(mping_run(engine, -1), MPING_EFULL, "%u io_threads: full, and it says so",
              io_threads);
        ok(strstr(mping_errmsg(engine), "mping_next") != NULL, "and what helps: %s",
           mping_errmsg(engine));
        ok_eq(mping_run(engine, LAB_MS), MPING_EFULL, "again, with a limit");
        for (int taken = 0; taken < 65536; taken += n) {
            n = mping_next(engine, events, BATCH);
            if (n <= 0)
                break;
            for (int e = 0; e < n; e++)
                verdicts += events[e].type != MPING_EV_FINISHED;
        }
    }
    mping_cancel(target);
    do {
        for (n = mping_next(engine, events, BATCH); n > 0; n = mping_next(engine, events, BATCH))
            verdicts += (uint64_t)n;
        n = mping_run(engine, -1);
    } while (n != 0);
    for (n = mping_next(engine, events, BATCH); n > 0; n = mping_next(engine, events, BATCH))
        verdicts += (uint64_t)n;
    mping_target_stats(target, &stats, sizeof(stats), 0);
    ok_eq((int64_t)verdicts, (int64_t)stats.sent, "%u io_threads: one verdict each", io_threads);
    mping_close(target);
    mping_free(engine);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;
    int fd;

    check_start();
    mark = lab_mark();
    engine = check_engine(NULL);
    fd = mping_fd(engine);
    ok(fd >= 0 && !is_ready(engine), "there is a descriptor, not ready");
    until_idle(engine, false, "callbacks");
    until_idle(engine, true, "pull");
    waits_quietly(engine);
    pulled_stay(engine);
    without_handles(engine, MPING_EVENTS_DEFAULT);
    without_handles(engine, MPING_EVENTS_VERDICTS);
    max_events(engine);
    wakeup(engine);
    ok_eq(mping_fd(engine), fd, "the descriptor stays the same");
    check_end(engine, &mark, "poll");
    full(1);
    full(2);
    return done_testing();
}
