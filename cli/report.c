/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <math.h>

#include "process/problem.h"

enum { RECORDS_AT_ONCE = 4096 }; /* then signals are looked at, and pings go on */

/* A record, and what it points to. */
struct filled {
    struct cli_record record;
    char host[CLI_HOST_TEXT_MAX];
    struct mping_stats stats;
    struct cli_observed observed;
};

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
    total->pending += s->pending;
    total->late += s->late;
    total->duplicates += s->duplicates;
    total->mismatches += s->mismatches;
    total->icmp_errors += s->icmp_errors;
    total->truncated += s->truncated;
    total->longer += s->longer;
}

static void set_time(const struct cli_report *report, struct cli_record *record)
{
    struct cli_stamp *stamp = &report->show->stamp;

    record->style = stamp->style;
    record->wall_ns = cli_wall_ns();
    record->time_ns = cli_stamp_beside(stamp, record->wall_ns);
}

static void fill_target(const struct cli_report *report, size_t index, struct filled *ret)
{
    struct mping_target *target = report->targets->all[index];
    struct cli_observation *observation = cli_observation_at(&report->targets->observations, index);

    ret->stats = (struct mping_stats){0};
    mping_target_stats(target, &ret->stats, sizeof(ret->stats), 0);
    ret->record = (struct cli_record){
        .kind = CLI_RECORD_SUMMARY,
        .host = cli_target_host(report->targets, index, ret->host),
        .labels = cli_target_labels(report->targets, index),
        .stats = &ret->stats,
        .now_ns = report->now_ns,
        .targets = report->n,
        .alive = report->alive,
        .silent = report->silent,
        .index = index,
        .pass = report->pass,
        .copy = cli_copies_number(&report->copies, index),
    };
    mping_target_addr(target, &ret->record.addr);
    if (observation != NULL) {
        cli_observation_get(observation, &ret->observed);
        ret->record.observed = &ret->observed;
    }
    set_time(report, &ret->record);
}

static struct cli_record total_record(const struct cli_report *report)
{
    struct cli_record record = {
        .kind = CLI_RECORD_TOTAL,
        .stats = &report->total,
        .now_ns = report->now_ns,
        .targets = report->n,
        .alive = report->alive,
        .silent = report->silent,
    };

    set_time(report, &record);
    return record;
}

void cli_report_begin(struct cli_report *report, const struct cli_targets *targets,
                      struct cli_show *show)
{
    struct cli_copies copies = report->copies; /* of one that was given up */

    cli_copies_begin(&copies, targets, targets->n, show->format->look);
    *report = (struct cli_report){
        .copies = copies,
        .targets = targets,
        .show = show,
        .n = targets->n,
        .now_ns = cli_mono_ns(),
        .active = true,
    };
}

/* What was never asked, or cannot be judged, is not silent. */
static bool is_silent(const struct mping_stats *s)
{
    return s->received == 0 && s->lost + s->unreachable > 0;
}

static void add_target(struct cli_text *text, struct cli_report *report)
{
    struct filled filled;

    fill_target(report, report->next++, &filled);
    if (report->pass == 0) {
        sum(&report->total, &filled.stats);
        report->alive += filled.stats.received > 0;
        report->silent += is_silent(&filled.stats);
    }
    if (report->show->format->summary != NULL)
        report->show->format->summary(report->show, text, &filled.record);
}

/* Returns whether another pass begins. */
static bool next_pass(struct cli_report *report)
{
    const struct cli_format *format = report->show->format;

    if (report->pass == 0 && format->survey != NULL) {
        struct cli_record total = total_record(report);

        format->survey(report->show, &total);
    }
    if (++report->pass >= format->passes)
        return false;
    report->next = 0;
    return true;
}

static void end(struct cli_text *text, struct cli_report *report)
{
    struct cli_record total = total_record(report);

    if (report->show->format->total != NULL)
        report->show->format->total(report->show, text, &total);
    cli_copies_done(&report->copies);
    report->active = false;
}

bool cli_report_has_more(const struct cli_report *report, struct cli_output *output)
{
    return report->active && cli_output_room(output, CLI_RECORD_MAX);
}

void cli_report_write(struct cli_report *report, struct cli_output *output)
{
    static char memory[CLI_RECORD_MAX];

    if (report->active && cli_copies_step(&report->copies))
        return;
    for (int i = 0; i < RECORDS_AT_ONCE && cli_report_has_more(report, output); i++) {
        struct cli_text text = cli_text_init(memory, sizeof(memory));

        if (report->next < report->n)
            add_target(&text, report);
        else if (!next_pass(report))
            end(&text, report);
        cli_output_lines(output, text.data, text.len);
    }
}

/* Tells of each condition that holds; returns whether any does. */
static bool check(const struct cli_gate *gate, const struct cli_record *record)
{
    bool fails = false;

    for (size_t i = 0; i < gate->n; i++) {
        const struct cli_condition *condition = &gate->all[i];
        char why[CLI_COMPLAINT_MAX / 2];
        struct cli_text text = cli_text_init(why, sizeof(why));

        if (!cli_condition_fits(condition, record) ||
            cli_condition_ask(condition, record) == CLI_ANSWER_NO)
            continue;
        cli_text_add(&text, record->host != NULL ? ": " : "");
        cli_condition_explain(condition, gate, record, &text);
        cli_complain("", record->host != NULL ? record->host : "", why);
        fails = true;
    }
    return fails;
}

bool cli_report_fails(const struct cli_report *report)
{
    struct cli_record total = total_record(report);
    bool fails = check(&report->show->fail_if, &total);

    for (size_t i = 0; i < report->n; i++) {
        struct filled filled;

        fill_target(report, i, &filled);
        fails = check(&report->show->fail_if, &filled.record) || fails;
    }
    return fails;
}
