/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the command, from the first target to the summary. */
#ifndef MULTIPING_CLI_RUN_H
#define MULTIPING_CLI_RUN_H

#include <multiping/multiping.h>

#include "options.h"
#include "show.h"

/* The exit status where there are no results: as it is, but what a plugin's means "unknown". */
int cli_exit_status(const struct cli_settings *settings, int status);

/* Pings them and shows the results. Returns the exit status. */
int cli_run(struct mping *engine, const struct cli_settings *settings, struct app_show *show);

#endif
