/* SPDX-License-Identifier: Apache-2.0 */
/* Lists on the way and at the end. */
#ifndef MULTIPING_CLI_FPING_REPORT_H
#define MULTIPING_CLI_FPING_REPORT_H

#include "fping/run_state.h"

void fping_report_interval(struct fping_run *run);
/* SIGQUIT: as an interval's end, whatever the format. */
void fping_report_snapshot(struct fping_run *run);
/* The end. Returns the exit status. */
int fping_report_finish(struct fping_run *run);

#endif
