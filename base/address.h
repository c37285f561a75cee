/* SPDX-License-Identifier: Apache-2.0 */
/* What the bytes of an IPv6 address say: whether it needs a link, and the IPv4 one inside it. */
#ifndef MPING_BASE_ADDRESS_H
#define MPING_BASE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/addr.h>

#include "base/bytes.h"

static inline bool mping_ip6_is_link_local(const uint8_t *ip)
{
    return ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80;
}

/* Whether the same address may be another host on each link (RFC 4007): link-local ones, and
 * multicast of interface-local and link-local scope. */
static inline bool mping_ip6_needs_link(const uint8_t *ip)
{
    return mping_ip6_is_link_local(ip) ||
           (ip[0] == 0xff && ((ip[1] & 15) == 1 || (ip[1] & 15) == 2));
}

/* Whether its link can be kept in its bytes 4 to 7. RFC 4291 2.5.6 has zeros there. */
static inline bool mping_ip6_has_room_for_link(const uint8_t *ip)
{
    return load_be32(ip + 4) == 0;
}

/* Whether it is IPv4-mapped, with the IPv4 address in its last four bytes: RFC 4291, 2.5.5.2. */
static inline bool mping_ip6_is_mapped(const uint8_t *ip)
{
    static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

    return memcmp(ip, prefix, sizeof(prefix)) == 0;
}

/* The IPv4-mapped form of an IPv4 address. */
static inline void mping_ip6_map(uint8_t ret_ip[16], const uint8_t ip4[4])
{
    memset(ret_ip, 0, 10);
    memset(ret_ip + 10, 0xff, 2);
    memcpy(ret_ip + 12, ip4, 4);
}

/* Makes an IPv4-mapped address the IPv4 one that it means; any other stays. Whether it was one. */
static inline bool mping_addr_unmap(struct mping_addr *addr)
{
    struct mping_addr ip4 = {.family = AF_INET};

    if (addr->family != AF_INET6 || !mping_ip6_is_mapped(addr->ip))
        return false;
    memcpy(ip4.ip, addr->ip + 12, 4);
    *addr = ip4;
    return true;
}

#endif
