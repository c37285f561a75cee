/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep/sweep.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "exclude.h"
#include "process/exit.h"
#include "process/problem.h"
#include "process/send_errors.h"
#include "process/streams.h"
#include "run.h"
#include "show.h"
#include "sweep/flight.h"
#include "sweep/keeper.h"
#include "sweep/plan.h"
#include "sweep/progress.h"
#include "sweep/result.h"
#include "target_opts.h"
#include "targets/reserved.h"
#include "text/time_style.h"

enum {
    STEP_MAX = 4096,          /* places looked at in one turn */
    LINE_USUAL = 64,          /* bytes of a line about a target, for the room of the output */
    ROOM_MAX = 2 << 20,       /* as much room as is ever asked for */
    INFLIGHT_MIN = 256,       /* of what is found without being told */
    INFLIGHT_USUAL = 1 << 16, /* without a rate */
    INFLIGHT_MAX = 1 << 20,
};

struct sweep {
    struct mping *engine;
    const struct cli_settings *settings;
    struct app_show *show;
    struct app_streams streams;
    struct app_trouble trouble;
    struct cli_plan plan;
    struct cli_flight flight;
    struct cli_progress progress;
    struct cli_keeper keeper;
    struct cli_sweep_sums sums, before; /* in all, and before this run */
    uint64_t spared;                    /* probes to names that led to excluded addresses */
    uint64_t next;                      /* place */
    int64_t began_ns;
    int status; /* why it ends early, APP_EXIT_OK if it does not */
    bool stopping;
    bool interrupted; /* by a signal */
};

static void stop(struct sweep *sweep, int status)
{
    if (sweep->status == APP_EXIT_OK)
        sweep->status = status;
    sweep->stopping = true;
}

/* A cli_fate_fn. The one place where results leave. */
static void on_fate(void *user, const struct cli_sweep_result *result)
{
    struct sweep *sweep = user;

    sweep->sums.fates[result->fate]++;
    if (!cli_sweep_shows(sweep->show, result))
        return;
    cli_progress_hide(&sweep->progress, &sweep->streams.out);
    cli_sweep_show(sweep->show, &sweep->streams.out, result);
}

static void tell_unresolved(struct sweep *sweep, const struct mping_event *event)
{
    char line[APP_COMPLAINT_MAX], after[APP_COMPLAINT_MAX / 2];
    struct app_text text = app_text_init(line, sizeof(line));
    struct app_text reason = app_text_init(after, sizeof(after));

    app_text_add(&reason, ": ");
    app_text_add(&reason, app_event_problem(event));
    app_complaint(&text, "cannot resolve ", event->host, reason.data);
    cli_progress_hide(&sweep->progress, &sweep->streams.err);
    app_output_lines(&sweep->streams.err, text.data, text.len);
}

/* An address of another family than the wanted one: the text that it came from has been told. */
static bool is_told(const struct sweep *sweep, const struct mping_event *event)
{
    struct mping_addr addr;

    return event->reason == MPING_REASON_NO_ADDRESS && sweep->plan.left_out > 0 &&
           mping_addr_parse(&addr, event->host) == 0;
}

/* A cli_beside_fn. Names that lead to excluded addresses are counted, not complained about. */
static void on_beside(void *user, const struct mping_event *event)
{
    struct sweep *sweep = user;

    if (event->type == MPING_EV_RESOLVE_ERROR && !is_told(sweep, event))
        tell_unresolved(sweep, event);
    else if (event->type == MPING_EV_RESOLVE_ERROR)
        return;
    else if (event->type == MPING_EV_FINISHED)
        app_trouble_forget(&sweep->trouble, event->target);
    else if (event->err != MPING_EEXCLUDED)
        app_trouble_send_error(&sweep->trouble, event);
    else
        sweep->spared++;
}

