/* SPDX-License-Identifier: Apache-2.0 */
#include "io/route.h"

#include <ifaddrs.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "io/netlink.h"

enum {
    QUESTION_BYTES = 256, /* two addresses, a mark and an interface take 100 */
    ANSWER_BYTES = 4096   /* one route, which may have hundreds of next hops */
};

struct answer {
    uint8_t type; /* RTN_UNICAST, RTN_BROADCAST, ...; RTN_UNSPEC: there is no route */
    uint32_t ifindex;
};

static void put_question(struct nlmsghdr *message, const struct mping_addr *addr,
                         const struct mping_tx_opts *opts, uint32_t engine_mark)
{
    const uint32_t mark = opts->mark ? opts->mark : engine_mark;
    const size_t len = addr->family == AF_INET6 ? 16 : 4;
    struct rtmsg *route;

    message->nlmsg_type = RTM_GETROUTE;
    message->nlmsg_flags = NLM_F_REQUEST;
    route = mnl_nlmsg_put_extra_header(message, sizeof(*route));
    route->rtm_family = (unsigned char)addr->family;
    route->rtm_dst_len = (unsigned char)(len * 8);
    /* The entry of the table: for an address of our own its route leads through loopback. */
    route->rtm_flags = addr->family == AF_INET6 ? RTM_F_FIB_MATCH : 0;
    mnl_attr_put(message, RTA_DST, len, addr->ip);
    if (opts->source.family == addr->family) {
        mnl_attr_put(message, RTA_SRC, len, opts->source.ip);
        route->rtm_src_len = (unsigned char)(len * 8);
    }
    if (mark)
        mnl_attr_put_u32(message, RTA_MARK, mark);
    if (opts->ifindex)
        mnl_attr_put_u32(message, RTA_OIF, opts->ifindex);
}

static struct answer read_answer(const struct nlmsghdr *message, int len)
{
    const struct nlattr *attrs[RTA_OIF + 1];
    const struct rtmsg *route;

    if (!mnl_nlmsg_ok(message, len) || message->nlmsg_type != RTM_NEWROUTE ||
        mnl_nlmsg_get_payload_len(message) < sizeof(*route))
        return (struct answer){.type = RTN_UNSPEC};
    route = mnl_nlmsg_get_payload(message);
    mping_netlink_attrs(message, sizeof(*route), attrs, RTA_OIF + 1);
    return (struct answer){.type = route->rtm_type, .ifindex = mping_netlink_u32(attrs[RTA_OIF])};
}

static struct answer ask(const struct mping_addr *addr, const struct mping_tx_opts *opts,
                         uint32_t engine_mark)
{
    _Alignas(struct nlmsghdr) uint8_t question[QUESTION_BYTES] = {0}, answer[ANSWER_BYTES];
    struct nlmsghdr *message = mnl_nlmsg_put_header(question);

    put_question(message, addr, opts, engine_mark);
    return read_answer((const struct nlmsghdr *)(const void *)answer,
                       mping_netlink_ask(message, answer, sizeof(answer)));
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
