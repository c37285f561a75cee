/* SPDX-License-Identifier: Apache-2.0 */
#include "top/draw_pages.h"

#include <string.h>

#include "top/format.h"
#include "top/glyphs.h"

enum {
    LINE_BYTES = 256,
    KEYS_WIDTH = 24, /* in the help */
};

static void put(struct top_view *view, int row, int col, const char *text)
{
    top_put(&view->canvas, row, col, view->canvas.cols - col, TOP_STYLE_PLAIN, text);
}

static bool is_plain(const struct top_view *view)
{
    return view->canvas.ascii || view->settings.palette == TOP_PALETTE_NONE;
}

/* The host under the cursor, in the row of the heads. */
static void draw_wall_head(struct top_view *view)
{
    const struct top_model *model = top_view_model(view);
    char line[LINE_BYTES], addr[MPING_ADDR_TEXT_MAX];
    struct app_text text = app_text_init(line, sizeof(line));
    struct app_text address = app_text_init(addr, sizeof(addr));
    struct top_row row;

    top_fill(&view->canvas, 2, 0, view->canvas.cols, TOP_STYLE_BAR);
    if (view->cells.at >= view->wall.n)
        return;
    top_row_load(&row, model, view->wall.hosts[view->cells.at], view->now_ns);
    top_column_text(&text, TOP_COL_HOST, &row);
    app_text_char(&text, ' ');
    top_column_text(&address, TOP_COL_ADDRESS, &row);
    if (row.state.addr.family != 0 && strcmp(addr, top_model_host(model, row.host)->name) != 0) {
        app_text_char(&text, '(');
        app_text_add(&text, addr);
        app_text_add(&text, ") ");
    }
    app_text_add(&text, top_condition_name(&row.state));
    app_text_add(&text, "  loss ");
    top_column_text(&text, TOP_COL_LOSS, &row);
    app_text_add(&text, "%  last ");
    top_column_text(&text, TOP_COL_LAST, &row);
    app_text_add(&text, " ms");
    top_put(&view->canvas, 2, 0, view->canvas.cols, TOP_STYLE_BAR, line);
}

static void draw_wall_line(struct top_view *view, int at, const struct top_wall_line *line)
{
    const struct top_model *model = top_view_model(view);
    int gutter = view->canvas.cols - (int)view->wall.width;
    char data[LINE_BYTES];
    struct app_text text = app_text_init(data, sizeof(data));
    struct top_row row;

    top_row_load(&row, model, view->wall.hosts[line->first], view->now_ns);
    top_column_text(&text, row.state.addr.family != 0 ? TOP_COL_ADDRESS : TOP_COL_HOST, &row);
    top_put(&view->canvas, at, 0, gutter - 1, TOP_STYLE_DIM, data);
    for (uint32_t i = 0; i < line->n; i++) {
        struct top_cell cell;

        top_row_load(&row, model, view->wall.hosts[line->first + i], view->now_ns);
        cell = top_wall_cell(&row.state, is_plain(view));
        top_put_glyph(&view->canvas, at, gutter + (int)i, cell.glyph, (enum top_style)cell.style);
        if (cell.marked || line->first + i == view->cells.at)
            top_mark(&view->canvas, at, gutter + (int)i, 1);
    }
}

/* What the cells mean, in the last row of the body. */
static void draw_legend(struct top_view *view, int at)
{
    static const char *const ranges[TOP_HEATS] = {"<1", "<10", "<30", "<100", "<300", "more ms"};
    struct top_state state = {.condition = TOP_UP};
    static const int64_t samples_ms[TOP_HEATS] = {0, 1, 10, 30, 100, 300};
    int col = 1;

    for (int i = 0; i < TOP_HEATS; i++) {
        struct top_cell cell;

        state.rtt_last_ns = samples_ms[i] * 1000000;
        cell = top_wall_cell(&state, is_plain(view));
        top_put_glyph(&view->canvas, at, col, cell.glyph, (enum top_style)cell.style);
        col = top_put(&view->canvas, at, col + 2, 10, TOP_STYLE_DIM, ranges[i]) + 2;
    }
    top_put(&view->canvas, at, col, view->canvas.cols - col, TOP_STYLE_DIM,
            "!lossy Xdown Uunreach Nnoname");
}

