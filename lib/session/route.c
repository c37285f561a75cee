/* SPDX-License-Identifier: Apache-2.0 */
#include "session/route.h"

#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A question: the header, then attributes. */
struct question {
    struct nlmsghdr header;
    struct rtmsg route;
    /* cppcheck-suppress unusedStructMember ; put() fills it from the header's length on */
    uint8_t attributes[64]; /* two addresses, a mark and an interface */
};

struct answer {
    uint8_t type; /* RTN_UNICAST, RTN_BROADCAST, ...; RTN_UNSPEC: there is no route */
    uint32_t ifindex;
};

static void put(struct question *q, unsigned short type, const void *data, size_t len)
{
    struct rtattr attribute = {.rta_type = type, .rta_len = (unsigned short)RTA_LENGTH(len)};
    uint8_t *at = (uint8_t *)q + NLMSG_ALIGN(q->header.nlmsg_len);

    memcpy(at, &attribute, sizeof(attribute));
    memcpy(at + RTA_LENGTH(0), data, len);
    q->header.nlmsg_len = NLMSG_ALIGN(q->header.nlmsg_len) + (uint32_t)RTA_SPACE(len);
}

static struct question question_for(const struct mping_addr *addr, const struct mping_tx_opts *opts,
                                    uint32_t engine_mark)
{
    const uint32_t mark = opts->mark ? opts->mark : engine_mark;
    const size_t len = addr->family == AF_INET6 ? 16 : 4;
    struct question q = {
        .header.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
        .header.nlmsg_type = RTM_GETROUTE,
        .header.nlmsg_flags = NLM_F_REQUEST,
        .route.rtm_family = (unsigned char)addr->family,
        .route.rtm_dst_len = (unsigned char)(len * 8),
        /* The entry of the table: for an address of our own its route leads through loopback. */
        .route.rtm_flags = addr->family == AF_INET6 ? RTM_F_FIB_MATCH : 0,
    };

    put(&q, RTA_DST, addr->ip, len);
    if (opts->source.family == addr->family) {
        put(&q, RTA_SRC, opts->source.ip, len);
        q.route.rtm_src_len = (unsigned char)(len * 8);
    }
    if (mark)
        put(&q, RTA_MARK, &mark, sizeof(mark));
    if (opts->ifindex)
        put(&q, RTA_OIF, &opts->ifindex, sizeof(opts->ifindex));
    return q;
}

/* Reads nothing outside the len bytes that have come. */
static struct answer read_answer(const uint8_t *data, size_t len)
{
    struct answer answer = {.type = RTN_UNSPEC};
    struct nlmsghdr header;
    struct rtmsg route;
    size_t at = NLMSG_LENGTH(sizeof(route));

    if (len < at)
        return answer;
    memcpy(&header, data, sizeof(header));
    memcpy(&route, data + NLMSG_HDRLEN, sizeof(route));
    if (header.nlmsg_type != RTM_NEWROUTE)
        return answer;
    answer.type = route.rtm_type;
    while (len - at >= sizeof(struct rtattr)) {
        struct rtattr attribute;

        memcpy(&attribute, data + at, sizeof(attribute));
        if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > len - at)
            break;
        if (attribute.rta_type == RTA_OIF &&
            attribute.rta_len >= RTA_LENGTH(sizeof(answer.ifindex)))
            memcpy(&answer.ifindex, data + at + RTA_LENGTH(0), sizeof(answer.ifindex));
        if (RTA_ALIGN(attribute.rta_len) > len - at)
            break;
        at += RTA_ALIGN(attribute.rta_len);
    }
    return answer;
}

static struct answer ask(const struct mping_addr *addr, const struct mping_tx_opts *opts,
                         uint32_t engine_mark)
{
    struct question q = question_for(addr, opts, engine_mark);
    uint8_t data[2048] = {0};
    ssize_t len = -1;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

    if (fd < 0)
        return (struct answer){.type = RTN_UNSPEC};
    /* The kernel answers within the call that asks. */
    if (send(fd, &q, q.header.nlmsg_len, 0) == (ssize_t)q.header.nlmsg_len)
        len = recv(fd, data, sizeof(data), 0);
    close(fd);
    return read_answer(data, len > 0 ? (size_t)len : 0);
}

uint32_t mping_route_ifindex(const struct mping_addr *addr, const struct mping_tx_opts *opts,
                             uint32_t engine_mark)
{
    return ask(addr, opts, engine_mark).ifindex;
}

bool mping_route_is_broadcast(const struct mping_addr *addr, const struct mping_tx_opts *opts,
                              uint32_t engine_mark)
{
    static const uint8_t everybody[4] = {255, 255, 255, 255};

    if (addr->family != AF_INET)
        return false;
    return memcmp(addr->ip, everybody, sizeof(everybody)) == 0 ||
           ask(addr, opts, engine_mark).type == RTN_BROADCAST;
}

uint32_t mping_route_owner(const struct mping_addr *addr)
{
    struct ifaddrs *all = NULL;
    uint32_t ifindex = 0;
    unsigned n = 0;

    if (getifaddrs(&all) < 0)
        return 0;
    for (const struct ifaddrs *one = all; one; one = one->ifa_next) {
        struct sockaddr_in6 in6;

        if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET6)
            continue;
        memcpy(&in6, one->ifa_addr, sizeof(in6));
        if (memcmp(&in6.sin6_addr, addr->ip, sizeof(in6.sin6_addr)) != 0)
            continue;
        ifindex = in6.sin6_scope_id;
        n++;
    }
    freeifaddrs(all);
    return n == 1 ? ifindex : 0;
}
