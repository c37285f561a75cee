/* SPDX-License-Identifier: Apache-2.0 */
/* The engine in a libev loop: one watcher for all hosts. */
#include <ev.h>
#include <multiping/multiping.h>
#include <stdio.h>

enum { COUNT = 3 };

struct app {
    ev_io watcher; /* first: libev hands it back as the whole */
    struct ev_loop *loop;
    struct mping *engine;
    int active;
};

static void on_event(const struct mping_event *event, void *user)
{
    struct app *app = user;

    if (event->type == MPING_EV_REPLY)
        printf("%s: %.3f ms\n", event->host, (double)event->rtt_ns / 1e6);
    else if (event->type != MPING_EV_FINISHED)
        printf("%s: %s\n", event->host, mping_event_name(event->type));
    else if (--app->active == 0)
        ev_break(app->loop, EVBREAK_ALL);
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    const struct app *app = (const struct app *)watcher;

    (void)loop;
    (void)events;
    mping_process(app->engine, 0); /* runs the callbacks */
}

static int add_all(struct app *app, char **names, int n)
{
    struct mping_target_opts opts;
    int err = 0;

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = COUNT;
    opts.interval_ns = INT64_C(200000000);
    opts.callback = on_event;
    opts.user = app;
    for (int i = 0; i < n && err == 0; i++) {
        err = mping_add(app->engine, names[i], &opts, NULL);
        app->active += err == 0;
    }
    return err;
}

static void run(struct app *app)
{
    ev_init(&app->watcher, on_readable);
    ev_io_set(&app->watcher, mping_fd(app->engine), EV_READ);
    ev_io_start(app->loop, &app->watcher);
    if (app->active > 0)
        ev_run(app->loop, 0);
    ev_io_stop(app->loop, &app->watcher);
}

int main(int argc, char **argv)
{
    struct app app = {.loop = ev_default_loop(EVFLAG_AUTO)};
    int err = app.loop ? mping_new(&app.engine, NULL) : MPING_ENOMEM;

    if (err == 0)
        err = add_all(&app, argv + 1, argc - 1);
    if (err < 0)
        fprintf(stderr, "libev: %s\n", mping_strerror(err));
    else
        run(&app);
    mping_free(app.engine);
    return err < 0;
}
