/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses as sixteen bytes that compare with memcmp: IPv4 as IPv4-mapped IPv6 (RFC 4291
 * 2.5.5.2), the scope of a link-local address in its bytes 4 to 7, which are zero on the wire.
 */
#ifndef MPING_CORE_KEY_H
#define MPING_CORE_KEY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/addr.h>

#include "base/bytes.h"

struct mping_key {
    uint8_t bytes[16];
};

static inline bool mping_key_is_v4(const struct mping_key *key)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    return memcmp(key->bytes, mapped, sizeof(mapped)) == 0;
}

static inline bool mping_ip6_is_link_local(const uint8_t *ip)
{
    return ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80;
}

static inline struct mping_key mping_key_of(const struct mping_addr *addr)
{
    struct mping_key key = {{0}};

    if (addr->family == AF_INET) {
        key.bytes[10] = key.bytes[11] = 0xff;
        memcpy(key.bytes + 12, addr->ip, 4);
        return key;
    }
    memcpy(key.bytes, addr->ip, 16);
    if (mping_ip6_is_link_local(addr->ip))
        store_be32(key.bytes + 4, addr->scope_id);
    return key;
}

static inline struct mping_addr mping_key_addr(const struct mping_key *key)
{
    struct mping_addr addr = {.family = AF_INET6};

    if (mping_key_is_v4(key)) {
        addr.family = AF_INET;
        memcpy(addr.ip, key->bytes + 12, 4);
        return addr;
    }
    memcpy(addr.ip, key->bytes, 16);
    if (mping_ip6_is_link_local(addr.ip)) {
        addr.scope_id = load_be32(addr.ip + 4);
        store_be32(addr.ip + 4, 0);
    }
    return addr;
}

static inline bool mping_key_equal(const struct mping_key *a, const struct mping_key *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

#endif
