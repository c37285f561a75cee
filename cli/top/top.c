/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's thread: it pings, feeds the model with what comes of it, and hears what the view
 * and the user's signals want. It never waits for the terminal.
 */
#include "top/top.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "exclude.h"
#include "process/exit.h"
#include "process/problem.h"
#include "run.h"
#include "target_opts.h"
#include "text/time_style.h"
#include "top/leave.h"
#include "top/live.h"
#include "top/signals.h"
#include "top/stop.h"

enum { ADD_MAX = 4096 }; /* made at once of what is typed; the rest is pending */

/* There is one, as callbacks are handed the place of their target, and not this. */
static struct top the_top;

static void read_clocks(struct top *top)
{
    top->now_ns = app_mono_ns();
    top->wall_ns = app_wall_ns();
}

static void on_event(const struct mping_event *event, void *user)
{
    struct top *top = &the_top;
    uint32_t host = (uint32_t)cli_target_index(event);

    (void)user;
    app_observe(app_observation_at(&top->targets.observations, host), event);
    if (event->type == MPING_EV_RESOLVED)
        cli_addresses_resolved(&top->addresses, event);
    top->finished += event->type == MPING_EV_FINISHED;
    if (host < top->model.hosts.n)
        top_model_event(&top->model, host, event, top->now_ns, top->wall_ns);
}

/* Hosts of the model for targets that have been added. wall_ns: see top_model_add(). */
static void show_targets(struct top *top, int64_t wall_ns)
{
    while (top->model.hosts.n < top->targets.n) {
        size_t i = top->model.hosts.n;
        const char *name = mping_target_host(top->targets.all[i]);
        struct mping_addr addr = {0};

        mping_target_addr(top->targets.all[i], &addr); /* unknown: a name that is looked up */
        if (name == NULL || top_model_add(&top->model, name, cli_target_labels(&top->targets, i),
                                          &addr, top->now_ns, wall_ns) < 0) {
            app_complain(mping_strerror(MPING_ENOMEM), "", "");
            top_stop(top, APP_EXIT_SYSTEM);
            return;
        }
    }
}

/* What the user has typed: a host, or a range of them. */
static void add(struct top *top, const char *typed)
{
    size_t before = top->targets.n;
    char answer[TOP_LETTER_BYTES];
    struct app_text text = app_text_init(answer, sizeof(answer));
    const char *problem;

    top->targets.now_max = before + ADD_MAX;
    problem = cli_targets_add(&top->targets, typed, NULL, 0);
    show_targets(top, top->wall_ns);
    if (top->targets.n > before || (problem == NULL && top->targets.pending.n > 0)) {
        app_text_add(&text, "added ");
        app_text_foreign(&text, typed);
    } else {
        app_text_foreign(&text, typed);
        app_text_add(&text, ": ");
        app_text_add(&text, problem != NULL ? problem : "is excluded, or there already");
    }
    if (before >= TOP_TARGETS_MAX) {
        top_mailbox_tell(&top->mailbox, top_too_many);
        return;
    }
    top_mailbox_tell(&top->mailbox, answer);
}

/* Names that have just resolved get targets for their other addresses. */
static void add_addresses(struct top *top)
{
    int err = top->stopping ? 0 : cli_addresses_add(&top->addresses, &top->targets, 0);

    show_targets(top, 0);
    if (err < 0) {
        app_complain(mping_strerror(err), "", "");
        top_stop(top, APP_EXIT_SYSTEM);
    }
}

static void take_letters(struct top *top)
{
    struct top_letter letter;

    while (top_mailbox_take(&top->mailbox, &letter)) {
        if (letter.kind == TOP_LETTER_ADD && !top->stopping) {
            add(top, letter.text);
        } else if (letter.host < top->targets.n) {
            top_model_remove(&top->model, letter.host, top->wall_ns);
            mping_cancel(top->targets.all[letter.host]);
        }
    }
}

static void on_input(struct top *top)
{
    int r = cli_inputs_take(&top->inputs);

    show_targets(top, 0);
    if (r < 0)
        top_stop(top, top->targets.status);
    if (top->targets.left_out && !top->warned)
        top_mailbox_tell(&top->mailbox, top_too_many);
    top->warned = top->targets.left_out;
}

static int wait_ms(const struct top *top)
{
    int64_t left_ns = top->hurry_ns - app_mono_ns();
    int ms = -1;

    if (top->hurry_ns != 0)
        ms = left_ns > 0 ? (int)(left_ns / 1000000) + 1 : 0;
    return top->stopping ? ms : cli_inputs_wait_ms(&top->inputs, ms);
}

static void turn(struct top *top)
{
    struct pollfd fds[] = {
        {.fd = mping_fd(top->engine), .events = POLLIN},
        {.fd = top->signal_fd, .events = POLLIN},
        {.fd = top->wake_fd, .events = POLLIN},
        {.fd = cli_inputs_fd(&top->inputs), .events = POLLIN},
        {.fd = top->aside.read_fd, .events = POLLIN},
    };
    char line[TOP_LETTER_BYTES];
    uint64_t ignored;

    if (poll(fds, sizeof(fds) / sizeof(fds[0]), wait_ms(top)) < 0)
        return;
    read_clocks(top);
    if (fds[1].revents)
        top_on_signal(top);
    if (fds[2].revents && read(top->wake_fd, &ignored, sizeof(ignored)) > 0)
        take_letters(top);
    if (cli_inputs_have(&top->inputs) && (fds[3].revents || cli_inputs_fd(&top->inputs) < 0))
        on_input(top); /* unless a signal has come between */
    if (fds[4].revents && top_aside_take(&top->aside, line, sizeof(line)))
        top_mailbox_tell(&top->mailbox, line);
    mping_process(top->engine, 0);
    add_addresses(top);
    top_suspend_if_away(top);
}

