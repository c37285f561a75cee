/* SPDX-License-Identifier: Apache-2.0 */
/* How things look: what a cell stands for, and the colours that palettes give it. */
#ifndef MULTIPING_CLI_TOP_STYLE_H
#define MULTIPING_CLI_TOP_STYLE_H

#include <stdbool.h>
#include <stdint.h>

enum top_style {
    TOP_STYLE_PLAIN,
    TOP_STYLE_DIM,
    TOP_STYLE_BOLD,
    TOP_STYLE_BAR,    /* the first line, the heads of columns */
    TOP_STYLE_CHOSEN, /* in the bar: the view shown, the column sorted by */
    TOP_STYLE_KEY,
    TOP_STYLE_GOOD,
    TOP_STYLE_WARN,
    TOP_STYLE_BAD,
    TOP_STYLE_UNSURE, /* not known, not the network's fault */
    TOP_STYLE_HEAT,   /* and TOP_HEATS - 1 more, from fast to slow */
    TOP_HEATS = 6,
    TOP_STYLE_COUNT = TOP_STYLE_HEAT + TOP_HEATS
};

/* As enum cli_palette. */
enum top_palette {
    TOP_PALETTE_NORMAL, /* green, yellow, red */
    TOP_PALETTE_SAFE,   /* blue, yellow, orange: for every kind of colour vision */
    TOP_PALETTE_NONE,   /* bold and reverse only */
    TOP_PALETTE_COUNT
};

/* Foreground and background as numbers of colours, -1: the terminal's own. */
struct top_look {
    int16_t fg, bg;
    bool bold, dim, reverse;
};

/* colors: how many the terminal has. */
struct top_look top_look(enum top_palette palette, enum top_style style, int colors);

#endif
