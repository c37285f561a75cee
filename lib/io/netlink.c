/* SPDX-License-Identifier: Apache-2.0 */
#include "io/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_BYTES = 32768 }; /* as much as the kernel puts together */

struct mping_netlink {
    struct mnl_socket *socket;
    mping_netlink_take take;
    void *context;
    uint32_t seq;
    bool lost_news;
    bool interrupted; /* the list has changed while it was told */
    _Alignas(struct nlmsghdr) uint8_t answer[ANSWER_BYTES];
};

int mping_netlink_open(struct mping_netlink **ret_netlink, uint32_t groups, mping_netlink_take take,
                       void *context)
{
    struct mping_netlink *netlink = calloc(1, sizeof(*netlink));
    int err = 0;

    if (!netlink)
        return -ENOMEM;
    netlink->take = take;
    netlink->context = context;
    netlink->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (!netlink->socket || mnl_socket_bind(netlink->socket, groups, MNL_SOCKET_AUTOPID) < 0)
        err = -errno;
    if (err < 0) {
        mping_netlink_close(netlink);
        return err;
    }
    *ret_netlink = netlink;
    return 0;
}

void mping_netlink_close(struct mping_netlink *netlink)
{
    if (netlink && netlink->socket)
        mnl_socket_close(netlink->socket);
    free(netlink);
}

int mping_netlink_fd(const struct mping_netlink *netlink)
{
    return mnl_socket_get_fd(netlink->socket);
}

static int error_of(const struct nlmsghdr *message)
{
    const struct nlmsgerr *error = mnl_nlmsg_get_payload(message);

    return mnl_nlmsg_get_payload_len(message) < sizeof(*error) ? -EBADMSG : error->error;
}

/* Takes what one read has brought: 1 at the end of the list `seq`, -errno if it failed. */
static int take_all(struct mping_netlink *netlink, int len, uint32_t seq)
{
    const struct nlmsghdr *message = (const struct nlmsghdr *)(const void *)netlink->answer;

    for (; mnl_nlmsg_ok(message, len); message = mnl_nlmsg_next(message, &len)) {
        bool ours = message->nlmsg_seq == seq && message->nlmsg_pid;

        if (ours && message->nlmsg_flags & NLM_F_DUMP_INTR)
            netlink->interrupted = true;
        if (ours && message->nlmsg_type == NLMSG_ERROR)
            return error_of(message) < 0 ? error_of(message) : 1;
        if (ours && message->nlmsg_type == NLMSG_DONE)
            return 1;
        if (message->nlmsg_type >= NLMSG_MIN_TYPE && (ours || !message->nlmsg_pid))
            netlink->take(netlink->context, message);
    }
    return 0;
}

/* One read: bytes, 0 when there is nothing, or -errno. */
static int read_some(struct mping_netlink *netlink)
{
    ssize_t n;

    do
        n = mnl_socket_recvfrom(netlink->socket, netlink->answer, sizeof(netlink->answer));
    while (n < 0 && errno == EINTR);
    if (n >= 0)
        return (int)n;
    if (errno == ENOBUFS)
        netlink->lost_news = true;
    return errno == EAGAIN ? 0 : -errno;
}

/* The kernel answers within the call that asks. */
int mping_netlink_ask(const struct nlmsghdr *question, void *ret_answer, size_t size)
{
    struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
    ssize_t n = -1;

    if (socket && mnl_socket_sendto(socket, question, question->nlmsg_len) >= 0)
        n = mnl_socket_recvfrom(socket, ret_answer, size);
    n = n >= 0 ? n : errno == EAGAIN ? 0 : -errno;
    if (socket)
        mnl_socket_close(socket);
    return (int)n;
}

static int ask_for_list(struct mping_netlink *netlink, uint16_t type, size_t header_bytes)
{
    _Alignas(struct nlmsghdr) uint8_t request[NLMSG_SPACE(sizeof(struct tcmsg))] = {0};
    struct nlmsghdr *message = mnl_nlmsg_put_header(request);

    message->nlmsg_type = type;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message->nlmsg_seq = ++netlink->seq;
    mnl_nlmsg_put_extra_header(message, header_bytes);
    netlink->interrupted = false;
    return mnl_socket_sendto(netlink->socket, message, message->nlmsg_len) < 0 ? -errno : 0;
}

int mping_netlink_list(struct mping_netlink *netlink, uint16_t type, size_t header_bytes)
{
    int r = ask_for_list(netlink, type, header_bytes);

    while (r == 0) {
        int n = read_some(netlink);

        if (n == -ENOBUFS)
            continue;
        if (n <= 0)
            return n < 0 ? n : -EAGAIN;
        r = take_all(netlink, n, netlink->seq);
    }
    if (r < 0)
        return r;
    return netlink->interrupted ? -EINTR : 0;
}

int mping_netlink_news(struct mping_netlink *netlink)
{
    bool lost;
    int n;

    while ((n = read_some(netlink)) > 0 || n == -ENOBUFS)
        if (n > 0)
            take_all(netlink, n, 0);
    lost = netlink->lost_news;
    netlink->lost_news = false;
    return n < 0 ? n : lost ? -ENOBUFS : 0;
}

struct table {
    const struct nlattr **attrs;
    size_t n;
};

static int enter(const struct nlattr *attr, void *data)
{
    const struct table *table = data;

    if (mnl_attr_get_type(attr) < table->n)
        table->attrs[mnl_attr_get_type(attr)] = attr;
    return MNL_CB_OK;
}

static void clear(struct table *table)
{
    for (size_t i = 0; i < table->n; i++)
        table->attrs[i] = NULL;
}

void mping_netlink_attrs(const struct nlmsghdr *message, size_t header_bytes,
                         const struct nlattr **ret_attrs, size_t n)
{
    struct table table = {.attrs = ret_attrs, .n = n};

    clear(&table);
    (void)mnl_attr_parse(message, (unsigned)header_bytes, enter, &table);
}

void mping_netlink_inner(const struct nlattr *attr, const struct nlattr **ret_attrs, size_t n)
{
    struct table table = {.attrs = ret_attrs, .n = n};

    clear(&table);
    if (attr)
        (void)mnl_attr_parse_nested(attr, enter, &table);
}

uint32_t mping_netlink_u32(const struct nlattr *attr)
{
    return attr && mnl_attr_get_payload_len(attr) >= sizeof(uint32_t) ? mnl_attr_get_u32(attr) : 0;
}
