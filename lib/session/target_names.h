/* SPDX-License-Identifier: Apache-2.0 */
/* The names of targets, and the lookups that the core wants. */
#ifndef MPING_SESSION_TARGET_NAMES_H
#define MPING_SESSION_TARGET_NAMES_H

#include <stdint.h>

#include "session/state.h"

/* Starts the lookups the core wants, and gives it the answers. */
void mping_names_turn(struct mping *m, int64_t now_ns);
/* Lets go of the sockets of all families that the target has had addresses of. */
void mping_names_leave(struct mping_target *t);
/* Forgets all but the address in use. */
void mping_names_forget(struct mping_target_name *name);
/* Ends the lookups of a target, if any. */
void mping_names_cancel(const struct mping_target *t);
/* Of the sockets for an address: 0 or 1. */
int mping_names_family(const struct mping_addr *addr);
/* Gives a target its address; opens sockets and adds ids as needed. */
int mping_names_attach(struct mping_target *t, const struct mping_addr *addr, int64_t now_ns);

#endif
