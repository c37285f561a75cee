/* SPDX-License-Identifier: Apache-2.0 */
/* Results as single characters: sparklines, and the cells of the wall. */
#ifndef MULTIPING_CLI_TOP_GLYPHS_H
#define MULTIPING_CLI_TOP_GLYPHS_H

#include "top/canvas.h"
#include "top/ring.h"
#include "top/state.h"

/* How results are scaled to heights: from the least to the greatest time among them. */
struct top_scale {
    int64_t min_ns, max_ns;
};

/* Of those that are times; at least as wide as half of its least time, so that a host whose times
 * hardly differ looks calm. */
struct top_scale top_scale(const top_result *results, unsigned n);

/* The height of a time, 0 to levels - 1. */
int top_level(const struct top_scale *scale, int64_t ns, int levels);

/* Draws results in one row of `width` columns, the newest at the right end. */
void top_sparkline(struct top_canvas *canvas, int row, int col, int width,
                   const top_result *results, unsigned n);

/* Draws them as bars over `rows` rows, the first of which is `row`. */
void top_graph(struct top_canvas *canvas, int row, int col, int rows, int width,
               const top_result *results, unsigned n);

/* A bar of part / whole of `width` columns. */
void top_bar(struct top_canvas *canvas, int row, int col, int width, double share,
             enum top_style style);

/* How slow a time is: 0 to TOP_HEATS - 1, below 1, 10, 30, 100 and 300 ms and above. */
int top_heat(int64_t ns);

/* The cell of a host on the wall; plain: without colours or other characters than ASCII. */
struct top_cell top_wall_cell(const struct top_state *state, bool plain);

#endif
