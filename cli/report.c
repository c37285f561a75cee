/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <math.h>

#include "event_line.h"

static void add_count(struct cli_text *text, const char *what, uint64_t n)
{
    cli_text_add(text, what);
    cli_text_count(text, n);
}

static void add_if_any(struct cli_text *text, const char *what, uint64_t n)
{
    if (n)
        add_count(text, what, n);
}

static int64_t ns_of(double ns)
{
    return ns > 0 ? (int64_t)(ns + 0.5) : 0;
}

static void add_rtt(struct cli_text *text, const struct mping_stats *s, bool percentiles)
{
    const int64_t rtt_ns[] = {s->rtt_min_ns, ns_of(s->rtt_mean_ns), s->rtt_max_ns,
                              ns_of(s->rtt_stddev_ns)};
    const int64_t shares_ns[] = {s->rtt_p50_ns, s->rtt_p90_ns, s->rtt_p95_ns, s->rtt_p99_ns};

    cli_text_add(text, ", min/avg/max/mdev = ");
    for (int i = 0; i < 4; i++) {
        cli_text_add(text, i ? "/" : "");
        cli_text_ms(text, rtt_ns[i]);
    }
    cli_text_add(text, " ms");
    if (!percentiles)
        return;
    cli_text_add(text, ", p50/p90/p95/p99 = ");
    for (int i = 0; i < 4; i++) {
        cli_text_add(text, i ? "/" : "");
        cli_text_ms(text, shares_ns[i]);
    }
    cli_text_add(text, " ms");
}

static void add_stats(struct cli_text *text, const struct mping_stats *s, bool percentiles)
{
    uint64_t missed = s->lost + s->unreachable;

    add_count(text, "sent ", s->sent);
    add_count(text, ", received ", s->received);
    add_count(text, ", lost ", s->lost);
    add_count(text, ", unknown ", s->unknown);
    add_count(text, ", errors ", s->send_errors);
    add_if_any(text, ", unreachable ", s->unreachable);
    add_if_any(text, ", unresolved ", s->resolve_errors);
    add_if_any(text, ", canceled ", s->canceled);
    add_if_any(text, ", late ", s->late);
    add_if_any(text, ", duplicates ", s->duplicates);
    add_if_any(text, ", mismatches ", s->mismatches);
    cli_text_add(text, ", ");
    cli_text_percent(text, missed, missed + s->received);
    cli_text_add(text, "% loss");
    if (s->received)
        add_rtt(text, s, percentiles);
    cli_text_char(text, '\n');
}

/* Adds up counters, and mean and variance as of one series (Chan, Golub and LeVeque 1979). */
static void sum(struct mping_stats *total, const struct mping_stats *s)
{
    double n = (double)total->received, m = (double)s->received;
    double delta = s->rtt_mean_ns - total->rtt_mean_ns;

    if (s->received) {
        double m2 = n * total->rtt_stddev_ns * total->rtt_stddev_ns +
                    m * s->rtt_stddev_ns * s->rtt_stddev_ns + delta * delta * n * m / (n + m);

        total->rtt_stddev_ns = sqrt(m2 / (n + m));
        total->rtt_mean_ns += delta * m / (n + m);
        if (!total->received || s->rtt_min_ns < total->rtt_min_ns)
            total->rtt_min_ns = s->rtt_min_ns;
        if (s->rtt_max_ns > total->rtt_max_ns)
            total->rtt_max_ns = s->rtt_max_ns;
    }
    total->sent += s->sent;
    total->received += s->received;
    total->lost += s->lost;
    total->unknown += s->unknown;
    total->send_errors += s->send_errors;
    total->unreachable += s->unreachable;
    total->resolve_errors += s->resolve_errors;
    total->canceled += s->canceled;
    total->late += s->late;
    total->duplicates += s->duplicates;
    total->mismatches += s->mismatches;
}

/* The line of the next target, counted into the totals. */
static void add_target(struct cli_text *text, struct cli_report *report)
{
    struct mping_target *target = report->targets[report->next++];
    struct mping_addr addr = {0};
    struct mping_stats stats = {0};

    mping_target_addr(target, &addr);
    mping_target_stats(target, &stats, sizeof(stats), 0);
    sum(&report->total, &stats);
    cli_line_host(text, mping_target_host(target), &addr);
    cli_text_add(text, ": ");
    add_stats(text, &stats, report->percentiles);
}

static void add_total(struct cli_text *text, struct cli_report *report)
{
    add_count(text, "total: ", report->n);
    cli_text_add(text, report->n == 1 ? " target, " : " targets, ");
    add_stats(text, &report->total, false);
    report->active = false;
}

void cli_report_begin(struct cli_report *report, struct mping_target *const *targets, size_t n,
                      bool percentiles)
{
    *report = (struct cli_report){
        .targets = targets,
        .n = n,
        .percentiles = percentiles,
        .active = true,
    };
}

void cli_report_write(struct cli_report *report, struct cli_output *output)
{
    while (report->active && cli_output_room(output, CLI_LINE_MAX)) {
        char line[CLI_LINE_MAX];
        struct cli_text text = cli_text_init(line, sizeof(line));

        if (report->next < report->n)
            add_target(&text, report);
        else
            add_total(&text, report);
        cli_output_lines(output, text.data, text.len);
    }
}
