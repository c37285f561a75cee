/* SPDX-License-Identifier: Apache-2.0 */
/* Between struct mping_addr and the system's socket addresses. */
#ifndef MPING_BASE_SOCKADDR_H
#define MPING_BASE_SOCKADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include <multiping/addr.h>

union mping_sockaddr {
    sa_family_t family;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

/* Writes the address; returns its length for the system. */
socklen_t mping_sockaddr_set(union mping_sockaddr *ret_name, const struct mping_addr *addr);

/* Reads an address of either family; any other family gives family 0. */
void mping_sockaddr_get(const union mping_sockaddr *name, struct mping_addr *ret_addr);

/* The same from a pointer as getaddrinfo() and getnameinfo() have it, which need not be aligned.
 * false if it is neither IPv4 nor IPv6. */
bool mping_sockaddr_read(const struct sockaddr *sa, struct mping_addr *ret_addr);

/* From the bytes of a packet, in network order. */
void mping_addr_set4(struct mping_addr *ret_addr, const void *ip4);
/* scope_id counts only for an address that needs one: see mping_ip6_needs_link(). */
void mping_addr_set6(struct mping_addr *ret_addr, const void *ip6, uint32_t scope_id);

#endif
