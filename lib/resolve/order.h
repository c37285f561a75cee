/* SPDX-License-Identifier: Apache-2.0 */
/* The order of a name's addresses, as getaddrinfo() has it: RFC 6724, 6. */
#ifndef MPING_RESOLVE_ORDER_H
#define MPING_RESOLVE_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include <multiping/addr.h>

/*
 * Sorts by what this machine can reach, where the tables of gai.conf are the usual ones.
 * Sends nothing. false: the case is not one of the common ones that all versions of the C
 * library and RFC agree on, so only the C library knows; addrs is then as it was.
 */
bool mping_order_sort(struct mping_addr *addrs, size_t n);

#endif
