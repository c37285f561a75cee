/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of links and routes, made up here, and what is made of it. */
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/gen_stats.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "io/links.h"
#include "io/routes.h"
#include "tap.h"

enum { UP = IFF_UP | 1 << 16, ETH = 2, PART = 3, VLAN = 4, SENT = 100, LATER = 200, LAST = 300 };

static _Alignas(struct nlmsghdr) uint8_t data[4096];
static struct mping_links links;

static struct nlmsghdr *begin(uint16_t type, size_t header_bytes, void *ret_header)
{
    struct nlmsghdr *message;
    void *header;

    memset(data, 0, sizeof(data));
    message = mnl_nlmsg_put_header(data);
    message->nlmsg_type = type;
    header = mnl_nlmsg_put_extra_header(message, header_bytes);
    memcpy(ret_header, &header, sizeof(header));
    return message;
}

/* A link as RTM_NEWLINK tells of it. */
struct told {
    int index;
    unsigned flags;
    uint32_t lower, master, carrier_downs;
    const char *kind;
    struct rtnl_link_stats64 stats;
};

static void tell(const struct told *told, int64_t now_ns)
{
    struct ifinfomsg *header;
    struct nlmsghdr *message = begin(RTM_NEWLINK, sizeof(*header), &header);
    struct nlattr *info;

    header->ifi_index = told->index;
    header->ifi_flags = told->flags;
    if (told->lower)
        mnl_attr_put_u32(message, IFLA_LINK, told->lower);
    if (told->master)
        mnl_attr_put_u32(message, IFLA_MASTER, told->master);
    if (told->kind) {
        info = mnl_attr_nest_start(message, IFLA_LINKINFO);
        mnl_attr_put_strz(message, IFLA_INFO_KIND, told->kind);
        mnl_attr_nest_end(message, info);
    }
    mnl_attr_put_u32(message, IFLA_CARRIER_DOWN_COUNT, told->carrier_downs);
    mnl_attr_put(message, IFLA_STATS64, sizeof(told->stats), &told->stats);
    mping_links_take(&links, message, now_ns);
}

/* Sends refused before it tells of a qdisc. */
static struct refused {
    uint32_t least, most;
} told_refused;

static void tell_qdisc(uint32_t parent, uint32_t drops, int64_t now_ns)
{
    struct gnet_stats_queue queue = {.drops = drops};
    struct tcmsg *header;
    struct nlmsghdr *message = begin(RTM_NEWQDISC, sizeof(*header), &header);
    struct nlattr *stats;

    header->tcm_ifindex = ETH;
    header->tcm_parent = parent;
    stats = mnl_attr_nest_start(message, TCA_STATS2);
    mnl_attr_put(message, TCA_STATS_QUEUE, sizeof(queue), &queue);
    mnl_attr_nest_end(message, stats);
    mping_links_take(&links, message, now_ns);
    mping_links_qdiscs_end(&links, told_refused.least, told_refused.most, now_ns);
}

/* A list with these two, and no other. */
static void list(const struct told *one, const struct told *two, int64_t now_ns)
{
    mping_links_list_begin(&links);
    tell(one, now_ns);
    if (two)
        tell(two, now_ns);
    mping_links_list_end(&links, now_ns);
}

