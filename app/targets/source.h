/* SPDX-License-Identifier: Apache-2.0 */
/* The address that probes are to come from. */
#ifndef MULTIPING_APP_TARGETS_SOURCE_H
#define MULTIPING_APP_TARGETS_SOURCE_H

#include <multiping/addr.h>

/* 0, or -errno where the system lets nobody send from it: -EADDRNOTAVAIL if it is another host's.
 */
int app_source_check(const struct mping_addr *source);

#endif
