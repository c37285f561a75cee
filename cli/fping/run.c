/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>

#include "fping/format_json.h"
#include "fping/format_text.h"
#include "fping/held.h"
#include "fping/out.h"
#include "fping/report.h"
#include "fping/run_state.h"
#include "fping/send.h"
#include "fping/status.h"
#include "fping/targets.h"
#include "fping/verdict.h"
#include "text/time_style.h"

enum {
    YOUNG_MIN = 64,
    GROUP_MAX = 128, /* pings, then the engine gets its turn */
};

#define PATIENCE_NS INT64_C(100000000) /* for names, before hosts behind them go first */

/* There is one run in a process; signal handlers and callbacks have no other way to it. */
static struct fping_run *running;
static volatile sig_atomic_t interrupted, snapshot_wanted;

static void wake(void)
{
    if (running)
        mping_wakeup(running->engine);
}

static void on_signal(int signal_number)
{
    int saved = errno;

    if (signal_number == SIGQUIT)
        snapshot_wanted = 1;
    else
        interrupted = 1;
    wake();
    errno = saved;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGQUIT);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGQUIT, &action, NULL);
}

static void note_answered(struct fping_run *run, const struct mping_event *event)
{
    fping_young_answered(&run->young, event->sent_ns);
    if (run->blocked && run->young.total < run->young.max / 2) {
        run->blocked = false;
        mping_wakeup(run->engine);
    }
}

static void on_event(const struct mping_event *event, void *user)
{
    struct fping_run *run = running;

    (void)user;
    if (event->type == MPING_EV_REPLY)
        note_answered(run, event);
    if (fping_may_tell(run) && !fping_is_mixed(run))
        fping_verdict(run, event);
    else
        fping_hold(run, event);
    fping_out_flush(run->page.out); /* each line at once: programs read along */
    if (run->status >= 0)
        mping_wakeup(run->engine); /* it is over: nothing else may ever end the wait */
}

static void set_target_opts(struct fping_run *run, const uint8_t *pattern, size_t pattern_bytes)
{
    const struct fping_options *o = run->options;

    for (int v6 = 0; v6 < 2; v6++) {
        struct mping_target_opts *t = &run->target_opts[v6];

        mping_target_opts_init(t, sizeof(*t));
        t->interval_ns = MPING_INTERVAL_MANUAL;
        t->timeout_ns = o->timeout_ns;
        t->flags = MPING_FLAG_RETRY_SEND | (o->dont_fragment ? (uint32_t)MPING_FLAG_DF : 0) |
                   (o->icmp_timestamp && !v6 ? (uint32_t)MPING_FLAG_TIMESTAMP : 0);
        t->payload_bytes = (uint32_t)o->size;
        t->ttl = (int32_t)o->ttl;
        t->tos = (int32_t)o->tos;
        t->ifindex = o->ifindex;
        t->source = o->sources[v6];
        if (o->random) {
            t->pattern = pattern;
            t->pattern_bytes = (uint32_t)pattern_bytes;
        }
        t->events = MPING_EVENTS_VERDICTS | MPING_EVENT_BIT(MPING_EV_LATE) |
                    MPING_EVENT_BIT(MPING_EV_DUPLICATE) | MPING_EVENT_BIT(MPING_EV_ICMP_ERROR);
        t->callback = on_event;
    }
}

/* Sends what is due. Returns when to come again. */
static int64_t send_due(struct fping_run *run)
{
    int64_t now_ns = app_mono_ns(), due_ns = now_ns;

    if (run->options->source_error)
        return INT64_MAX; /* it ends once all names are known */
    for (int i = 0; i < GROUP_MAX && due_ns <= now_ns && run->status < 0; i++) {
        struct fping_step step;

        if (i > 0 && fping_send_switches_family(run))
            return now_ns; /* a group leaves through one socket: so pings keep their order */
        if (fping_young_full(&run->young, now_ns)) {
            run->blocked = true;
            return fping_young_next_ns(&run->young);
        }
        step = fping_send_next(run, now_ns);
        if (step.err < 0)
            fping_verdict_not_sent(run, step.host, step.err);
        due_ns = step.due_ns;
    }
    return fping_pace_wake_ns(&run->pace, due_ns, now_ns);
}

