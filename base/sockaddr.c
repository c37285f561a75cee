/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sockaddr.h"

#include <stddef.h>
#include <string.h>

#include "base/address.h"

socklen_t mping_sockaddr_set(union mping_sockaddr *ret_name, const struct mping_addr *addr)
{
    if (addr->family == AF_INET6) {
        ret_name->in6 = (struct sockaddr_in6){
            .sin6_family = AF_INET6,
            .sin6_scope_id = addr->scope_id,
        };
        memcpy(&ret_name->in6.sin6_addr, addr->ip, 16);
        return sizeof(ret_name->in6);
    }
    ret_name->in = (struct sockaddr_in){.sin_family = AF_INET};
    memcpy(&ret_name->in.sin_addr, addr->ip, 4);
    return sizeof(ret_name->in);
}

void mping_sockaddr_get(const union mping_sockaddr *name, struct mping_addr *ret_addr)
{
    if (name->family == AF_INET)
        mping_addr_set4(ret_addr, &name->in.sin_addr);
    else if (name->family == AF_INET6)
        mping_addr_set6(ret_addr, &name->in6.sin6_addr, name->in6.sin6_scope_id);
    else
        *ret_addr = (struct mping_addr){0};
}

bool mping_sockaddr_read(const struct sockaddr *sa, struct mping_addr *ret_addr)
{
    union mping_sockaddr name = {.family = AF_UNSPEC};

    /* In a message of the kernel it may lie anywhere, so no member of it is read in its place. */
    memcpy(&name.family, (const char *)sa + offsetof(struct sockaddr, sa_family),
           sizeof(name.family));
    if (name.family == AF_INET)
        memcpy(&name.in, sa, sizeof(name.in));
    else if (name.family == AF_INET6)
        memcpy(&name.in6, sa, sizeof(name.in6));
    mping_sockaddr_get(&name, ret_addr);
    return ret_addr->family != 0;
}

void mping_addr_set4(struct mping_addr *ret_addr, const void *ip4)
{
    *ret_addr = (struct mping_addr){.family = AF_INET};
    memcpy(ret_addr->ip, ip4, 4);
}

void mping_addr_set6(struct mping_addr *ret_addr, const void *ip6, uint32_t scope_id)
{
    *ret_addr = (struct mping_addr){.family = AF_INET6};
    memcpy(ret_addr->ip, ip6, 16);
    if (mping_ip6_needs_link(ret_addr->ip))
        ret_addr->scope_id = scope_id;
}
