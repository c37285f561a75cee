/* SPDX-License-Identifier: Apache-2.0 */
/* How a run of fping ends. */
#ifndef MULTIPING_CLI_FPING_STATUS_H
#define MULTIPING_CLI_FPING_STATUS_H

/* The exit statuses. */
enum fping_exit {
    FPING_EXIT_ALIVE = 0,       /* all targets have answered */
    FPING_EXIT_UNREACHABLE = 1, /* some have not; wrong usage, too */
    FPING_EXIT_UNKNOWN = 2,     /* some names have no address */
    FPING_EXIT_SYSTEM = 4,      /* the system failed us */
    FPING_NO_MEMORY = 5         /* the same, and nobody has said why yet: not for the outside */
};

#endif
