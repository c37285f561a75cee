/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "addresses.h"
#include "exclude.h"
#include "inputs.h"
#include "presses.h"
#include "process/exit.h"
#include "process/problem.h"
#include "process/send_errors.h"
#include "process/stale.h"
#include "process/streams.h"
#include "report.h"
#include "show.h"
#include "target_opts.h"
#include "targets.h"

enum { STEP = 4096 }; /* targets that are canceled before signals are looked at again */

struct run {
    struct mping *engine;
    const struct cli_settings *settings;
    struct cli_targets targets;
    struct cli_addresses addresses;
    struct cli_report report;
    struct app_trouble trouble;
    struct app_stale stale;
    struct app_show *show;
    struct app_streams streams; /* the last target to finish wants a look, too */
    struct cli_inputs inputs;
    struct cli_presses presses;
    int status;             /* why the run ends early, APP_EXIT_OK if it does not */
    bool stopping;          /* no more probes */
    size_t cancel_next;     /* the first target that has not been told so */
    bool busy;              /* there is more to do at once */
    bool warned;            /* that there are very many targets */
    bool interrupted;       /* by a signal */
    bool deaf;              /* nobody hears what is written to standard output */
    bool broken;            /* the engine does not run: nothing will finish */
    atomic_size_t finished; /* targets; counted by callbacks */
    atomic_size_t verdicts; /* manual: of probes, likewise */
    atomic_size_t nameless; /* targets whose first lookup has failed, likewise */
    atomic_bool resolved;   /* one had an address in the end */
    atomic_bool woken;      /* the main loop, and it has not looked yet */
};

/* There is one, as callbacks are handed the place of their target, and not this. */
static struct run the_run;

/* Of the many targets that may finish within a turn the first one is enough. */
static void wake(struct run *run)
{
    if (!atomic_exchange(&run->woken, true))
        app_wake(run->streams.wake_fd);
}

/* May run on any thread of the engine. */
static void tell(struct run *run, const struct mping_event *event, const char *before,
                 const char *between)
{
    char line[APP_COMPLAINT_MAX], after[APP_COMPLAINT_MAX / 2];
    struct app_text text = app_text_init(line, sizeof(line));
    struct app_text reason = app_text_init(after, sizeof(after));

    app_text_add(&reason, between);
    app_text_add(&reason, app_event_problem(event));
    app_complaint(&text, before, event->host, reason.data);
    app_output_lines(&run->streams.err, text.data, text.len);
    app_output_flush(&run->streams.err);
}

static void print(struct run *run, const struct mping_event *event)
{
    const struct cli_targets *targets = &run->targets;
    size_t index = cli_target_index(event);

    app_observe(app_observation_at(&targets->observations, index), event);
    cli_show_event(run->show, &run->streams.out, event, cli_target_labels(targets, index));
    if (run->settings->workers > 0)
        app_output_flush(&run->streams.out); /* else the main loop does so, once a turn */
}

/* Where it is looked up again and again, once is enough to say. */
static void on_nameless(struct run *run, const struct mping_event *event)
{
    bool waits = cli_waits_for_names(run->settings);

    if (!waits || event->count == 0)
        tell(run, event, "cannot resolve ", ": ");
    if (!waits || event->count > 0)
        return;
    atomic_fetch_add(&run->nameless, 1);
    wake(run);
}

static void on_event(const struct mping_event *event, void *user)
{
    struct run *run = &the_run;

    (void)user;
    print(run, event);
    app_stale_event(&run->stale, event);
    switch (event->type) {
    case MPING_EV_RESOLVE_ERROR:
        on_nameless(run, event);
        break;
    case MPING_EV_RESOLVED:
        atomic_store(&run->resolved, true);
        if (cli_addresses_resolved(&run->addresses, event))
            wake(run);
        break;
    case MPING_EV_SEND_ERROR:
        app_trouble_send_error(&run->trouble, event);
        break;
    case MPING_EV_FINISHED:
        if (!app_trouble_forget(&run->trouble, event->target) && event->err < 0 &&
            event->err != MPING_ECANCELED && event->err != MPING_ERESOLVE)
            tell(run, event, "", ": ");
        atomic_fetch_add(&run->finished, 1);
        wake(run);
        break;
    default:
        break;
    }
    if (run->settings->manual && MPING_EVENTS_VERDICTS & MPING_EVENT_BIT(event->type)) {
        atomic_fetch_add(&run->verdicts, 1);
        wake(run); /* it may have been the last one */
    }
}

