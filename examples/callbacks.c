/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callbacks with a context of their own, made by threads of the engine: the program may do
 * something else meanwhile. The callbacks of one target never run at the same time, those of
 * different targets may.
 */
#include <multiping/multiping.h>
#include <stdio.h>
#include <stdlib.h>

enum { WORKERS = 2, COUNT = 3 };

struct host {
    struct mping_target *target;
    unsigned replies, misses;
};

static void on_event(const struct mping_event *event, void *user)
{
    struct host *host = user;

    switch (event->type) {
    case MPING_EV_REPLY:
        host->replies++;
        printf("%s: reply %u after %.3f ms\n", event->host, event->seq,
               (double)event->rtt_ns / 1e6);
        break;
    case MPING_EV_FINISHED:
        if (event->err < 0)
            printf("%s: ended early: %s\n", event->host, mping_strerror(event->err));
        break;
    default:
        if (MPING_EVENT_BIT(event->type) & MPING_EVENTS_VERDICTS)
            host->misses++;
        printf("%s: %s\n", event->host, mping_event_name(event->type));
    }
}

static int add_all(struct mping *engine, struct host *hosts, char **names, int n)
{
    struct mping_target_opts opts;
    int err = 0;

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = COUNT;
    opts.interval_ns = INT64_C(200000000);
    opts.callback = on_event;
    for (int i = 0; i < n && err == 0; i++) {
        opts.user = &hosts[i];
        err = mping_add(engine, names[i], &opts, &hosts[i].target);
    }
    return err;
}

static int sum_up(struct host *hosts, int n)
{
    int silent = 0;

    for (int i = 0; i < n; i++) {
        printf("%s: %u replies, %u without\n", mping_target_host(hosts[i].target), hosts[i].replies,
               hosts[i].misses);
        silent += hosts[i].replies == 0;
        mping_close(hosts[i].target);
    }
    return silent;
}

int main(int argc, char **argv)
{
    int n = argc - 1, err, silent = 0;
    struct host *hosts = calloc((size_t)argc, sizeof(*hosts));
    struct mping *engine = NULL;
    struct mping_opts opts;

    mping_opts_init(&opts, sizeof(opts));
    opts.workers = WORKERS;
    err = hosts ? mping_new(&engine, &opts) : MPING_ENOMEM;
    if (err == 0)
        err = add_all(engine, hosts, argv + 1, n);
    if (err == 0) {
        mping_run(engine, -1); /* the threads do the work, this one only waits */
        silent = sum_up(hosts, n);
    } else {
        fprintf(stderr, "callbacks: %s\n", mping_strerror(err));
    }
    mping_free(engine); /* after this no callback comes */
    free(hosts);
    return err < 0 || silent > 0;
}
