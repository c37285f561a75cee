/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIGINT, SIGTERM and SIGQUIT of a run. The first one that asks for the end is told to the loop,
 * which still shows the summary. A second one ends the process there and then, from the handler,
 * so that it is heard whatever the program is busy with. A wrapper's kill beside the terminal's own
 * signal, or the two that GNU timeout sends, are one request: what comes within
 * APP_SIGNALS_ONE_NS of the first is part of it.
 */
#ifndef MULTIPING_APP_PROCESS_SIGNALS_H
#define MULTIPING_APP_PROCESS_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

#define APP_SIGNALS_ONE_NS INT64_C(100000000)

/*
 * From now on they are taken; those that the process was started to ignore stay ignored. Returns a
 * descriptor that is readable when app_signals_take() has something, or -errno.
 */
int app_signals_begin(void);

/* SIGINT or SIGTERM, once; SIGQUIT; 0 if there is nothing. */
int app_signals_take(void);

/* Whether the end has been asked for by a signal that came more than so little before this one. */
bool app_signals_is_second(int64_t first_ns, int64_t now_ns);

/* All results are out: from now on the first one ends the process, too. */
void app_signals_leave(void);

/* Closes the descriptor. */
void app_signals_end(void);

#endif