static void wait_until(struct fping_run *run, int64_t due_ns)
{
    int64_t now_ns, wait_ns = -1;

    if (run->report_ns && run->report_ns < due_ns)
        due_ns = run->report_ns;
    now_ns = app_mono_ns();
    if (due_ns != INT64_MAX)
        wait_ns = due_ns > now_ns ? due_ns - now_ns : 0;
    if (wait_ns == 0)
        mping_process(run->engine, 0);
    else if (run->totals.sent && !fping_is_mixed(run))
        mping_run(run->engine, wait_ns);
    else
        mping_wait(run->engine, wait_ns);
    if (fping_may_tell(run))
        fping_release(run);
}

static void report_if_due(struct fping_run *run)
{
    int64_t now_ns = app_mono_ns();

    if (snapshot_wanted && run->named) {
        snapshot_wanted = 0;
        fping_report_snapshot(run);
    }
    if (!run->report_ns || now_ns < run->report_ns)
        return;
    fping_report_interval(run);
    while (run->report_ns <= now_ns)
        run->report_ns += run->options->report_ns;
}

static bool goes_on(const struct fping_run *run)
{
    return run->status < 0 && !interrupted && !run->finish && (run->open || !run->named);
}

static void loop(struct fping_run *run)
{
    fping_targets_absorb(run);
    while (goes_on(run)) {
        wait_until(run, send_due(run));
        fping_targets_absorb(run);
        report_if_due(run); /* before the pings of the next interval, and after the last */
        fping_out_flush(run->page.out);
    }
}

/* Nothing has been shown of a run whose names are not known: it ends as if it had not begun. */
static void die_of_interrupt(void)
{
    (void)signal(SIGINT, SIG_DFL);
    (void)raise(SIGINT);
}

static int prepare(struct fping_run *run)
{
    struct mping_stats stats;

    run->start_ns = app_mono_ns();
    run->page.out = fping_out_new();
    if (!run->page.out)
        return FPING_NO_MEMORY;
    run->pace.interval_ns = run->options->interval_ns;
    run->patience_ns = run->start_ns + PATIENCE_NS;
    mping_engine_stats(run->engine, &stats, sizeof(stats));
    run->young.max =
        stats.rx_capacity / 2 > YOUNG_MIN ? (uint32_t)(stats.rx_capacity / 2) : YOUNG_MIN;
    return fping_targets_gather(run);
}

static int start(struct fping_run *run)
{
    if (run->hosts.n > FPING_LINGERING_MAX) {
        run->lingering = calloc(FPING_LINGERING_MAX, sizeof(void *));
        if (!run->lingering)
            return FPING_NO_MEMORY;
    }
    run->patience_ns = app_mono_ns() + PATIENCE_NS;
    if (!run->lookups.pending)
        run->patience_ns = 0;
    return -1;
}

/* From the first target to the last line. */
static int go(struct fping_run *run)
{
    int status = prepare(run);

    if (status < 0)
        status = start(run);
    if (status >= 0)
        return status;
    catch_signals();
    loop(run);
    if (!run->named && interrupted)
        die_of_interrupt();
    return run->status < 0 ? fping_report_finish(run) : run->status;
}

static int end(struct fping_run *run, int status)
{
    int error = fping_out_free(run->page.out);

    running = NULL;
    fping_hosts_done(&run->hosts, fping_has_tally(run));
    fping_lookups_done(&run->lookups);
    fping_strings_done(&run->strings);
    fping_wanteds_done(&run->wanteds);
    free(run->lingering);
    fping_held_done(&run->held);
    return error ? fping_write_error(run->options->program, error) : status;
}

int fping_run(const struct fping_options *options, struct mping *engine)
{
    uint8_t pattern[256];
    struct fping_run run = {
        .options = options,
        .format = options->json ? &fping_json_format : &fping_text_format,
        .page = {.options = options},
        .engine = engine,
        .status = -1,
    };

    if (options->random && getrandom(pattern, sizeof(pattern), 0) != (ssize_t)sizeof(pattern))
        return FPING_EXIT_SYSTEM;
    set_target_opts(&run, pattern, sizeof(pattern));
    fping_lookups_init(&run.lookups, options, engine);
    running = &run;
    return end(&run, go(&run));
}