static void stop(struct run *run, int status)
{
    if (run->status == APP_EXIT_OK)
        run->status = status;
    run->presses.listening = false;
    cli_inputs_done(&run->inputs);
    run->stopping = run->busy = true;
}

/* A piece at a time, so that neither time nor the events of all of them at once are needed. */
static void cancel(struct run *run)
{
    if (!run->stopping)
        return;
    run->cancel_next = cli_targets_cancel(&run->targets, run->cancel_next, STEP);
    run->busy |= run->cancel_next < run->targets.n;
}

static void on_signal(struct run *run)
{
    int number = app_streams_signal(&run->streams);

    if (number == 0)
        return;
    if (number == SIGQUIT) {
        if (!run->report.active && !run->show->format->is_document)
            cli_report_begin(&run->report, &run->targets, run->show);
        return;
    }
    run->interrupted = true;
    stop(run, APP_EXIT_OK);
}

/*
 * With a count, all have finished before the presses end. Otherwise the verdicts are waited
 * for after the last press, and then nothing more can come.
 */
static void settle(struct run *run)
{
    if (!run->settings->manual || run->stopping || cli_inputs_have(&run->inputs))
        return;
    if (atomic_load(&run->finished) == run->targets.n)
        run->presses.listening = false;
    switch (cli_presses_end(&run->presses, &run->targets, (uint64_t)run->settings->count,
                            atomic_load(&run->verdicts))) {
    case CLI_PRESSES_OVER:
        stop(run, APP_EXIT_OK);
        break;
    case CLI_PRESSES_GOING_ON:
        run->busy = true;
        break;
    default:
        break;
    }
}

static void listen_for_presses(struct run *run)
{
    int err = cli_presses_read(&run->presses);

    if (err == 0)
        return;
    app_complain("standard input: ", mping_strerror(err), "");
    stop(run, APP_EXIT_USAGE);
}

/* Once: what is better made for so many. */
static void warn_of_many(struct run *run)
{
    static const char line[] = "multiping: more than 1000000 targets: --sweep asks each of them "
                               "once, in memory that does not grow\n";

    if (run->warned || !cli_targets_are_many(&run->targets))
        return;
    run->warned = true;
    app_output_lines(&run->streams.err, line, sizeof(line) - 1);
    app_output_flush(&run->streams.err);
}

static void take_targets(struct run *run)
{
    if (cli_inputs_take(&run->inputs) < 0) {
        stop(run, run->targets.status);
    } else if (!cli_inputs_have(&run->inputs) && run->targets.n == 0) {
        cli_inputs_complain_of_none(&run->inputs);
        stop(run, APP_EXIT_USAGE);
    }
    warn_of_many(run);
}

/* What more targets, or presses of Enter once there are all, are read from; -1: nothing. */
static int input_fd(const struct run *run)
{
    if (cli_inputs_have(&run->inputs))
        return cli_inputs_fd(&run->inputs);
    return run->presses.listening ? STDIN_FILENO : -1;
}

/* readable: what input_fd() says is. */
static void on_input(struct run *run, bool readable)
{
    if (!cli_inputs_have(&run->inputs)) {
        if (run->presses.listening && readable)
            listen_for_presses(run);
    } else if (readable || cli_inputs_fd(&run->inputs) < 0) {
        take_targets(run);
    }
}

/* Names that have just resolved get targets for their other addresses. */
static void add_addresses(struct run *run)
{
    int err =
        run->stopping ? 0 : cli_addresses_add(&run->addresses, &run->targets, run->presses.sent);

    if (err < 0) {
        app_complain(mping_strerror(err), "", "");
        stop(run, APP_EXIT_SYSTEM);
    }
}

