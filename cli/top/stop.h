/* SPDX-License-Identifier: Apache-2.0 */
/* How the live view is brought to its end. */
#ifndef MULTIPING_CLI_TOP_STOP_H
#define MULTIPING_CLI_TOP_STOP_H

#include "top/live.h"

/* No more probes, and the view gives the terminal back. status: what the run ends with if it is the
 * first that is not APP_EXIT_OK. */
void top_stop(struct top *top, int status);

#endif
