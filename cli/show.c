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

static const struct app_format *format_of(const struct cli_settings *settings)
{
    static const struct app_format *const formats[CLI_OUTPUT_COUNT] = {
        [CLI_OUTPUT_TEXT] = &app_format_text, [CLI_OUTPUT_JSON] = &app_format_json,
        [CLI_OUTPUT_CSV] = &app_format_csv,   [CLI_OUTPUT_INFLUX] = &app_format_influx,
        [CLI_OUTPUT_PROM] = &app_format_prom, [CLI_OUTPUT_NAGIOS] = &app_format_nagios,
    };

    if (settings->output == CLI_OUTPUT_TEXT && settings->fields != NULL)
        return &app_format_fields;
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

static enum app_time_style style_of(const struct app_show *show)
{
    if (show->settings->given >> CLI_OPT_TIME & 1)
        return (enum app_time_style)show->settings->time_style;
    return show->format == &app_format_text ? APP_TIME_NONE : APP_TIME_ISO;
}

/* The kinds of record that the fields may be of. */
static unsigned records_of(const struct app_show *show)
{
    if (!show->format->is_table)
        return show->format->records;
    return show->settings->quiet ? APP_RECORD_SUMMARY : APP_RECORD_VERDICT | APP_RECORD_EVENT;
}

static int set_columns(struct app_show *show, struct app_text *error)
{
    const char *fields = show->settings->fields;
    const struct app_format *format = show->format;

    if (fields != NULL && !format->has_fields) {
        app_text_add(error, "--fields has no place in the format ");
        app_text_add(error, format->name);
        return -1;
    }
    if ((show->settings->given >> CLI_OPT_TIME & 1) && !format->has_time) {
        app_text_add(error, "--time has no place in the format ");
        app_text_add(error, format->name);
        return -1;
    }
    if (fields != NULL)
        return app_columns_parse(&show->columns, fields, records_of(show), error);
    if (format->has_fields)
        app_columns_default(&show->columns, records_of(show), format->is_table);
    return 0;
}

static int set_gates(struct app_show *show, struct app_text *error)
{
    const struct cli_settings *s = show->settings;

    if (s->fail_if != NULL && app_gate_parse(&show->fail_if, "fail-if", s->fail_if, error) < 0)
        return -1;
    if (s->warning != NULL && app_gate_parse_pair(&show->warning, "warning", s->warning, error) < 0)
        return -1;
    if (s->critical == NULL)
        return 0;
    return app_gate_parse_pair(&show->critical, "critical", s->critical, error);
}

int cli_show_init(struct app_show *show, const struct cli_settings *settings)
{
    char line[2 * APP_COMPLAINT_MAX]; /* the known fields may be listed */
    struct app_text error = app_text_init(line, sizeof(line));

    *show = (struct app_show){.settings = settings,
                              .format = format_of(settings),
                              .quiet = settings->quiet,
                              .stats = settings->stats,
                              .percentiles = settings->percentiles};
    show->colored = is_colored(settings);
    app_stamp_init(&show->stamp, style_of(show));
    if (set_columns(show, &error) < 0 || set_gates(show, &error) < 0)
        return app_complain(error.data, "", "");
    return 0;
}

void cli_show_done(struct app_show *show)
{
    app_columns_done(&show->columns);
}

/* Whether anything that was asked for has to be kept beside the counters. */
static bool needs(const struct app_show *show, enum app_need need)
{
    const struct app_gate *const gates[] = {&show->fail_if, &show->warning, &show->critical};

    for (size_t i = 0; i < sizeof(gates) / sizeof(gates[0]); i++) {
        if (app_gate_needs(gates[i], need))
            return true;
    }
    for (size_t i = 0; show->columns.chosen && i < show->columns.n; i++) {
        if (show->columns.all[i].field && app_field_need(show->columns.all[i].field) == need)
            return true;
    }
    return show->settings->stats;
}

bool cli_show_observes(const struct app_show *show)
{
    return show->format->tells_failures || needs(show, APP_NEED_OBSERVATION);
}

static bool shows_events(const struct app_show *show)
{
    return show->format->shows_events && !show->settings->quiet;
}

void cli_show_target_opts(const struct app_show *show, struct mping_target_opts *opts)
{
    opts->events = shows_events(show) ? MPING_EVENTS_DEFAULT : QUIET_EVENTS;
    if (show->settings->manual)
        opts->events |= MPING_EVENTS_VERDICTS; /* the last of them is the end */
    if (cli_show_observes(show))
        opts->events |= APP_OBSERVED_EVENTS;
    if (show->settings->percentiles || needs(show, APP_NEED_PERCENTILES))
        opts->flags |= MPING_FLAG_HISTOGRAM;
}

void cli_show_begin(const struct app_show *show, struct app_output *output)
{
    char line[APP_BEGIN_MAX];
    struct app_text text = app_text_init(line, sizeof(line));

    if (show->format->begin != NULL)
        show->format->begin(show, &text);
    app_output_lines(output, text.data, text.len);
}

/* When it happened: as its packet came in, or now. */
static int64_t moment_ns(const struct mping_event *event)
{
    if (event->received_ns && event->sent_ns)
        return event->sent_wall_ns + (event->received_ns - event->sent_ns);
    return app_wall_ns();
}

static bool is_verdict(enum mping_event_type type)
{
    return MPING_EVENTS_VERDICTS & MPING_EVENT_BIT(type);
}

/* What happens to a target as such is for those who can tell it from what becomes of probes. */
static bool is_wanted(const struct app_show *show, enum mping_event_type type)
{
    if (type != MPING_EV_RESOLVED && type != MPING_EV_FINISHED && type != MPING_EV_STALE)
        return true;
    return show->format->has_lives &&
           (!show->columns.chosen || app_columns_have(&show->columns, "event"));
}

void cli_show_event(struct app_show *show, struct app_output *output,
                    const struct mping_event *event, const char *labels)
{
    static _Thread_local char memory[APP_RECORD_MAX];
    struct app_text text = app_text_init(memory, sizeof(memory));
    struct app_record record = {
        .kind = is_verdict(event->type) ? APP_RECORD_VERDICT : APP_RECORD_EVENT,
        .host = event->host,
        .labels = labels,
        .addr = event->dst,
        .style = show->stamp.style,
        .event = event,
    };

    if (!shows_events(show) || !is_wanted(show, event->type))
        return;
    if (show->stamp.style != APP_TIME_NONE || show->format != &app_format_text) {
        record.wall_ns = moment_ns(event);
        record.time_ns = app_stamp_next(&show->stamp, record.wall_ns);
        record.sent_time_ns = app_stamp_beside(&show->stamp, event->sent_wall_ns);
    }
    show->format->event(show, &text, &record);
    if (text.len > 0)
        app_output_lines(output, text.data, text.len);
}
