/* SPDX-License-Identifier: Apache-2.0 */
/* The page of all hosts, a line each. */
#ifndef MULTIPING_CLI_TOP_DRAW_TABLE_H
#define MULTIPING_CLI_TOP_DRAW_TABLE_H

#include "top/view.h"

enum { TOP_COLUMN_SETS = 4, TOP_COLUMNS_MAX = 16 };

/* The heads of columns and the body. */
void top_draw_table(struct top_view *view);

/* The columns of a set that fit, the host not counted; how many. *ret_host, *ret_spark: what is
 * left for the host and the sparkline. */
size_t top_table_columns(const struct top_view *view, enum top_column_id *ret, int *ret_host,
                         int *ret_spark);

#endif
