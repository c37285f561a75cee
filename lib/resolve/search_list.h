/* SPDX-License-Identifier: Apache-2.0 */
/* The names that a name may stand for: resolv.conf(5), search and ndots. */
#ifndef MPING_RESOLVE_SEARCH_LIST_H
#define MPING_RESOLVE_SEARCH_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "resolve/setup.h"

/* How many there are to try, 1 and up. */
size_t mping_search_steps(const struct mping_setup *setup, const char *name);

/* Writes that of one step, 0 and up, to ret_name of size bytes; false: it is too long. */
bool mping_search_name(const struct mping_setup *setup, const char *name, size_t step,
                       char *ret_name, size_t size);

#endif
