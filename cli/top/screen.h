/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal: a thin layer over ncurses, and the only file that knows it. */
#ifndef MULTIPING_CLI_TOP_SCREEN_H
#define MULTIPING_CLI_TOP_SCREEN_H

#include <stdbool.h>

#include "text/text.h"
#include "top/canvas.h"

struct top_screen;

/* What somebody did at the terminal. */
enum top_input_kind { TOP_INPUT_NONE, TOP_INPUT_KEY, TOP_INPUT_CLICK, TOP_INPUT_WHEEL };

struct top_input {
    enum top_input_kind kind;
    int key;       /* see keys.h */
    int row, col;  /* of a click */
    int direction; /* of the wheel: -1 up, 1 down */
};

/*
 * Takes over the terminal that standard output is. 0, or -1 with a line about it in error, and
 * nothing has changed.
 */
int top_screen_open(struct top_screen **ret, struct app_text *error);

/* Gives it back for good: from the thread that draws. */
void top_screen_close(struct top_screen *screen);

/* Gives it back for a while, and takes it again. */
void top_screen_leave(struct top_screen *screen);
void top_screen_return(struct top_screen *screen);

/* From another thread, when the one that draws hangs: lets a stopped terminal go on; and puts it
 * back into the state it was found in, as far as that can be done without waiting. */
void top_screen_unstop(const struct top_screen *screen);
void top_screen_rescue(const struct top_screen *screen);

int top_screen_fd(const struct top_screen *screen);
bool top_screen_is_utf8(const struct top_screen *screen);
bool top_screen_has_colors(const struct top_screen *screen);

/* The size it has now. */
void top_screen_size(struct top_screen *screen, int *ret_rows, int *ret_cols);

/* Shows the canvas; only what has changed is sent, unless anew. */
void top_screen_draw(struct top_screen *screen, const struct top_canvas *canvas,
                     enum top_palette palette, bool anew);
void top_screen_bell(void);

/* The next input, without waiting for it. */
struct top_input top_screen_input(void);

#endif
