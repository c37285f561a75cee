/* SPDX-License-Identifier: Apache-2.0 */
/* The pages beside the table: the wall, groups, events and help; heads and body of each. */
#ifndef MULTIPING_CLI_TOP_DRAW_PAGES_H
#define MULTIPING_CLI_TOP_DRAW_PAGES_H

#include <stddef.h>

#include "top/view.h"

void top_draw_wall(struct top_view *view);
void top_draw_groups(struct top_view *view);
void top_draw_notes(struct top_view *view);
void top_draw_help(struct top_view *view);

/* How many lines the help has. */
size_t top_help_lines(void);

#endif
