/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep/result.h"

#include "format/text_event.h"
#include "show.h"

static void add_alive(struct app_text *text, const struct cli_sweep_result *result)
{
    app_line_host(text, result->host, &result->event->dst);
    app_text_char(text, ' ');
    app_text_rtt(text, result->event->rtt_ns);
    app_text_char(text, '\n');
}

bool cli_sweep_shows(const struct app_show *show, const struct cli_sweep_result *result)
{
    if (result->event->type == 0 || result->fate == CLI_FATE_EXCLUDED)
        return false; /* it was not asked */
    if (show->settings->quiet)
        return show->format->is_table; /* of targets, then */
    return result->fate == CLI_FATE_ALIVE || show->format != &app_format_text;
}

/* A late reply that proves a target alive is its verdict, though the probe itself was lost. */
static void show_verdict(struct app_show *show, struct app_output *output,
                         const struct cli_sweep_result *result)
{
    struct mping_event event = *result->event;

    event.host = result->event->host; /* not the copy's own text */
    if (event.type == MPING_EV_LATE)
        event.type = MPING_EV_REPLY;
    cli_show_event(show, output, &event, result->labels);
}

/* A row of its probes so far, which are all where the target has been decided. */
static void show_row(struct app_show *show, struct app_output *output,
                     const struct cli_sweep_result *result)
{
    static char memory[APP_RECORD_MAX];
    struct app_text text = app_text_init(memory, sizeof(memory));
    struct mping_stats stats = {0};
    struct app_record record = {
        .kind = APP_RECORD_SUMMARY,
        .host = result->host,
        .labels = result->labels,
        .addr = result->event->dst,
        .wall_ns = app_wall_ns(),
        .style = show->stamp.style,
        .stats = &stats,
    };

    mping_target_stats(result->event->target, &stats, sizeof(stats), 0);
    record.time_ns = app_stamp_beside(&show->stamp, record.wall_ns);
    show->format->summary(show, &text, &record);
    app_output_lines(output, text.data, text.len);
}

void cli_sweep_show(struct app_show *show, struct app_output *output,
                    const struct cli_sweep_result *result)
{
    char line[APP_LINE_MAX];
    struct app_text text = app_text_init(line, sizeof(line));

    if (show->settings->quiet) {
        show_row(show, output, result);
    } else if (show->format != &app_format_text) {
        show_verdict(show, output, result);
    } else {
        add_alive(&text, result);
        app_output_lines(output, text.data, text.len);
    }
}

void cli_sweep_show_sums(const struct app_show *show, struct app_output *output,
                         const struct cli_sweep_sums *sums, const struct mping_stats *stats)
{
    static char memory[APP_RECORD_MAX];
    struct app_text text = app_text_init(memory, sizeof(memory));
    struct app_record record = {
        .kind = APP_RECORD_TOTAL,
        .wall_ns = app_wall_ns(),
        .style = show->stamp.style,
        .stats = stats,
        .targets = sums->targets,
        .alive = sums->fates[CLI_FATE_ALIVE],
        .silent = sums->fates[CLI_FATE_LOST] + sums->fates[CLI_FATE_UNREACHABLE],
    };

    record.time_ns = app_stamp_beside(&show->stamp, record.wall_ns);
    if (show->format == &app_format_text)
        cli_sweep_line(&text, sums);
    else if (show->format->total != NULL)
        show->format->total(show, &text, &record);
    app_output_lines(output, text.data, text.len);
}
