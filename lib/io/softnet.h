/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets that this machine has received and had no room for: its backlog, one queue per processor
 * for all of its network namespaces (net.core.netdev_max_backlog).
 */
#ifndef MPING_IO_SOFTNET_H
#define MPING_IO_SOFTNET_H

#include <stdint.h>

/* A descriptor to ask with, the caller's to close; -errno where there is no /proc. */
int mping_softnet_open(void);

/* The drops of all processors so far, each modulo 2^32. 0, or -errno with *ret_drops untouched. */
int mping_softnet_read(int fd, uint64_t *ret_drops);

#endif
