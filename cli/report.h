/* SPDX-License-Identifier: Apache-2.0 */
/* The summary: every target, as often as the format needs that, then the totals. */
#ifndef MULTIPING_CLI_REPORT_H
#define MULTIPING_CLI_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include <multiping/multiping.h>

#include "copies.h"
#include "format/format.h"
#include "process/output.h"
#include "targets.h"

/* A summary being written, as fast as the output takes it. */
struct cli_report {
    const struct cli_targets *targets;
    struct app_show *show;
    size_t n;
    size_t next;   /* the target that comes next; n: the end of the pass */
    unsigned pass; /* of the format */
    struct mping_stats total;
    uint64_t alive, silent; /* as of app_record */
    int64_t now_ns;
    struct cli_copies copies; /* see app_record.copy */
    bool active;              /* not complete */
};

/* Begins a summary of what is known by now. All of them are the caller's. */
void cli_report_begin(struct cli_report *report, const struct cli_targets *targets,
                      struct app_show *show);

/* Writes a piece of it, which takes a few ms, if it is active and there is room. */
void cli_report_write(struct cli_report *report, struct app_output *output);

/* Whether more of it could be written at once; else the output tells when there is room again. */
bool cli_report_has_more(const struct cli_report *report, struct app_output *output);

/*
 * Whether a condition of --fail-if holds for any target, or for all of them together; each one
 * that does is told on stderr. The summary must have been written.
 */
bool cli_report_fails(const struct cli_report *report);

#endif
