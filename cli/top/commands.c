/* SPDX-License-Identifier: Apache-2.0 */
#include "top/commands.h"

#include <string.h>

#include "targets/list_line.h"
#include "top/draw_pages.h"
#include "top/draw_table.h"

static void set_filter(struct top_view *view, const char *text)
{
    char problem[128];
    struct app_text error = app_text_init(problem, sizeof(problem));
    struct app_text kept;

    if (top_filter_parse(&view->filter, text, &error) < 0) {
        top_view_say(view, problem);
        text = "";
    }
    kept = app_text_init(view->filter_text, sizeof(view->filter_text));
    app_text_add(&kept, text);
    view->rows = view->cells = (struct top_cursor){0, 0};
    view->wall_stale = view->data_due = true;
}

static void go(struct top_view *view, enum top_page page)
{
    if (view->page < TOP_PAGE_TABS)
        view->page_before = view->page;
    view->page = page;
    view->data_due = true;
    view->detail = (struct top_cursor){0, 0};
}

static void sort_by(struct top_view *view, enum top_column_id column)
{
    if (view->sorted_by == column)
        view->descending = !view->descending;
    else
        view->descending = top_columns[column].descending;
    view->sorted_by = column;
    view->rows = (struct top_cursor){0, 0};
    view->follows = false;
    view->data_due = true;
}

/* Steps through what can be sorted by: worst first, the host, then the columns on the screen. */
static void step_column(struct top_view *view, int step)
{
    enum top_column_id all[TOP_COLUMNS_MAX + 2] = {TOP_COL_WORST, TOP_COL_HOST};
    int host, spark, n = 2 + (int)top_table_columns(view, all + 2, &host, &spark), at = 0;

    while (at < n && all[at] != view->sorted_by)
        at++;
    at = at < n ? (at + step + n) % n : 0;
    sort_by(view, all[at]);
}

static void freeze(struct top_view *view)
{
    if (view->is_frozen) {
        view->is_frozen = false;
        top_model_done(&view->frozen);
    } else if (top_model_clone(&view->frozen, view->live) == 0) {
        view->is_frozen = true;
    } else {
        top_view_say(view, "there is no memory to freeze");
    }
    view->wall_stale = view->data_due = true;
}

static void reset(struct top_view *view)
{
    if (view->is_frozen)
        freeze(view);
    top_model_reset(view->live);
    view->settled_ns = 0;
    view->data_due = true;
    top_view_say(view, "all figures start again; the summary at the end keeps the old ones");
}

/* The host that a command is about. */
static bool chosen(struct top_view *view, uint32_t *ret)
{
    *ret = view->host;
    if (view->page == TOP_PAGE_WALL && view->cells.at < view->wall.n)
        *ret = view->wall.hosts[view->cells.at];
    return *ret < top_model_n(top_view_model(view)) &&
           (view->page == TOP_PAGE_DETAIL || view->page == TOP_PAGE_WALL || view->order.n > 0);
}

/* Opens the host chosen, or the hosts of the group chosen. */
static void open_chosen(struct top_view *view)
{
    char data[TOP_FILTER_MAX];
    struct app_text text = app_text_init(data, sizeof(data));
    struct top_note note;

    if (view->page == TOP_PAGE_GROUPS && view->group_rows.at < view->groups.n) {
        top_group_filter(&text, &view->grouped_by, &view->groups.all[view->group_rows.at]);
        set_filter(view, data);
        go(view, TOP_PAGE_TABLE);
    } else if (view->page == TOP_PAGE_NOTES) {
        const struct top_notes *notes = &top_view_model(view)->notes;

        if (top_notes_get(notes, top_notes_n(notes) - (uint32_t)view->note_rows.at, &note)) {
            go(view, TOP_PAGE_DETAIL);
            view->host = note.host;
        }
    } else if (view->page < TOP_PAGE_TABS && chosen(view, &view->host)) {
        go(view, TOP_PAGE_DETAIL);
    }
}

static void back(struct top_view *view)
{
    if (view->page >= TOP_PAGE_TABS)
        go(view, view->page_before);
    else if (view->filter_text[0] != '\0')
        set_filter(view, "");
    else
        go(view, TOP_PAGE_TABLE);
}

