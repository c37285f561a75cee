/* SPDX-License-Identifier: Apache-2.0 */
/* From the settings of the command line to the options of the library. */
#ifndef MULTIPING_CLI_TARGET_OPTS_H
#define MULTIPING_CLI_TARGET_OPTS_H

#include <multiping/multiping.h>

#include "options.h"

/* AF_UNSPEC, AF_INET or AF_INET6, as asked for. */
int cli_family(const struct cli_settings *settings);

void cli_engine_opts(struct mping_opts *ret_opts, const struct cli_settings *settings);

/* All but the callback and what the output needs, which is for cli_show_target_opts(). 0, or -1
 * after a complaint. */
int cli_target_opts(struct mping_target_opts *ret_opts, const struct cli_settings *settings);

/* Whether names that do not resolve are looked up again, after longer and longer pauses. */
bool cli_waits_for_names(const struct cli_settings *settings);

#endif
