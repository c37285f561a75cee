/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user of the library for the torture: it adds, sends, changes, drains, cancels and closes
 * whatever happens to it, and checks what it is told.
 *
 * usage: torture_library pull|run|workers|threads|once [NAME]   NAME resolves to a host that
 * answers
 *
 * Exit: 0 all went well, 1 something was refused (said on stderr), 2 a wrong answer.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/multiping.h>

#define MS INT64_C(1000000)
#define LIVE "127.0.0.1"
#define DEAD "127.0.0.9" /* the firewall drops what goes there */

enum { HOSTS = 4, PROBES = 3, EVENTS = 8 };

/* What we were told of one target. */
struct told {
    const char *host;
    bool alive;
    struct mping_target *target;
    atomic_ulong verdicts, finished;
};

static atomic_int worst; /* exit code */

static void refuse(const char *what, int err)
{
    int good = 0;

    (void)fprintf(stderr, "torture: %s: %s\n", what, mping_strerror(err));
    atomic_compare_exchange_strong(&worst, &good, 1);
}

static void wrong(const char *what, const struct mping_event *event)
{
    (void)fprintf(stderr, "torture: WRONG: %s: %s: %s\n", what, event->host ? event->host : "",
                  mping_event_name(event->type));
    atomic_store(&worst, 2);
}

static void on_event(const struct mping_event *event, void *user)
{
    struct told *told = user;

    if (event->type == MPING_EV_FINISHED) {
        if (atomic_fetch_add(&told->finished, 1) > 0)
            wrong("finished twice", event);
        return;
    }
    if (atomic_load(&told->finished))
        wrong("after the end", event);
    if (!(MPING_EVENT_BIT(event->type) & MPING_EVENTS_VERDICTS))
        return;
    atomic_fetch_add(&told->verdicts, 1);
    if (event->type == MPING_EV_LOST && told->alive)
        wrong("the host is alive", event);
    if (event->type == MPING_EV_REPLY && !told->alive)
        wrong("the host is dead", event);
}

/* Each probe that was made has one verdict, and the counters say the same. */
static void check(struct told *told)
{
    struct mping_stats s = {0};
    const struct mping_event end = {.type = MPING_EV_FINISHED, .host = told->host};
    uint64_t sum;

    if (mping_target_stats(told->target, &s, sizeof(s), 0) < 0)
        return;
    sum = s.received + s.lost + s.unreachable + s.send_errors + s.unknown + s.canceled;
    if (s.sent != sum + s.pending)
        wrong("the counters do not add up", &end);
    if (atomic_load(&told->finished) && s.pending)
        wrong("something is pending after the end", &end);
    if (atomic_load(&told->verdicts) != sum + s.resolve_errors)
        wrong("verdicts are missing", &end);
}

static void add(struct mping *engine, struct told *told, mping_callback callback, int i)
{
    struct mping_target_opts opts;
    int err;

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = PROBES;
    opts.interval_ns = i == HOSTS - 1 ? MPING_INTERVAL_MANUAL : 2 * MS;
    opts.timeout_ns = told->alive ? 2000 * MS : 20 * MS;
    opts.resolve_timeout_ns = 1000 * MS;
    opts.flags = i % 2 ? MPING_FLAG_HISTOGRAM : 0u;
    opts.callback = callback;
    opts.user = told;
    err = mping_add(engine, told->host, &opts, &told->target);
    if (err < 0)
        refuse(told->host, err);
}

static void take(struct mping *engine)
{
    struct mping_event events[EVENTS];
    int n;

    while ((n = mping_next(engine, events, EVENTS)) > 0)
        for (int i = 0; i < n; i++)
            on_event(&events[i], events[i].user);
}

/* Until all is done, or nothing more is going to happen. */
static void go_on(struct mping *engine, bool pull)
{
    int left = 1;

    for (int i = 0; i < 1000 && left > 0; i++) {
        left = mping_run(engine, pull ? 10 * MS : 100 * MS);
        take(engine);
    }
    if (left < 0)
        refuse("run", left);
}

static void ping_many(struct mping *engine, bool pull, const char *name)
{
    struct told told[HOSTS] = {
        {.host = LIVE, .alive = true},
        {.host = DEAD},
        {.host = name ? name : "localhost", .alive = true},
        {.host = LIVE, .alive = true},
    };

    for (int i = 0; i < HOSTS; i++)
        add(engine, &told[i], pull ? NULL : on_event, i);
    for (int i = 0; i < PROBES && told[HOSTS - 1].target; i++) {
        int err = mping_send(told[HOSTS - 1].target);

        if (err < 0 && err != MPING_ECLOSED)
            refuse("send", err);
    }
    if (told[0].target && mping_set_timeout(told[0].target, 3000 * MS) == MPING_ENOMEM)
        refuse("set_timeout", MPING_ENOMEM);
    go_on(engine, pull);
    for (int i = 0; i < HOSTS; i++) {
        if (told[i].target && !pull)
            mping_drain(told[i].target, 500 * MS);
        if (told[i].target)
            mping_cancel(told[i].target);
    }
    go_on(engine, pull);
    for (int i = 0; i < HOSTS; i++) {
        if (told[i].target)
            check(&told[i]);
        mping_close(told[i].target);
    }
}

static void ping_once(struct mping *engine, const char *name)
{
    struct mping_event event;
    int err = mping_once(engine, name ? name : LIVE, 2000 * MS, &event);

    if (err == MPING_ETIMEDOUT)
        wrong("the host is alive", &event);
    else if (err < 0)
        refuse("once", err);
    err = mping_once(engine, DEAD, 20 * MS, &event);
    if (err == 0)
        wrong("the host is dead", &event);
    else if (err != MPING_ETIMEDOUT)
        refuse("once", err);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "run", *name = argc > 2 ? argv[2] : NULL;
    struct mping_opts opts;
    struct mping *engine;
    int err;

    mping_opts_init(&opts, sizeof(opts));
    opts.workers = strcmp(mode, "workers") == 0 ? 2 : 0;
    opts.io_threads = strcmp(mode, "threads") == 0 ? 2 : 0;
    err = mping_new(&engine, &opts);
    if (err < 0) {
        refuse("new", err);
        return atomic_load(&worst);
    }
    if (strcmp(mode, "once") == 0)
        ping_once(engine, name);
    else
        ping_many(engine, strcmp(mode, "pull") == 0, name);
    mping_free(engine);
    return atomic_load(&worst);
}
