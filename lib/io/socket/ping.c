/* SPDX-License-Identifier: Apache-2.0 */
#include "io/socket/ping.h"

#include <errno.h>

#include "io/backend.h"
#include "io/socket/errqueue.h"
#include "io/socket/rx.h"
#include "io/socket/socket.h"
#include "io/socket/tx.h"

/* The kernel hands up only what bears the socket's own id. */
static int set_ids(struct mping_backend *io, uint16_t first, uint32_t n)
{
    (void)io;
    (void)first;
    (void)n;
    return 0;
}

static const struct mping_backend_ops ping4_ops = {
    .name = "ping4",
    .own_id = true,
    .send = mping_sock_send,
    .recv = mping_sock_recv,
    .recv_errors = mping_sock_recv_errors,
    .drops = mping_sock_drops,
    .set_ids = set_ids,
    .free = mping_sock_free,
};

static const struct mping_backend_ops ping6_ops = {
    .name = "ping6",
    .own_id = true,
    .send = mping_sock_send,
    .recv = mping_sock_recv,
    .recv_errors = mping_sock_recv_errors,
    .drops = mping_sock_drops,
    .set_ids = set_ids,
    .free = mping_sock_free,
};

/*
 * Lets the kernel choose the id, which is then unique. Asking for one succeeds even if it is
 * taken, and the last to ask gets all replies that fit it: only with a source of its own.
 */
static int bind_id(struct mping_sock *sock, const struct mping_backend_opts *opts)
{
    struct mping_addr addr = {.family = (uint16_t)sock->io.family};
    union mping_sockaddr name;
    socklen_t len;

    if (opts->source.family)
        addr = opts->source;
    len = mping_sockaddr_set(&name, &addr);
    /* The port of either family lies at the same place. */
    name.in.sin_port = htons(opts->id);
    if (bind(sock->io.fd, (struct sockaddr *)&name, len) < 0 ||
        getsockname(sock->io.fd, (struct sockaddr *)&name, &len) < 0)
        return -errno;
    sock->io.id = ntohs(name.family == AF_INET6 ? name.in6.sin6_port : name.in.sin_port);
    return 0;
}

int mping_ping_open(struct mping_backend **ret_io, const struct mping_backend_opts *opts)
{
    const struct mping_backend_ops *ops = opts->family == AF_INET6 ? &ping6_ops : &ping4_ops;
    struct mping_sock *sock;
    int r = mping_sock_open(&sock, ops, SOCK_DGRAM, opts);

    if (r < 0)
        return r;
    r = bind_id(sock, opts);
    if (r < 0) {
        mping_sock_free(&sock->io);
        return r;
    }
    *ret_io = &sock->io;
    return 0;
}