void top_draw_wall(struct top_view *view)
{
    struct top_wall *wall = &view->wall;
    int body = top_view_body(view) - 1;
    struct top_cursor lines;

    if (wall->n > 0 && view->cells.at >= wall->n)
        view->cells.at = wall->n - 1;
    lines = (struct top_cursor){wall->n > 0 ? top_wall_line_of(wall, view->cells.at) : 0,
                                view->cells.top};
    top_cursor_fit(&lines, wall->line_count, (size_t)body);
    view->cells.top = lines.top;
    draw_wall_head(view);
    for (int i = 0; i < body && lines.top + (size_t)i < wall->line_count; i++)
        draw_wall_line(view, TOP_HEAD_ROWS + i, &wall->lines[lines.top + (size_t)i]);
    draw_legend(view, TOP_HEAD_ROWS + body);
}

static void draw_group(struct top_view *view, int at, const struct top_group *group)
{
    static const enum top_style styles[] = {TOP_STYLE_PLAIN, TOP_STYLE_PLAIN, TOP_STYLE_WARN,
                                            TOP_STYLE_BAD};
    char line[LINE_BYTES];
    struct app_text text = app_text_init(line, sizeof(line));
    double loss = group->judged > 0 ? (double)group->lost / (double)group->judged : 0;
    double up = (double)group->up / group->hosts;
    const uint64_t counts[] = {group->hosts, group->up, group->lossy, group->down};
    const int64_t times_ns[] = {
        group->received > 0 ? (int64_t)(group->rtt_sum_ns / (double)group->received) : 0,
        group->rtt_max_ns};
    int col = 27;

    top_group_text(&text, &view->grouped_by, group);
    top_put(&view->canvas, at, 0, 25, group->bad > 0 ? TOP_STYLE_BAD : TOP_STYLE_PLAIN, line);
    for (int i = 0; i < 4; i++, col += 7) {
        text = app_text_init(line, sizeof(line));
        top_format_count(&text, counts[i]);
        top_put_field(&view->canvas, at, col, 6, counts[i] > 0 ? styles[i] : TOP_STYLE_PLAIN, line,
                      true);
    }
    text = app_text_init(line, sizeof(line));
    top_format_percent(&text, loss);
    top_put_field(&view->canvas, at, col, 6, loss > 0 ? TOP_STYLE_WARN : TOP_STYLE_PLAIN, line,
                  true);
    for (int i = 0; i < 2; i++) {
        col += 7;
        text = app_text_init(line, sizeof(line));
        top_format_ms(&text, times_ns[i]);
        top_put_field(&view->canvas, at, col, 6, TOP_STYLE_PLAIN, group->received > 0 ? line : "-",
                      true);
    }
    if (view->canvas.cols > 90)
        top_bar(&view->canvas, at, col + 8, view->canvas.cols - col - 9, up, TOP_STYLE_GOOD);
}

void top_draw_groups(struct top_view *view)
{
    static const char *const heads[] = {"Hosts", "Up", "Lossy", "Down", "Loss%", "Avg", "Wrst"};
    int body = top_view_body(view), col = 27;

    top_fill(&view->canvas, 2, 0, view->canvas.cols, TOP_STYLE_BAR);
    top_put(&view->canvas, 2, 0, 26, TOP_STYLE_BAR, "Group");
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++, col += 7)
        top_put_field(&view->canvas, 2, col, 6, TOP_STYLE_BAR, heads[i], true);
    if (view->canvas.cols > 90)
        top_put(&view->canvas, 2, col + 1, 20, TOP_STYLE_BAR, "Share that is up");
    top_cursor_fit(&view->group_rows, view->groups.n, (size_t)body);
    for (int i = 0; i < body && view->group_rows.top + (size_t)i < view->groups.n; i++) {
        size_t at = view->group_rows.top + (size_t)i;

        draw_group(view, TOP_HEAD_ROWS + i, &view->groups.all[at]);
        if (at == view->group_rows.at)
            top_mark(&view->canvas, TOP_HEAD_ROWS + i, 0, 76);
    }
}

static void draw_note(struct top_view *view, int at, const struct top_note *note)
{
    char line[LINE_BYTES];
    struct app_text text = app_text_init(line, sizeof(line));
    enum top_style style = TOP_STYLE_PLAIN;
    int col;

    if (note->kind == TOP_NOTE_DOWN || note->kind == TOP_NOTE_UNREACHABLE)
        style = TOP_STYLE_BAD;
    else if (note->kind == TOP_NOTE_UP)
        style = TOP_STYLE_GOOD;
    else if (note->kind <= TOP_NOTE_UNKNOWN && note->kind != TOP_NOTE_ADDED)
        style = TOP_STYLE_UNSURE;
    top_format_clock(&text, note->wall_ns, view->wall_clock_ns);
    col = top_put(&view->canvas, at, 0, 14, TOP_STYLE_DIM, line) + 2;
    top_put(&view->canvas, at, col, 24, TOP_STYLE_PLAIN,
            top_model_host(top_view_model(view), note->host)->name);
    text = app_text_init(line, sizeof(line));
    top_note_text(&text, note);
    top_put(&view->canvas, at, col + 25, view->canvas.cols - col - 25, style, line);
}

