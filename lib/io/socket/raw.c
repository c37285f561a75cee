/* SPDX-License-Identifier: Apache-2.0 */
#include "io/socket/raw.h"

#include <errno.h>
#include <unistd.h>

#include "io/backend.h"
#include "io/socket/errqueue.h"
#include "io/socket/filter.h"
#include "io/socket/rx.h"
#include "io/socket/socket.h"
#include "io/socket/tx.h"

static int set_ids(struct mping_backend *io, uint16_t first, uint32_t n)
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

static const struct mping_backend_ops raw4_ops = {
    .name = "raw4",
    .send = mping_sock_send,
    .recv = mping_sock_recv,
    .recv_errors = mping_sock_discard_errors,
    .drops = mping_sock_drops,
    .set_ids = set_ids,
    .free = mping_sock_free,
};

static const struct mping_backend_ops raw6_ops = {
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

int mping_raw_open(struct mping_backend **ret_io, const struct mping_backend_opts *opts)
{
    const struct mping_backend_ops *ops = opts->family == AF_INET6 ? &raw6_ops : &raw4_ops;
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

bool mping_raw_may_mark(uint32_t mark)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool refused;

    if (fd < 0)
        return true; /* that is another trouble */
    refused = setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) < 0 && errno == EPERM;
    close(fd);
    return !refused;
}
