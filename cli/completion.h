/* SPDX-License-Identifier: Apache-2.0 */
/* Completion of the command line by shells, made from the table of options. */
#ifndef MULTIPING_CLI_COMPLETION_H
#define MULTIPING_CLI_COMPLETION_H

#include "options.h"
#include "text/text.h"

/* Room that any of them needs at the most. */
enum { CLI_COMPLETION_MAX = 32768 };

/* The script for a shell, as it is installed. */
void cli_completion(struct app_text *text, enum cli_shell shell);

#endif
