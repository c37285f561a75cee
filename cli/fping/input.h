/* SPDX-License-Identifier: Apache-2.0 */
/* Where targets come from: the command line, a file, or a range of addresses. */
#ifndef MULTIPING_CLI_FPING_INPUT_H
#define MULTIPING_CLI_FPING_INPUT_H

#include "fping/options.h"

/* Takes one target; the string is only borrowed. -1 to go on, else the status to exit with. */
typedef int (*fping_take_fn)(void *user, const char *given);

/* Hands over all targets in their order: -1, or the status to exit with after a complaint. */
int fping_input(const struct fping_options *options, fping_take_fn take, void *user);

/* -g with "address/length", or with a first and a last address. */
int fping_generate_prefix(const struct fping_options *options, const char *text, fping_take_fn take,
                          void *user);
int fping_generate_range(const struct fping_options *options, const char *first, const char *last,
                         fping_take_fn take, void *user);

#endif
