/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine in an event loop of your own, here a bare epoll: one descriptor to watch,
 * whatever the number of hosts, and one call when it is readable. Events are pulled.
 */
#include <errno.h>
#include <multiping/multiping.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { COUNT = 3, BATCH = 32 };

/* Prints what waits; returns how many targets have ended. */
static int take_events(struct mping *engine)
{
    struct mping_event events[BATCH];
    int n, ended = 0;

    while ((n = mping_next(engine, events, BATCH)) > 0) {
        for (int i = 0; i < n; i++) {
            if (events[i].type == MPING_EV_FINISHED)
                ended++;
            else if (events[i].type == MPING_EV_REPLY)
                printf("%s: %.3f ms\n", events[i].host, (double)events[i].rtt_ns / 1e6);
            else
                printf("%s: %s\n", events[i].host, mping_event_name(events[i].type));
        }
    }
    return ended;
}

static int add_all(struct mping *engine, struct mping_target **targets, char **names, int n)
{
    struct mping_target_opts opts;
    int err = 0;

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = COUNT;
    opts.interval_ns = INT64_C(200000000);
    for (int i = 0; i < n && err == 0; i++)
        err = mping_add(engine, names[i], &opts, &targets[i]);
    return err;
}

static int loop(struct mping *engine, int active)
{
    struct epoll_event event = {.events = EPOLLIN};
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int r = -1;

    if (epoll_fd >= 0)
        r = epoll_ctl(epoll_fd, EPOLL_CTL_ADD, mping_fd(engine), &event);
    while (r >= 0 && active > 0) {
        r = epoll_wait(epoll_fd, &event, 1, -1); /* your own descriptors would be here too */
        if (r < 0 && errno == EINTR)
            r = 0;
        mping_process(engine, 0);
        active -= take_events(engine);
    }
    if (r < 0)
        perror("epoll");
    if (epoll_fd >= 0)
        close(epoll_fd);
    return r < 0 ? r : 0;
}

int main(int argc, char **argv)
{
    int n = argc - 1, err;
    struct mping_target **targets = calloc((size_t)argc, sizeof(struct mping_target *));
    struct mping *engine = NULL;

    err = targets ? mping_new(&engine, NULL) : MPING_ENOMEM;
    if (err == 0)
        err = add_all(engine, targets, argv + 1, n);
    if (err < 0)
        fprintf(stderr, "epoll: %s\n", mping_strerror(err));
    else
        err = loop(engine, n);
    for (int i = 0; targets && i < n; i++)
        mping_close(targets[i]); /* event.host lives until here */
    mping_free(engine);
    free(targets);
    return err < 0;
}
