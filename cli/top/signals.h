/* SPDX-License-Identifier: Apache-2.0 */
/* The signals of a run of the live view, from a descriptor that its loop waits at. */
#ifndef MULTIPING_CLI_TOP_SIGNALS_H
#define MULTIPING_CLI_TOP_SIGNALS_H

#include "top/live.h"

/* The descriptor; -1 and errno. */
int top_open_signals(void);

/* Takes what the descriptor has: an interrupt stops the run, a second one ends the process. */
void top_on_signal(struct top *top);

/* Stops the process once the view is away, and goes on where it continues. */
void top_suspend_if_away(struct top *top);

#endif
