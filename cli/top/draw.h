/* SPDX-License-Identifier: Apache-2.0 */
/* The whole screen. */
#ifndef MULTIPING_CLI_TOP_DRAW_H
#define MULTIPING_CLI_TOP_DRAW_H

#include "top/view.h"

/* Draws the page that the view is at on its canvas, whose size is that of the terminal. */
void top_draw(struct top_view *view);

#endif
