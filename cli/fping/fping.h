/* SPDX-License-Identifier: Apache-2.0 */
/* multiping under the name of fping: the same options, bytes, streams and exit codes. */
#ifndef MULTIPING_CLI_FPING_FPING_H
#define MULTIPING_CLI_FPING_FPING_H

#include <stdbool.h>

/* Whether a program of that name or path is to be fping: fping..., multiping-fping. */
bool cli_is_fping(const char *path);

/* The whole program. Returns the exit status. */
int cli_fping_main(int argc, char **argv);

#endif
