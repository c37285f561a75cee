/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/reserved.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

enum { BROADCASTS_MAX = 256 };

static uint32_t broadcasts[BROADCASTS_MAX]; /* network byte order */
static unsigned broadcast_n;

/* IPv4 addresses that are not public (RFC 6890 and the IANA registry), ascending. */
static const struct {
    uint32_t first;
    uint32_t last;
} reserved[] = {
    {0x00000000, 0x00ffffff}, /* 0.0.0.0/8 */
    {0x0a000000, 0x0affffff}, /* 10.0.0.0/8 */
    {0x64400000, 0x647fffff}, /* 100.64.0.0/10 */
    {0x7f000000, 0x7fffffff}, /* 127.0.0.0/8 */
    {0xa9fe0000, 0xa9feffff}, /* 169.254.0.0/16 */
    {0xac100000, 0xac1fffff}, /* 172.16.0.0/12 */
    {0xc0000000, 0xc00000ff}, /* 192.0.0.0/24 */
    {0xc0000200, 0xc00002ff}, /* 192.0.2.0/24 */
    {0xc0a80000, 0xc0a8ffff}, /* 192.168.0.0/16 */
    {0xc6120000, 0xc613ffff}, /* 198.18.0.0/15 */
    {0xc6336400, 0xc63364ff}, /* 198.51.100.0/24 */
    {0xcb007100, 0xcb0071ff}, /* 203.0.113.0/24 */
    {0xe0000000, 0xffffffff}, /* 224.0.0.0/3 */
};

static void add_broadcast(uint32_t ip)
{
    if (broadcast_n < BROADCASTS_MAX)
        broadcasts[broadcast_n++] = ip;
}

static uint32_t ip_of(const struct sockaddr *sa)
{
    struct sockaddr_in in;

    memcpy(&in, sa, sizeof(in));
    return in.sin_addr.s_addr;
}

/* The one that was set, and that of the network, which the kernel knows in any case. */
static void add_interface(const struct ifaddrs *one)
{
    uint32_t host_bits = ~ip_of(one->ifa_netmask);

    if (one->ifa_broadaddr != NULL && one->ifa_broadaddr->sa_family == AF_INET)
        add_broadcast(ip_of(one->ifa_broadaddr));
    if (ntohl(host_bits) >= 3)
        add_broadcast(ip_of(one->ifa_addr) | host_bits);
}

int app_special_init(void)
{
    struct ifaddrs *all;

    broadcast_n = 0;
    if (getifaddrs(&all) < 0)
        return -1;
    for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next) {
        if (one->ifa_flags & IFF_BROADCAST && one->ifa_addr != NULL && one->ifa_netmask != NULL &&
            one->ifa_addr->sa_family == AF_INET)
            add_interface(one);
    }
    freeifaddrs(all);
    return 0;
}

static bool is_own_broadcast(const struct mping_addr *addr)
{
    for (unsigned i = 0; i < broadcast_n; i++) {
        if (memcmp(addr->ip, &broadcasts[i], sizeof(broadcasts[i])) == 0)
            return true;
    }
    return false;
}

enum block { BLOCK_NONE, BLOCK_ZERO, BLOCK_MULTICAST, BLOCK_BROADCAST };

static enum block block_of(const struct mping_addr *addr)
{
    if (addr->family == AF_INET6)
        return addr->ip[0] == 0xff ? BLOCK_MULTICAST : BLOCK_NONE;
    if (addr->ip[0] == 0)
        return BLOCK_ZERO;
    if (addr->ip[0] >= 224)
        return BLOCK_MULTICAST; /* or beyond */
    return is_own_broadcast(addr) ? BLOCK_BROADCAST : BLOCK_NONE;
}

bool app_special_is_refused(const struct mping_addr *addr)
{
    return block_of(addr) != BLOCK_NONE;
}

bool app_special_refuses(const struct app_range *range)
{
    struct mping_addr last;
    enum block block;

    if (range->kind != APP_RANGE_ADDRS)
        return false;
    block = block_of(&range->of.first);
    last = app_addr_plus(&range->of.first, range->count - 1);
    return block != BLOCK_NONE &&
           (range->count == 1 || (block != BLOCK_BROADCAST && block_of(&last) == block));
}

static uint32_t ipv4_of(const struct mping_addr *addr)
{
    uint32_t ip;

    memcpy(&ip, addr->ip, sizeof(ip));
    return ntohl(ip);
}

/* How many of count addresses of IPv4 from first on are public. */
static uint64_t public_ipv4(uint32_t first, uint64_t count)
{
    uint64_t end = first + count, n = count;

    for (unsigned i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        uint64_t from = reserved[i].first > first ? reserved[i].first : first;
        uint64_t to = (uint64_t)reserved[i].last + 1 < end ? (uint64_t)reserved[i].last + 1 : end;

        n -= to > from ? to - from : 0;
    }
    return n;
}

/* 2000::/3 but for documentation; a range is far smaller than any such block. */
static bool is_public_ipv6(const struct mping_addr *addr)
{
    static const uint8_t documentation[4] = {0x20, 0x01, 0x0d, 0xb8};

    return addr->ip[0] >> 5 == 1 && memcmp(addr->ip, documentation, sizeof(documentation)) != 0;
}

/* Address by address, but no reserved block is smaller than a last octet. */
static uint64_t public_octets(const struct app_range *range)
{
    uint64_t n = 0, row = 1;
    struct app_range_host host, before;

    app_range_at(range, 0, &before);
    while (row < range->count) {
        app_range_at(range, row, &host);
        if (memcmp(host.addr.ip, before.addr.ip, 3) != 0)
            break;
        row++;
    }
    for (uint64_t i = 0; i < range->count; i += row) {
        app_range_at(range, i, &host);
        n += public_ipv4(ipv4_of(&host.addr), 1) * row;
    }
    return n;
}

uint64_t app_special_public(const struct app_range *range)
{
    switch (range->kind) {
    case APP_RANGE_ADDRS:
        if (range->of.first.family == AF_INET)
            return public_ipv4(ipv4_of(&range->of.first), range->count);
        return is_public_ipv6(&range->of.first) ? range->count : 0;
    case APP_RANGE_OCTETS:
        return public_octets(range);
    default:
        return range->count;
    }
}
