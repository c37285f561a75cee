/* SPDX-License-Identifier: Apache-2.0 */
/* What the operands of the command line are: hosts and ranges, @files, and - for stdin. */
#ifndef MULTIPING_CLI_OPERANDS_H
#define MULTIPING_CLI_OPERANDS_H

#include <stdbool.h>

#include "options.h"

bool cli_operand_is_stdin(const char *operand);
bool cli_operand_is_file(const char *operand);

/*
 * Looks at the operands without reading their lists. 0, or -1 after a complaint.
 * *ret_family: AF_INET or AF_INET6 if only such sockets can be needed, else AF_UNSPEC.
 */
int cli_operands_check(const struct cli_settings *settings, int *ret_family);

/* Whether standard input is one of the lists. */
bool cli_operands_have_stdin(const struct cli_settings *settings);

/* "target "HOST": what is wrong". Returns -1. */
int cli_operand_complain(const char *operand, const char *problem);

#endif