static void ask(struct top_view *view, enum top_prompt prompt)
{
    if (prompt == TOP_PROMPT_REMOVE && !chosen(view, &view->condemned))
        return;
    view->prompt = prompt;
    view->input[0] = '\0';
    if (prompt == TOP_PROMPT_FILTER)
        memcpy(view->input, view->filter_text, sizeof(view->input));
}

static void add_host(struct top_view *view)
{
    const char *problem = app_host_problem(view->input, strlen(view->input));

    if (problem != NULL)
        top_view_say(view, problem);
    else if (!top_mailbox_post(view->mailbox, TOP_LETTER_ADD, 0, view->input))
        top_view_say(view, "too many are waiting to be added");
    view->data_due = true;
}

/* The prompt is answered. */
static void answer(struct top_view *view)
{
    enum top_prompt prompt = view->prompt;

    view->prompt = TOP_PROMPT_NONE;
    if (prompt == TOP_PROMPT_FILTER)
        set_filter(view, view->input);
    else if (prompt == TOP_PROMPT_ADD && view->input[0] != '\0')
        add_host(view);
}

/* One character more, as UTF-8. */
static void type(struct top_view *view, int key)
{
    struct app_text text = {view->input, sizeof(view->input), strlen(view->input)};

    if (text.len + 4 >= sizeof(view->input))
        return;
    if (key < 0x80) {
        app_text_char(&text, (char)key);
    } else if (key < 0x800) {
        app_text_char(&text, (char)(0xc0 | key >> 6));
        app_text_char(&text, (char)(0x80 | (key & 0x3f)));
    } else if (key < 0x10000) {
        app_text_char(&text, (char)(0xe0 | key >> 12));
        app_text_char(&text, (char)(0x80 | (key >> 6 & 0x3f)));
        app_text_char(&text, (char)(0x80 | (key & 0x3f)));
    }
}

static void rub_out(struct top_view *view)
{
    size_t len = strlen(view->input);

    while (len > 0 && (view->input[len - 1] & 0xc0) == 0x80)
        view->input[--len] = '\0';
    if (len > 0)
        view->input[len - 1] = '\0';
}

static void confirm_remove(struct top_view *view, int key)
{
    view->prompt = TOP_PROMPT_NONE;
    if ((key == 'y' || key == 'Y') &&
        !top_mailbox_post(view->mailbox, TOP_LETTER_REMOVE, view->condemned, ""))
        top_view_say(view, "too many are waiting to be removed");
    view->data_due = true;
}

static void prompt_key(struct top_view *view, int key)
{
    if (view->prompt == TOP_PROMPT_REMOVE)
        confirm_remove(view, key);
    else if (key == TOP_KEY_ENTER)
        answer(view);
    else if (key == TOP_KEY_ESCAPE || key == TOP_CTRL('G'))
        view->prompt = TOP_PROMPT_NONE;
    else if (key == TOP_KEY_BACKSPACE)
        rub_out(view);
    else if (key == TOP_CTRL('U'))
        view->input[0] = '\0';
    else if (key >= ' ' && key < TOP_KEY_UP)
        type(view, key);
}

/* How far a command moves, in lines. */
static int64_t step_of(const struct top_view *view, enum top_command command)
{
    int64_t page = top_view_body(view) - 1;

    switch (command) {
    case TOP_CMD_UP:
        return -1;
    case TOP_CMD_DOWN:
        return 1;
    case TOP_CMD_PAGE_UP:
        return -page;
    case TOP_CMD_PAGE_DOWN:
        return page;
    case TOP_CMD_FIRST:
        return INT32_MIN;
    default:
        return INT32_MAX;
    }
}

static void move(struct top_cursor *cursor, size_t n, int64_t step)
{
    int64_t at = (int64_t)cursor->at + step;

    cursor->at = at < 0 ? 0 : (size_t)at >= n ? (n > 0 ? n - 1 : 0) : (size_t)at;
}

