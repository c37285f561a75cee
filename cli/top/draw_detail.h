/* SPDX-License-Identifier: Apache-2.0 */
/* The page of one host. */
#ifndef MULTIPING_CLI_TOP_DRAW_DETAIL_H
#define MULTIPING_CLI_TOP_DRAW_DETAIL_H

#include "top/view.h"

void top_draw_detail(struct top_view *view);

#endif