static void process(struct run *run)
{
    if (mping_process(run->engine, 0) >= 0 || run->broken)
        return;
    app_complain(mping_errmsg(run->engine), "", "");
    run->broken = true;
    stop(run, APP_EXIT_SYSTEM);
}

/* There is nothing to ping but names, and none of them resolves. */
static void give_up(struct run *run)
{
    if (cli_inputs_have(&run->inputs) || run->stopping || atomic_load(&run->nameless) == 0 ||
        atomic_load(&run->nameless) < run->targets.n || atomic_load(&run->resolved))
        return;
    stop(run, APP_EXIT_USAGE);
}

/* How long it may sleep, for timeout_ms at most. */
static int wait_ms(struct run *run, int timeout_ms)
{
    if (run->busy)
        return 0;
    return app_streams_wait_ms(&run->streams, cli_inputs_wait_ms(&run->inputs, timeout_ms));
}

/* What goes on whoever has called: a little of everything that is not finished. */
static void work(struct run *run)
{
    run->busy = false;
    run->busy |= cli_presses_send(&run->presses, &run->targets);
    cancel(run);
    process(run);
    add_addresses(run);
    settle(run);
    give_up(run);
    cli_report_write(&run->report, &run->streams.out);
    run->busy |= cli_report_has_more(&run->report, &run->streams.out);
    app_streams_flush(&run->streams);
    if (app_output_error(&run->streams.out) != 0)
        stop(run, APP_EXIT_SYSTEM); /* nobody can see the results */
}

/*
 * Sleeps until something wants attention, for timeout_ms at most, and gives it. Where the system
 * does not tell what that is, all goes on but what only it can say.
 */
static void turn(struct run *run, int timeout_ms)
{
    struct pollfd fds[] = {
        {.fd = mping_fd(run->engine), .events = POLLIN},
        {.fd = run->streams.signal_fd, .events = POLLIN},
        {.fd = run->streams.wake_fd, .events = POLLIN},
        {.fd = input_fd(run), .events = POLLIN},
    };
    int n = poll(fds, sizeof(fds) / sizeof(fds[0]), wait_ms(run, timeout_ms));
    bool list_at_hand = fds[3].fd > STDERR_FILENO; /* a list never makes us wait */

    if (n < 0 && errno == EINTR)
        n = 0; /* the next turn hears of the signal */
    app_trouble_look(&run->trouble);
    app_stale_look(&run->stale);
    if (n > 0 && fds[2].revents) {
        app_streams_clear_wake(&run->streams);
        atomic_store(&run->woken, false); /* after it, else what comes between would be lost */
    }
    if (n > 0 && fds[1].revents)
        on_signal(run);
    on_input(run, n < 0 ? list_at_hand : n > 0 && fds[3].revents);
    work(run);
}

/* A target that has finished may still stand for others, and is asked about them last. */
static bool is_over(struct run *run)
{
    return run->broken || (!cli_inputs_have(&run->inputs) && !run->presses.listening &&
                           atomic_load(&run->finished) == run->targets.n &&
                           (run->stopping || !cli_addresses_is_due(&run->addresses)));
}

/* Shows the rest of the report, as fast as it is read. */
static void finish_report(struct run *run)
{
    int ms;

    run->busy = true;
    while (run->report.active &&
           (ms = app_streams_patience_ms(&run->streams, run->interrupted)) != 0)
        turn(run, ms);
}

static int open_streams(struct run *run)
{
    if (app_streams_init(&run->streams) < 0)
        return -1;
    app_trouble_init(&run->trouble, run->engine, &run->streams.err, run->streams.wake_fd,
                     run->settings->interval_ns);
    app_stale_init(&run->stale, &run->streams.err, run->streams.wake_fd);
    return 0;
}

