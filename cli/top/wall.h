/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wall: a cell for each host, in the order of their addresses. Where prefixes are well
 * filled each begins a line of its own.
 */
#ifndef MULTIPING_CLI_TOP_WALL_H
#define MULTIPING_CLI_TOP_WALL_H

#include <stddef.h>
#include <stdint.h>

#include "top/filter.h"

struct top_wall_line {
    uint32_t first, n; /* places in top_wall.hosts */
};

struct top_wall {
    uint32_t *hosts; /* in the order of their addresses */
    size_t n;
    struct top_wall_line *lines;
    size_t line_count;
    uint32_t width;
};

/* Lays out hosts that pass the filter (NULL: all) in lines of `width` cells. -1 without memory. */
int top_wall_build(struct top_wall *wall, const struct top_model *model,
                   const struct top_filter *filter, uint32_t width);
void top_wall_done(struct top_wall *wall);

/* The line of a place. */
size_t top_wall_line_of(const struct top_wall *wall, size_t place);

#endif
