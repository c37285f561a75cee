/* SPDX-License-Identifier: Apache-2.0 */
#include "top/draw.h"

#include "top/draw_detail.h"
#include "top/draw_frame.h"
#include "top/draw_pages.h"
#include "top/draw_table.h"

/* "This needs ...", in the middle. */
static void draw_too_small(struct top_view *view)
{
    char line[80];
    struct app_text text = app_text_init(line, sizeof(line));
    int row = view->canvas.rows / 2, width;

    app_text_add(&text, "too small: ");
    app_text_number(&text, view->canvas.cols);
    app_text_char(&text, 'x');
    app_text_number(&text, view->canvas.rows);
    app_text_add(&text, ", needs 80x24 (q: quit)");
    width = top_text_width(text.data, true);
    top_put(&view->canvas, row, width < view->canvas.cols ? (view->canvas.cols - width) / 2 : 0,
            view->canvas.cols, TOP_STYLE_BOLD, text.data);
}

void top_draw(struct top_view *view)
{
    static void (*const pages[TOP_PAGE_COUNT])(struct top_view *) = {
        [TOP_PAGE_TABLE] = top_draw_table,   [TOP_PAGE_WALL] = top_draw_wall,
        [TOP_PAGE_GROUPS] = top_draw_groups, [TOP_PAGE_NOTES] = top_draw_notes,
        [TOP_PAGE_DETAIL] = top_draw_detail, [TOP_PAGE_HELP] = top_draw_help,
    };

    view->field_count = 0;
    top_canvas_clear(&view->canvas);
    if (view->canvas.rows < TOP_ROWS_MIN || view->canvas.cols < TOP_COLS_MIN) {
        draw_too_small(view);
        return;
    }
    top_view_choose(view);
    top_draw_frame(view);
    pages[view->page](view);
}
