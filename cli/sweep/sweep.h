/* SPDX-License-Identifier: Apache-2.0 */
/* multiping --sweep: who is alive? */
#ifndef MULTIPING_CLI_SWEEP_SWEEP_H
#define MULTIPING_CLI_SWEEP_SWEEP_H

#include <multiping/multiping.h>

#include "format/format.h"
#include "options.h"

/* Asks all targets of the command line. Returns the exit status. */
int cli_sweep(struct mping *engine, const struct cli_settings *settings, struct app_show *show);

#endif
