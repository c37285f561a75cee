/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the command, from the first target to the summary. */
#ifndef MULTIPING_CLI_RUN_H
#define MULTIPING_CLI_RUN_H

#include <multiping/multiping.h>

#include "options.h"
#include "show.h"

/* How multiping ends. */
enum cli_exit {
    CLI_EXIT_OK = 0,           /* every target has answered */
    CLI_EXIT_SILENT = 1,       /* some have not, or what --fail-if says holds */
    CLI_EXIT_USAGE = 2,        /* wrong usage, or a name that does not resolve */
    CLI_EXIT_PERMISSION = 3,   /* no socket allowed */
    CLI_EXIT_SYSTEM = 4,       /* the system failed us; output lost */
    CLI_EXIT_INTERRUPTED = 130 /* asked twice to stop: at once, without summary */
};

/* The exit status where there are no results: as it is, but what a plugin's means "unknown". */
int cli_exit_status(const struct cli_settings *settings, int status);

/* Pings them and shows the results. Returns the exit status. */
int cli_run(struct mping *engine, const struct cli_settings *settings, struct cli_show *show);

#endif