void top_draw_notes(struct top_view *view)
{
    const struct top_notes *notes = &top_view_model(view)->notes;
    uint32_t ever = top_notes_n(notes);
    size_t n = ever < TOP_NOTES ? ever : TOP_NOTES;
    int body = top_view_body(view);

    top_fill(&view->canvas, 2, 0, view->canvas.cols, TOP_STYLE_BAR);
    top_put(&view->canvas, 2, 0, 10, TOP_STYLE_BAR, "Time");
    top_put(&view->canvas, 2, 10, 20, TOP_STYLE_BAR, "Host");
    top_put(&view->canvas, 2, 35, 20, TOP_STYLE_BAR, "Event");
    top_cursor_fit(&view->note_rows, n, (size_t)body);
    /* cppcheck-suppress knownConditionTrueFalse ; the other thread adds them */
    for (int i = 0; i < body && view->note_rows.top + (size_t)i < n; i++) {
        size_t at = view->note_rows.top + (size_t)i;
        struct top_note note;

        if (top_notes_get(notes, ever - (uint32_t)at, &note))
            draw_note(view, TOP_HEAD_ROWS + i, &note);
        if (at == view->note_rows.at)
            top_mark(&view->canvas, TOP_HEAD_ROWS + i, 0, view->canvas.cols);
    }
    /* cppcheck-suppress knownConditionTrueFalse ; likewise */
    if (n == 0)
        top_put(&view->canvas, TOP_HEAD_ROWS + 1, 2, 60, TOP_STYLE_DIM, "nothing has happened");
}

static const char *const help_tail[] = {
    "",
    "Filter: terms with blanks between them must all hold; ! turns a term round.",
    "  web                somewhere in host, address or labels",
    "  loss>5 p95>=50ms   figures in percent, ms and counts, by these names:",
    "                     loss recent sent lost run runmax unknown errors last avg best wrst",
    "                     stdev jitter p50 p95 p99 ttl late dup wrong for",
    "  state=down         state, host, addr, or a label; * and ? stand for anything",
    "  addr=10.1.0.0/16   a prefix",
    "",
    "Sparklines: ! lost  U unreachable  E not sent  N no address  ? unknown (not the host's fault)",
    "Down is a host after three probes in a row without a reply.",
    "Mouse: click on a row, again to open it; on a head to sort; on tabs and keys. The wheel",
    "moves. Shift-click selects text as without --top.",
};

enum { HELP_TAIL = sizeof(help_tail) / sizeof(help_tail[0]) };

/* The keys that have a help, then the rest. */
size_t top_help_lines(void)
{
    size_t n = HELP_TAIL;

    for (size_t i = 0; i < top_binding_count; i++)
        n += top_bindings[i].help != NULL;
    return n;
}

static void draw_help_line(struct top_view *view, int at, size_t line)
{
    char keys[LINE_BYTES] = "", buffer[8];
    struct app_text text = app_text_init(keys, sizeof(keys));
    size_t named = top_help_lines() - HELP_TAIL;

    if (line >= named) {
        put(view, at, 1, help_tail[line - named]);
        return;
    }
    for (int i = 0; i < TOP_KEYS_EACH && top_bindings[line].keys[i] != 0; i++) {
        app_text_add(&text, i > 0 ? "  " : "");
        app_text_add(&text, top_key_name(top_bindings[line].keys[i], buffer));
    }
    top_put(&view->canvas, at, 1, KEYS_WIDTH - 1, TOP_STYLE_KEY, keys);
    put(view, at, KEYS_WIDTH, top_bindings[line].help);
}

void top_draw_help(struct top_view *view)
{
    size_t n = top_help_lines(), body = (size_t)top_view_body(view);

    /* It scrolls as a page, without a cursor. */
    if (n > body && view->help_rows.at > n - body)
        view->help_rows.at = n - body;
    if (n <= body)
        view->help_rows.at = 0;
    top_fill(&view->canvas, 2, 0, view->canvas.cols, TOP_STYLE_BAR);
    top_put(&view->canvas, 2, 0, 60, TOP_STYLE_BAR, " Help (arrows scroll, Esc goes back)");
    for (size_t i = 0; i < body && view->help_rows.at + i < n; i++)
        draw_help_line(view, TOP_HEAD_ROWS + (int)i, view->help_rows.at + i);
}
