/* SPDX-License-Identifier: Apache-2.0 */
#include "session/address.h"

#include <string.h>
#include <sys/socket.h>

#include <multiping/error.h>

#include "base/address.h"
#include "io/route.h"

static const uint8_t zero[16];

/* Without the address of this host for that of none: a source of none is as routed. */
static struct mping_addr unmapped(const struct mping_addr *addr)
{
    struct mping_addr a = *addr;

    a.reserved = 0;
    if (!mping_addr_unmap(&a) && a.family == AF_INET)
        memset(a.ip + 4, 0, sizeof(a.ip) - 4);
    if (a.family != AF_INET6 || !mping_ip6_needs_link(a.ip))
        a.scope_id = 0;
    return a;
}

struct mping_addr mping_address_canonical(const struct mping_addr *addr)
{
    static const struct mping_addr host4 = {.family = AF_INET, .ip = {127, 0, 0, 1}};
    static const struct mping_addr host6 = {.family = AF_INET6, .ip = {[15] = 1}};
    struct mping_addr a = unmapped(addr);

    if (memcmp(a.ip, zero, sizeof(a.ip)) != 0)
        return a;
    return a.family == AF_INET ? host4 : a.family == AF_INET6 ? host6 : a;
}

bool mping_address_lacks_link(const struct mping_addr *a)
{
    return a->family == AF_INET6 && !a->scope_id && mping_ip6_needs_link(a->ip);
}

struct mping_addr mping_address_settle(const struct mping_addr *addr,
                                       const struct mping_tx_opts *opts, uint32_t engine_mark)
{
    struct mping_addr a = mping_address_canonical(addr);

    if (mping_address_lacks_link(&a))
        a.scope_id = opts->ifindex ? opts->ifindex : mping_route_ifindex(&a, opts, engine_mark);
    return a;
}

int mping_address_check(const struct mping_addr *addr)
{
    return addr->family == AF_INET6 && mping_ip6_needs_link(addr->ip) &&
                   !mping_ip6_has_room_for_link(addr->ip)
               ? MPING_EINVAL
               : 0;
}

int mping_address_source(struct mping_addr *source, uint32_t *ifindex)
{
    if (!source->family)
        return 0;
    *source = unmapped(source);
    if (mping_address_lacks_link(source))
        source->scope_id = *ifindex ? *ifindex : mping_route_owner(source);
    if (!source->scope_id)
        return 0;
    if (*ifindex && *ifindex != source->scope_id)
        return MPING_EINVAL;
    *ifindex = source->scope_id;
    return 0;
}
