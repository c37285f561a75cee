/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a target, as its handle sees it. */
#ifndef MPING_SESSION_TARGET_H
#define MPING_SESSION_TARGET_H

#include "session/state.h"

/* Frees its place and its name; nothing may name it any more. */
void mping_target_destroy(struct mping_target *t);
/* Takes the target out of the core and lets go of its profile and its sockets. */
void mping_target_detach(struct mping_target *t);
/* NULL: it has none. */
struct mping_target_name *mping_target_name_of(const struct mping_target *t);
/* Makes one with this host: NULL when out of memory. */
struct mping_target_name *mping_target_name_make(const struct mping_target *t, const char *host);

#endif
