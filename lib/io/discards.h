/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IPv6 packets of this network namespace that the kernel has dropped on their way out. An IPv6
 * ping socket reports such a send as done (net/ipv6/ping.c does not look at what became of it),
 * so these counts are all that tells.
 */
#ifndef MPING_IO_DISCARDS_H
#define MPING_IO_DISCARDS_H

#include <stdint.h>

/* A descriptor to ask with, the caller's to close; -errno where there is no /proc. */
int mping_discards_open(void);

/*
 * The count so far of those whose sender was not told: Ip6OutDiscards without Icmp6OutErrors,
 * as a send that fails openly adds one to each of both. 0, or -errno with *ret_count untouched.
 */
int mping_discards_read(int fd, int64_t *ret_count);

#endif
