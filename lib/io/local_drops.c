/* SPDX-License-Identifier: Apache-2.0 */
#include "io/local_drops.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/links.h"
#include "io/netlink.h"
#include "io/routes.h"
#include "io/softnet.h"
#include "io/wall_clock.h"

enum {
    GROUPS = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV4_RULE |
             RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE | 1 << (RTNLGRP_IPV6_RULE - 1),
    ROUTES_SHARE = 20 /* reading routes takes no more than one part in so many of the time */
};

struct mping_local_drops {
    struct mping_netlink *netlink; /* NULL: nothing is known of links */
    struct mping_links links;
    struct mping_routes routes;   /* as they stand since routes_from_ns */
    struct mping_routes before;   /* as they stood from before_from_ns to before_to_ns */
    struct mping_routes between;  /* new ones that news told of between these */
    struct mping_routes incoming; /* and have told of since */
    struct mping_routes *reading; /* what the list that is being told goes to */
    int64_t routes_from_ns, before_from_ns, before_to_ns;
    int64_t routes_again_ns; /* they are not read again before that */
    bool routes_stale;       /* and have changed */
    uint32_t refused_least;  /* sends refused since the last look, */
    uint32_t refused_most;   /* and how many there may have been */
    int64_t look_ns;         /* of the last look, and of this one while it lasts */
    int softnet_fd;          /* -1: nothing is known of the backlog */
    uint64_t backlog;        /* its drops as far as they have been taken note of */
    int64_t backlog_ns;      /* when they were last found to have moved */
};

static void take_news(struct mping_local_drops *drops, const struct nlmsghdr *message)
{
    drops->routes_stale = true;
    if (message->nlmsg_type == RTM_NEWROUTE || message->nlmsg_type == RTM_NEWRULE)
        mping_routes_take(&drops->incoming, message);
}

static void take(void *context, const struct nlmsghdr *message)
{
    struct mping_local_drops *drops = context;

    switch (message->nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
    case RTM_NEWQDISC:
        mping_links_take(&drops->links, message, drops->look_ns);
        break;
    default:
        if (drops->reading && message->nlmsg_pid)
            mping_routes_take(drops->reading, message);
        else
            take_news(drops, message);
    }
}

static int list_routes(struct mping_local_drops *drops, struct mping_routes *routes)
{
    int err;

    drops->reading = routes;
    err = mping_netlink_list(drops->netlink, RTM_GETRULE, sizeof(struct fib_rule_hdr));
    if (err == -EOPNOTSUPP) /* a kernel without rules has the usual ones */
        err = 0;
    if (err == 0)
        err = mping_netlink_list(drops->netlink, RTM_GETROUTE, sizeof(struct rtmsg));
    drops->reading = NULL;
    return err;
}

/*
 * Probes that are out have left by the routes as they were, which are kept until they change once
 * more.
 */
static void read_routes(struct mping_local_drops *drops, int64_t until_ns)
{
    struct mping_routes routes = {0};
    int64_t began_ns = mping_mono_ns(), now_ns;

    drops->routes_stale = false;
    if (list_routes(drops, &routes) < 0) {
        routes.too_many = true;
        drops->routes_stale = true;
    }
    now_ns = mping_mono_ns();
    mping_routes_done(&drops->between);
    drops->between = drops->incoming;
    drops->incoming = (struct mping_routes){0};
    mping_routes_done(&drops->before);
    drops->before = drops->routes;
    drops->before_from_ns = drops->routes_from_ns;
    drops->before_to_ns = until_ns;
    drops->routes = routes;
    drops->routes_from_ns = now_ns;
    drops->routes_again_ns = now_ns + ROUTES_SHARE * (now_ns - began_ns);
}

static void list_links(struct mping_local_drops *drops)
{
    mping_links_list_begin(&drops->links);
    if (mping_netlink_list(drops->netlink, RTM_GETLINK, sizeof(struct ifinfomsg)) == 0)
        mping_links_list_end(&drops->links, drops->look_ns);
    (void)mping_netlink_list(drops->netlink, RTM_GETQDISC, sizeof(struct tcmsg));
    mping_links_qdiscs_end(&drops->links, drops->refused_least, drops->refused_most,
                           drops->look_ns);
}

static void look_at_links(struct mping_local_drops *drops, int64_t before_ns)
{
    if (mping_netlink_news(drops->netlink) < 0)
        drops->routes_stale = drops->incoming.too_many = true;
    list_links(drops);
    if (drops->links.changed)
        drops->routes_stale = true; /* routes go with their link, without a word */
    drops->links.changed = false;
    if (drops->routes_stale && drops->look_ns >= drops->routes_again_ns)
        read_routes(drops, before_ns);
}

