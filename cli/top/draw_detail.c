/* SPDX-License-Identifier: Apache-2.0 */
#include "top/draw_detail.h"

#include <string.h>

#include "targets/labels.h"
#include "top/format.h"
#include "top/glyphs.h"

enum {
    LINE_BYTES = 256,
    GRAPH_ROWS = 4,
    BARS_MAX = 24,
    LEFT = 34, /* columns of the histogram; the events are beside it */
};

static void put(struct top_view *view, int row, const char *text)
{
    top_put(&view->canvas, row, 1, view->canvas.cols - 1, TOP_STYLE_PLAIN, text);
}

/* "name figure" for each column given. */
static void put_figures(struct top_view *view, int at, const struct top_row *row,
                        const enum top_column_id *columns, size_t n)
{
    char line[LINE_BYTES];
    int col = 1;

    for (size_t i = 0; i < n; i++) {
        struct app_text text = app_text_init(line, sizeof(line));
        const struct top_column *column = &top_columns[columns[i]];

        col = top_put(&view->canvas, at, col, 12, TOP_STYLE_DIM, column->title) + 1;
        top_column_text(&text, columns[i], row);
        col = top_put(&view->canvas, at, col, 20, TOP_STYLE_PLAIN, line) + 2;
    }
}

static void add_labels(struct app_text *text, const char *labels)
{
    const char *name, *value;

    while (app_labels_next(&labels, &name, &value)) {
        app_text_add(text, "  ");
        app_text_foreign(text, name);
        app_text_char(text, '=');
        app_text_foreign(text, value);
    }
}

static void draw_title(struct top_view *view, const struct top_row *row)
{
    const struct top_host *host = top_model_host(row->model, row->host);
    char line[LINE_BYTES], addr[MPING_ADDR_TEXT_MAX] = "";
    struct app_text text = app_text_init(line, sizeof(line));

    if (row->state.addr.family != 0)
        mping_addr_format(&row->state.addr, addr, sizeof(addr));
    app_text_add(&text, host->name);
    if (addr[0] != '\0' && strcmp(addr, host->name) != 0) {
        app_text_add(&text, " (");
        app_text_foreign(&text, addr);
        app_text_char(&text, ')');
    }
    add_labels(&text, host->labels);
    top_fill(&view->canvas, 2, 0, view->canvas.cols, TOP_STYLE_BAR);
    top_put(&view->canvas, 2, 1, view->canvas.cols - 1, TOP_STYLE_BAR, line);
}

static void draw_state(struct top_view *view, const struct top_row *row)
{
    const struct top_state *state = &row->state;
    char line[LINE_BYTES];
    struct app_text text = app_text_init(line, sizeof(line));
    int col;

    col = top_put(&view->canvas, 3, 1, 10, top_state_is_bad(state) ? TOP_STYLE_BAD : TOP_STYLE_GOOD,
                  top_condition_name(state));
    app_text_add(&text, " for ");
    top_column_text(&text, TOP_COL_FOR, row);
    if (state->seen_ns > 0) {
        app_text_add(&text, ", last reply ");
        top_format_span(&text, view->now_ns - state->seen_ns);
        app_text_add(&text, " ago");
    } else {
        app_text_add(&text, ", never seen");
    }
    if (state->ended)
        app_text_add(&text, ", no more probes");
    top_put(&view->canvas, 3, col, view->canvas.cols - col, TOP_STYLE_PLAIN, line);
}

static void draw_figures(struct top_view *view, const struct top_row *row)
{
    static const enum top_column_id counts[] = {TOP_COL_SENT,    TOP_COL_LOST,  TOP_COL_LOSS,
                                                TOP_COL_RECENT,  TOP_COL_RUN,   TOP_COL_RUN_MAX,
                                                TOP_COL_UNKNOWN, TOP_COL_ERRORS};
    static const enum top_column_id times[] = {TOP_COL_LAST,      TOP_COL_BEST,   TOP_COL_AVG,
                                               TOP_COL_WORST_RTT, TOP_COL_STDDEV, TOP_COL_JITTER};
    static const enum top_column_id spread[] = {TOP_COL_P50,       TOP_COL_P95,  TOP_COL_P99,
                                                TOP_COL_TTL,       TOP_COL_LATE, TOP_COL_DUPLICATES,
                                                TOP_COL_MISMATCHES};

    put_figures(view, 4, row, counts, sizeof(counts) / sizeof(counts[0]));
    put_figures(view, 5, row, times, sizeof(times) / sizeof(times[0]));
    put_figures(view, 6, row, spread, sizeof(spread) / sizeof(spread[0]));
}

/* The last results, as wide as the screen is, with the least and greatest time beside them. */
static void draw_graph(struct top_view *view, const struct top_row *row, int at)
{
    top_result results[TOP_RING];
    unsigned n = top_model_results(row->model, row->host, results, TOP_RING);
    int width = view->canvas.cols - 9 < TOP_RING ? view->canvas.cols - 9 : TOP_RING;
    unsigned shown = n > (unsigned)width ? (unsigned)width : n;
    struct top_scale scale = top_scale(results + (n - shown), shown);
    char line[LINE_BYTES];
    struct app_text text = app_text_init(line, sizeof(line));

    top_graph(&view->canvas, at, 8, GRAPH_ROWS, width, results, n);
    if (scale.max_ns == 0)
        return;
    top_format_ms(&text, scale.max_ns);
    top_put_field(&view->canvas, at, 0, 7, TOP_STYLE_DIM, line, true);
    text = app_text_init(line, sizeof(line));
    top_format_ms(&text, scale.min_ns);
    top_put_field(&view->canvas, at + GRAPH_ROWS - 1, 0, 7, TOP_STYLE_DIM, line, true);
}

