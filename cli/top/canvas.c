/* SPDX-License-Identifier: Apache-2.0 */
#include "top/canvas.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

int top_canvas_resize(struct top_canvas *canvas, int rows, int cols)
{
    struct top_cell *cells;

    if (rows < 1 || cols < 1)
        rows = cols = 1;
    if (canvas->cells == NULL || rows != canvas->rows || cols != canvas->cols) {
        cells = calloc((size_t)rows * (size_t)cols, sizeof(*cells));
        if (cells == NULL)
            return -1;
        free(canvas->cells);
        canvas->cells = cells;
        canvas->rows = rows;
        canvas->cols = cols;
    }
    top_canvas_clear(canvas);
    return 0;
}

void top_canvas_done(struct top_canvas *canvas)
{
    free(canvas->cells);
    *canvas = (struct top_canvas){0};
}

void top_canvas_clear(struct top_canvas *canvas)
{
    for (int i = 0; i < canvas->rows * canvas->cols; i++)
        canvas->cells[i] = (struct top_cell){.glyph = L' '};
}

static struct top_cell *cell_at(struct top_canvas *canvas, int row, int col)
{
    if (row < 0 || row >= canvas->rows || col < 0 || col >= canvas->cols)
        return NULL;
    return &canvas->cells[row * canvas->cols + col];
}

void top_put_glyph(struct top_canvas *canvas, int row, int col, wchar_t glyph, enum top_style style)
{
    struct top_cell *cell = cell_at(canvas, row, col);

    if (cell != NULL)
        *cell = (struct top_cell){.glyph = glyph, .style = (uint8_t)style};
}

/* The next character of a text, its width in *ret_width (1 or 2); 0 at the end. */
static wchar_t next_glyph(const char **text, bool ascii, int *ret_width)
{
    for (;;) {
        mbstate_t state = {0};
        wchar_t glyph = 0;
        /* With a state of our own. NOLINTNEXTLINE(concurrency-mt-unsafe) */
        size_t n = mbrtowc(&glyph, *text, MB_LEN_MAX, &state);

        *ret_width = 1;
        if (n == 0)
            return 0;
        if (n == (size_t)-1 || n == (size_t)-2) {
            (*text)++;
            return L'?';
        }
        *text += n;
        if (ascii && glyph > 0x7e)
            return L'?';
        *ret_width = wcwidth(glyph);
        if (*ret_width > 0)
            return glyph;
        if (*ret_width < 0) {
            *ret_width = 1;
            return L'?';
        }
    }
}

int top_put(struct top_canvas *canvas, int row, int col, int width, enum top_style style,
            const char *text)
{
    int end = col + width, columns;
    wchar_t glyph;

    while ((glyph = next_glyph(&text, canvas->ascii, &columns)) != 0 && col + columns <= end) {
        top_put_glyph(canvas, row, col, glyph, style);
        if (columns == 2)
            top_put_glyph(canvas, row, col + 1, 0, style);
        col += columns;
    }
    return col;
}

int top_text_width(const char *text, bool ascii)
{
    int width = 0, columns;

    while (next_glyph(&text, ascii, &columns) != 0)
        width += columns;
    return width;
}

void top_put_field(struct top_canvas *canvas, int row, int col, int width, enum top_style style,
                   const char *text, bool right)
{
    int blanks = width - top_text_width(text, canvas->ascii);

    top_fill(canvas, row, col, width, style);
    top_put(canvas, row, right && blanks > 0 ? col + blanks : col,
            right && blanks > 0 ? width - blanks : width, style, text);
}

void top_fill(struct top_canvas *canvas, int row, int col, int width, enum top_style style)
{
    for (int i = 0; i < width; i++)
        top_put_glyph(canvas, row, col + i, L' ', style);
}

void top_mark(struct top_canvas *canvas, int row, int col, int width)
{
    for (int i = 0; i < width; i++) {
        struct top_cell *cell = cell_at(canvas, row, col + i);

        if (cell != NULL)
            cell->marked = 1;
    }
}
