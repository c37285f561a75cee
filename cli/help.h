/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MULTIPING_CLI_HELP_H
#define MULTIPING_CLI_HELP_H

#include "text/text.h"

/* Room that the whole help needs at the most. */
enum { CLI_HELP_MAX = 16384 };

/* The text of --help, made from the table of options. */
void cli_help(struct app_text *text);

#endif
