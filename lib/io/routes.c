/* SPDX-License-Identifier: Apache-2.0 */
#include "io/routes.h"

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "io/links.h"
#include "io/netlink.h"

/* In the order in which the usual rules ask the tables. */
enum table { LOCAL, MAIN, DEFAULT, OTHER };

static const struct {
    uint32_t priority, table;
} usual_rules[] = {{0, RT_TABLE_LOCAL}, {32766, RT_TABLE_MAIN}, {32767, RT_TABLE_DEFAULT}};

struct mping_route {
    uint8_t family;
    uint8_t len; /* bits of the prefix */
    uint8_t table;
    uint8_t type; /* RTN_* */
    uint8_t ip[16];
    uint32_t metric;
    uint32_t link; /* 0: any */
};

static enum table rank(uint32_t table)
{
    for (unsigned i = 0; i < sizeof(usual_rules) / sizeof(usual_rules[0]); i++)
        if (usual_rules[i].table == table)
            return (enum table)i;
    return OTHER;
}

static void add(struct mping_routes *routes, const struct mping_route *route)
{
    if (routes->n == MPING_ROUTES_MAX) {
        routes->too_many = true;
        return;
    }
    if (routes->n == routes->cap) {
        size_t cap = routes->cap ? routes->cap * 2 : 32;
        struct mping_route *all = realloc(routes->all, cap * sizeof(*all));

        if (!all) {
            routes->too_many = true;
            return;
        }
        routes->all = all;
        routes->cap = cap;
    }
    routes->all[routes->n++] = *route;
}

/* One for each of its next hops that is not dead. */
static void add_hops(struct mping_routes *routes, struct mping_route *route,
                     const struct nlattr *attr)
{
    const struct rtnexthop *hop = mnl_attr_get_payload(attr);
    int left = mnl_attr_get_payload_len(attr);

    while (RTNH_OK(hop, left)) {
        route->link = (uint32_t)hop->rtnh_ifindex;
        if (!(hop->rtnh_flags & RTNH_F_DEAD))
            add(routes, route);
        left -= (int)RTNH_ALIGN(hop->rtnh_len);
        hop = (const void *)((const char *)hop + RTNH_ALIGN(hop->rtnh_len));
    }
}

static void take_route(struct mping_routes *routes, const struct nlmsghdr *message)
{
    const struct rtmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attrs[RTA_TABLE + 1];
    struct mping_route route;

    if (mnl_nlmsg_get_payload_len(message) < sizeof(*header) ||
        header->rtm_flags & (RTM_F_CLONED | RTNH_F_DEAD))
        return;
    mping_netlink_attrs(message, sizeof(*header), attrs, RTA_TABLE + 1);
    route = (struct mping_route){
        .family = header->rtm_family,
        .len = header->rtm_dst_len,
        .type = header->rtm_type,
        .table = (uint8_t)rank(attrs[RTA_TABLE] ? mping_netlink_u32(attrs[RTA_TABLE])
                                                : header->rtm_table),
        .metric = mping_netlink_u32(attrs[RTA_PRIORITY]),
        .link = mping_netlink_u32(attrs[RTA_OIF]),
    };
    if (attrs[RTA_DST] && mnl_attr_get_payload_len(attrs[RTA_DST]) <= sizeof(route.ip))
        memcpy(route.ip, mnl_attr_get_payload(attrs[RTA_DST]),
               mnl_attr_get_payload_len(attrs[RTA_DST]));
    if (route.type == RTN_LOCAL) /* whatever link has the address */
        route.link = MPING_LINK_LOOPBACK;
    if (attrs[RTA_MULTIPATH])
        add_hops(routes, &route, attrs[RTA_MULTIPATH]);
    else
        add(routes, &route);
}

