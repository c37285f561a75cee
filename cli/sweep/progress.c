/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep/progress.h"

#include <string.h>
#include <unistd.h>

#include "text/text.h"

enum {
    LINE_MAX_SHOWN = 79, /* columns: any terminal has them */
    LINE_BYTES = 256,
};

#define NS_PER_S INT64_C(1000000000)
#define EVERY_NS (NS_PER_S / 4)
#define MARK_NS (4 * NS_PER_S)

void cli_progress_init(struct cli_progress *progress, struct app_output *out,
                       struct app_output *err)
{
    *progress = (struct cli_progress){0};
    if (isatty(STDERR_FILENO))
        progress->output = isatty(STDOUT_FILENO) ? out : err;
}

int cli_progress_wait_ms(const struct cli_progress *progress, int64_t now_ns, int limit_ms)
{
    int64_t ms = (progress->next_ns - now_ns + 999999) / 1000000;

    if (progress->output == NULL)
        return limit_ms;
    ms = ms < 0 ? 0 : ms;
    return limit_ms >= 0 && ms > limit_ms ? limit_ms : (int)ms;
}

/* 950, 12.3k, 4.56M, 16.7M */
static void add_short(struct app_text *text, uint64_t n)
{
    static const char units[] = {'k', 'M', 'G', 'T'};
    unsigned unit = 0, decimals = 2;
    uint64_t hundredths = n / 10;

    if (n < 1000) {
        app_text_count(text, n);
        return;
    }
    while (hundredths >= 100000 && unit < sizeof(units) - 1) {
        hundredths /= 1000;
        unit++;
    }
    while (decimals > 0 && hundredths >= 1000) {
        hundredths /= 10;
        decimals--;
    }
    app_text_fixed(text, hundredths, decimals);
    app_text_char(text, units[unit]);
}

/* 0:07, 1:02:03 */
static void add_time(struct app_text *text, int64_t ns)
{
    uint64_t s = (uint64_t)(ns / NS_PER_S);

    if (s >= 3600) {
        app_text_count(text, s / 3600);
        app_text_add(text, s / 60 % 60 < 10 ? ":0" : ":");
    }
    app_text_count(text, s / 60 % 60);
    app_text_add(text, s % 60 < 10 ? ":0" : ":");
    app_text_count(text, s % 60);
}

static uint64_t per_second(uint64_t n, int64_t ns)
{
    return ns > 0 ? (uint64_t)((double)n * (double)NS_PER_S / (double)ns) : 0;
}

/* What the rate of late means for what is left. */
static void add_left(struct app_text *text, uint64_t left, uint64_t done, int64_t elapsed_ns)
{
    double ns = done > 0 ? (double)elapsed_ns / (double)done * (double)left : 0;

    if (done == 0 || ns > 1e18)
        return;
    app_text_add(text, " (");
    add_time(text, (int64_t)ns);
    app_text_add(text, " left)");
}

static void compose(struct app_text *text, const struct cli_progress *progress,
                    const struct cli_sweep_sums *sums, int64_t now_ns)
{
    const struct cli_progress_mark *since = &progress->older;
    uint64_t done = cli_sweep_done(sums), left = sums->targets - done;

    add_time(text, sums->elapsed_ns);
    app_text_char(text, ' ');
    app_text_count(text, sums->targets > 0 ? (uint64_t)((double)done * 100 / (double)sums->targets)
                                           : 100);
    app_text_char(text, '%');
    add_left(text, left, done - since->done, now_ns - since->at_ns);
    app_text_add(text, "; done ");
    add_short(text, done);
    app_text_add(text, " of ");
    add_short(text, sums->targets);
    app_text_add(text, "; sent ");
    add_short(text, per_second(sums->sent - since->sent, now_ns - since->at_ns));
    app_text_add(text, "/s; alive ");
    add_short(text, sums->fates[CLI_FATE_ALIVE]);
    app_text_add(text, "; drops ");
    add_short(text, sums->drops);
}

/* Writes the line over what stands there; blanks cover the rest of a longer one. */
static void put(struct cli_progress *progress, const char *line, size_t len)
{
    char data[LINE_BYTES];
    struct app_text text = app_text_init(data, sizeof(data));

    app_text_char(&text, '\r');
    app_text_bytes(&text, line, len);
    for (size_t i = len; i < progress->shown; i++)
        app_text_char(&text, ' ');
    if (len < progress->shown) {
        app_text_char(&text, '\r');
        app_text_bytes(&text, line, len);
    }
    progress->shown = (unsigned)len;
    app_output_lines(progress->output, text.data, text.len);
}

static void mark(struct cli_progress *progress, const struct cli_sweep_sums *sums, int64_t now_ns)
{
    if (progress->last.at_ns > 0 && now_ns - progress->last.at_ns < MARK_NS)
        return;
    progress->older = progress->last;
    progress->last = (struct cli_progress_mark){now_ns, cli_sweep_done(sums), sums->sent};
    if (progress->older.at_ns == 0)
        progress->older = progress->last;
}

void cli_progress_show(struct cli_progress *progress, const struct cli_sweep_sums *sums,
                       int64_t now_ns)
{
    char data[LINE_BYTES];
    struct app_text text = app_text_init(data, sizeof(data));

    if (progress->output == NULL || now_ns < progress->next_ns)
        return;
    mark(progress, sums, now_ns);
    compose(&text, progress, sums, now_ns);
    put(progress, text.data, text.len < LINE_MAX_SHOWN ? text.len : LINE_MAX_SHOWN);
    app_output_flush(progress->output);
    progress->next_ns = now_ns + EVERY_NS;
}

void cli_progress_hide(struct cli_progress *progress, const struct app_output *output)
{
    if (progress->output == output && progress->shown > 0)
        put(progress, "", 0);
}