static const struct {
    const char *label;
    struct told before, after;
    enum mping_reason reason; /* for what was sent by ETH before */
    bool over;                /* and not for what is sent after */
} rows[] = {
    {"nothing moves",
     {.index = ETH, .flags = UP},
     {.index = ETH, .flags = UP},
     MPING_REASON_NONE,
     true},
    {"tx_dropped",
     {.index = ETH, .flags = UP},
     {.index = ETH, .flags = UP, .stats.tx_dropped = 1},
     MPING_REASON_TX_DROP,
     true},
    {"tx_errors",
     {.index = ETH, .flags = UP},
     {.index = ETH, .flags = UP, .stats.tx_errors = 1},
     MPING_REASON_TX_DROP,
     true},
    {"rx_missed",
     {.index = ETH, .flags = UP},
     {.index = ETH, .flags = UP, .stats.rx_missed_errors = 1},
     MPING_REASON_RX_DROP,
     true},
    {"rx_fifo",
     {.index = ETH, .flags = UP},
     {.index = ETH, .flags = UP, .stats.rx_fifo_errors = 1},
     MPING_REASON_RX_DROP,
     true},
    {"rx_over",
     {.index = ETH, .flags = UP},
     {.index = ETH, .flags = UP, .stats.rx_over_errors = 1},
     MPING_REASON_RX_DROP,
     true},
    {"rx_dropped is for foreign frames, too",
     {.index = ETH, .flags = UP},
     {.index = ETH, .flags = UP, .stats = {.rx_dropped = 9, .rx_nohandler = 9, .rx_errors = 9}},
     MPING_REASON_NONE,
     true},
    {"as many as ever",
     {.index = ETH, .flags = UP, .stats.tx_dropped = 7},
     {.index = ETH, .flags = UP, .stats.tx_dropped = 7},
     MPING_REASON_NONE,
     true},
    {"counters set to 0",
     {.index = ETH, .flags = UP, .stats.tx_dropped = 7},
     {.index = ETH, .flags = UP},
     MPING_REASON_NONE,
     true},
    {"counters set to 0 that have moved since",
     {.index = ETH, .flags = UP, .stats.tx_dropped = 7},
     {.index = ETH, .flags = UP, .stats.tx_dropped = 2},
     MPING_REASON_TX_DROP,
     true},
    {"set down", {.index = ETH, .flags = UP}, {.index = ETH, .flags = 0}, MPING_REASON_LINK, false},
    {"without a carrier",
     {.index = ETH, .flags = UP},
     {.index = ETH, .flags = IFF_UP},
     MPING_REASON_LINK,
     false},
    {"down all the time",
     {.index = ETH, .flags = 0},
     {.index = ETH, .flags = 0},
     MPING_REASON_LINK,
     false},
    {"up again", {.index = ETH, .flags = 0}, {.index = ETH, .flags = UP}, MPING_REASON_LINK, true},
    {"down and up between two looks",
     {.index = ETH, .flags = UP},
     {.index = ETH, .flags = UP, .carrier_downs = 1},
     MPING_REASON_LINK,
     true},
    {"gone", {.index = ETH, .flags = UP}, {.index = PART, .flags = UP}, MPING_REASON_LINK, false},
    {"a part drops",
     {.index = PART, .flags = UP, .master = ETH},
     {.index = PART, .flags = UP, .master = ETH, .stats.tx_dropped = 1},
     MPING_REASON_TX_DROP,
     true},
    {"a part goes down",
     {.index = PART, .flags = UP, .master = ETH},
     {.index = PART, .flags = 0, .master = ETH},
     MPING_REASON_LINK,
     true},
    {"a part is down all the time",
     {.index = PART, .flags = 0, .master = ETH},
     {.index = PART, .flags = 0, .master = ETH},
     MPING_REASON_NONE,
     true},
};

static void test_links(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct told eth = {.index = ETH, .flags = UP};
        bool part = rows[i].before.index == PART;
        enum mping_reason before, after;

        list(&rows[i].before, part ? &eth : NULL, SENT - 1);
        list(&rows[i].after, part ? &eth : NULL, LATER);
        before = mping_links_doubt(&links, ETH, SENT);
        after = mping_links_doubt(&links, ETH, LATER + 1);
        ok(before == rows[i].reason && (after == MPING_REASON_NONE) == rows[i].over,
           "%s: %d, then %d", rows[i].label, (int)before, (int)after);
        mping_links_done(&links);
    }
}

