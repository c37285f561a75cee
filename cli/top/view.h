/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The view: what is on the screen and what keys do to it. It knows the model and a canvas, but
 * no terminal. All of it belongs to the view's thread.
 */
#ifndef MULTIPING_CLI_TOP_VIEW_H
#define MULTIPING_CLI_TOP_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "top/canvas.h"
#include "top/group.h"
#include "top/keys.h"
#include "top/mailbox.h"
#include "top/order.h"
#include "top/wall.h"

enum {
    TOP_ROWS_MIN = 24,
    TOP_COLS_MIN = 80,
    TOP_FIELDS_MAX = 24,
    TOP_HEAD_ROWS = 3, /* totals, pages, heads of columns */
};

enum top_page {
    TOP_PAGE_TABLE,
    TOP_PAGE_WALL,
    TOP_PAGE_GROUPS,
    TOP_PAGE_NOTES,
    TOP_PAGE_TABS, /* those above have a tab */
    TOP_PAGE_DETAIL = TOP_PAGE_TABS,
    TOP_PAGE_HELP,
    TOP_PAGE_COUNT
};

enum top_prompt { TOP_PROMPT_NONE, TOP_PROMPT_FILTER, TOP_PROMPT_ADD, TOP_PROMPT_REMOVE };

/* Something on the screen that can be clicked: columns col to end - 1 of one row. */
struct top_field {
    int row, col, end;
    enum top_column_id column; /* of the table */
    enum top_command command;  /* NONE: sort by the column */
};

/* Where somebody is in a list of lines. */
struct top_cursor {
    size_t at, top; /* the chosen line, the first one on the screen */
};

struct top_settings {
    enum top_palette palette;
    bool ascii;
    bool utf8; /* the terminal can more than ASCII */
    int64_t interval_ns;
};

struct top_view {
    struct top_settings settings;
    struct top_model *live;
    struct top_model frozen;
    bool is_frozen;
    struct top_mailbox *mailbox;
    struct top_canvas canvas;

    enum top_page page, page_before;
    size_t columns; /* which set of them */
    enum top_column_id sorted_by;
    bool descending;
    bool addresses; /* shown instead of names */
    bool bell;

    struct top_filter filter;
    char filter_text[TOP_FILTER_MAX];

    struct top_order order;
    struct top_cursor rows; /* of the table */
    bool follows;           /* the cursor stays with its host, not with its rank */
    uint32_t host;          /* chosen in the table or on the wall, shown in detail */
    struct top_cursor detail;

    struct top_wall wall;
    struct top_cursor cells; /* at: a place on the wall; top: a line */
    uint32_t wall_changes;   /* of the model, when it was laid out */
    bool wall_stale;
    int64_t wall_ns;

    struct top_groups groups;
    size_t grouping; /* see top_grouping_at() */
    struct top_grouping grouped_by;
    struct top_cursor group_rows;

    struct top_cursor note_rows;
    struct top_cursor help_rows;

    enum top_prompt prompt;
    uint32_t condemned; /* the host that is asked about */
    char input[TOP_FILTER_MAX];
    char message[TOP_LETTER_BYTES];
    int64_t message_until_ns;

    struct top_field fields[TOP_FIELDS_MAX];
    size_t field_count;

    int64_t now_ns, wall_clock_ns; /* of the last tick */
    uint64_t settled_before;       /* for the rate */
    int64_t settled_ns;
    double rate_pps;
    uint32_t notes_heard;

    bool quit;
    bool redraw;   /* the screen is to be drawn anew */
    bool rings;    /* the bell, once */
    bool data_due; /* what is shown needs to be gathered anew */
};

/* model and mailbox stay the caller's. 0, or -1 without memory. */
int top_view_init(struct top_view *view, struct top_model *model, struct top_mailbox *mailbox,
                  const struct top_settings *settings);
void top_view_done(struct top_view *view);

/* Gathers what is to be shown. The clocks: monotonic and real. */
void top_view_tick(struct top_view *view, int64_t now_ns, int64_t wall_ns);

/* For the pages' own files. */

/* The model that is shown: as it is, or as it was when the view was frozen. */
static inline const struct top_model *top_view_model(const struct top_view *view)
{
    return view->is_frozen ? &view->frozen : view->live;
}

/* The filter, NULL if everything passes. */
static inline const struct top_filter *top_view_filter(const struct top_view *view)
{
    return view->filter.n > 0 ? &view->filter : NULL;
}

/* Rows between the heads and the bar of keys. */
static inline int top_view_body(const struct top_view *view)
{
    return view->canvas.rows - TOP_HEAD_ROWS - 1;
}

/* Keeps the cursor within n lines, of which `visible` are on the screen. */
void top_cursor_fit(struct top_cursor *cursor, size_t n, size_t visible);
/* Orders the rows on the screen, and takes the host under the cursor. */
void top_view_choose(struct top_view *view);
void top_view_say(struct top_view *view, const char *message);
void top_view_add_field(struct top_view *view, struct top_field field);

/* Cells in a line of the wall. */
uint32_t top_wall_width(const struct top_view *view);

#endif
