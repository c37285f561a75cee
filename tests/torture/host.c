/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that uses the library and is pelted with signals. Its handlers are installed without
 * SA_RESTART, so every call that waits comes back early, in the library and here.
 *
 * usage: torture_host run|wait|poll|pull|workers|threads|once HOST PROBES INTERVAL_MS
 *
 * Prints "ready", and at the end how many probes were sent and answered and how many signals came.
 * Exit: 0 each probe was answered, 1 something was refused (said on stderr), 2 a wrong answer.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <multiping/multiping.h>

#define MS INT64_C(1000000)

static const int signals[] = {SIGALRM,  SIGUSR1, SIGUSR2, SIGQUIT,
                              SIGWINCH, SIGCONT, SIGCHLD, SIGURG};
static atomic_ulong caught, answered, others;

static void on_signal(int number)
{
    (void)number;
    atomic_fetch_add(&caught, 1);
}

static void catch_signals(void)
{
    const struct sigaction action = {.sa_handler = on_signal};

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &action, NULL);
}

static void take(const struct mping_event *event)
{
    if (event->type == MPING_EV_REPLY)
        atomic_fetch_add(&answered, 1);
    else if (MPING_EVENTS_VERDICTS & MPING_EVENT_BIT(event->type))
        atomic_fetch_add(&others, 1);
}

static void on_event(const struct mping_event *event, void *user)
{
    (void)user;
    take(event);
}

static int refuse(const char *what, int err)
{
    (void)fprintf(stderr, "torture: %s: %s\n", what, mping_strerror(err));
    return 1;
}

static void pull(struct mping *engine)
{
    struct mping_event events[8];
    int n;

    while ((n = mping_next(engine, events, 8)) > 0)
        for (int i = 0; i < n; i++)
            take(&events[i]);
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 * MS + now.tv_nsec;
}

static void sleep_until(int64_t at_ns)
{
    const struct timespec at = {.tv_sec = at_ns / (1000 * MS), .tv_nsec = at_ns % (1000 * MS)};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
        ;
}

/* One step of a loop in the way that is asked for. */
static void drive(struct mping *engine, const char *mode)
{
    struct pollfd fd = {.fd = mping_fd(engine), .events = POLLIN};

    if (strcmp(mode, "wait") == 0) {
        mping_wait(engine, 100 * MS);
    } else if (strcmp(mode, "poll") == 0) {
        poll(&fd, 1, 100);
        mping_process(engine, 0);
    } else {
        mping_run(engine, 100 * MS);
    }
    pull(engine);
}

static int ping_all(struct mping *engine, const char *mode, const char *host, unsigned long probes,
                    int64_t interval_ns)
{
    struct mping_target_opts opts;
    struct mping_target *target;
    int err;

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = probes;
    opts.interval_ns = interval_ns;
    opts.timeout_ns = 2000 * MS;
    opts.callback = strcmp(mode, "pull") == 0 ? NULL : on_event;
    err = mping_add(engine, host, &opts, &target);
    if (err < 0)
        return refuse("add", err);
    while (atomic_load(&answered) + atomic_load(&others) < probes)
        drive(engine, mode);
    mping_close(target);
    return 0;
}

static int ping_one_by_one(struct mping *engine, const char *host, unsigned long probes,
                           int64_t interval_ns)
{
    int64_t next_ns = now_ns();

    for (unsigned long i = 0; i < probes; i++) {
        struct mping_event event;
        int err = mping_once(engine, host, 2000 * MS, &event);

        if (err < 0)
            return refuse("once", err);
        take(&event);
        next_ns += interval_ns;
        sleep_until(next_ns);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *mode = argc == 5 ? argv[1] : "", *host = argc == 5 ? argv[2] : "";
    unsigned long probes = argc == 5 ? strtoul(argv[3], NULL, 10) : 0;
    int64_t interval_ns = argc == 5 ? strtol(argv[4], NULL, 10) * MS : 0;
    struct mping_opts opts;
    struct mping *engine;
    int r;

    catch_signals();
    mping_opts_init(&opts, sizeof(opts));
    opts.workers = strcmp(mode, "workers") == 0 ? 2 : 0;
    opts.io_threads = strcmp(mode, "threads") == 0 ? 2 : 0;
    r = mping_new(&engine, &opts);
    if (r < 0)
        return refuse("new", r);
    (void)puts("ready");
    (void)fflush(stdout);
    r = strcmp(mode, "once") == 0 ? ping_one_by_one(engine, host, probes, interval_ns)
                                  : ping_all(engine, mode, host, probes, interval_ns);
    mping_free(engine);
    (void)printf("probes %lu answered %lu signals %lu\n", probes, atomic_load(&answered),
                 atomic_load(&caught));
    if (atomic_load(&others) > 0)
        return 2;
    return r;
}
