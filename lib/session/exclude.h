/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses that get no probe. */
#ifndef MPING_SESSION_EXCLUDE_H
#define MPING_SESSION_EXCLUDE_H

#include <stdbool.h>

#include "session/state.h"

bool mping_excludes(struct mping *m, const struct mping_addr *addr);

#endif