/* On the wall a line is a step up or down, to the cell below or above. */
static void move_on_wall(struct top_view *view, int64_t step)
{
    const struct top_wall *wall = &view->wall;
    size_t line, in_line;
    int64_t to;

    if (wall->n == 0)
        return;
    line = top_wall_line_of(wall, view->cells.at);
    in_line = view->cells.at - wall->lines[line].first;
    to = (int64_t)line + step;
    to = to < 0 ? 0 : to >= (int64_t)wall->line_count ? (int64_t)wall->line_count - 1 : to;
    if (in_line >= wall->lines[to].n)
        in_line = wall->lines[to].n - 1;
    view->cells.at = wall->lines[to].first + in_line;
}

/* The host before or after this one, in the order of the table. */
static void step_host(struct top_view *view, int step)
{
    size_t rank = top_order_rank(&view->order, view->host);

    if (rank >= view->order.n || (step < 0 && rank == 0) || (step > 0 && rank + 1 == view->order.n))
        return;
    rank = step < 0 ? rank - 1 : rank + 1;
    top_order_slice(&view->order, rank, 1);
    view->host = view->order.keys[rank].host;
    view->rows.at = rank;
    view->follows = true;
    view->detail = (struct top_cursor){0, 0};
}

static void walk(struct top_view *view, int64_t step)
{
    switch (view->page) {
    case TOP_PAGE_WALL:
        move_on_wall(view, step);
        break;
    case TOP_PAGE_GROUPS:
        move(&view->group_rows, view->groups.n, step);
        break;
    case TOP_PAGE_NOTES:
        move(&view->note_rows, top_notes_n(&top_view_model(view)->notes), step);
        break;
    case TOP_PAGE_HELP:
        move(&view->help_rows, top_help_lines(), step);
        break;
    case TOP_PAGE_DETAIL:
        move(&view->detail, TOP_NOTES, step);
        break;
    default:
        move(&view->rows, view->order.n, step);
        view->follows = view->rows.at > 0;
        top_view_choose(view);
    }
}

static void step_aside(struct top_view *view, int step)
{
    if (view->page == TOP_PAGE_WALL)
        move(&view->cells, view->wall.n, step);
    else if (view->page == TOP_PAGE_DETAIL)
        step_host(view, step);
}

/* Commands that change how things look. */
static void look(struct top_view *view, enum top_command command)
{
    static const char *const palettes[TOP_PALETTE_COUNT] = {
        "colours: normal", "colours: safe for colour-blind eyes", "no colours"};

    if (command == TOP_CMD_PALETTE) {
        view->settings.palette =
            (enum top_palette)((view->settings.palette + 1) % TOP_PALETTE_COUNT);
        top_view_say(view, palettes[view->settings.palette]);
    } else if (command == TOP_CMD_ASCII) {
        view->settings.ascii = !view->settings.ascii;
        view->canvas.ascii = view->settings.ascii || !view->settings.utf8;
    } else if (command == TOP_CMD_BELL) {
        view->bell = !view->bell;
        top_view_say(view, view->bell ? "the bell rings when a host goes down" : "no bell");
    } else if (command == TOP_CMD_NAMES) {
        view->addresses = !view->addresses;
    } else if (command == TOP_CMD_COLUMNS) {
        view->columns = (view->columns + 1) % TOP_COLUMN_SETS;
    }
    view->redraw = command != TOP_CMD_BELL && command != TOP_CMD_COLUMNS;
}

