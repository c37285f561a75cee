/* SPDX-License-Identifier: Apache-2.0 */
/* multiping --top: the live view. */
#ifndef MULTIPING_CLI_TOP_TOP_H
#define MULTIPING_CLI_TOP_TOP_H

#include <multiping/multiping.h>

#include "options.h"
#include "show.h"

/* Whether there is such a view in this build, and a terminal for it: 0, or -1 after a complaint. */
int cli_top_check(void);

/* Pings the targets and shows them until the user leaves; then the summary comes on standard
 * output. Returns the exit status. */
int cli_top(struct mping *engine, const struct cli_settings *settings, struct app_show *show);

#endif
