/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the command, from the first target to the summary. */
#ifndef MULTIPING_CLI_RUN_H
#define MULTIPING_CLI_RUN_H

#include <multiping/multiping.h>

#include "options.h"

/* How multiping ends. */
enum cli_exit {
    CLI_EXIT_OK = 0,           /* every target has answered */
    CLI_EXIT_SILENT = 1,       /* some have not */
    CLI_EXIT_USAGE = 2,        /* wrong usage, or a name that does not resolve */
    CLI_EXIT_PERMISSION = 3,   /* no socket allowed */
    CLI_EXIT_SYSTEM = 4,       /* the system failed us; output lost */
    CLI_EXIT_INTERRUPTED = 130 /* asked twice to stop: at once, without summary */
};

/* Pings them. Returns the exit status. */
int cli_run(struct mping *engine, const struct cli_settings *settings);

#endif