/* Whether an address is not asked at all; its fate is told. */
static bool is_spared(struct sweep *sweep, const struct app_range_host *host, const char *labels)
{
    char text[MPING_ADDR_TEXT_MAX];
    const struct mping_event event = {.dst = host->addr, .ttl = -1, .tos = -1, .rtt_ns = -1};
    struct cli_sweep_result result = {.host = text, .labels = labels, .event = &event};

    if (host->addr.family == 0)
        return false;
    if (!sweep->settings->broadcast && app_special_is_refused(&host->addr))
        result.fate = CLI_FATE_REFUSED;
    else if (mping_is_excluded(sweep->engine, &host->addr) > 0)
        result.fate = CLI_FATE_EXCLUDED;
    else
        return false;
    mping_addr_format(&host->addr, text, sizeof(text));
    on_fate(sweep, &result);
    return true;
}

static int add(struct sweep *sweep, uint64_t place)
{
    struct app_range_host host;
    const char *labels;
    int err;

    cli_plan_at(&sweep->plan, place, &host, &labels);
    if (is_spared(sweep, &host, labels))
        return 0;
    err = cli_flight_add(&sweep->flight, place, &host, labels);
    if (err == 0)
        return 0;
    app_complain("", host.name,
                 err == MPING_EINVAL ? mping_errmsg(sweep->engine) : mping_strerror(err));
    stop(sweep, err == MPING_EINVAL  ? APP_EXIT_USAGE
                : err == MPING_EPERM ? APP_EXIT_PERMISSION
                                     : APP_EXIT_SYSTEM);
    return err;
}

static bool has_more(const struct sweep *sweep)
{
    return sweep->keeper.pending_n > 0 || sweep->next < sweep->plan.count;
}

/* Results find room in the output, even if all that are out answer at once. */
static bool has_room(struct sweep *sweep)
{
    size_t room = (sweep->flight.n + STEP_MAX) * LINE_USUAL;

    return app_output_room(&sweep->streams.out, room < ROOM_MAX ? room : ROOM_MAX);
}

/* Adds targets in place of those that have ended. Returns whether more could be added at once. */
static bool fill(struct sweep *sweep)
{
    if (sweep->stopping || !has_more(sweep) || !has_room(sweep))
        return false;
    for (int step = 0; step < STEP_MAX; step++) {
        if (cli_flight_is_full(&sweep->flight) || !has_more(sweep))
            return false;
        if (sweep->keeper.pending_n > 0) {
            if (add(sweep, sweep->keeper.pending[sweep->keeper.pending_n - 1]) < 0)
                return false;
            sweep->keeper.pending_n--;
        } else {
            if (add(sweep, sweep->next) < 0)
                return false;
            sweep->next++;
        }
    }
    return true;
}

/* The engine's own, without those probes that nobody ever meant to send. */
static void get_stats(const struct sweep *sweep, struct mping_stats *ret)
{
    *ret = (struct mping_stats){0};
    mping_engine_stats(sweep->engine, ret, sizeof(*ret));
    ret->sent -= sweep->spared;
    ret->send_errors -= sweep->spared;
}

static void count(struct sweep *sweep)
{
    struct mping_stats stats;

    get_stats(sweep, &stats);
    sweep->sums.sent = sweep->before.sent + stats.sent;
    sweep->sums.drops = sweep->before.drops + stats.rx_drops;
    sweep->sums.elapsed_ns = sweep->before.elapsed_ns + app_mono_ns() - sweep->began_ns;
}

static void print_sums(struct sweep *sweep)
{
    struct mping_stats stats;

    get_stats(sweep, &stats);
    count(sweep);
    cli_progress_hide(&sweep->progress, &sweep->streams.out);
    cli_sweep_show_sums(sweep->show, &sweep->streams.out, &sweep->sums, &stats);
    app_output_flush(&sweep->streams.out);
}

static void on_signal(struct sweep *sweep, int number)
{
    if (number == 0)
        return;
    if (number == SIGQUIT) {
        print_sums(sweep);
        return;
    }
    sweep->interrupted = true;
    stop(sweep, APP_EXIT_SILENT);
}