/* Where the histogram begins and ends, in buckets; as many of them go into a bar that it fits. */
struct bars {
    unsigned first, step, n;
    uint64_t counts[BARS_MAX];
    uint64_t most, total;
};

static void fill_bars(struct bars *bars, const struct top_row *row, unsigned rows)
{
    const struct top_histogram *histogram = &top_model_host(row->model, row->host)->histogram;
    const struct top_chunks *pool = &row->model->blocks;
    unsigned last = 0, first = TOP_HISTOGRAM_BUCKETS;

    *bars = (struct bars){0};
    for (unsigned i = 0; i < TOP_HISTOGRAM_BUCKETS; i++) {
        if (top_histogram_count(histogram, pool, i) == 0)
            continue;
        first = first < i ? first : i;
        last = i;
    }
    if (first == TOP_HISTOGRAM_BUCKETS || rows == 0 || row->state.received == 0)
        return;
    bars->step = (last - first) / rows + 1;
    bars->first = first;
    bars->n = (last - first) / bars->step + 1;
    for (unsigned i = first; i <= last; i++) {
        uint64_t *count = &bars->counts[(i - first) / bars->step];

        *count += top_histogram_count(histogram, pool, i);
        bars->total += top_histogram_count(histogram, pool, i);
        bars->most = *count > bars->most ? *count : bars->most;
    }
}

static void draw_histogram(struct top_view *view, const struct top_row *row, int at, int rows)
{
    struct bars bars;
    char line[LINE_BYTES];

    top_put(&view->canvas, at, 1, LEFT, TOP_STYLE_BOLD, "from ms      replies");
    fill_bars(&bars, row, (unsigned)(rows - 1 < BARS_MAX ? rows - 1 : BARS_MAX));
    for (unsigned i = 0; i < bars.n; i++) {
        struct app_text text = app_text_init(line, sizeof(line));
        int y = at + 1 + (int)i;

        top_format_ms(&text, top_histogram_from_ns(bars.first + i * bars.step));
        top_put_field(&view->canvas, y, 1, 7, TOP_STYLE_DIM, line, true);
        text = app_text_init(line, sizeof(line));
        top_format_count(&text, bars.counts[i]);
        top_put_field(&view->canvas, y, 9, 7, TOP_STYLE_PLAIN, line, true);
        top_bar(&view->canvas, y, 18, LEFT - 20, (double)bars.counts[i] / (double)bars.most,
                TOP_STYLE_GOOD);
    }
    if (bars.n == 0)
        top_put(&view->canvas, at + 1, 1, LEFT - 2, TOP_STYLE_DIM, "no replies");
}

/* The host's own events, newest first, and further back as one scrolls. */
static void draw_events(struct top_view *view, const struct top_row *row, int at, int rows)
{
    const struct top_notes *notes = &row->model->notes;
    uint32_t number = row->state.note;
    struct top_note note;
    char line[LINE_BYTES];
    size_t skipped = 0;
    int drawn = 1;

    top_put(&view->canvas, at, LEFT, 30, TOP_STYLE_BOLD, "events");
    for (; top_notes_get(notes, number, &note); number = note.before) {
        struct app_text text = app_text_init(line, sizeof(line));
        int col;

        if (note.host != row->host || drawn >= rows)
            break;
        if (skipped < view->detail.at) {
            skipped++;
            continue;
        }
        top_format_clock(&text, note.wall_ns, view->wall_clock_ns);
        col = top_put(&view->canvas, at + drawn, LEFT, 14, TOP_STYLE_DIM, line) + 1;
        text = app_text_init(line, sizeof(line));
        top_note_text(&text, &note);
        top_put(&view->canvas, at + drawn, col, view->canvas.cols - col, TOP_STYLE_PLAIN, line);
        drawn++;
    }
    if (skipped < view->detail.at)
        view->detail.at = skipped; /* there are no more */
    if (drawn == 1)
        top_put(&view->canvas, at + 1, LEFT, 30, TOP_STYLE_DIM, "none");
}

void top_draw_detail(struct top_view *view)
{
    int at = 8 + GRAPH_ROWS + 1, rows = view->canvas.rows - 1 - at;
    struct top_row row;

    if (view->host >= top_model_n(top_view_model(view))) {
        put(view, TOP_HEAD_ROWS, "this host is not there yet in what is frozen");
        return;
    }
    top_row_load(&row, top_view_model(view), view->host, view->now_ns);
    draw_title(view, &row);
    draw_state(view, &row);
    draw_figures(view, &row);
    draw_graph(view, &row, 8);
    draw_histogram(view, &row, at, rows);
    draw_events(view, &row, at, rows);
}