/* Until the user has left the view, by whatever way. */
static void watch(struct top *top)
{
    while (top_painter_state(&top->painter) != TOP_PAINTER_ENDED) {
        turn(top);
        if (top->stopping && !top->suspending && top->now_ns >= top->hurry_ns) {
            top_screen_rescue(top->painter.screen);
            top->abandoned = true;
            break;
        }
    }
    if (!top->abandoned)
        pthread_join(top->painter.thread, NULL);
    top_stop(top, APP_EXIT_OK);
    top->hurry_ns = 0;
    while (top->finished < top->targets.n)
        turn(top);
}

static void view_settings(const struct top *top, struct top_settings *ret)
{
    *ret = (struct top_settings){
        .palette = (enum top_palette)top->settings->palette,
        .ascii = top->settings->ascii,
        .utf8 = top_screen_is_utf8(top->painter.screen),
        .interval_ns = top->settings->interval_ns,
    };
    if (!top->show->colored || !top_screen_has_colors(top->painter.screen))
        ret->palette = TOP_PALETTE_NONE;
}

/* The terminal and the thread that draws on it. */
static int open_view(struct top *top)
{
    char problem[APP_COMPLAINT_MAX];
    struct app_text error = app_text_init(problem, sizeof(problem));
    struct top_settings settings;
    const char *why = NULL;
    int err;

    if (top_screen_open(&top->painter.screen, &error) < 0) {
        app_complain(problem, "", "");
        return APP_EXIT_USAGE;
    }
    view_settings(top, &settings);
    err = top_aside_begin(&top->aside);
    if (err == 0 && top_view_init(&top->painter.view, &top->model, &top->mailbox, &settings) < 0)
        err = MPING_ENOMEM;
    if (err == 0 && (err = top_painter_start(&top->painter, top->wake_fd)) == -EAGAIN)
        why = "no thread is to be had (ulimit -u, or the limit of tasks)";
    if (err == 0) {
        top->shown = true;
        return APP_EXIT_OK;
    }
    top_screen_close(top->painter.screen);
    top_aside_end(&top->aside);
    app_complain("cannot show anything: ", why != NULL ? why : mping_strerror(err), "");
    return APP_EXIT_SYSTEM;
}

static int add_targets(struct top *top)
{
    struct cli_targets *targets = &top->targets;

    if (cli_targets_init(targets, top->engine, top->settings) < 0)
        return APP_EXIT_USAGE;
    targets->max = TOP_TARGETS_MAX;
    cli_show_target_opts(top->show, &targets->opts);
    targets->opts.callback = on_event;
    targets->opts.events = MPING_EVENTS_DEFAULT;
    if (cli_show_observes(top->show))
        targets->observations.window = app_observation_window(&targets->opts);
    if (cli_inputs_begin(&top->inputs, targets, top->settings) < 0)
        return targets->status;
    if (targets->n == 0 && !cli_inputs_have(&top->inputs)) {
        cli_inputs_complain_of_none(&top->inputs);
        return APP_EXIT_USAGE;
    }
    show_targets(top, 0);
    return top->status;
}

static int open_all(struct top *top)
{
    top->signal_fd = top_open_signals();
    top->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (top->signal_fd < 0 || top->wake_fd < 0) {
        app_complain("cannot open a descriptor: ", mping_strerror(-errno), "");
        return APP_EXIT_SYSTEM;
    }
    top_mailbox_init(&top->mailbox, top->wake_fd);
    if (top_model_init(&top->model) < 0) {
        app_complain(mping_strerror(MPING_ENOMEM), "", "");
        return APP_EXIT_SYSTEM;
    }
    return APP_EXIT_OK;
}

/* What the thread that hangs still uses is left to the end of the process. */
static void close_all(struct top *top)
{
    cli_inputs_done(&top->inputs);
    cli_targets_done(&top->targets);
    cli_addresses_done(&top->addresses);
    if (top->signal_fd >= 0)
        close(top->signal_fd);
    if (top->abandoned)
        return;
    if (top->wake_fd >= 0)
        close(top->wake_fd);
    top_model_done(&top->model);
    top_mailbox_done(&top->mailbox);
}

int cli_top_check(void)
{
    if (isatty(STDOUT_FILENO))
        return 0;
    return app_complain("--top needs a terminal on standard output", "", "");
}

int cli_top(struct mping *engine, const struct cli_settings *settings, struct app_show *show)
{
    struct top *top = &the_top;
    int status;

    top->engine = engine;
    top->settings = settings;
    top->show = show;
    top->signal_fd = top->wake_fd = -1;
    top->aside.read_fd = top->aside.stderr_fd = -1;
    cli_addresses_init(&top->addresses, settings->all_addresses);
    read_clocks(top);
    if (cli_exclude(engine, settings) < 0) /* it may be long: a signal ends us as anybody */
        return APP_EXIT_USAGE;
    status = open_all(top);
    if (status == APP_EXIT_OK)
        status = add_targets(top);
    if (status == APP_EXIT_OK)
        status = open_view(top);
    if (status == APP_EXIT_OK) {
        mping_process(engine, 0);
        watch(top);
        if (!top->abandoned) {
            top_view_done(&top->painter.view);
            top_screen_close(top->painter.screen);
            close(top->painter.wake_fd);
        }
        top_aside_end(&top->aside);
        top->shown = false;
        status = top_report(top);
    }
    close_all(top);
    return status;
}
