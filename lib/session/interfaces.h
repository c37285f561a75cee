/* SPDX-License-Identifier: Apache-2.0 */
/* Interfaces that come back: one that is deleted and made again has its name, but another index. */
#ifndef MPING_SESSION_INTERFACES_H
#define MPING_SESSION_INTERFACES_H

#include "session/state.h"

void mping_interface_note(struct mping_shared_profile *p);
/* Lets targets that are bound to an interface find it again, where sending has missed it. */
void mping_interfaces_follow(struct mping *m, const struct mping_tx *tx, size_t n);

#endif
