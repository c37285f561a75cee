/* SPDX-License-Identifier: Apache-2.0 */
#include "io/links.h"

#include <libmnl/libmnl.h>
#include <linux/gen_stats.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "io/netlink.h"

enum {
    LOWER_UP = 1 << 16, /* IFF_LOWER_UP of linux/if.h, which net/if.h excludes: it has a carrier */
    DEPTH_MAX = 4,      /* of links that stand on others: a VLAN of a bond of ... */
    GONE_MAX = 256      /* links remembered after they have gone */
};

/* A counter, and when it was last found to have moved. */
struct counter {
    uint64_t value;
    int64_t moved_ns;
    bool known;
};

struct mping_known_link {
    uint32_t index;
    uint32_t lower;  /* the link that it stands on; 0: none */
    uint32_t master; /* of a bond, a bridge: what it is a part of; 0: none */
    uint32_t list;   /* the last one that it was in */
    uint32_t carrier_downs;
    uint32_t qdisc_handle;
    bool up; /* and has a carrier */
    bool gone;
    bool qdisc_moves; /* its qdisc has dropped packets, which may be those that were refused */
    int64_t away_ns;  /* it went, came or came back at some time up to then */
    struct counter tx, qdisc, rx;
};

/* What a message says of one. */
struct news {
    uint32_t index, flags, master, carrier_downs;
    uint32_t lower; /* 0: none, or in another namespace */
    bool counted;
    uint64_t tx, rx;
};

static struct mping_known_link *find(const struct mping_links *links, uint32_t index,
                                     size_t *ret_place)
{
    size_t from = 0, to = links->n;

    while (from < to) {
        size_t middle = (from + to) / 2;

        if (links->all[middle].index < index)
            from = middle + 1;
        else
            to = middle;
    }
    *ret_place = from;
    return from < links->n && links->all[from].index == index ? &links->all[from] : NULL;
}

/* Forgets the link that went first, if too many have. */
static void forget_gone(struct mping_links *links)
{
    size_t gone = 0, oldest = 0;

    for (size_t i = 0; i < links->n; i++) {
        if (!links->all[i].gone)
            continue;
        if (!gone++ || links->all[i].away_ns < links->all[oldest].away_ns)
            oldest = i;
    }
    if (gone < GONE_MAX)
        return;
    memmove(&links->all[oldest], &links->all[oldest + 1],
            (links->n - oldest - 1) * sizeof(*links->all));
    links->n--;
}

static struct mping_known_link *add(struct mping_links *links, uint32_t index)
{
    size_t place;

    forget_gone(links);
    find(links, index, &place);
    if (links->n == links->cap) {
        size_t cap = links->cap ? links->cap * 2 : 16;
        struct mping_known_link *all = realloc(links->all, cap * sizeof(*all));

        if (!all) {
            links->overflowed = true;
            return NULL;
        }
        links->all = all;
        links->cap = cap;
    }
    memmove(&links->all[place + 1], &links->all[place], (links->n - place) * sizeof(*links->all));
    links->n++;
    links->all[place] =
        (struct mping_known_link){.index = index, .away_ns = INT64_MIN, .gone = links->complete};
    return &links->all[place];
}

/*
 * What a counter stands at. The first look tells nothing; a counter that has gone back has been
 * set to 0 in between.
 */
static void count(struct mping_links *links, struct counter *counter, uint64_t value,
                  int64_t now_ns)
{
    if (counter->known && value != counter->value && value > 0)
        counter->moved_ns = links->moved_ns = now_ns;
    if (!counter->known)
        counter->moved_ns = INT64_MIN;
    counter->value = value;
    counter->known = true;
}

/*
 * Packets not sent, and those that the receiver had no room for. Not rx_dropped: that is the sum of
 * these and of all that nobody here wants, such as foreign protocols.
 */
static void read_stats(struct news *news, const struct nlattr *attr)
{
    struct rtnl_link_stats64 stats = {0};
    size_t bytes = mnl_attr_get_payload_len(attr);

    memcpy(&stats, mnl_attr_get_payload(attr), bytes < sizeof(stats) ? bytes : sizeof(stats));
    news->tx = stats.tx_dropped + stats.tx_errors;
    news->rx = stats.rx_missed_errors + stats.rx_fifo_errors + stats.rx_over_errors;
    news->counted = true;
}

