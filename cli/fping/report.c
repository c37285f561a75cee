/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/report.h"

#include "fping/format_netdata.h"
#include "fping/format_text.h"
#include "fping/status.h"
#include "text/time_style.h"

static bool is_target(const struct fping_host *host)
{
    return host->state == FPING_HOST_READY;
}

static void report_netdata(struct fping_run *run)
{
    for (size_t i = 0; i < run->hosts.n; i++) {
        struct fping_host *host = fping_hosts_at(&run->hosts, i);
        struct fping_numbers numbers;

        if (!is_target(host))
            continue;
        numbers = fping_host_interval(host, true, true);
        fping_netdata_host(&run->page, host, &numbers, !run->netdata_begun);
    }
    run->netdata_begun = true;
}

static void report_hosts(struct fping_run *run, const struct fping_format *format)
{
    int64_t wall_ns = app_wall_ns();

    format->interval_head(&run->page, wall_ns);
    for (size_t i = 0; i < run->hosts.n; i++) {
        struct fping_host *host = fping_hosts_at(&run->hosts, i);
        struct fping_numbers numbers;

        if (!is_target(host))
            continue;
        numbers = fping_host_interval(host, fping_has_tally(run), !run->options->report_cumulative);
        format->interval(&run->page, host, &numbers, wall_ns);
    }
}

void fping_report_interval(struct fping_run *run)
{
    if (run->options->netdata)
        report_netdata(run);
    else
        report_hosts(run, run->format);
}

void fping_report_snapshot(struct fping_run *run)
{
    report_hosts(run, run->format);
}

static void tell_unreachable(struct fping_run *run)
{
    for (size_t i = 0; i < run->hosts.n; i++) {
        const struct fping_host *host = fping_hosts_at(&run->hosts, i);

        if (!is_target(host) || host->received)
            continue;
        run->totals.unreachable++;
        if (run->options->show_unreachable)
            fping_text_unreachable(&run->page, host->name);
    }
}

static void summarize(struct fping_run *run)
{
    run->format->summary_head(&run->page);
    for (size_t i = 0; i < run->hosts.n; i++) {
        const struct fping_host *host = fping_hosts_at(&run->hosts, i);

        if (is_target(host))
            run->format->summary(&run->page, host);
    }
}

int fping_report_finish(struct fping_run *run)
{
    uint64_t required = (uint64_t)run->options->reachable, reachable;

    run->totals.elapsed_ns = app_mono_ns() - run->start_ns;
    tell_unreachable(run);
    if (fping_has_tally(run))
        summarize(run);
    if (run->options->stats)
        run->format->totals(&run->page, &run->totals);
    reachable = run->totals.targets - run->totals.unreachable;
    if (required) {
        fping_text_enough(&run->page, required, reachable);
        return reachable >= required ? FPING_EXIT_ALIVE : FPING_EXIT_UNREACHABLE;
    }
    if (run->totals.unknown_names)
        return FPING_EXIT_UNKNOWN;
    return run->totals.alive == run->totals.targets ? FPING_EXIT_ALIVE : FPING_EXIT_UNREACHABLE;
}
