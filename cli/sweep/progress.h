/* SPDX-License-Identifier: Apache-2.0 */
/* A line on the terminal that tells how far a sweep is and overwrites itself. */
#ifndef MULTIPING_CLI_SWEEP_PROGRESS_H
#define MULTIPING_CLI_SWEEP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "process/output.h"
#include "sweep/sums.h"

/* How far it was at a time, 0: never. */
struct cli_progress_mark {
    int64_t at_ns;
    uint64_t done, sent;
};

struct cli_progress {
    struct app_output *output;            /* NULL: nobody would see it */
    int64_t next_ns;                      /* when it is due, CLOCK_MONOTONIC */
    struct cli_progress_mark older, last; /* a few seconds ago: rates are since the older one */
    unsigned shown;                       /* characters that stand there now */
};

/*
 * Only where standard error is a terminal. If standard output is one too, the line goes there, so
 * that it never stands in the middle of a result.
 */
void cli_progress_init(struct cli_progress *progress, struct app_output *out,
                       struct app_output *err);

/* Milliseconds until it is due, at most limit_ms; -1 stands for no limit. */
int cli_progress_wait_ms(const struct cli_progress *progress, int64_t now_ns, int limit_ms);

/* Shows it anew if it is due: a few times a second. */
void cli_progress_show(struct cli_progress *progress, const struct cli_sweep_sums *sums,
                       int64_t now_ns);

/* Takes it away before something is printed to the output. */
void cli_progress_hide(struct cli_progress *progress, const struct app_output *output);

#endif
