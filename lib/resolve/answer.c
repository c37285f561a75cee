/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/error.h>

#include "resolve/sockaddr.h"

static size_t count_nodes(const struct ares_addrinfo *info)
{
    size_t n = 0;

    for (const struct ares_addrinfo_node *node = info->nodes; node; node = node->ai_next)
        n++;
    return n;
}

static bool is_known(const struct mping_addr *addrs, size_t n, const struct mping_addr *addr)
{
    for (size_t i = 0; i < n; i++) {
        if (addrs[i].family == addr->family && addrs[i].scope_id == addr->scope_id &&
            memcmp(addrs[i].ip, addr->ip, sizeof(addr->ip)) == 0)
            return true;
    }
    return false;
}

/* Appends the addresses of one family, in the server's order. Returns how many there are now. */
static size_t append_family(const struct ares_addrinfo *info, int family, struct mping_addr *addrs,
                            size_t n)
{
    for (const struct ares_addrinfo_node *node = info->nodes; node; node = node->ai_next) {
        struct mping_addr addr;

        if (node->ai_family != family || !mping_sockaddr_read(node->ai_addr, &addr))
            continue;
        if (!is_known(addrs, n, &addr))
            addrs[n++] = addr;
    }
    return n;
}

int mping_answer_copy(const struct ares_addrinfo *info, int family, struct mping_addr **ret_addrs,
                      size_t *ret_n)
{
    size_t room = count_nodes(info);
    struct mping_addr *addrs = calloc(room ? room : 1, sizeof(*addrs));
    size_t n = 0;

    if (!addrs)
        return MPING_ENOMEM;
    if (family != AF_INET6)
        n = append_family(info, AF_INET, addrs, n);
    if (family != AF_INET)
        n = append_family(info, AF_INET6, addrs, n);
    if (n == 0) {
        free(addrs);
        return MPING_ERESOLVE;
    }
    *ret_addrs = addrs;
    *ret_n = n;
    return 0;
}

int mping_answer_error(int ares_status, enum mping_reason *ret_reason)
{
    *ret_reason = MPING_REASON_NONE;
    switch (ares_status) {
    case ARES_ENOMEM:
        return MPING_ENOMEM;
    case ARES_ENOTFOUND:
    case ARES_EBADNAME: /* checked before, so too long only with a search domain at its end */
        *ret_reason = MPING_REASON_NO_SUCH_NAME;
        break;
    case ARES_ENODATA:
        *ret_reason = MPING_REASON_NO_ADDRESS;
        break;
    case ARES_EREFUSED:
        *ret_reason = MPING_REASON_SERVER_REFUSED;
        break;
    case ARES_ETIMEOUT:
        *ret_reason = MPING_REASON_NO_ANSWER;
        break;
    case ARES_ECONNREFUSED:
        *ret_reason = MPING_REASON_NO_SERVER;
        break;
    default:
        *ret_reason = MPING_REASON_SERVER_FAILED;
        break;
    }
    return MPING_ERESOLVE;
}