/* All targets that can be known now; nothing is sent yet. */
static int add_targets(struct run *run)
{
    struct cli_targets *targets = &run->targets;

    if (cli_targets_init(targets, run->engine, run->settings) < 0)
        return APP_EXIT_USAGE;
    cli_show_target_opts(run->show, &targets->opts);
    targets->opts.callback = on_event;
    if (cli_show_observes(run->show))
        targets->observations.window = app_observation_window(&targets->opts);
    if (cli_inputs_begin(&run->inputs, targets, run->settings) < 0)
        return targets->status;
    if (targets->n == 0 && !cli_inputs_have(&run->inputs)) {
        cli_inputs_complain_of_none(&run->inputs);
        return APP_EXIT_USAGE;
    }
    warn_of_many(run);
    return APP_EXIT_OK;
}

static int status_without_results(const struct cli_settings *settings, int status, bool deaf)
{
    static const char line[] = "PING UNKNOWN - it cannot be told; standard error says why\n";

    int err;

    if (settings->output != CLI_OUTPUT_NAGIOS || status == APP_EXIT_INTERRUPTED)
        return status;
    err = deaf ? 0 : app_say(STDOUT_FILENO, line, sizeof(line) - 1);
    if (err < 0)
        app_complain("write error: ", mping_strerror(err), "");
    return APP_UNKNOWN;
}

int cli_exit_status(const struct cli_settings *settings, int status)
{
    return status_without_results(settings, status, false);
}

/* The exit status that the results come to. */
static int results_status(struct run *run)
{
    int status = cli_targets_status(&run->targets);

    if (run->settings->output == CLI_OUTPUT_NAGIOS)
        return (int)run->show->overview.worst;
    if (run->settings->fail_if != NULL && status != APP_EXIT_USAGE)
        status = cli_report_fails(&run->report) ? APP_EXIT_SILENT : APP_EXIT_OK;
    return app_streams_status(&run->streams, status);
}

/* How long until something is to be told; -1: nothing is. */
static int patience_ms(struct run *run)
{
    int trouble_ms = app_trouble_wait_ms(&run->trouble);
    int stale_ms = app_stale_wait_ms(&run->stale);

    if (trouble_ms < 0 || stale_ms < 0)
        return trouble_ms < 0 ? stale_ms : trouble_ms;
    return trouble_ms < stale_ms ? trouble_ms : stale_ms;
}

/* Until the last result is out: APP_EXIT_OK, or why that cannot be. */
static int ping(struct run *run)
{
    int status;

    cli_show_begin(run->show, &run->streams.out);
    run->presses.listening = run->settings->manual;
    process(run);
    while (!is_over(run))
        turn(run, patience_ms(run));
    app_trouble_end(&run->trouble);
    finish_report(run); /* one that SIGQUIT has begun */
    if (run->targets.n > 0)
        cli_report_begin(&run->report, &run->targets, run->show);
    finish_report(run);
    status = app_streams_finish(&run->streams, run->interrupted);
    run->deaf = status != APP_EXIT_OK;
    return status != APP_EXIT_OK ? status : run->status;
}

int cli_run(struct mping *engine, const struct cli_settings *settings, struct app_show *show)
{
    struct run *run = &the_run;
    int status = APP_EXIT_SYSTEM;

    run->engine = engine;
    run->settings = settings;
    run->show = show;
    cli_addresses_init(&run->addresses, settings->all_addresses);
    if (cli_exclude(engine, settings) < 0) /* it may be long: a signal ends us as anybody */
        status = APP_EXIT_USAGE;
    else if (open_streams(run) == 0)
        status = add_targets(run);
    if (status == APP_EXIT_OK)
        status = ping(run);
    status = status == APP_EXIT_OK ? results_status(run)
                                   : status_without_results(settings, status, run->deaf);
    cli_inputs_done(&run->inputs);
    cli_targets_done(&run->targets);
    cli_addresses_done(&run->addresses);
    app_trouble_done(&run->trouble);
    app_stale_done(&run->stale);
    app_streams_done(&run->streams);
    return status;
}
