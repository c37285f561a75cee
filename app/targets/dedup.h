/* SPDX-License-Identifier: Apache-2.0 */
/* Which targets of a list are there already, to add each but once: --unique. */
#ifndef MULTIPING_APP_TARGETS_DEDUP_H
#define MULTIPING_APP_TARGETS_DEDUP_H

#include <stdbool.h>
#include <stddef.h>

#include <multiping/multiping.h>

struct app_seen;

/* NULL without memory. */
struct app_seen *app_seen_new(void);

/*
 * Whether a target with this address, or where addr is NULL with this name, is among `all`; if
 * not, it is noted as the one at index next, which is about to be added. Names are the same in
 * upper and lower case. 1, 0, or MPING_ENOMEM.
 */
int app_seen(struct app_seen *seen, struct mping_target *const *all, size_t next,
             const struct mping_addr *addr, const char *name);

void app_seen_free(struct app_seen *seen);

#endif
