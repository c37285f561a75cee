/* SPDX-License-Identifier: Apache-2.0 */
#include "show.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/problem.h"

/* What the summary cannot do without, and what spoils it. */
#define QUIET_EVENTS                                                                  \
    (MPING_EVENT_BIT(MPING_EV_RESOLVE_ERROR) | MPING_EVENT_BIT(MPING_EV_SEND_ERROR) | \
     MPING_EVENT_BIT(MPING_EV_FINISHED) | MPING_EVENT_BIT(MPING_EV_RESOLVED) |        \
     MPING_EVENT_BIT(MPING_EV_STALE))

static const struct cli_format *format_of(const struct cli_settings *settings)
{
    static const struct cli_format *const formats[CLI_OUTPUT_COUNT] = {
        [CLI_OUTPUT_TEXT] = &cli_format_text, [CLI_OUTPUT_JSON] = &cli_format_json,
        [CLI_OUTPUT_CSV] = &cli_format_csv,   [CLI_OUTPUT_INFLUX] = &cli_format_influx,
        [CLI_OUTPUT_PROM] = &cli_format_prom, [CLI_OUTPUT_NAGIOS] = &cli_format_nagios,
    };

    if (settings->output == CLI_OUTPUT_TEXT && settings->fields != NULL)
        return &cli_format_fields;
    return formats[settings->output];
}

