/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep/result.h"

#include "event_line.h"
#include "show.h"

static void add_alive(struct cli_text *text, const struct cli_sweep_result *result)
{
    cli_line_host(text, result->host, &result->event->dst);
    cli_text_char(text, ' ');
    cli_text_rtt(text, result->event->rtt_ns);
    cli_text_char(text, '\n');
}

bool cli_sweep_shows(const struct cli_show *show, const struct cli_sweep_result *result)
{
    if (show->settings->quiet || result->event->type == 0)
        return false; /* or it was not asked */
    return result->fate == CLI_FATE_ALIVE || show->format != &cli_format_text;
}

void cli_sweep_show(struct cli_show *show, struct cli_output *output,
                    const struct cli_sweep_result *result)
{
    char line[CLI_LINE_MAX];
    struct cli_text text = cli_text_init(line, sizeof(line));

    if (show->format != &cli_format_text) {
        cli_show_event(show, output, result->event, result->labels);
    } else {
        add_alive(&text, result);
        cli_output_lines(output, text.data, text.len);
    }
}

void cli_sweep_show_sums(const struct cli_show *show, struct cli_output *output,
                         const struct cli_sweep_sums *sums, const struct mping_stats *stats)
{
    static char memory[CLI_RECORD_MAX];
    struct cli_text text = cli_text_init(memory, sizeof(memory));
    struct cli_record record = {
        .kind = CLI_RECORD_TOTAL,
        .wall_ns = cli_wall_ns(),
        .style = show->stamp.style,
        .stats = stats,
        .targets = sums->targets,
        .alive = sums->fates[CLI_FATE_ALIVE],
    };

    record.time_ns = cli_stamp_beside(&show->stamp, record.wall_ns);
    if (show->format == &cli_format_text)
        cli_sweep_line(&text, sums);
    else if (show->format->total != NULL)
        show->format->total(show, &text, &record);
    cli_output_lines(output, text.data, text.len);
}