static void test_standing_on(void)
{
    const struct told eth = {.index = ETH, .flags = UP},
                      dropped = {.index = ETH, .flags = UP, .stats.tx_dropped = 1};
    const struct told vlan = {.index = VLAN, .flags = UP, .lower = ETH, .kind = "vlan"};
    const struct told pair = {.index = VLAN, .flags = UP, .lower = ETH, .kind = "veth"};

    list(&eth, &vlan, SENT - 1);
    list(&dropped, &vlan, LATER);
    ok(mping_links_doubt(&links, VLAN, SENT) == MPING_REASON_TX_DROP,
       "what a VLAN stands on drops");
    mping_links_done(&links);
    list(&eth, &pair, SENT - 1);
    list(&dropped, &pair, LATER);
    ok(mping_links_doubt(&links, VLAN, SENT) == MPING_REASON_NONE, "the other end of a pair does");
    ok(mping_links_doubt(&links, 0, SENT) == MPING_REASON_TX_DROP, "any link may be the one");
    mping_links_done(&links);
}

static void test_qdisc(void)
{
    const struct told eth = {.index = ETH, .flags = UP};

    list(&eth, NULL, SENT - 1);
    tell_qdisc(TC_H_ROOT, 5, SENT - 1);
    tell_qdisc(TC_H_INGRESS, 1, SENT - 1);
    tell_qdisc(TC_H_INGRESS, 2, LATER);
    ok(mping_links_doubt(&links, ETH, SENT) == MPING_REASON_NONE, "a qdisc for what comes in");
    tell_qdisc(TC_H_ROOT, 6, LATER);
    ok(mping_links_doubt(&links, ETH, SENT) == MPING_REASON_TX_DROP, "the root qdisc drops");
    ok(mping_links_doubt(&links, ETH, LATER + 1) == MPING_REASON_NONE, "what is sent after that");
    mping_links_done(&links);
}

static const struct {
    const char *label;
    uint32_t drops, least, most;
    bool doubt;
} refusals[] = {
    {"what was refused is counted as dropped", 7, 7, 7, false},
    {"what was refused twice by one call", 9, 7, 9, false},
    {"one more was dropped", 10, 7, 9, true},
    {"fewer were dropped than refused: not by that queue", 3, 7, 9, true},
    {"nothing was refused", 1, 0, 0, true},
    {"nothing was dropped", 0, 7, 7, false},
};

/* A full queue counts what it refuses: that says nothing of what left. */
static void test_refused(void)
{
    const struct told eth = {.index = ETH, .flags = UP};

    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        list(&eth, NULL, SENT - 1);
        tell_qdisc(TC_H_ROOT, 5, SENT - 1);
        told_refused = (struct refused){refusals[i].least, refusals[i].most};
        tell_qdisc(TC_H_ROOT, 5 + refusals[i].drops, LATER);
        told_refused = (struct refused){0, 0};
        ok((mping_links_doubt(&links, ETH, SENT) == MPING_REASON_TX_DROP) == refusals[i].doubt,
           "%s", refusals[i].label);
        mping_links_done(&links);
    }
}

static void test_comes_and_goes(void)
{
    const struct told eth = {.index = ETH, .flags = UP}, other = {.index = PART, .flags = UP};

    for (int i = 0; i < 1000; i++) { /* as containers do */
        const struct told one = {.index = 1000 + i, .flags = UP};

        list(&eth, &one, SENT + i);
    }
    ok(links.n <= 300, "those that have gone are forgotten, the first ones first: %zu", links.n);
    ok(mping_links_doubt(&links, ETH, SENT) == MPING_REASON_NONE, "and others stay as they are");
    list(&eth, &other, 5000);
    ok(mping_links_doubt(&links, PART, 4999) == MPING_REASON_LINK, "one that was not there yet");
    ok(mping_links_doubt(&links, PART, 5001) == MPING_REASON_NONE, "and is there now");
    mping_links_done(&links);
}

/* A route as ip(8) writes it. */
static const struct {
    uint8_t table, type, len;
    uint8_t ip[4];
    uint32_t link, metric;
} table4[] = {
    {RT_TABLE_LOCAL, RTN_LOCAL, 32, {10, 1, 0, 5}, 10, 0},
    {RT_TABLE_MAIN, RTN_UNICAST, 0, {0}, 11, 100},
    {RT_TABLE_MAIN, RTN_UNICAST, 0, {0}, 12, 600},
    {RT_TABLE_MAIN, RTN_UNICAST, 8, {10}, 13, 0},
    {RT_TABLE_MAIN, RTN_UNICAST, 23, {10, 1, 2}, 14, 0},
    {RT_TABLE_MAIN, RTN_UNICAST, 23, {10, 1, 2}, 15, 0},
    {RT_TABLE_MAIN, RTN_UNREACHABLE, 16, {10, 9}, 0, 0},
    {77, RTN_UNICAST, 24, {10, 1, 2}, 16, 0},
};

