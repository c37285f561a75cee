/* SPDX-License-Identifier: Apache-2.0 */
/* The exit statuses of the command: its manual prints the same table. */
#ifndef MULTIPING_APP_PROCESS_EXIT_H
#define MULTIPING_APP_PROCESS_EXIT_H

/* How multiping ends. */
enum app_exit {
    APP_EXIT_OK = 0,           /* every target has answered */
    APP_EXIT_SILENT = 1,       /* some have not, or what --fail-if says holds */
    APP_EXIT_USAGE = 2,        /* wrong usage, or a name that does not resolve */
    APP_EXIT_PERMISSION = 3,   /* no socket allowed */
    APP_EXIT_SYSTEM = 4,       /* the system failed us; output lost */
    APP_EXIT_INTERRUPTED = 130 /* asked twice to stop: at once, without summary */
};

#endif
