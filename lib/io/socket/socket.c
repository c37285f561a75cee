/* SPDX-License-Identifier: Apache-2.0 */
#include "io/socket/socket.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/backend.h"
#include "io/socket/errqueue.h"
#include "io/socket/rcvbuf.h"
#include "io/socket/rx.h"
#include "io/socket/tx.h"
#include "io/socket/tx_stamp.h"
#include "io/wall_clock.h"

enum { RAW = 1, PING = 2, BOTH = RAW | PING };

/* What is set on every socket, once. */
static const struct {
    int family; /* AF_UNSPEC: both */
    int kinds;
    int level;
    int name;
    int value;
} options[] = {
    {AF_UNSPEC, BOTH, SOL_SOCKET, SO_TIMESTAMPNS, 1},
    /* Each packet tells what was dropped before it: no need to ask after every read. */
    {AF_UNSPEC, BOTH, SOL_SOCKET, SO_RXQ_OVFL, 1},
    /* Without it the queueing discipline and a full neighbour table swallow packets while
     * the send reports success; ping sockets would not hear of ICMP errors at all. */
    {AF_INET, BOTH, IPPROTO_IP, IP_RECVERR, 1},
    {AF_INET6, BOTH, IPPROTO_IPV6, IPV6_RECVERR, 1},
    {AF_INET, BOTH, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE},
    {AF_INET6, BOTH, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE},
    /* On raw IPv4 sockets all this stands in the header. */
    {AF_INET, PING, IPPROTO_IP, IP_PKTINFO, 1},
    {AF_INET, PING, IPPROTO_IP, IP_RECVTTL, 1},
    {AF_INET, PING, IPPROTO_IP, IP_RECVTOS, 1},
    {AF_INET6, BOTH, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1},
    {AF_INET6, BOTH, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1},
    {AF_INET6, BOTH, IPPROTO_IPV6, IPV6_RECVTCLASS, 1},
    /* A flow hash per packet, for nothing: echo requests of one id are one flow. */
    {AF_INET6, BOTH, IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, 0},
};

static int set_options(int fd, int family, int kind)
{
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        int value = options[i].value;

        if (!(options[i].kinds & kind))
            continue;
        if (options[i].family != AF_UNSPEC && options[i].family != family)
            continue;
        if (setsockopt(fd, options[i].level, options[i].name, &value, sizeof(value)) < 0)
            return -errno;
    }
    return 0;
}

static int open_fd(struct mping_sock *sock, int type, const struct mping_backend_opts *opts)
{
    int protocol = opts->family == AF_INET6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP;
    int fd = socket(opts->family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    const int one = 1;
    int r;

    if (fd < 0)
        return -errno;
    sock->io.fd = fd;
    r = set_options(fd, opts->family, type == SOCK_RAW ? RAW : PING);
    if (r < 0)
        return r;
    mping_sock_init_stamps(sock);
    if (opts->mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &opts->mark, sizeof(opts->mark)) < 0)
        return -errno;
    if (opts->broadcast && setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one)) < 0)
        return -errno;
    sock->mark = opts->mark;
    sock->source = opts->source;
    sock->io.rcvbuf_packets = mping_rcvbuf_ask(fd, opts->rcvbuf_bytes);
    mping_sndbuf_ask(fd, opts->sndbuf_bytes);
    return 0;
}

int mping_sock_open(struct mping_sock **ret_sock, const struct mping_backend_ops *ops, int type,
                    const struct mping_backend_opts *opts)
{
    struct mping_sock *sock = calloc(1, sizeof(*sock));
    int r;

    if (!sock)
        return -ENOMEM;
    sock->io = (struct mping_backend){.ops = ops, .fd = -1, .family = opts->family};
    sock->tx.pmtudisc = IP_PMTUDISC_PROBE;
    sock->opened_ns = mping_clock_start(&sock->clock);
    sock->rx.dry_ns = sock->rx.dry_before_ns = sock->opened_ns;
    sock->err.dry_ns = sock->opened_ns;
    mping_sock_init_tx(sock);
    mping_sock_init_err(sock);
    r = mping_sock_init_rx(sock);
    if (r == 0)
        r = open_fd(sock, type, opts);
    if (r < 0) {
        mping_sock_free(&sock->io);
        return r;
    }
    *ret_sock = sock;
    return 0;
}

/*
 * The kernel's counter also moves for a wrong checksum (raw IPv6), which anybody can send us
 * and which is no loss of ours. When a buffer overflows it is full of packets, and those have
 * been read since or are still there.
 */
static bool can_have_overflowed(const struct mping_sock *sock, const struct mping_rcvbuf *state)
{
    return sock->charged_bytes + state->queued_bytes + mping_rcvbuf_charge_max(0) >=
           state->limit_bytes;
}

/* Where the kernel does not tell, a buffer that may have been full is taken to have overflowed. */
static uint64_t guess_drops(struct mping_sock *sock)
{
    if (sock->may_overflow || mping_sock_is_filled(sock))
        sock->drops++;
    sock->may_overflow = false;
    return sock->drops;
}

uint64_t mping_sock_drops(struct mping_backend *io)
{
    struct mping_sock *sock = sock_of(io);
    struct mping_rcvbuf state;
    uint64_t kernel_drops;

    io->drops_moved = false;
    if (mping_rcvbuf_state(io->fd, &state) < 0)
        return guess_drops(sock);
    kernel_drops = mping_rcvbuf_extend(sock->kernel_drops, state.drops);
    if (kernel_drops > sock->kernel_drops && can_have_overflowed(sock, &state))
        sock->drops += kernel_drops - sock->kernel_drops;
    sock->kernel_drops = kernel_drops;
    sock->charged_bytes = 0;
    sock->may_overflow = false;
    return sock->drops;
}

void mping_sock_free(struct mping_backend *io)
{
    struct mping_sock *sock;

    if (!io)
        return;
    sock = sock_of(io);
    if (io->fd >= 0)
        close(io->fd);
    free(sock->rx.data);
    free(sock->rx.large_data);
    free(sock);
}
