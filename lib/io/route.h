/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel's routing table says about an address. Blocks for no longer than a system call.
 */
#ifndef MPING_IO_ROUTE_H
#define MPING_IO_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/packet.h"

/*
 * The interface that the kernel would send to addr through if nobody named one, with the source
 * and the mark of opts (engine_mark where it has none): the one it has picked where several links
 * would do. For an address of this machine, the one that has it. 0: it has none, or does not say.
 */
uint32_t mping_route_ifindex(const struct mping_addr *addr, const struct mping_tx_opts *opts,
                             uint32_t engine_mark);

/* Whether addr is a broadcast address here: of a network of this machine's, or 255.255.255.255. */
bool mping_route_is_broadcast(const struct mping_addr *addr, const struct mping_tx_opts *opts,
                              uint32_t engine_mark);

/*
 * The interface that has this link-local address. 0 if there is none, or there are several and
 * so it does not tell which is meant.
 */
uint32_t mping_route_owner(const struct mping_addr *addr);

#endif
