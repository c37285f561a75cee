/* SPDX-License-Identifier: Apache-2.0 */
#include "top/draw_table.h"

#include "top/glyphs.h"

enum {
    HOST_MIN = 16,
    HOST_MAX = 40,
    SPARK_MIN = 14,
};

/* Sets of columns, the most wanted first; what does not fit is left out. */
static const enum top_column_id sets[TOP_COLUMN_SETS][TOP_COLUMNS_MAX] = {
    {TOP_COL_STATE, TOP_COL_LOSS, TOP_COL_SENT, TOP_COL_LAST, TOP_COL_AVG, TOP_COL_P95,
     TOP_COL_BEST, TOP_COL_WORST_RTT, TOP_COL_FOR, TOP_COL_RECENT, TOP_COL_JITTER},
    {TOP_COL_LOSS, TOP_COL_SENT, TOP_COL_LAST, TOP_COL_AVG, TOP_COL_BEST, TOP_COL_WORST_RTT,
     TOP_COL_STDDEV, TOP_COL_JITTER, TOP_COL_TTL},
    {TOP_COL_LOSS, TOP_COL_RECENT, TOP_COL_P50, TOP_COL_P95, TOP_COL_P99, TOP_COL_JITTER,
     TOP_COL_TTL, TOP_COL_STDDEV, TOP_COL_WORST_RTT},
    {TOP_COL_STATE, TOP_COL_FOR, TOP_COL_RUN, TOP_COL_RUN_MAX, TOP_COL_LOST, TOP_COL_UNKNOWN,
     TOP_COL_ERRORS, TOP_COL_LATE, TOP_COL_DUPLICATES, TOP_COL_MISMATCHES},
};

size_t top_table_columns(const struct top_view *view, enum top_column_id *ret, int *ret_host,
                         int *ret_spark)
{
    int fifth = view->canvas.cols / 5, spark = fifth > SPARK_MIN ? fifth : SPARK_MIN;
    int room = view->canvas.cols - HOST_MIN - spark - 1;
    const enum top_column_id *set = sets[view->columns];
    size_t n = 0;

    for (; n < TOP_COLUMNS_MAX && set[n] != TOP_COL_WORST; n++) {
        int width = top_columns[set[n]].width + 1;

        if (width > room)
            break;
        room -= width;
        ret[n] = set[n];
    }
    *ret_host = HOST_MIN + (room > HOST_MAX - HOST_MIN ? HOST_MAX - HOST_MIN : room / 2);
    *ret_spark = room + HOST_MIN + spark - *ret_host;
    return n;
}

static void put_head(struct top_view *view, int col, int width, enum top_column_id column,
                     bool right)
{
    bool chosen = view->sorted_by == column;

    top_put_field(&view->canvas, 2, col, width, chosen ? TOP_STYLE_CHOSEN : TOP_STYLE_BAR,
                  top_columns[column].title, right);
    top_view_add_field(view, (struct top_field){2, col, col + width, column, TOP_CMD_NONE});
}

static enum top_style style_of(enum top_column_id column, const struct top_row *row)
{
    const struct top_state *state = &row->state;

    switch (column) {
    case TOP_COL_STATE:
        if (state->removed || state->condition == TOP_WAIT)
            return TOP_STYLE_DIM;
        if (state->condition == TOP_UP)
            return TOP_STYLE_GOOD;
        if (state->condition == TOP_LOSSY)
            return TOP_STYLE_WARN;
        return state->condition >= TOP_ERROR ? TOP_STYLE_UNSURE : TOP_STYLE_BAD;
    case TOP_COL_LOSS:
        return state->lost + state->unreachable > 0 ? TOP_STYLE_WARN : TOP_STYLE_PLAIN;
    case TOP_COL_RECENT:
        return state->recent_loss >= 0.5   ? TOP_STYLE_BAD
               : state->recent_loss > 0.01 ? TOP_STYLE_WARN
                                           : TOP_STYLE_PLAIN;
    default:
        return TOP_STYLE_PLAIN;
    }
}

static void draw_row(struct top_view *view, int at, uint32_t host,
                     const enum top_column_id *columns, size_t n, int host_width, int spark_width)
{
    const struct top_model *model = top_view_model(view);
    top_result results[TOP_RING];
    char data[256];
    struct app_text text = app_text_init(data, sizeof(data));
    struct top_row row;
    int col = host_width + 1;

    top_row_load(&row, model, host, view->now_ns);
    top_column_text(&text, view->addresses ? TOP_COL_ADDRESS : TOP_COL_HOST, &row);
    top_put(&view->canvas, at, 0, host_width,
            top_state_is_bad(&row.state) ? TOP_STYLE_BAD : TOP_STYLE_PLAIN, data);
    for (size_t i = 0; i < n; i++) {
        int width = top_columns[columns[i]].width;

        text = app_text_init(data, sizeof(data));
        top_column_text(&text, columns[i], &row);
        top_put_field(&view->canvas, at, col, width, style_of(columns[i], &row), data,
                      top_columns[columns[i]].unit != TOP_UNIT_TEXT);
        col += width + 1;
    }
    top_sparkline(&view->canvas, at, col, spark_width, results,
                  top_model_results(model, host, results, TOP_RING));
}

void top_draw_table(struct top_view *view)
{
    enum top_column_id columns[TOP_COLUMNS_MAX];
    int host_width, spark_width, col, body = top_view_body(view);
    size_t n = top_table_columns(view, columns, &host_width, &spark_width);

    top_fill(&view->canvas, 2, 0, view->canvas.cols, TOP_STYLE_BAR);
    put_head(view, 0, host_width, view->addresses ? TOP_COL_ADDRESS : TOP_COL_HOST, false);
    col = host_width + 1;
    for (size_t i = 0; i < n; i++) {
        int width = top_columns[columns[i]].width;

        put_head(view, col, width, columns[i], top_columns[columns[i]].unit != TOP_UNIT_TEXT);
        col += width + 1;
    }
    top_put_field(&view->canvas, 2, col, spark_width, TOP_STYLE_BAR, "Last pings", true);
    for (int i = 0; i < body && view->rows.top + (size_t)i < view->order.n; i++) {
        size_t rank = view->rows.top + (size_t)i;

        draw_row(view, TOP_HEAD_ROWS + i, view->order.keys[rank].host, columns, n, host_width,
                 spark_width);
        if (rank == view->rows.at)
            top_mark(&view->canvas, TOP_HEAD_ROWS + i, 0, col - 1);
    }
    if (view->order.n == 0)
        top_put(&view->canvas, TOP_HEAD_ROWS + 1, 2, 60, TOP_STYLE_DIM,
                view->filter.n > 0 ? "no host passes the filter (Esc clears it)" : "no hosts");
}
