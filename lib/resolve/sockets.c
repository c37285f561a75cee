/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sockets of c-ares, which is not quick to say that nobody listens at a server's address:
 * 1.18 waits for its own time-outs. Here the error itself is seen.
 */
#include "resolve/sockets.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "resolve/resolve.h"
#include "resolve/state.h"

enum { RCVBUF_BYTES = 1 << 20 }; /* the system grants what it will: slow servers answer in bursts */

/* Notes what went wrong, and hands it on. */
static ssize_t note(void *data, ssize_t result)
{
    struct mping_resolver *resolver = data;

    if (result < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR &&
        errno != EINPROGRESS)
        resolver->is_refused = true;
    return result;
}

static ares_socket_t on_open(int family, int type, int protocol, void *data)
{
    int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    int bytes = RCVBUF_BYTES;

    if (note(data, fd) >= 0 && type == SOCK_DGRAM)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
    return fd;
}

static int on_close(ares_socket_t fd, void *data)
{
    (void)data;
    return close(fd);
}

static int on_connect(ares_socket_t fd, const struct sockaddr *addr, ares_socklen_t len, void *data)
{
    return (int)note(data, connect(fd, addr, len));
}

static ares_ssize_t on_receive(ares_socket_t fd, void *buffer, size_t size, int flags,
                               struct sockaddr *from, ares_socklen_t *from_len, void *data)
{
    return note(data, recvfrom(fd, buffer, size, flags, from, from_len));
}

static ares_ssize_t on_send(ares_socket_t fd, const struct iovec *parts, int n, void *data)
{
    (void)n; /* what is behind comes with the next call, as after any short write */
    return note(data, send(fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL));
}

void mping_sockets_watch(struct mping_resolver *resolver)
{
    static const struct ares_socket_functions functions = {
        .asocket = on_open,
        .aclose = on_close,
        .aconnect = on_connect,
        .arecvfrom = on_receive,
        .asendv = on_send,
    };

    ares_set_socket_functions(resolver->channel, &functions, resolver);
}