/* What is done now and then, by the clock. */
static void look_around(struct sweep *sweep, int64_t at_ns)
{
    app_trouble_look(&sweep->trouble);
    if (sweep->progress.output != NULL && at_ns >= sweep->progress.next_ns) {
        count(sweep);
        cli_progress_show(&sweep->progress, &sweep->sums, at_ns);
    }
    if (cli_keeper_is_due(&sweep->keeper, at_ns)) {
        int r;

        count(sweep);
        r = cli_keeper_step(&sweep->keeper, &sweep->flight, sweep->next, &sweep->sums,
                            &sweep->streams.out, at_ns);
        if (r < 0) {
            app_complain("", sweep->settings->resume, ": cannot be written");
            stop(sweep, APP_EXIT_SYSTEM);
        }
    }
}

static int wait_ms(struct sweep *sweep, bool more)
{
    int64_t at_ns = app_mono_ns();
    int ms = more ? 0 : app_trouble_wait_ms(&sweep->trouble);

    ms = cli_progress_wait_ms(&sweep->progress, at_ns, ms);
    ms = app_streams_wait_ms(&sweep->streams, ms);
    return cli_keeper_wait_ms(&sweep->keeper, at_ns, ms);
}

/* Waits for something to do, and does it. Returns whether there is more at once. */
static bool turn(struct sweep *sweep, bool more)
{
    struct pollfd fds[] = {
        {.fd = mping_fd(sweep->engine), .events = POLLIN},
        {.fd = sweep->streams.signal_fd, .events = POLLIN},
        {.fd = sweep->streams.wake_fd, .events = POLLIN},
    };

    if (poll(fds, sizeof(fds) / sizeof(fds[0]), wait_ms(sweep, more)) > 0) {
        if (fds[2].revents)
            app_streams_clear_wake(&sweep->streams);
        if (fds[1].revents)
            on_signal(sweep, app_streams_signal(&sweep->streams));
    }
    if (mping_process(sweep->engine, 0) < 0 && !sweep->stopping) {
        app_complain(mping_errmsg(sweep->engine), "", "");
        stop(sweep, APP_EXIT_SYSTEM);
    }
    look_around(sweep, app_mono_ns());
    app_streams_flush(&sweep->streams);
    if (app_output_error(&sweep->streams.out) != 0)
        stop(sweep, APP_EXIT_SYSTEM); /* nobody can see the results */
    return fill(sweep);
}

/* As many as keep up the rate while nobody answers, and some more. */
static size_t inflight_max(const struct cli_settings *settings)
{
    double patience_s = 0, timeout_s = (double)settings->timeout_ns / 1e9, wanted;

    if (settings->max_inflight > 0)
        return (size_t)settings->max_inflight;
    if (settings->rate_pps == 0 || settings->timeout_ns == 0)
        return INFLIGHT_USUAL;
    for (int64_t i = 0; i <= settings->retries; i++) {
        patience_s += timeout_s;
        timeout_s *= settings->backoff;
    }
    wanted = (double)settings->rate_pps * patience_s / (double)(settings->retries + 1) * 1.25;
    if (wanted > (double)INFLIGHT_MAX)
        return INFLIGHT_MAX;
    return wanted < (double)INFLIGHT_MIN ? INFLIGHT_MIN : (size_t)wanted;
}

static int set_up_flight(struct sweep *sweep, const struct mping_target_opts *opts)
{
    size_t max = inflight_max(sweep->settings);

    sweep->flight.tell = on_fate;
    sweep->flight.beside = on_beside;
    sweep->flight.user = sweep;
    if (max > sweep->plan.count)
        max = (size_t)sweep->plan.count;
    if (cli_flight_init(&sweep->flight, sweep->engine, opts, max > 0 ? max : 1) == 0)
        return APP_EXIT_OK;
    app_complain(mping_strerror(MPING_ENOMEM), "", "");
    return APP_EXIT_SYSTEM;
}

static int set_opts(struct mping_target_opts *ret_opts, const struct cli_settings *settings)
{
    if (cli_target_opts(ret_opts, settings) < 0)
        return -1;
    ret_opts->attempts = (uint32_t)settings->retries + 1;
    ret_opts->first_delay_ns = 0;
    ret_opts->events =
        MPING_EVENTS_VERDICTS | MPING_EVENT_BIT(MPING_EV_LATE) | MPING_EVENT_BIT(MPING_EV_FINISHED);
    return 0;
}

