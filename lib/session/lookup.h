/* SPDX-License-Identifier: Apache-2.0 */
/* The lookups of <multiping/lookup.h>, of the lead of a group. */
#ifndef MPING_SESSION_LOOKUP_H
#define MPING_SESSION_LOOKUP_H

#include <multiping/lookup.h>

#include "session/state.h"

struct mping_lookups;

/* Forgets those that have not been taken. NULL is allowed. */
void mping_lookups_free(struct mping_lookups *lookups);
/* In a child of the process that made them: they can be freed then. NULL is allowed. */
void mping_lookups_disconnect(struct mping_lookups *lookups);

#endif