static void do_command(struct top_view *view, enum top_command command)
{
    if (view->data_due) /* what is typed ahead means what will be seen by then */
        top_view_tick(view, view->now_ns, view->wall_clock_ns);
    switch (command) {
    case TOP_CMD_HELP:
        if (view->page == TOP_PAGE_HELP)
            back(view);
        else
            go(view, TOP_PAGE_HELP);
        break;
    case TOP_CMD_TABLE:
    case TOP_CMD_WALL:
    case TOP_CMD_GROUPS:
    case TOP_CMD_NOTES:
        go(view, (enum top_page)(TOP_PAGE_TABLE + (command - TOP_CMD_TABLE)));
        break;
    case TOP_CMD_NEXT_PAGE:
        go(view, view->page < TOP_PAGE_TABS ? (view->page + 1) % TOP_PAGE_TABS : TOP_PAGE_TABLE);
        break;
    case TOP_CMD_FILTER:
        ask(view, TOP_PROMPT_FILTER);
        break;
    case TOP_CMD_ADD:
        ask(view, TOP_PROMPT_ADD);
        break;
    case TOP_CMD_REMOVE:
        ask(view, TOP_PROMPT_REMOVE);
        break;
    case TOP_CMD_NEXT_COLUMN:
    case TOP_CMD_PREVIOUS_COLUMN:
        step_column(view, command == TOP_CMD_NEXT_COLUMN ? 1 : -1);
        break;
    case TOP_CMD_INVERT:
        sort_by(view, view->sorted_by);
        break;
    case TOP_CMD_WORST_FIRST:
        view->sorted_by = TOP_COL_COUNT;
        sort_by(view, TOP_COL_WORST);
        break;
    case TOP_CMD_OPEN:
        open_chosen(view);
        break;
    case TOP_CMD_BACK:
        back(view);
        break;
    case TOP_CMD_GROUP_BY:
        view->grouping++;
        go(view, TOP_PAGE_GROUPS);
        break;
    case TOP_CMD_FREEZE:
        freeze(view);
        break;
    case TOP_CMD_RESET:
        reset(view);
        break;
    case TOP_CMD_REDRAW:
        view->redraw = true;
        break;
    case TOP_CMD_LEFT:
    case TOP_CMD_RIGHT:
        step_aside(view, command == TOP_CMD_LEFT ? -1 : 1);
        break;
    case TOP_CMD_QUIT:
        view->quit = true;
        break;
    case TOP_CMD_NONE:
        break;
    default:
        if (command >= TOP_CMD_UP)
            walk(view, step_of(view, command));
        else
            look(view, command);
    }
}

void top_view_key(struct top_view *view, int key)
{
    if (view->prompt != TOP_PROMPT_NONE)
        prompt_key(view, key);
    else
        do_command(view, top_command_of(key));
}

void top_view_wheel(struct top_view *view, int direction)
{
    if (view->prompt == TOP_PROMPT_NONE)
        walk(view, INT64_C(3) * direction);
}

/* A click chooses a line; one on the line that is chosen opens it. */
static void click_line(struct top_view *view, struct top_cursor *cursor, size_t n, size_t line)
{
    if (line >= n)
        return;
    if (cursor->at == line)
        open_chosen(view);
    cursor->at = line;
}

static void click_body(struct top_view *view, size_t row, int col)
{
    struct top_wall *wall = &view->wall;
    size_t line = view->cells.top + row;

    if (view->page == TOP_PAGE_TABLE) {
        click_line(view, &view->rows, view->order.n, view->rows.top + row);
        view->follows = view->rows.at > 0;
        top_view_choose(view);
    } else if (view->page == TOP_PAGE_GROUPS) {
        click_line(view, &view->group_rows, view->groups.n, view->group_rows.top + row);
    } else if (view->page == TOP_PAGE_NOTES) {
        click_line(view, &view->note_rows, top_notes_n(&top_view_model(view)->notes),
                   view->note_rows.top + row);
    } else if (view->page == TOP_PAGE_WALL && line < wall->line_count) {
        size_t in_line = (size_t)(col - (view->canvas.cols - (int)wall->width));

        if (in_line < wall->lines[line].n)
            click_line(view, &view->cells, wall->n, wall->lines[line].first + in_line);
    }
}

void top_view_click(struct top_view *view, int row, int col)
{
    if (view->prompt != TOP_PROMPT_NONE)
        return;
    for (size_t i = 0; i < view->field_count; i++) {
        const struct top_field *field = &view->fields[i];

        if (row != field->row || col < field->col || col >= field->end)
            continue;
        if (field->command == TOP_CMD_NONE)
            sort_by(view, field->column);
        else
            do_command(view, field->command);
        return;
    }
    if (row >= TOP_HEAD_ROWS && row < view->canvas.rows - 1)
        click_body(view, (size_t)(row - TOP_HEAD_ROWS), col);
}