static uint64_t choose_seed(const struct cli_settings *settings)
{
    uint64_t seed = (uint64_t)settings->seed;

    if (!cli_given(settings, CLI_OPT_SEED) &&
        getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
        seed = (uint64_t)app_mono_ns();
    return seed;
}

/* Reads what there is to be done, and how far it is. */
static int prepare(struct sweep *sweep)
{
    const struct cli_settings *settings = sweep->settings;
    struct cli_sweep_state state = {.seed = choose_seed(settings)};
    struct mping_target_opts opts;

    if (set_opts(&opts, settings) < 0 ||
        cli_plan_make(&sweep->plan, settings, sweep->engine, &opts) < 0 ||
        cli_exclude(sweep->engine, settings) < 0)
        return APP_EXIT_USAGE;
    state.arguments = sweep->plan.arguments;
    state.sums.targets = sweep->plan.count;
    if (cli_keeper_begin(&sweep->keeper, settings, &state) < 0)
        return sweep->keeper.status;
    sweep->next = state.next;
    sweep->sums = sweep->before = state.sums;
    cli_plan_shuffle(&sweep->plan, state.seed);
    return set_up_flight(sweep, &opts);
}

static void run(struct sweep *sweep)
{
    bool more = true;

    sweep->began_ns = app_mono_ns();
    cli_show_begin(sweep->show, &sweep->streams.out);
    more = fill(sweep);
    while (!sweep->stopping && (sweep->flight.n > 0 || has_more(sweep)))
        more = turn(sweep, more);
    app_trouble_end(&sweep->trouble);
    cli_progress_hide(&sweep->progress, sweep->progress.output);
    print_sums(sweep);
}

/* The status of a sweep that went well. */
static int status_of(const struct sweep *sweep)
{
    const struct cli_sweep_sums *sums = &sweep->sums;

    if (sums->fates[CLI_FATE_UNRESOLVED] > 0 || sweep->plan.left_out > 0)
        return APP_EXIT_USAGE;
    return sums->fates[CLI_FATE_ALIVE] > 0 ? APP_EXIT_OK : APP_EXIT_SILENT;
}

static int finish(struct sweep *sweep)
{
    int status = app_streams_finish(&sweep->streams, sweep->interrupted);

    /* What could not be told must be asked again. */
    if (status == APP_EXIT_OK && cli_keeper_end(&sweep->keeper, &sweep->flight, sweep->next,
                                                &sweep->sums, sweep->stopping) < 0)
        status = APP_EXIT_SYSTEM;
    if (status == APP_EXIT_OK)
        status = sweep->status;
    if (status == APP_EXIT_OK)
        status = app_streams_status(&sweep->streams, status_of(sweep));
    return status;
}

int cli_sweep(struct mping *engine, const struct cli_settings *settings, struct app_show *show)
{
    static struct sweep sweep;
    bool begun = false;
    int status;

    sweep.engine = engine;
    sweep.settings = settings;
    sweep.show = show;
    status = prepare(&sweep);
    if (status == APP_EXIT_OK) {
        status = app_streams_init(&sweep.streams) == 0 ? APP_EXIT_OK : APP_EXIT_SYSTEM;
        begun = true;
    }
    if (status == APP_EXIT_OK) {
        app_trouble_init(&sweep.trouble, engine, &sweep.streams.err, sweep.streams.wake_fd,
                         settings->timeout_ns);
        if (!settings->no_progress)
            cli_progress_init(&sweep.progress, &sweep.streams.out, &sweep.streams.err);
        run(&sweep);
        status = finish(&sweep);
        app_trouble_done(&sweep.trouble);
    }
    if (begun)
        app_streams_done(&sweep.streams);
    cli_flight_done(&sweep.flight); /* no event comes any more: nobody drives the engine */
    cli_keeper_done(&sweep.keeper);
    cli_plan_done(&sweep.plan);
    return status;
}
