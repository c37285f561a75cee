/* SPDX-License-Identifier: Apache-2.0 */
/* Figures as narrow columns show them. */
#ifndef MULTIPING_CLI_TOP_FORMAT_H
#define MULTIPING_CLI_TOP_FORMAT_H

#include <stdint.h>

#include "text/text.h"

/* At most six columns: 0.021, 1.234, 12.34, 123.4, 1234, 12345 ms, then 123 s. */
void top_format_ms(struct app_text *text, int64_t ns);

/* Percent of a share from 0 to 1, at most five columns: 0, 0.01, 4.25, 33.3, 100. Only exactly
 * nothing is 0 and only everything is 100. */
void top_format_percent(struct app_text *text, double share);

/* At most five columns: 12345, 123k, 12M. */
void top_format_count(struct app_text *text, uint64_t n);

/* How long something took, at most two units: 12.3s, 4m05s, 3h12m, 5d02h. */
void top_format_span(struct app_text *text, int64_t ns);

/* 12:03:07, local time; with the date before it if it is not of the same day as now. */
void top_format_clock(struct app_text *text, int64_t wall_ns, int64_t now_wall_ns);

#endif
