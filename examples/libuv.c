/* SPDX-License-Identifier: Apache-2.0 */
/* The engine in a libuv loop: one poll handle for all hosts. */
#include <multiping/multiping.h>
#include <stdio.h>
#include <uv.h>

enum { COUNT = 3 };

struct app {
    uv_poll_t poll;
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
        uv_poll_stop(&app->poll); /* nothing left to watch: the loop ends */
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    const struct app *app = poll->data;

    (void)status;
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

static int run(struct app *app)
{
    uv_loop_t *loop = uv_default_loop();
    int err = uv_poll_init(loop, &app->poll, mping_fd(app->engine));

    app->poll.data = app;
    if (err == 0 && app->active > 0)
        err = uv_poll_start(&app->poll, UV_READABLE, on_readable);
    if (err == 0)
        err = uv_run(loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&app->poll, NULL);
    uv_run(loop, UV_RUN_DEFAULT); /* lets the handle go before its descriptor does */
    uv_loop_close(loop);
    return err;
}

int main(int argc, char **argv)
{
    struct app app = {.active = 0};
    int err = mping_new(&app.engine, NULL);

    if (err == 0)
        err = add_all(&app, argv + 1, argc - 1);
    if (err < 0)
        fprintf(stderr, "libuv: %s\n", mping_strerror(err));
    else
        err = run(&app);
    mping_free(app.engine);
    return err < 0;
}
