/* SPDX-License-Identifier: Apache-2.0 */
/* A page of character cells in memory: all views draw on it, and only then does a terminal come. */
#ifndef MULTIPING_CLI_TOP_CANVAS_H
#define MULTIPING_CLI_TOP_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

#include "top/style.h"

struct top_cell {
    wchar_t glyph;  /* 0: the right half of a wide one */
    uint8_t style;  /* enum top_style */
    uint8_t marked; /* reversed: the cursor is here */
};

struct top_canvas {
    int rows, cols;
    struct top_cell *cells;
    bool ascii; /* nothing but ASCII is shown */
};

/* Makes it so large, and empty. -1 without memory: it keeps the size it had. */
int top_canvas_resize(struct top_canvas *canvas, int rows, int cols);
void top_canvas_done(struct top_canvas *canvas);
void top_canvas_clear(struct top_canvas *canvas);

/* One glyph; outside it goes nowhere. */
void top_put_glyph(struct top_canvas *canvas, int row, int col, wchar_t glyph,
                   enum top_style style);

/*
 * Text (UTF-8) from a column on, cut at `width` columns. Returns the column after it. Bytes that
 * are no text, and in ASCII mode what is none, are shown as '?'.
 */
int top_put(struct top_canvas *canvas, int row, int col, int width, enum top_style style,
            const char *text);

/* The same, padded to all of `width`; right: against its right end. */
void top_put_field(struct top_canvas *canvas, int row, int col, int width, enum top_style style,
                   const char *text, bool right);

/* Fills the row from a column on with a style and blanks. */
void top_fill(struct top_canvas *canvas, int row, int col, int width, enum top_style style);

/* Reverses a piece of a row. */
void top_mark(struct top_canvas *canvas, int row, int col, int width);

/* Columns that a text takes. */
int top_text_width(const char *text, bool ascii);

#endif
