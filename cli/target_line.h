/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand in a list of targets. */
#ifndef MULTIPING_CLI_TARGET_LINE_H
#define MULTIPING_CLI_TARGET_LINE_H

#include <stddef.h>

enum {
    CLI_HOST_MAX = 254, /* the longest name of a host: 253 characters and a final dot */
    CLI_LABEL_MAX = 63, /* between two dots of a name */
};

/* NULL if host may be handed to the library, else what is wrong with it, for people. */
const char *cli_host_problem(const char *host, size_t len);

/*
 * Finds the target in a line (without its \n): blanks around it and a comment after it are
 * left out. *ret_len is 0 if there is none. Returns NULL or what is wrong with the line.
 */
const char *cli_target_line(const char *line, size_t len, const char **ret_host, size_t *ret_len);

#endif