/* Pairs name the other end as what they stand on. */
static bool is_pair(const struct nlattr *info)
{
    static const char *const pairs[] = {"veth", "netkit", "vxcan"};
    const struct nlattr *attrs[IFLA_INFO_KIND + 1], *kind;

    mping_netlink_inner(info, attrs, IFLA_INFO_KIND + 1);
    kind = attrs[IFLA_INFO_KIND];
    for (size_t i = 0; kind && i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (mnl_attr_get_payload_len(kind) == strlen(pairs[i]) + 1 &&
            memcmp(mnl_attr_get_payload(kind), pairs[i], strlen(pairs[i])) == 0)
            return true;
    return false;
}

static bool read_news(const struct nlmsghdr *message, struct news *ret_news)
{
    const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attrs[IFLA_CARRIER_DOWN_COUNT + 1];

    if (mnl_nlmsg_get_payload_len(message) < sizeof(*header) || header->ifi_index <= 0 ||
        header->ifi_family == AF_BRIDGE) /* which tells of a port, not of the link */
        return false;
    mping_netlink_attrs(message, sizeof(*header), attrs, IFLA_CARRIER_DOWN_COUNT + 1);
    *ret_news = (struct news){
        .index = (uint32_t)header->ifi_index,
        .flags = header->ifi_flags,
        .master = mping_netlink_u32(attrs[IFLA_MASTER]),
        .carrier_downs = mping_netlink_u32(attrs[IFLA_CARRIER_DOWN_COUNT]),
    };
    if (!attrs[IFLA_LINK_NETNSID] && !is_pair(attrs[IFLA_LINKINFO]))
        ret_news->lower = mping_netlink_u32(attrs[IFLA_LINK]);
    if (attrs[IFLA_STATS64])
        read_stats(ret_news, attrs[IFLA_STATS64]);
    return true;
}

static void lose(struct mping_links *links, struct mping_known_link *link, int64_t now_ns)
{
    if (!link->gone)
        links->changed = true;
    link->gone = true;
    link->up = false;
    link->away_ns = links->away_ns = now_ns;
    link->tx.known = link->rx.known = link->qdisc.known = false;
}

static void take_link(struct mping_links *links, const struct nlmsghdr *message, int64_t now_ns)
{
    struct mping_known_link *link;
    struct news news;
    size_t place;
    bool up, first;

    if (!read_news(message, &news))
        return;
    link = find(links, news.index, &place);
    first = !link;
    if (!link)
        link = add(links, news.index);
    if (!link)
        return;
    if (news.carrier_downs == 0)
        news.carrier_downs = link->carrier_downs; /* not told */
    up = news.flags & IFF_UP && news.flags & LOWER_UP;
    if (link->gone || (!first && (up != link->up || news.carrier_downs != link->carrier_downs))) {
        link->away_ns = links->away_ns = now_ns;
        links->changed = true;
    }
    link->up = up;
    link->gone = false;
    link->list = links->list;
    link->carrier_downs = news.carrier_downs;
    link->lower = news.lower == news.index ? 0 : news.lower;
    link->master = news.master;
    if (news.counted) {
        count(links, &link->tx, news.tx, now_ns);
        count(links, &link->rx, news.rx, now_ns);
    }
}

/* 32 bits wide: the kernel tells no more. */
static void count_qdisc(struct mping_links *links, struct mping_known_link *link, uint32_t value)
{
    struct counter *counter = &link->qdisc;

    if (!counter->known)
        counter->moved_ns = INT64_MIN;
    if (counter->known && value != counter->value && value > 0) {
        links->qdisc_drops += (uint32_t)(value - (uint32_t)counter->value);
        link->qdisc_moves = true;
    }
    counter->value = value;
    counter->known = true;
}

void mping_links_qdiscs_end(struct mping_links *links, uint32_t least, uint32_t most,
                            int64_t now_ns)
{
    bool refused = links->qdisc_drops >= least && links->qdisc_drops <= most;

    for (size_t i = 0; i < links->n; i++) {
        struct mping_known_link *link = &links->all[i];

        if (link->qdisc_moves && !refused)
            link->qdisc.moved_ns = links->moved_ns = now_ns;
        link->qdisc_moves = false;
    }
    links->qdisc_drops = 0;
}

static void take_qdisc(struct mping_links *links, const struct nlmsghdr *message, int64_t now_ns)
{
    const struct tcmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attrs[TCA_STATS2 + 1], *stats[TCA_STATS_QUEUE + 1];
    struct gnet_stats_queue queue = {0};
    struct mping_known_link *link;
    size_t place;

    if (mnl_nlmsg_get_payload_len(message) < sizeof(*header) || header->tcm_parent != TC_H_ROOT)
        return;
    link = find(links, (uint32_t)header->tcm_ifindex, &place);
    if (!link)
        return;
    mping_netlink_attrs(message, sizeof(*header), attrs, TCA_STATS2 + 1);
    mping_netlink_inner(attrs[TCA_STATS2], stats, TCA_STATS_QUEUE + 1);
    if (stats[TCA_STATS_QUEUE] && mnl_attr_get_payload_len(stats[TCA_STATS_QUEUE]) >= sizeof(queue))
        memcpy(&queue, mnl_attr_get_payload(stats[TCA_STATS_QUEUE]), sizeof(queue));
    count_qdisc(links, link, queue.drops);
    if (header->tcm_handle != link->qdisc_handle && link->qdisc_handle)
        link->qdisc.moved_ns = links->moved_ns = now_ns; /* what waited in the old one is gone */
    link->qdisc_handle = header->tcm_handle;
}

void mping_links_take(struct mping_links *links, const struct nlmsghdr *message, int64_t now_ns)
{
    const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
    struct mping_known_link *link;
    size_t place;

    if (message->nlmsg_type == RTM_NEWLINK) {
        take_link(links, message, now_ns);
    } else if (message->nlmsg_type == RTM_NEWQDISC) {
        take_qdisc(links, message, now_ns);
    } else if (message->nlmsg_type == RTM_DELLINK &&
               mnl_nlmsg_get_payload_len(message) >= sizeof(*header)) {
        link = find(links, (uint32_t)header->ifi_index, &place);
        if (link && header->ifi_family != AF_BRIDGE)
            lose(links, link, now_ns);
    }
}

void mping_links_list_begin(struct mping_links *links)
{
    links->list++;
}

void mping_links_list_end(struct mping_links *links, int64_t now_ns)
{
    for (size_t i = 0; i < links->n; i++)
        if (!links->all[i].gone && links->all[i].list != links->list)
            lose(links, &links->all[i], now_ns);
    links->complete = true;
}

bool mping_links_any_away(const struct mping_links *links)
{
    for (size_t i = 0; i < links->n; i++)
        if (!links->all[i].gone && !links->all[i].up)
            return true;
    return false;
}

/* Where a packet is lost matters more than how. */
static enum mping_reason worse(enum mping_reason a, enum mping_reason b)
{
    return a > b ? a : b;
}

static enum mping_reason doubt(const struct mping_known_link *link, int64_t sent_ns)
{
    if (sent_ns <= link->away_ns)
        return MPING_REASON_LINK;
    if ((link->tx.known && sent_ns <= link->tx.moved_ns) ||
        (link->qdisc.known && sent_ns <= link->qdisc.moved_ns))
        return MPING_REASON_TX_DROP;
    if (link->rx.known && sent_ns <= link->rx.moved_ns)
        return MPING_REASON_RX_DROP;
    return MPING_REASON_NONE;
}

/*
 * Also of the links that it stands on, and of those it is made of: at most DEPTH_MAX below each
 * other. NOLINTBEGIN(misc-no-recursion)
 */
static enum mping_reason doubt_all(const struct mping_links *links, uint32_t index, int64_t sent_ns,
                                   int depth)
{
    enum mping_reason reason = MPING_REASON_NONE;
    const struct mping_known_link *link;
    size_t place;

    link = find(links, index, &place);
    if (!link || depth == DEPTH_MAX)
        return reason;
    reason = doubt(link, sent_ns);
    if (!depth && !link->up) /* of parts some may be down for ever */
        reason = MPING_REASON_LINK;
    if (link->lower)
        reason = worse(reason, doubt_all(links, link->lower, sent_ns, depth + 1));
    for (size_t i = 0; i < links->n && reason != MPING_REASON_LINK; i++)
        if (links->all[i].master == index && !links->all[i].gone)
            reason = worse(reason, doubt_all(links, links->all[i].index, sent_ns, depth + 1));
    return reason;
}
/* NOLINTEND(misc-no-recursion) */

enum mping_reason mping_links_doubt(const struct mping_links *links, uint32_t index,
                                    int64_t sent_ns)
{
    enum mping_reason reason = MPING_REASON_NONE;

    if (index)
        return doubt_all(links, index, sent_ns, 0);
    for (size_t i = 0; i < links->n; i++)
        if (links->all[i].index != MPING_LINK_LOOPBACK)
            reason = worse(reason, doubt(&links->all[i], sent_ns));
    return reason;
}

void mping_links_done(struct mping_links *links)
{
    free(links->all);
    *links = (struct mping_links){0};
}
