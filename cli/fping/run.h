/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run of fping from the first target to the exit status, over run_state.h:
 *
 *   targets.c  the table of targets, and their addresses as they become known
 *   send.c     which ping leaves next
 *   verdict.c  what became of each
 *   held.c     events that wait for others before them
 *   report.c   lists on the way and at the end
 *   run.c      the loop around them
 */
#ifndef MULTIPING_CLI_FPING_RUN_H
#define MULTIPING_CLI_FPING_RUN_H

#include <multiping/multiping.h>

#include "fping/options.h"

/* Needs an engine with its sockets open. Returns the status to exit with. */
int fping_run(const struct fping_options *options, struct mping *engine);

#endif
