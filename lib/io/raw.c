/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "io/filter.h"
#include "io/sock.h"

static int set_ids(struct mping_io *io, uint16_t first, uint32_t n)
{
    struct mping_sock *sock = sock_of(io);
    struct mping_filter filter;
    int r;

    if (first == sock->ids_first && n == sock->ids_count)
        return 0;
    mping_filter_build(&filter, io->family, first, n);
    r = mping_filter_attach(io->fd, &filter);
    if (r < 0)
        return r;
    sock->ids_first = first;
    sock->ids_count = n;
    return 0;
}

static const struct mping_io_ops raw4_ops = {
    .name = "raw4",
    .send = mping_sock_send,
    .recv = mping_sock_recv,
    .recv_errors = mping_sock_discard_errors,
    .drops = mping_sock_drops,
    .set_ids = set_ids,
    .free = mping_sock_free,
};

static const struct mping_io_ops raw6_ops = {
    .name = "raw6",
    .send = mping_sock_send,
    .recv = mping_sock_recv,
    .recv_errors = mping_sock_discard_errors,
    .drops = mping_sock_drops,
    .set_ids = set_ids,
    .free = mping_sock_free,
};

/* Deaf until set_ids(): the socket has been taking in all ICMP of the machine so far. */
static int shut(struct mping_sock *sock)
{
    struct mping_filter filter;
    int r;

    mping_filter_build(&filter, sock->io.family, 0, 0);
    r = mping_filter_attach(sock->io.fd, &filter);
    if (r == 0)
        r = mping_filter_types(sock->io.fd, sock->io.family);
    if (r == 0)
        mping_sock_discard(sock);
    return r;
}

int mping_io_raw_open(struct mping_io **ret_io, const struct mping_io_opts *opts)
{
    const struct mping_io_ops *ops = opts->family == AF_INET6 ? &raw6_ops : &raw4_ops;
    struct mping_sock *sock;
    int r = mping_sock_open(&sock, ops, SOCK_RAW, opts);

    if (r < 0)
        return r;
    sock->ip_header = opts->family == AF_INET;
    r = shut(sock);
    if (r < 0) {
        mping_sock_free(&sock->io);
        return r;
    }
    *ret_io = &sock->io;
    return 0;
}
