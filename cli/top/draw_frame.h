/* SPDX-License-Identifier: Apache-2.0 */
/* What stands around every page: totals, tabs, and the bar of keys. */
#ifndef MULTIPING_CLI_TOP_DRAW_FRAME_H
#define MULTIPING_CLI_TOP_DRAW_FRAME_H

#include "top/view.h"

void top_draw_frame(struct top_view *view);

#endif
