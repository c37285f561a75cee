/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <math.h>

#include "process/problem.h"

enum { RECORDS_AT_ONCE = 4096 }; /* then signals are looked at, and pings go on */

/* A record, and what it points to. */
struct filled {
    struct app_record record;
    char host[CLI_HOST_TEXT_MAX];
    struct mping_stats stats;
    struct app_observed observed;
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

static void set_time(const struct cli_report *report, struct app_record *record)
{
    struct app_stamp *stamp = &report->show->stamp;

    record->style = stamp->style;
    record->wall_ns = app_wall_ns();
    record->time_ns = app_stamp_beside(stamp, record->wall_ns);
}

static void fill_target(const struct cli_report *report, size_t index, struct filled *ret)
{
    struct mping_target *target = report->targets->all[index];
    struct app_observation *observation = app_observation_at(&report->targets->observations, index);

    ret->stats = (struct mping_stats){0};
    mping_target_stats(target, &ret->stats, sizeof(ret->stats), 0);
    ret->record = (struct app_record){
        .kind = APP_RECORD_SUMMARY,
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
        app_observation_get(observation, &ret->observed);
        ret->record.observed = &ret->observed;
    }
    set_time(report, &ret->record);
}

static struct app_record total_record(const struct cli_report *report)
{
    struct app_record record = {
        .kind = APP_RECORD_TOTAL,
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
                      struct app_show *show)
{
    struct cli_copies copies = report->copies; /* of one that was given up */

    cli_copies_begin(&copies, targets, targets->n, show->format->look);
    *report = (struct cli_report){
        .copies = copies,
        .targets = targets,
        .show = show,
        .n = targets->n,
        .now_ns = app_mono_ns(),
        .active = true,
    };
}

/* What was never asked, or cannot be judged, is not silent. */
static bool is_silent(const struct mping_stats *s)
{
    return s->received == 0 && s->lost + s->unreachable > 0;
}

static void add_target(struct app_text *text, struct cli_report *report)
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
    const struct app_format *format = report->show->format;

    if (report->pass == 0 && format->survey != NULL) {
        struct app_record total = total_record(report);

        format->survey(report->show, &total);
    }
    if (++report->pass >= format->passes)
        return false;
    report->next = 0;
    return true;
}

static void end(struct app_text *text, struct cli_report *report)
{
    struct app_record total = total_record(report);

    if (report->show->format->total != NULL)
        report->show->format->total(report->show, text, &total);
    cli_copies_done(&report->copies);
    report->active = false;
}

bool cli_report_has_more(const struct cli_report *report, struct app_output *output)
{
    return report->active && app_output_room(output, APP_RECORD_MAX);
}

void cli_report_write(struct cli_report *report, struct app_output *output)
{
    static char memory[APP_RECORD_MAX];

    if (report->active && cli_copies_step(&report->copies))
        return;
    for (int i = 0; i < RECORDS_AT_ONCE && cli_report_has_more(report, output); i++) {
        struct app_text text = app_text_init(memory, sizeof(memory));

        if (report->next < report->n)
            add_target(&text, report);
        else if (!next_pass(report))
            end(&text, report);
        app_output_lines(output, text.data, text.len);
    }
}

/* Tells of each condition that holds; returns whether any does. */
static bool check(const struct app_gate *gate, const struct app_record *record)
{
    bool fails = false;

    for (size_t i = 0; i < gate->n; i++) {
        const struct app_condition *condition = &gate->all[i];
        char why[APP_COMPLAINT_MAX / 2];
        struct app_text text = app_text_init(why, sizeof(why));

        if (!app_condition_fits(condition, record) ||
            app_condition_ask(condition, record) == APP_ANSWER_NO)
            continue;
        app_text_add(&text, record->host != NULL ? ": " : "");
        app_condition_explain(condition, gate, record, &text);
        app_complain("", record->host != NULL ? record->host : "", why);
        fails = true;
    }
    return fails;
}

bool cli_report_fails(const struct cli_report *report)
{
    struct app_record total = total_record(report);
    bool fails = check(&report->show->fail_if, &total);

    for (size_t i = 0; i < report->n; i++) {
        struct filled filled;

        fill_target(report, i, &filled);
        fails = check(&report->show->fail_if, &filled.record) || fails;
    }
    return fails;
}
