/* SPDX-License-Identifier: Apache-2.0 */
#include "top/view.h"

#include <string.h>

#define SECOND_NS INT64_C(1000000000)

enum {
    GUTTER_MIN = 16,    /* an address, before a line of the wall */
    MANY_HOSTS = 20000, /* from which on they are looked at once a second only */
};

int top_view_init(struct top_view *view, struct top_model *model, struct top_mailbox *mailbox,
                  const struct top_settings *settings)
{
    *view = (struct top_view){
        .settings = *settings,
        .live = model,
        .mailbox = mailbox,
        .sorted_by = TOP_COL_WORST,
        .descending = true,
        .canvas.ascii = settings->ascii || !settings->utf8,
        .data_due = true,
        .wall_stale = true,
    };
    return top_canvas_resize(&view->canvas, TOP_ROWS_MIN, TOP_COLS_MIN);
}

void top_view_done(struct top_view *view)
{
    if (view->is_frozen)
        top_model_done(&view->frozen);
    top_order_done(&view->order);
    top_wall_done(&view->wall);
    top_groups_done(&view->groups);
    top_canvas_done(&view->canvas);
}

void top_cursor_fit(struct top_cursor *cursor, size_t n, size_t visible)
{
    if (cursor->at >= n)
        cursor->at = n > 0 ? n - 1 : 0;
    if (cursor->at < cursor->top)
        cursor->top = cursor->at;
    if (visible > 0 && cursor->at >= cursor->top + visible)
        cursor->top = cursor->at - visible + 1;
    if (cursor->top + visible > n)
        cursor->top = n > visible ? n - visible : 0;
}

void top_view_say(struct top_view *view, const char *message)
{
    struct app_text text = app_text_init(view->message, sizeof(view->message));

    app_text_add(&text, message);
    view->message_until_ns = view->now_ns + 5 * SECOND_NS;
}

void top_view_add_field(struct top_view *view, struct top_field field)
{
    if (view->field_count < TOP_FIELDS_MAX)
        view->fields[view->field_count++] = field;
}

/* The cursor follows its host, unless it is at the top: there it shows what is worst. */
static void place_cursor(struct top_view *view)
{
    size_t visible = (size_t)top_view_body(view);

    if (view->follows && view->rows.at > 0) {
        size_t rank = top_order_rank(&view->order, view->host);

        if (rank < view->order.n)
            view->rows.at = rank;
    }
    top_cursor_fit(&view->rows, view->order.n, visible);
}

void top_view_choose(struct top_view *view)
{
    size_t visible = (size_t)top_view_body(view);

    top_cursor_fit(&view->rows, view->order.n, visible);
    top_order_slice(&view->order, view->rows.top, visible);
    if (view->order.n > 0 && view->page != TOP_PAGE_WALL && view->page != TOP_PAGE_DETAIL)
        view->host = view->order.keys[view->rows.at].host;
}

static void gather_table(struct top_view *view)
{
    top_order_build(&view->order, top_view_model(view), view->sorted_by, view->descending,
                    top_view_filter(view), view->now_ns);
    place_cursor(view);
    top_view_choose(view);
}

uint32_t top_wall_width(const struct top_view *view)
{
    uint32_t room = (uint32_t)(view->canvas.cols - GUTTER_MIN);

    /* Of a /24 whole lines: 64, 128 or 256 cells. */
    for (uint32_t width = 256; width >= 64; width /= 2) {
        if (room >= width)
            return width;
    }
    return room;
}

/* Laid out anew only where hosts have come, gone or moved, or the filter may see others. */
static void gather_wall(struct top_view *view)
{
    const struct top_model *model = top_view_model(view);
    uint32_t changes = top_get(&model->changes), width = top_wall_width(view);
    bool due = view->filter.n > 0 && view->now_ns - view->wall_ns > SECOND_NS;

    if (view->wall_stale || due || changes != view->wall_changes || width != view->wall.width) {
        top_wall_build(&view->wall, model, top_view_filter(view), width);
        view->wall_changes = changes;
        view->wall_ns = view->now_ns;
        view->wall_stale = false;
    }
}

static void gather_groups(struct top_view *view)
{
    const char *labels[TOP_LABEL_NAMES];
    const struct top_model *model = top_view_model(view);
    size_t n = top_group_labels(model, labels);

    if (!top_grouping_at(labels, n, view->grouping, &view->grouped_by)) {
        view->grouping = 0;
        top_grouping_at(labels, n, 0, &view->grouped_by);
    }
    top_groups_build(&view->groups, model, &view->grouped_by, top_view_filter(view));
    top_cursor_fit(&view->group_rows, view->groups.n, (size_t)top_view_body(view));
}

static void measure_rate(struct top_view *view)
{
    uint64_t settled = view->order.totals.settled;
    int64_t passed_ns = view->now_ns - view->settled_ns;

    if (view->settled_ns != 0 && passed_ns < SECOND_NS)
        return;
    if (view->settled_ns != 0 && settled >= view->settled_before)
        view->rate_pps = (double)(settled - view->settled_before) * 1e9 / (double)passed_ns;
    view->settled_before = settled;
    view->settled_ns = view->now_ns;
}

/* Whether somebody went down since this was asked last. */
static void listen(struct top_view *view)
{
    uint32_t n = top_notes_n(&view->live->notes);
    struct top_note note;

    if (n - view->notes_heard > 64)
        view->notes_heard = n - 64;
    while (view->notes_heard < n) {
        if (top_notes_get(&view->live->notes, ++view->notes_heard, &note) &&
            (note.kind == TOP_NOTE_DOWN || note.kind == TOP_NOTE_UNREACHABLE))
            view->rings = view->bell;
    }
}

/* Whether all hosts are to be looked at: not that often where there are very many. */
static bool is_data_due(const struct top_view *view, int64_t now_ns)
{
    if (view->data_due)
        return true;
    if (view->is_frozen)
        return false;
    return top_model_n(view->live) < MANY_HOSTS || now_ns - view->now_ns >= SECOND_NS;
}

void top_view_tick(struct top_view *view, int64_t now_ns, int64_t wall_ns)
{
    char answer[TOP_LETTER_BYTES];
    bool due = is_data_due(view, now_ns);

    if (top_mailbox_answer(view->mailbox, answer))
        top_view_say(view, answer);
    listen(view);
    if (now_ns > view->message_until_ns)
        view->message[0] = '\0';
    if (!due)
        return;
    view->data_due = false;
    view->now_ns = now_ns;
    if (!view->is_frozen || view->wall_clock_ns == 0)
        view->wall_clock_ns = wall_ns;
    gather_table(view);
    if (!view->is_frozen)
        measure_rate(view);
    if (view->page == TOP_PAGE_WALL)
        gather_wall(view);
    if (view->page == TOP_PAGE_GROUPS)
        gather_groups(view);
}
