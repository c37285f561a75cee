/* SPDX-License-Identifier: Apache-2.0 */
#include "session/exclude.h"

#include <string.h>
#include <sys/socket.h>

#include "base/address.h"
#include "session/address.h"
#include "session/default.h"
#include "session/engine.h"
#include "session/errmsg.h"
#include "session/group.h"
#include "session/state.h"

/* The first bytes of IPv6 addresses that lead to IPv4 ones, beside those of mapped ones. */
static const uint8_t nat64[12] = {[1] = 0x64, [2] = 0xff, [3] = 0x9b}; /* RFC 6052, 2.1 */
static const uint8_t sixtofour[2] = {0x20, 0x02};                      /* RFC 3056, 2 */

/* The IPv4 address that an IPv6 one leads to, if it does. */
static bool inner(const uint8_t ip[16], uint8_t ret_ip[16])
{
    if (mping_ip6_is_mapped(ip) || memcmp(ip, nat64, sizeof(nat64)) == 0)
        mping_ip6_map(ret_ip, ip + 12);
    else if (memcmp(ip, sixtofour, sizeof(sixtofour)) == 0)
        mping_ip6_map(ret_ip, ip + 2);
    else
        return false;
    return true;
}

bool mping_excludes(struct mping *m, const struct mping_addr *addr)
{
    uint8_t ip[16];

    if (m->excluded[0].n == 0 && m->excluded[1].n == 0)
        return false;
    if (addr->family == AF_INET6 && mping_prefix_set_has(&m->excluded[1], addr->ip))
        return true;
    if (addr->family == AF_INET)
        mping_ip6_map(ip, addr->ip);
    else if (!inner(addr->ip, ip))
        return false;
    return mping_prefix_set_has(&m->excluded[0], ip);
}

static bool is_addr(const struct mping_addr *addr)
{
    return addr && (addr->family == AF_INET || addr->family == AF_INET6);
}

static int fail_addr(struct mping *m, const struct mping_addr *addr)
{
    return mping_refuse(m, MPING_EINVAL,
                        "family of the address is %d, it can be AF_INET (%d) or AF_INET6 (%d)",
                        addr ? addr->family : 0, AF_INET, AF_INET6);
}

int mping_exclude(struct mping *engine, const struct mping_addr *addr, uint32_t prefix_len)
{
    struct mping *m = mping_engine_or_default(engine);
    char text[MPING_ERRMSG_BYTES];
    struct mping_addr own;
    bool is_v4, done = true;
    uint8_t ip[16];
    int err;

    if (!m)
        return mping_no_engine();
    if (!is_addr(addr))
        return fail_addr(m, addr);
    err = mping_check_range(text, "prefix_len", prefix_len, 0, addr->family == AF_INET ? 32 : 128,
                            "");
    if (err < 0)
        return mping_refuse(m, err, "%s", text);
    own = *addr;
    if (prefix_len == (addr->family == AF_INET ? 32 : 128)) {
        own = mping_address_canonical(addr);
        prefix_len = own.family == AF_INET ? 32 : 128;
    }
    memcpy(ip, own.ip, sizeof(ip));
    if (own.family == AF_INET) {
        mping_ip6_map(ip, own.ip);
        prefix_len += 96;
    }
    is_v4 = prefix_len >= 96 && mping_ip6_is_mapped(ip);
    for (uint32_t i = 0; done && i < mping_shards(m); i++) {
        struct mping *shard = mping_shard(m, i);

        mping_lock_when_sent(shard); /* what is on its way leaves before it holds */
        done = mping_prefix_set_add(&shard->excluded[is_v4 ? 0 : 1], ip, prefix_len);
        mping_unlock(shard);
    }
    return done ? 0 : mping_refuse(m, MPING_ENOMEM, "%s", mping_strerror(MPING_ENOMEM));
}

int mping_is_excluded(struct mping *engine, const struct mping_addr *addr)
{
    struct mping *m = mping_engine_or_default(engine);
    struct mping_addr own;
    bool excluded;

    if (!m)
        return mping_no_engine();
    if (!is_addr(addr))
        return fail_addr(m, addr);
    own = mping_address_canonical(addr);
    mping_lock(m);
    excluded = mping_excludes(m, &own);
    mping_unlock(m);
    return excluded;
}
