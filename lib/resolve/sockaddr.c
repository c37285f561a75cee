/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/sockaddr.h"

#include <netinet/in.h>
#include <string.h>

static void read_ip4(const struct sockaddr *sa, struct mping_addr *ret_addr)
{
    struct sockaddr_in sin;

    memcpy(&sin, sa, sizeof(sin)); /* sa need not be aligned for it */
    *ret_addr = (struct mping_addr){.family = AF_INET};
    memcpy(ret_addr->ip, &sin.sin_addr, sizeof(sin.sin_addr));
}

static void read_ip6(const struct sockaddr *sa, struct mping_addr *ret_addr)
{
    struct sockaddr_in6 sin6;

    memcpy(&sin6, sa, sizeof(sin6));
    *ret_addr = (struct mping_addr){.family = AF_INET6};
    memcpy(ret_addr->ip, &sin6.sin6_addr, sizeof(sin6.sin6_addr));
    if (IN6_IS_ADDR_LINKLOCAL(&sin6.sin6_addr) || IN6_IS_ADDR_MC_LINKLOCAL(&sin6.sin6_addr))
        ret_addr->scope_id = sin6.sin6_scope_id;
}

bool mping_sockaddr_read(const struct sockaddr *sa, struct mping_addr *ret_addr)
{
    switch (sa->sa_family) {
    case AF_INET:
        read_ip4(sa, ret_addr);
        return true;
    case AF_INET6:
        read_ip6(sa, ret_addr);
        return true;
    default:
        return false;
    }
}
