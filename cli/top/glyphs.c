/* SPDX-License-Identifier: Apache-2.0 */
#include "top/glyphs.h"

enum { LEVELS = 8 };

static const wchar_t bars[LEVELS + 1] = L"\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
static const wchar_t ascii_bars[LEVELS + 1] = L"_.,-=+*#";

struct top_scale top_scale(const top_result *results, unsigned n)
{
    struct top_scale scale = {0, 0};
    bool any = false;

    for (unsigned i = 0; i < n; i++) {
        int64_t ns = top_result_is_rtt(results[i]) ? top_result_ns(results[i]) : 0;

        if (ns == 0)
            continue;
        if (!any || ns < scale.min_ns)
            scale.min_ns = ns;
        if (!any || ns > scale.max_ns)
            scale.max_ns = ns;
        any = true;
    }
    if (scale.max_ns - scale.min_ns < scale.min_ns / 2)
        scale.max_ns = scale.min_ns + scale.min_ns / 2;
    return scale;
}

int top_level(const struct top_scale *scale, int64_t ns, int levels)
{
    int64_t span_ns = scale->max_ns - scale->min_ns;
    int64_t level;

    if (span_ns <= 0 || ns <= scale->min_ns)
        return 0;
    level = (int64_t)((double)(ns - scale->min_ns) / (double)span_ns * levels);
    return level >= levels ? levels - 1 : (int)level;
}

/* What stands for a result that is no time. */
static struct top_cell mark_of(top_result result)
{
    switch (result) {
    case TOP_RESULT_LOST:
        return (struct top_cell){L'!', TOP_STYLE_BAD, 0};
    case TOP_RESULT_UNREACHABLE:
        return (struct top_cell){L'U', TOP_STYLE_BAD, 0};
    case TOP_RESULT_ERROR:
        return (struct top_cell){L'E', TOP_STYLE_UNSURE, 0};
    case TOP_RESULT_UNRESOLVED:
        return (struct top_cell){L'N', TOP_STYLE_UNSURE, 0};
    case TOP_RESULT_UNKNOWN:
        return (struct top_cell){L'?', TOP_STYLE_UNSURE, 0};
    default:
        return (struct top_cell){L' ', TOP_STYLE_PLAIN, 0};
    }
}

static enum top_style style_of_level(int level)
{
    return level >= LEVELS - 1 ? TOP_STYLE_WARN : TOP_STYLE_GOOD;
}

/* The newest n of them that fit. */
static const top_result *last(const top_result *results, unsigned *n, int width)
{
    unsigned skip = width >= 0 && *n > (unsigned)width ? *n - (unsigned)width : 0;

    *n -= skip;
    return results + skip;
}

void top_sparkline(struct top_canvas *canvas, int row, int col, int width,
                   const top_result *results, unsigned n)
{
    struct top_scale scale;

    results = last(results, &n, width);
    scale = top_scale(results, n);
    for (unsigned i = 0; i < n; i++) {
        struct top_cell cell = mark_of(results[i]);

        if (top_result_is_rtt(results[i])) {
            int level = top_level(&scale, top_result_ns(results[i]), LEVELS);

            cell.glyph = canvas->ascii ? ascii_bars[level] : bars[level];
            cell.style = (uint8_t)style_of_level(level);
        }
        top_put_glyph(canvas, row, col + width - (int)n + (int)i, cell.glyph,
                      (enum top_style)cell.style);
    }
}

/* One column of a graph: whole cells up to its height, and on top what is left of it. */
static void graph_column(struct top_canvas *canvas, int row, int col, int rows, int level)
{
    int part = canvas->ascii ? 1 : LEVELS;
    enum top_style style = style_of_level(level * LEVELS / (rows * part));

    for (int i = 0; i < rows && level >= i * part; i++) {
        int height = level - i * part;

        if (height >= part)
            height = part - 1;
        top_put_glyph(canvas, row + rows - 1 - i, col, canvas->ascii ? L'#' : bars[height], style);
    }
}

void top_graph(struct top_canvas *canvas, int row, int col, int rows, int width,
               const top_result *results, unsigned n)
{
    int levels = rows * (canvas->ascii ? 1 : LEVELS);
    struct top_scale scale;

    results = last(results, &n, width);
    scale = top_scale(results, n);
    for (unsigned i = 0; i < n; i++) {
        int at = col + width - (int)n + (int)i;
        struct top_cell mark = mark_of(results[i]);

        if (top_result_is_rtt(results[i]))
            graph_column(canvas, row, at, rows,
                         top_level(&scale, top_result_ns(results[i]), levels));
        else
            top_put_glyph(canvas, row + rows - 1, at, mark.glyph, (enum top_style)mark.style);
    }
}

void top_bar(struct top_canvas *canvas, int row, int col, int width, double share,
             enum top_style style)
{
    /* Eighths of a cell, from the left. */
    static const wchar_t parts[] = L" \u258f\u258e\u258d\u258c\u258b\u258a\u2589";
    int eighths = (int)(share * (width * LEVELS) + 0.5);

    if (share > 0 && eighths == 0)
        eighths = 1;
    for (int i = 0; i < width && eighths > 0; i++, eighths -= LEVELS) {
        if (canvas->ascii)
            top_put_glyph(canvas, row, col + i, L'#', style);
        else
            top_put_glyph(canvas, row, col + i,
                          eighths >= LEVELS ? bars[LEVELS - 1] : parts[eighths], style);
    }
}

int top_heat(int64_t ns)
{
    static const int64_t limits_ms[TOP_HEATS - 1] = {1, 10, 30, 100, 300};
    int heat = 0;

    while (heat < TOP_HEATS - 1 && ns >= limits_ms[heat] * 1000000)
        heat++;
    return heat;
}

struct top_cell top_wall_cell(const struct top_state *state, bool plain)
{
    static const wchar_t ascii_heats[TOP_HEATS + 1] = L".:-=+*";
    int heat = top_heat(state->rtt_last_ns);

    switch ((enum top_condition)state->condition) {
    case TOP_UP:
        return (struct top_cell){plain ? ascii_heats[heat] : bars[LEVELS - 1],
                                 (uint8_t)(TOP_STYLE_HEAT + heat), 0};
    case TOP_LOSSY:
        return (struct top_cell){L'!', TOP_STYLE_BAD, 0};
    case TOP_DOWN:
        return (struct top_cell){L'X', TOP_STYLE_BAD, 1};
    case TOP_UNREACHABLE:
        return (struct top_cell){L'U', TOP_STYLE_BAD, 1};
    case TOP_ERROR:
        return (struct top_cell){L'E', TOP_STYLE_UNSURE, 0};
    case TOP_UNRESOLVED:
        return (struct top_cell){L'N', TOP_STYLE_UNSURE, 0};
    default:
        return (struct top_cell){plain ? L'o' : L'\u00b7', TOP_STYLE_DIM, 0};
    }
}
