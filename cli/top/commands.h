/* SPDX-License-Identifier: Apache-2.0 */
/* What keys and clicks do to the view. */
#ifndef MULTIPING_CLI_TOP_COMMANDS_H
#define MULTIPING_CLI_TOP_COMMANDS_H

#include "top/view.h"

void top_view_key(struct top_view *view, int key);

/* A click on a cell, or the wheel: -1 up, 1 down. */
void top_view_click(struct top_view *view, int row, int col);
void top_view_wheel(struct top_view *view, int direction);

#endif
