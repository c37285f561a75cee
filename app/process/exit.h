/* SPDX-License-Identifier: Apache-2.0 */
/* The exit statuses of the command: its manual prints the same table. */
#ifndef MULTIPING_APP_PROCESS_EXIT_H
#define MULTIPING_APP_PROCESS_EXIT_H

/* How multiping ends. */
enum cli_exit {
    CLI_EXIT_OK = 0,           /* every target has answered */
    CLI_EXIT_SILENT = 1,       /* some have not, or what --fail-if says holds */
    CLI_EXIT_USAGE = 2,        /* wrong usage, or a name that does not resolve */
    CLI_EXIT_PERMISSION = 3,   /* no socket allowed */
    CLI_EXIT_SYSTEM = 4,       /* the system failed us; output lost */
    CLI_EXIT_INTERRUPTED = 130 /* asked twice to stop: at once, without summary */
};

#endif
