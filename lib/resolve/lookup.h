/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a name: the hosts file, the DNS, or the C library. */
#ifndef MPING_RESOLVE_LOOKUP_H
#define MPING_RESOLVE_LOOKUP_H

#include <stdbool.h>

#include "resolve/resolve.h"
#include "resolve/state.h"

/* Begins with waiting jobs, as many as the window and one batch allow. */
void mping_lookup_start(struct mping_resolver *resolver);
/* Whether mping_lookup_start() would start something. */
bool mping_lookup_has_room(const struct mping_resolver *resolver);
/* Ends all lookups: their queries are ready. */
void mping_lookup_close(struct mping_resolver *resolver);

#endif
