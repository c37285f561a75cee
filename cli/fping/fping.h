/* SPDX-License-Identifier: Apache-2.0 */
/* multiping under the name of fping: the same options, bytes, streams and exit codes. */
#ifndef MULTIPING_CLI_FPING_FPING_H
#define MULTIPING_CLI_FPING_FPING_H

#include <stdbool.h>

/* The version of fping whose behaviour this is. */
#define FPING_VERSION "5.5"

/* How fping ends. */
enum fping_exit {
    FPING_EXIT_ALIVE = 0,       /* all targets have answered */
    FPING_EXIT_UNREACHABLE = 1, /* some have not; wrong usage, too */
    FPING_EXIT_UNKNOWN = 2,     /* some names have no address */
    FPING_EXIT_SYSTEM = 4,      /* the system failed us */
    FPING_NO_MEMORY = 5         /* the same, and nobody has said why yet: not for the outside */
};

/* Whether a program of that name or path is to be fping: fping..., multiping-fping. */
bool cli_is_fping(const char *path);

struct fping_options;

/* Says that output is lost, for the reason errno gives. Returns the exit status for that. */
int fping_write_error(const struct fping_options *options, int error);

/* The whole program. Returns the exit status. */
int cli_fping_main(int argc, char **argv);

#endif