static void add_routes(struct mping_routes *routes)
{
    for (size_t i = 0; i < sizeof(table4) / sizeof(table4[0]); i++) {
        struct rtmsg *header;
        struct nlmsghdr *message = begin(RTM_NEWROUTE, sizeof(*header), &header);

        header->rtm_family = AF_INET;
        header->rtm_dst_len = table4[i].len;
        header->rtm_table = table4[i].table;
        header->rtm_type = table4[i].type;
        if (table4[i].len)
            mnl_attr_put(message, RTA_DST, 4, table4[i].ip);
        mnl_attr_put_u32(message, RTA_PRIORITY, table4[i].metric);
        if (table4[i].link)
            mnl_attr_put_u32(message, RTA_OIF, table4[i].link);
        mping_routes_take(routes, message);
    }
}

static void add_rule(struct mping_routes *routes, uint32_t priority, uint8_t table)
{
    struct fib_rule_hdr *header;
    struct nlmsghdr *message = begin(RTM_NEWRULE, sizeof(*header), &header);

    header->family = AF_INET;
    header->action = FR_ACT_TO_TBL;
    header->table = table;
    mnl_attr_put_u32(message, FRA_PRIORITY, priority);
    mping_routes_take(routes, message);
}

static void test_routes(void)
{
    static const struct {
        uint8_t ip[4];
        uint32_t links[3];
        uint32_t ruled[5]; /* with rules of their own */
    } wanted[] = {
        {{192, 0, 2, 1}, {11}, {11, 12}},     {{10, 1, 0, 5}, {1}, {1}},
        {{10, 77, 0, 5}, {13}, {11, 12, 13}}, {{10, 1, 3, 5}, {14, 15}, {11, 12, 13, 14, 15}},
        {{10, 1, 4, 5}, {13}, {11, 12, 13}},  {{10, 9, 4, 5}, {0}, {11, 12, 13}},
    };

    for (int ruled = 0; ruled < 2; ruled++) {
        struct mping_routes routes = {0};

        add_routes(&routes);
        add_rule(&routes, 0, RT_TABLE_LOCAL);
        add_rule(&routes, 32766, RT_TABLE_MAIN);
        if (ruled)
            add_rule(&routes, 100, 77);
        for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
            struct mping_addr dst = {.family = AF_INET};
            struct mping_egress egress = {0};
            const uint32_t *expected = ruled ? wanted[i].ruled : wanted[i].links;
            bool right = true;
            size_t n = 0;

            memcpy(dst.ip, wanted[i].ip, 4);
            mping_routes_find(&routes, &dst, &egress);
            for (; n < (ruled ? 5u : 3u) && expected[n]; n++)
                right &= n < egress.n && egress.links[n] == expected[n];
            ok(right && egress.n == n && !egress.any, "%d.%d.%d.%d%s: %zu links", dst.ip[0],
               dst.ip[1], dst.ip[2], dst.ip[3], ruled ? ", with a rule" : "", egress.n);
        }
        mping_routes_done(&routes);
    }
}

static void test_too_many_routes(void)
{
    const struct mping_addr dst = {.family = AF_INET, .ip = {10, 1, 2, 3}};
    struct mping_routes routes = {0};
    struct mping_egress egress = {0};

    for (size_t i = 0; i < MPING_ROUTES_MAX; i++)
        add_routes(&routes);
    mping_routes_find(&routes, &dst, &egress);
    ok(egress.any, "too many routes: it may be any link");
    mping_routes_done(&routes);
}

int main(void)
{
    test_links();
    test_standing_on();
    test_qdisc();
    test_refused();
    test_comes_and_goes();
    test_routes();
    test_too_many_routes();
    return done_testing();
}