static void look_at_backlog(struct mping_local_drops *drops)
{
    uint64_t backlog = drops->backlog;

    if (mping_softnet_read(drops->softnet_fd, &backlog) < 0)
        return;
    if (backlog != drops->backlog)
        drops->backlog_ns = drops->look_ns;
    drops->backlog = backlog;
}

bool mping_local_drops_look(struct mping_local_drops *drops, uint32_t refused_least,
                            uint32_t refused_most, int64_t now_ns)
{
    int64_t before_ns = drops->look_ns;

    drops->refused_least = refused_least;
    drops->refused_most = refused_most;
    drops->look_ns = now_ns;
    if (drops->netlink)
        look_at_links(drops, before_ns);
    if (drops->softnet_fd >= 0)
        look_at_backlog(drops);
    return drops->links.moved_ns == now_ns || drops->links.away_ns == now_ns ||
           drops->backlog_ns == now_ns || mping_links_any_away(&drops->links);
}

int mping_local_drops_open(struct mping_local_drops **ret_drops, int64_t now_ns)
{
    struct mping_local_drops *drops = calloc(1, sizeof(*drops));
    int err;

    if (!drops)
        return -ENOMEM;
    drops->backlog_ns = drops->before_from_ns = drops->before_to_ns = INT64_MIN;
    drops->look_ns = now_ns;
    drops->routes_stale = true;
    err = mping_netlink_open(&drops->netlink, GROUPS, take, drops);
    drops->softnet_fd = mping_softnet_open();
    if (err < 0 && drops->softnet_fd < 0) {
        free(drops);
        return err;
    }
    if (drops->netlink)
        look_at_links(drops, now_ns);
    if (drops->softnet_fd >= 0)
        (void)mping_softnet_read(drops->softnet_fd, &drops->backlog);
    *ret_drops = drops;
    return 0;
}

void mping_local_drops_close(struct mping_local_drops *drops)
{
    if (!drops)
        return;
    mping_netlink_close(drops->netlink);
    mping_links_done(&drops->links);
    mping_routes_done(&drops->routes);
    mping_routes_done(&drops->before);
    mping_routes_done(&drops->between);
    mping_routes_done(&drops->incoming);
    if (drops->softnet_fd >= 0)
        close(drops->softnet_fd);
    free(drops);
}

int mping_local_drops_highest(const struct mping_local_drops *drops)
{
    int fd = drops->netlink ? mping_netlink_fd(drops->netlink) : -1;

    return fd > drops->softnet_fd ? fd : drops->softnet_fd;
}

/*
 * The links that a probe may have left through, by the routes of that time; where they changed
 * about that time, by those before, those after, and those that were there between.
 */
static void find_egress(const struct mping_local_drops *drops, const struct mping_addr *dst,
                        const struct mping_tx_opts *tx, int64_t sent_ns,
                        struct mping_egress *ret_egress)
{
    bool known = sent_ns < drops->routes_from_ns || !drops->routes_stale;

    *ret_egress = (struct mping_egress){.any = !known || sent_ns < drops->before_from_ns};
    if (tx->ifindex || dst->scope_id) {
        *ret_egress =
            (struct mping_egress){.links = {tx->ifindex ? tx->ifindex : dst->scope_id}, .n = 1};
        return;
    }
    if (sent_ns > drops->before_to_ns)
        mping_routes_find(&drops->routes, dst, ret_egress);
    if (sent_ns < drops->routes_from_ns)
        mping_routes_find(&drops->before, dst, ret_egress);
    if (sent_ns > drops->before_to_ns && sent_ns < drops->routes_from_ns)
        mping_routes_find(&drops->between, dst, ret_egress);
}

enum mping_reason mping_local_drops_doubt(const struct mping_local_drops *drops,
                                          const struct mping_addr *dst,
                                          const struct mping_tx_opts *tx, int64_t sent_ns)
{
    enum mping_reason reason = MPING_REASON_NONE;
    struct mping_egress egress;

    if (drops->netlink) {
        find_egress(drops, dst, tx, sent_ns, &egress);
        if (egress.any)
            reason = mping_links_doubt(&drops->links, 0, sent_ns);
        for (size_t i = 0; i < egress.n && !egress.any; i++) {
            enum mping_reason one = mping_links_doubt(&drops->links, egress.links[i], sent_ns);

            reason = one > reason ? one : reason; /* the link before what it dropped */
        }
    }
    if (!reason && sent_ns <= drops->backlog_ns)
        return MPING_REASON_RX_DROP;
    return reason;
}
