/* SPDX-License-Identifier: Apache-2.0 */
/* The summary: a line per target, then the totals. */
#ifndef MULTIPING_CLI_REPORT_H
#define MULTIPING_CLI_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include <multiping/multiping.h>

#include "output.h"

/* A summary being written, as fast as the output takes it. */
struct cli_report {
    struct mping_target *const *targets; /* the caller's, as are they */
    size_t n;
    size_t next; /* the target whose line comes next; n: the totals */
    struct mping_stats total;
    bool percentiles;
    bool active; /* not complete */
};

/* Begins a summary of what is known by now. */
void cli_report_begin(struct cli_report *report, struct mping_target *const *targets, size_t n,
                      bool percentiles);

/* Writes as much of it as there is room for, if it is active. */
void cli_report_write(struct cli_report *report, struct cli_output *output);

#endif
