/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown when the live view has been left. */
#ifndef MULTIPING_CLI_TOP_LEAVE_H
#define MULTIPING_CLI_TOP_LEAVE_H

#include "top/live.h"

/* What is said where there are more targets than TOP_TARGETS_MAX. */
extern const char top_too_many[];

/* The summary on standard output; the exit status. */
int top_report(struct top *top);

#endif
