/* SPDX-License-Identifier: Apache-2.0 */
/* How results reach the output: the chosen format, fields, times and colours. */
#ifndef MULTIPING_CLI_SHOW_H
#define MULTIPING_CLI_SHOW_H

#include <stdbool.h>

#include <multiping/multiping.h>

#include "format/format.h"
#include "options.h"
#include "process/output.h"

/*
 * Looks at what the command line says about the output. 0, or -1 after a complaint. The settings
 * must outlive it; cli_show_done() is due in any case.
 */
int cli_show_init(struct app_show *show, const struct cli_settings *settings);
void cli_show_done(struct app_show *show);

/* Sets what the format needs of a target: events and percentiles. */
void cli_show_target_opts(const struct app_show *show, struct mping_target_opts *opts);

/* Whether targets have to be observed. */
bool cli_show_observes(const struct app_show *show);

/* What stands before the first result. */
void cli_show_begin(const struct app_show *show, struct app_output *output);

/*
 * Shows an event of a target, if the format does that: the one way for results to the output while
 * pings run. labels: of the target, NULL for none. Any thread; never blocks.
 */
void cli_show_event(struct app_show *show, struct app_output *output,
                    const struct mping_event *event, const char *labels);

#endif
