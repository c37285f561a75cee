/* SPDX-License-Identifier: Apache-2.0 */
#include "top/draw_frame.h"

#include <string.h>

#include "top/format.h"

enum { LINE_BYTES = 256 };

static void add_count(struct app_text *text, uint64_t n, const char *what)
{
    app_text_count(text, n);
    app_text_add(text, what);
}

/* A count and what it is of, coloured if there are any. */
static int put_count(struct top_view *view, int col, uint64_t n, const char *what,
                     enum top_style style)
{
    char line[LINE_BYTES];
    struct app_text text = app_text_init(line, sizeof(line));

    add_count(&text, n, what);
    return top_put(&view->canvas, 0, col, view->canvas.cols - col, n > 0 ? style : TOP_STYLE_DIM,
                   line) +
           2;
}

/* "multiping  12 up  1 lossy  2 down  0 other   loss 3.1%  15/s        12:03:07" */
static void draw_totals(struct top_view *view)
{
    const struct top_totals *totals = &view->order.totals;
    uint64_t up = totals->conditions[TOP_UP], lossy = totals->conditions[TOP_LOSSY];
    uint64_t down = totals->conditions[TOP_DOWN] + totals->conditions[TOP_UNREACHABLE];
    char line[LINE_BYTES];
    struct app_text text = app_text_init(line, sizeof(line));
    int col = top_put(&view->canvas, 0, 0, 16, TOP_STYLE_BOLD, "multiping") + 2;

    col = put_count(view, col, up, " up", TOP_STYLE_GOOD);
    col = put_count(view, col, lossy, " lossy", TOP_STYLE_WARN);
    col = put_count(view, col, down, " down", TOP_STYLE_BAD);
    col = put_count(view, col, totals->hosts - up - lossy - down, " other", TOP_STYLE_UNSURE);
    app_text_add(&text, "loss ");
    top_format_percent(&text, totals->judged > 0 ? (double)(totals->judged - totals->received) /
                                                       (double)totals->judged
                                                 : 0);
    app_text_add(&text, "%  ");
    add_count(&text, (uint64_t)(view->rate_pps + 0.5), "/s");
    if (totals->hosts > 0 && totals->ended == totals->hosts)
        app_text_add(&text, "  all done");
    top_put(&view->canvas, 0, col + 1, view->canvas.cols - col, TOP_STYLE_PLAIN, line);

    text = app_text_init(line, sizeof(line));
    top_format_clock(&text, view->wall_clock_ns, view->wall_clock_ns);
    top_put(&view->canvas, 0, view->canvas.cols - 8, 8, TOP_STYLE_PLAIN, line);
    if (view->is_frozen)
        top_put(&view->canvas, 0, view->canvas.cols - 17, 8, TOP_STYLE_BAD, " FROZEN ");
}

static int put_tab(struct top_view *view, int col, const char *name, enum top_page page)
{
    enum top_command command = (enum top_command)(TOP_CMD_TABLE + (page - TOP_PAGE_TABLE));
    enum top_page shown = view->page < TOP_PAGE_TABS ? view->page : view->page_before;
    int end = col + (int)strlen(name);

    top_put(&view->canvas, 1, col, end - col, page == shown ? TOP_STYLE_CHOSEN : TOP_STYLE_BAR,
            name);
    top_view_add_field(view, (struct top_field){1, col, end, TOP_COL_COUNT, command});
    return end;
}

/* The tabs, and what is filtered and sorted by. */
static void draw_tabs(struct top_view *view)
{
    static const char *const names[TOP_PAGE_TABS] = {" Table ", " Wall ", " Groups ", " Events "};
    const struct top_column *sorted = &top_columns[view->sorted_by];
    char line[LINE_BYTES];
    struct app_text text = app_text_init(line, sizeof(line));
    int col = 0, width;

    top_fill(&view->canvas, 1, 0, view->canvas.cols, TOP_STYLE_BAR);
    for (int page = 0; page < TOP_PAGE_TABS; page++)
        col = put_tab(view, col, names[page], (enum top_page)page);
    if (view->filter_text[0] != '\0') {
        app_text_add(&text, "filter: ");
        app_text_add(&text, view->filter_text);
        app_text_add(&text, " (");
        add_count(&text, view->order.n, ")  ");
    }
    if (view->page == TOP_PAGE_GROUPS) {
        app_text_add(&text, "by ");
        top_grouping_text(&text, &view->grouped_by);
    } else if (view->page == TOP_PAGE_TABLE) {
        app_text_add(&text, "by ");
        app_text_add(&text, sorted->title != NULL ? sorted->title : "worst first");
        if (sorted->title != NULL)
            app_text_add(&text, view->descending ? " (down)" : " (up)");
    }
    width = top_text_width(line, view->canvas.ascii);
    if (width > view->canvas.cols - col - 2)
        width = view->canvas.cols - col - 2;
    top_put(&view->canvas, 1, view->canvas.cols - width - 1, width, TOP_STYLE_BAR, line);
}

static void draw_prompt(struct top_view *view)
{
    static const char *const questions[] = {
        [TOP_PROMPT_NONE] = "",
        [TOP_PROMPT_FILTER] = "Filter (loss>5 state=down text !text): ",
        [TOP_PROMPT_ADD] = "Add host: ",
        [TOP_PROMPT_REMOVE] = "Remove? (y/n) ",
    };
    int row = view->canvas.rows - 1, cols = view->canvas.cols;
    int col = top_put(&view->canvas, row, 0, cols, TOP_STYLE_BOLD, questions[view->prompt]);
    const char *text = view->input;

    if (view->prompt == TOP_PROMPT_REMOVE)
        text = top_model_host(view->live, view->condemned)->name;
    /* Of a long one the end is seen. */
    while (top_text_width(text, view->canvas.ascii) > cols - col - 1)
        text++;
    col = top_put(&view->canvas, row, col, cols - col, TOP_STYLE_PLAIN, text);
    if (view->prompt != TOP_PROMPT_REMOVE)
        top_mark(&view->canvas, row, col, 1);
}

/* "F1Help F2Table ...", each to be clicked. */
static void draw_keys(struct top_view *view)
{
    int row = view->canvas.rows - 1, col = 0;
    char buffer[8];

    for (size_t i = 0; i < top_binding_count; i++) {
        const struct top_binding *binding = &top_bindings[i];
        int from = col;

        if (binding->label == NULL)
            continue;
        col = top_put(&view->canvas, row, col, 4, TOP_STYLE_KEY,
                      top_key_name(binding->keys[0], buffer));
        col = top_put(&view->canvas, row, col, 8, TOP_STYLE_BAR, binding->label);
        top_view_add_field(view,
                           (struct top_field){row, from, col, TOP_COL_COUNT, binding->command});
        col++;
    }
}

void top_draw_frame(struct top_view *view)
{
    draw_totals(view);
    draw_tabs(view);
    if (view->prompt != TOP_PROMPT_NONE)
        draw_prompt(view);
    else if (view->message[0] != '\0')
        top_put(&view->canvas, view->canvas.rows - 1, 0, view->canvas.cols, TOP_STYLE_BOLD,
                view->message);
    else
        draw_keys(view);
}
