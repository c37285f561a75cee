/* SPDX-License-Identifier: Apache-2.0 */
/* What a sweep prints: a line for each target that is alive, and the sums at the end. */
#ifndef MULTIPING_CLI_SWEEP_RESULT_H
#define MULTIPING_CLI_SWEEP_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include <multiping/multiping.h>

#include "format/format.h"
#include "process/output.h"
#include "sweep/sums.h"
#include "text/text.h"

/* The end of one target. */
struct cli_sweep_result {
    enum cli_fate fate;
    const char *host;                /* as given, or the address */
    const char *labels;              /* for app_labels_next(); NULL: none */
    const struct mping_event *event; /* the verdict that decided; of excluded and refused ones
                                        only dst is set */
};

/* Whether a result is one to be shown. */
bool cli_sweep_shows(const struct app_show *show, const struct cli_sweep_result *result);

/*
 * Shows what has become of a target, if it is to be shown: as text a line for each that is alive;
 * in other formats the verdict that decided, whatever it is, of all that were asked.
 */
void cli_sweep_show(struct app_show *show, struct app_output *output,
                    const struct cli_sweep_result *result);

/* Shows the sums: as text one line, else the format's record of all targets, from `stats`. */
void cli_sweep_show_sums(const struct app_show *show, struct app_output *output,
                         const struct cli_sweep_sums *sums, const struct mping_stats *stats);

#endif
