/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/order.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/sockaddr.h"
#include "resolve/resolve.h"

enum { ADDRS_MAX = 64 };

/*
 * An address of global scope that no table has a line of its own for: then rules 2, 5, 6 and 8
 * say the same of each pair of them, and IPv6 goes first.
 */
static bool is_common(const struct mping_addr *addr)
{
    const uint8_t *ip = addr->ip;

    if (addr->family == AF_INET)
        return ip[0] != 0 && ip[0] != 127 && ip[0] < 224 && !(ip[0] == 169 && ip[1] == 254);
    if (ip[0] == 0x20 && (ip[1] == 0x02 || (ip[1] == 0x01 && ip[2] == 0 && ip[3] == 0)))
        return false; /* 6to4, Teredo */
    return (ip[0] & 0xe0) == 0x20 && !(ip[0] == 0x3f && ip[1] == 0xfe);
}

/* The address that packets to addr come from: 1; none can be sent: 0; cannot be told: -1. A UDP
 * socket that is connected knows, and sends nothing. */
static int find_source(const struct mping_addr *addr, struct mping_addr *ret_source)
{
    union mping_sockaddr sa;
    socklen_t len = mping_sockaddr_set(&sa, addr);
    int fd = socket(addr->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool found;

    if (fd < 0)
        return errno == EAFNOSUPPORT ? 0 : -1;
    found = connect(fd, (struct sockaddr *)&sa, len) == 0 &&
            getsockname(fd, (struct sockaddr *)&sa, &len) == 0 && sa.family == addr->family;
    close(fd);
    if (found)
        mping_sockaddr_get(&sa, ret_source);
    return found;
}

/* Rules 3 and 4: an own IPv6 address may be deprecated, or be one of a mobile node's. */
static bool is_usual(const struct mping_addr *source)
{
    enum { DEPRECATED = 0x20, HOME = 0x10, TEXT = 32 };
    char wanted[TEXT + 1], text[TEXT + 1], number[8 + 1];
    FILE *file = fopen("/proc/net/if_inet6", "re");
    unsigned long flags = DEPRECATED;

    if (!file)
        return false;
    for (size_t i = 0; i < sizeof(source->ip); i++)
        (void)snprintf(&wanted[2 * i], 3, "%02x", source->ip[i]);
    while (fscanf(file, "%32s %*s %*s %*s %8s %*s", text, number) == 2) {
        if (strcmp(text, wanted) == 0) {
            flags = strtoul(number, NULL, 16);
            break;
        }
    }
    (void)fclose(file);
    return !(flags & (DEPRECATED | HOME));
}

/* Appends those of a family that can be reached, or cannot, in the server's order. */
static size_t append(struct mping_addr *sorted, size_t n_sorted, const struct mping_addr *addrs,
                     const bool *reachable, size_t n, int family, bool wanted)
{
    for (size_t i = 0; i < n; i++)
        if (addrs[i].family == family && reachable[i] == wanted)
            sorted[n_sorted++] = addrs[i];
    return n_sorted;
}

/* Looks at each address; false: not a common case. */
static bool look_at(const struct mping_addr *addrs, size_t n, bool *ret_reachable)
{
    unsigned reachable4 = 0, reachable6 = 0;
    struct mping_addr source = {0}, source6 = {0};

    for (size_t i = 0; i < n; i++) {
        int found = is_common(&addrs[i]) ? find_source(&addrs[i], &source) : -1;

        ret_reachable[i] = found == 1;
        if (found == 0)
            continue;
        if (found < 0 || !is_common(&source))
            return false;
        reachable4 += addrs[i].family == AF_INET;
        reachable6 += addrs[i].family == AF_INET6;
        if (addrs[i].family == AF_INET6)
            source6 = source;
    }
    /* Rules 7 and 9 are about pairs of one family; 3 and 4 are, too, about one of each. */
    if (reachable4 > 1 || reachable6 > 1)
        return false;
    return !reachable4 || !reachable6 || is_usual(&source6);
}

bool mping_order_sort(struct mping_addr *addrs, size_t n)
{
    struct mping_addr sorted[ADDRS_MAX];
    bool reachable[ADDRS_MAX];
    size_t m = 0;

    if (n < 2)
        return true;
    if (n > ADDRS_MAX || !look_at(addrs, n, reachable))
        return false;
    m = append(sorted, m, addrs, reachable, n, AF_INET6, true);
    m = append(sorted, m, addrs, reachable, n, AF_INET, true);
    m = append(sorted, m, addrs, reachable, n, AF_INET6, false);
    m = append(sorted, m, addrs, reachable, n, AF_INET, false);
    memcpy(addrs, sorted, m * sizeof(*addrs));
    return true;
}
