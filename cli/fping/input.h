/* SPDX-License-Identifier: Apache-2.0 */
/* Where targets come from: the command line, a file, or a range of addresses. */
#ifndef MULTIPING_CLI_FPING_INPUT_H
#define MULTIPING_CLI_FPING_INPUT_H

#include "fping/generate.h"
#include "fping/options.h"

/* Hands over all targets in their order: -1, or the status to exit with after a complaint. */
int fping_input(const struct fping_options *options, fping_take_fn take, void *user);

#endif