/* Whether it is one of those that every system has. */
static bool is_usual(const struct nlmsghdr *message)
{
    const struct fib_rule_hdr *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attrs[FRA_UID_RANGE + 1];
    uint32_t table = header->table;

    mping_netlink_attrs(message, sizeof(*header), attrs, FRA_UID_RANGE + 1);
    if (header->action != FR_ACT_TO_TBL || header->src_len || header->dst_len || header->tos ||
        header->flags & FIB_RULE_INVERT || attrs[FRA_IIFNAME] || attrs[FRA_OIFNAME] ||
        attrs[FRA_FWMARK] || attrs[FRA_L3MDEV] || attrs[FRA_UID_RANGE])
        return false;
    if (attrs[FRA_TABLE])
        table = mping_netlink_u32(attrs[FRA_TABLE]);
    return rank(table) != OTHER &&
           usual_rules[rank(table)].priority == mping_netlink_u32(attrs[FRA_PRIORITY]);
}

void mping_routes_take(struct mping_routes *routes, const struct nlmsghdr *message)
{
    if (message->nlmsg_type == RTM_NEWROUTE)
        take_route(routes, message);
    else if (message->nlmsg_type == RTM_NEWRULE &&
             mnl_nlmsg_get_payload_len(message) >= sizeof(struct fib_rule_hdr) &&
             !is_usual(message))
        routes->ruled = true;
}

static bool covers(const struct mping_route *route, const struct mping_addr *dst)
{
    unsigned bytes = route->len / 8, bits = route->len % 8;

    if (route->family != dst->family || memcmp(route->ip, dst->ip, bytes) != 0)
        return false;
    return !bits || ((route->ip[bytes] ^ dst->ip[bytes]) & 0xff << (8 - bits) & 0xff) == 0;
}

static void add_link(struct mping_egress *egress, uint32_t link)
{
    for (size_t i = 0; i < egress->n; i++)
        if (egress->links[i] == link)
            return;
    if (!link || egress->n == MPING_EGRESS_MAX)
        egress->any = true;
    else
        egress->links[egress->n++] = link;
}

/* The best route of a table, that is the longest, then the one with the smallest metric. */
static const struct mping_route *best_of(const struct mping_routes *routes, enum table table,
                                         const struct mping_addr *dst)
{
    const struct mping_route *best = NULL;

    for (size_t i = 0; i < routes->n; i++) {
        const struct mping_route *route = &routes->all[i];

        if (route->table != table || !covers(route, dst))
            continue;
        if (!best || route->len > best->len ||
            (route->len == best->len && route->metric < best->metric))
            best = route;
    }
    return best;
}

static bool leads_out(const struct mping_route *route)
{
    switch (route->type) {
    case RTN_UNICAST:
    case RTN_LOCAL:
    case RTN_BROADCAST:
    case RTN_ANYCAST:
    case RTN_MULTICAST:
        return true;
    default:
        return false;
    }
}

/* All next hops of it: which of them is a packet's own depends on the kernel's secrets. */
static void add_equals(const struct mping_routes *routes, const struct mping_route *best,
                       const struct mping_addr *dst, struct mping_egress *egress)
{
    for (size_t i = 0; i < routes->n; i++) {
        const struct mping_route *route = &routes->all[i];

        if (route->table == best->table && route->len == best->len &&
            route->metric == best->metric && covers(route, dst) && leads_out(route))
            add_link(egress, route->link);
    }
}

/* Rules may choose by what is not known here: every route to there may be the one. */
static void add_all(const struct mping_routes *routes, const struct mping_addr *dst,
                    struct mping_egress *egress)
{
    for (size_t i = 0; i < routes->n; i++)
        if (covers(&routes->all[i], dst) && leads_out(&routes->all[i]))
            add_link(egress, routes->all[i].link);
}

void mping_routes_find(const struct mping_routes *routes, const struct mping_addr *dst,
                       struct mping_egress *egress)
{
    egress->any |= routes->too_many;
    for (unsigned table = LOCAL; table < OTHER && !egress->any; table++) {
        const struct mping_route *best = best_of(routes, (enum table)table, dst);

        if (!best || best->type == RTN_THROW)
            continue;
        if (!routes->ruled || best->type == RTN_LOCAL) {
            add_equals(routes, best, dst, egress);
            return;
        }
    }
    if (routes->ruled)
        add_all(routes, dst, egress);
}

void mping_routes_done(struct mping_routes *routes)
{
    free(routes->all);
    *routes = (struct mping_routes){0};
}