/* https://no-color.org: any value but the empty one. */
static bool is_colored(const struct cli_settings *settings)
{
    /* Before there is any thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    if (settings->color != CLI_COLOR_AUTO)
        return settings->color == CLI_COLOR_ALWAYS;
    if (no_color != NULL && *no_color != '\0')
        return false;
    return term != NULL && *term != '\0' && strcmp(term, "dumb") != 0 && isatty(STDOUT_FILENO);
}

static enum cli_time_style style_of(const struct cli_show *show)
{
    if (show->settings->given >> CLI_OPT_TIME & 1)
        return (enum cli_time_style)show->settings->time_style;
    return show->format == &cli_format_text ? CLI_TIME_NONE : CLI_TIME_ISO;
}

/* The kinds of record that the fields may be of. */
static unsigned records_of(const struct cli_show *show)
{
    if (!show->format->is_table)
        return show->format->records;
    return show->settings->quiet ? CLI_RECORD_SUMMARY : CLI_RECORD_VERDICT | CLI_RECORD_EVENT;
}

static int set_columns(struct cli_show *show, struct cli_text *error)
{
    const char *fields = show->settings->fields;
    const struct cli_format *format = show->format;

    if (fields != NULL && !format->has_fields) {
        cli_text_add(error, "--fields has no place in the format ");
        cli_text_add(error, format->name);
        return -1;
    }
    if ((show->settings->given >> CLI_OPT_TIME & 1) && !format->has_time) {
        cli_text_add(error, "--time has no place in the format ");
        cli_text_add(error, format->name);
        return -1;
    }
    if (fields != NULL)
        return cli_columns_parse(&show->columns, fields, records_of(show), error);
    if (format->has_fields)
        cli_columns_default(&show->columns, records_of(show), format->is_table);
    return 0;
}

static int set_gates(struct cli_show *show, struct cli_text *error)
{
    const struct cli_settings *s = show->settings;

    if (s->fail_if != NULL && cli_gate_parse(&show->fail_if, "fail-if", s->fail_if, error) < 0)
        return -1;
    if (s->warning != NULL && cli_gate_parse_pair(&show->warning, "warning", s->warning, error) < 0)
        return -1;
    if (s->critical == NULL)
        return 0;
    return cli_gate_parse_pair(&show->critical, "critical", s->critical, error);
}

int cli_show_init(struct cli_show *show, const struct cli_settings *settings)
{
    char line[2 * CLI_COMPLAINT_MAX]; /* the known fields may be listed */
    struct cli_text error = cli_text_init(line, sizeof(line));

    *show = (struct cli_show){.settings = settings,
                              .format = format_of(settings),
                              .quiet = settings->quiet,
                              .stats = settings->stats,
                              .percentiles = settings->percentiles};
    show->colored = is_colored(settings);
    cli_stamp_init(&show->stamp, style_of(show));
    if (set_columns(show, &error) < 0 || set_gates(show, &error) < 0)
        return cli_complain(error.data, "", "");
    return 0;
}

void cli_show_done(struct cli_show *show)
{
    cli_columns_done(&show->columns);
}

/* Whether anything that was asked for has to be kept beside the counters. */
static bool needs(const struct cli_show *show, enum cli_need need)
{
    const struct cli_gate *const gates[] = {&show->fail_if, &show->warning, &show->critical};

    for (size_t i = 0; i < sizeof(gates) / sizeof(gates[0]); i++) {
        if (cli_gate_needs(gates[i], need))
            return true;
    }
    for (size_t i = 0; show->columns.chosen && i < show->columns.n; i++) {
        if (show->columns.all[i].field && cli_field_need(show->columns.all[i].field) == need)
            return true;
    }
    return show->settings->stats;
}

bool cli_show_observes(const struct cli_show *show)
{
    return show->format->tells_failures || needs(show, CLI_NEED_OBSERVATION);
}

static bool shows_events(const struct cli_show *show)
{
    return show->format->shows_events && !show->settings->quiet;
}

void cli_show_target_opts(const struct cli_show *show, struct mping_target_opts *opts)
{
    opts->events = shows_events(show) ? MPING_EVENTS_DEFAULT : QUIET_EVENTS;
    if (show->settings->manual)
        opts->events |= MPING_EVENTS_VERDICTS; /* the last of them is the end */
    if (cli_show_observes(show))
        opts->events |= CLI_OBSERVED_EVENTS;
    if (show->settings->percentiles || needs(show, CLI_NEED_PERCENTILES))
        opts->flags |= MPING_FLAG_HISTOGRAM;
}

void cli_show_begin(const struct cli_show *show, struct cli_output *output)
{
    char line[CLI_BEGIN_MAX];
    struct cli_text text = cli_text_init(line, sizeof(line));

    if (show->format->begin != NULL)
        show->format->begin(show, &text);
    cli_output_lines(output, text.data, text.len);
}

/* When it happened: as its packet came in, or now. */
static int64_t moment_ns(const struct mping_event *event)
{
    if (event->received_ns && event->sent_ns)
        return event->sent_wall_ns + (event->received_ns - event->sent_ns);
    return cli_wall_ns();
}

static bool is_verdict(enum mping_event_type type)
{
    return MPING_EVENTS_VERDICTS & MPING_EVENT_BIT(type);
}

/* What happens to a target as such is for those who can tell it from what becomes of probes. */
static bool is_wanted(const struct cli_show *show, enum mping_event_type type)
{
    if (type != MPING_EV_RESOLVED && type != MPING_EV_FINISHED && type != MPING_EV_STALE)
        return true;
    return show->format->has_lives &&
           (!show->columns.chosen || cli_columns_have(&show->columns, "event"));
}

void cli_show_event(struct cli_show *show, struct cli_output *output,
                    const struct mping_event *event, const char *labels)
{
    static _Thread_local char memory[CLI_RECORD_MAX];
    struct cli_text text = cli_text_init(memory, sizeof(memory));
    struct cli_record record = {
        .kind = is_verdict(event->type) ? CLI_RECORD_VERDICT : CLI_RECORD_EVENT,
        .host = event->host,
        .labels = labels,
        .addr = event->dst,
        .style = show->stamp.style,
        .event = event,
    };

    if (!shows_events(show) || !is_wanted(show, event->type))
        return;
    if (show->stamp.style != CLI_TIME_NONE || show->format != &cli_format_text) {
        record.wall_ns = moment_ns(event);
        record.time_ns = cli_stamp_next(&show->stamp, record.wall_ns);
        record.sent_time_ns = cli_stamp_beside(&show->stamp, event->sent_wall_ns);
    }
    show->format->event(show, &text, &record);
    if (text.len > 0)
        cli_output_lines(output, text.data, text.len);
}
