/* SPDX-License-Identifier: Apache-2.0 */
/* The targets of -g: all addresses of a prefix or of a range. */
#ifndef MULTIPING_CLI_FPING_GENERATE_H
#define MULTIPING_CLI_FPING_GENERATE_H

#include "fping/options.h"

/* Takes one target; the string is only borrowed. -1 to go on, else the status to exit with. */
typedef int (*fping_take_fn)(void *user, const char *given);

/* -g with "address/length": -1, or the status to exit with after a complaint. */
int fping_generate_prefix(const struct fping_options *options, const char *text, fping_take_fn take,
                          void *user);
/* -g with a first and a last address: as above. */
int fping_generate_range(const struct fping_options *options, const char *first, const char *last,
                         fping_take_fn take, void *user);

#endif
