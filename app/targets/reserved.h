/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses that are not just some host's: those nobody should ask, and those nobody else has. */
#ifndef MULTIPING_APP_TARGETS_RESERVED_H
#define MULTIPING_APP_TARGETS_RESERVED_H

#include <stdbool.h>
#include <stdint.h>

#include "targets/range/range.h"

/*
 * Whether an address is for many or for nobody: 0.0.0.0/8, multicast, 240.0.0.0/4 with the limited
 * broadcast, ff00::/8, or the broadcast address of an interface here.
 */
bool app_special_is_refused(const struct mping_addr *addr);

/* Whether all of a range is. */
bool app_special_refuses(const struct app_range *range);

/* Finds the broadcast addresses of the interfaces here; without it there are none. 0 or -1. */
int app_special_init(void);

/*
 * How many of a range's hosts may be other people's: global unicast addresses, and names, about
 * which nothing is known.
 */
uint64_t app_special_public(const struct app_range *range);

#endif
