/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses that nothing is sent to: --exclude and --exclude-file. */
#ifndef MULTIPING_CLI_EXCLUDE_H
#define MULTIPING_CLI_EXCLUDE_H

#include <multiping/multiping.h>

#include "options.h"

/*
 * Excludes what the options name, from all that the engine sends. 0, or -1 after a complaint
 * about the first that is wrong, before anything was sent.
 */
int cli_exclude(struct mping *engine, const struct cli_settings *settings);

/* Whether there is anything excluded. */
bool cli_excludes(const struct cli_settings *settings);

#endif
