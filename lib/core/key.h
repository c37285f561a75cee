/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses as sixteen bytes, or two words, that are compared as they are: IPv4 as IPv4-mapped
 * IPv6 (RFC 4291 2.5.5.2), the link of an address that needs one in its bytes 4 to 7, which are
 * zero on the wire.
 */
#ifndef MPING_CORE_KEY_H
#define MPING_CORE_KEY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/addr.h>

#include "base/address.h"
#include "base/bytes.h"

struct mping_key {
    union {
        uint8_t bytes[16];
        uint64_t words[2]; /* always read and written whole: the processor waits otherwise */
    };
};

/* What stands before an IPv4 address, in the second word. */
#define MPING_KEY_MAPPED UINT64_C(0xffff0000)

static inline bool mping_key_is_v4(const struct mping_key *key)
{
    return key->words[0] == 0 && (uint32_t)MPING_LE64(key->words[1]) == MPING_KEY_MAPPED;
}

/* addr: its four bytes as they lie in memory. */
static inline struct mping_key mping_key_of_ip4(uint32_t addr)
{
    uint64_t low = (uint64_t)MPING_LE32(addr) << 32 | MPING_KEY_MAPPED;

    return (struct mping_key){.words = {0, MPING_LE64(low)}};
}

static inline struct mping_key mping_key_of(const struct mping_addr *addr)
{
    struct mping_key key;

    if (addr->family == AF_INET) {
        uint32_t ip4;

        memcpy(&ip4, addr->ip, sizeof(ip4));
        return mping_key_of_ip4(ip4);
    }
    memcpy(key.bytes, addr->ip, 16);
    if (!mping_ip6_needs_link(addr->ip))
        return key;
    if (mping_ip6_has_room_for_link(addr->ip))
        store_be32(key.bytes + 4, addr->scope_id);
    else
        memset(key.bytes, 0xff, sizeof(key.bytes)); /* no target has it: these are not pinged */
    return key;
}

/* Written in place: an address that is put together elsewhere and copied is waited for. */
static inline void mping_key_to_addr(const struct mping_key *key, struct mping_addr *ret_addr)
{
    bool v4 = mping_key_is_v4(key);

    *ret_addr = (struct mping_addr){.family = v4 ? AF_INET : AF_INET6};
    if (v4) {
        memcpy(ret_addr->ip, key->bytes + 12, 4);
        return;
    }
    memcpy(ret_addr->ip, key->bytes, 16);
    if (mping_ip6_needs_link(ret_addr->ip)) {
        ret_addr->scope_id = load_be32(ret_addr->ip + 4);
        store_be32(ret_addr->ip + 4, 0);
    }
}

/* Whether it needs a link and has none. */
static inline bool mping_key_lacks_link(const struct mping_key *key)
{
    return mping_ip6_needs_link(key->bytes) && mping_ip6_has_room_for_link(key->bytes);
}

static inline bool mping_key_equal(const struct mping_key *a, const struct mping_key *b)
{
    return a->words[0] == b->words[0] && a->words[1] == b->words[1];
}

#endif
