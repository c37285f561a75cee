/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IPv6 packets of this network namespace that the kernel has dropped on their way out. An IPv6
 * ping socket reports such a send as done (net/ipv6/ping.c does not look at what became of
 * it), so this count is all that tells.
 */
#ifndef MPING_IO_DISCARDS_H
#define MPING_IO_DISCARDS_H

#include <stdint.h>

/* A descriptor to ask with, the caller's to close; -errno where there is no /proc. */
int mping_discards_open(void);

/* The count so far: Ip6OutDiscards of RFC 4293. 0, or -errno with *ret_count untouched. */
int mping_discards_read(int fd, uint64_t *ret_count);

#endif
