/* SPDX-License-Identifier: Apache-2.0 */
#include "io/socket/errqueue.h"

#include <assert.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "core/icmp.h"
#include "io/backend.h"
#include "io/socket/cmsg.h"
#include "io/socket/rx.h"
#include "io/socket/socket.h"
#include "io/wall_clock.h"

enum {
    /* Bounds one call on a queue that fills as fast as it is emptied. */
    ROUNDS = 256
};

void mping_sock_init_err(struct mping_sock *sock)
{
    struct mping_sock_err *err = &sock->err;

    for (size_t i = 0; i < MPING_BATCH; i++) {
        struct msghdr *hdr = &err->msgs[i].msg_hdr;

        err->iov[i] = (struct iovec){.iov_base = err->data[i], .iov_len = sizeof(err->data[i])};
        hdr->msg_iov = &err->iov[i];
        hdr->msg_iovlen = 1;
        hdr->msg_control = err->control[i];
    }
}

int mping_sock_read_queue(struct mping_sock *sock, size_t n)
{
    int got;

    mping_sock_rearm(sock->err.msgs, sock->err.names, MPING_ERR_CONTROL_BYTES, n);
    got = mping_sock_read(sock, sock->err.msgs, n, MSG_ERRQUEUE);
    if (got > 0)
        mping_sock_charge(sock, sock->err.msgs, (size_t)got);
    else
        sock->io.errors_waiting = sock->err.kept_n > 0;
    return got;
}

/* An ICMP error, not one of this machine's own, that returns the header of an echo request? */
static bool quotes_request(const struct mping_sock *sock, size_t i, const struct mping_cmsgs *cmsgs)
{
    bool v6 = sock->io.family == AF_INET6;
    uint8_t origin = v6 ? SO_EE_ORIGIN_ICMP6 : SO_EE_ORIGIN_ICMP;
    uint8_t type = v6 ? MPING_ICMP6_ECHO_REQUEST : MPING_ICMP4_ECHO_REQUEST;

    return cmsgs->has_error && cmsgs->error.ee_origin == origin &&
           sock->err.msgs[i].msg_len >= MPING_ICMP_HEADER && sock->err.data[i][0] == type;
}

static bool fill(struct mping_sock *sock, size_t i, const struct mping_cmsgs *cmsgs,
                 struct mping_rx_error *error, const struct mping_stamp_window *window)
{
    if (!quotes_request(sock, i, cmsgs))
        return false;
    *error = (struct mping_rx_error){
        .from = cmsgs->offender,
        .id = sock->io.id,
        .seq = load_be16(sock->err.data[i] + 6),
        .type = cmsgs->error.ee_type,
        .code = cmsgs->error.ee_code,
        .info = cmsgs->error.ee_info,
    };
    mping_sockaddr_get(&sock->err.names[i], &error->dst);
    error->stamp = mping_sock_stamp(sock, cmsgs, window, &error->received_ns);
    return true;
}

void mping_sock_keep_error(struct mping_sock *sock, size_t i, const struct mping_cmsgs *cmsgs)
{
    struct mping_stamp_window window;

    if (!sock->io.ops->own_id || sock->err.kept_n == MPING_SEND_BATCH)
        return; /* raw sockets get the errors as packets, too */
    window = mping_sock_window(sock, sock->err.dry_ns, mping_mono_ns());
    sock->err.kept_n += fill(sock, i, cmsgs, &sock->err.kept[sock->err.kept_n], &window);
    sock->io.errors_waiting = true;
}

/* Moves those of the got entries that matter to errors; returns how many. */
static size_t take(struct mping_sock *sock, size_t got, int64_t began_ns,
                   struct mping_rx_error *errors)
{
    struct mping_stamp_window window = mping_sock_window(sock, sock->err.dry_ns, began_ns);
    size_t taken = 0;

    for (size_t i = 0; i < got; i++) {
        struct mping_cmsgs cmsgs;

        mping_cmsg_read(&cmsgs, &sock->err.msgs[i].msg_hdr);
        taken += fill(sock, i, &cmsgs, &errors[taken], &window);
    }
    return taken;
}

int mping_sock_recv_errors(struct mping_backend *io, struct mping_rx_error *errors, size_t n)
{
    struct mping_sock *sock = sock_of(io);
    int64_t began_ns = mping_mono_ns();
    size_t taken = 0;

    assert(n <= MPING_BATCH);
    while (taken < n && sock->err.kept_n > 0)
        errors[taken++] = sock->err.kept[--sock->err.kept_n];
    for (int round = 0; round < ROUNDS && taken < n; round++) {
        int got = mping_sock_read_queue(sock, n - taken);

        if (got < 0 && taken == 0)
            return got;
        if (got <= 0) {
            sock->err.dry_ns = began_ns;
            break;
        }
        taken += take(sock, (size_t)got, began_ns, errors + taken);
    }
    return (int)taken;
}

int mping_sock_discard_errors(struct mping_backend *io, struct mping_rx_error *errors, size_t n)
{
    struct mping_sock *sock = sock_of(io);

    (void)errors;
    (void)n;
    for (int round = 0; round < ROUNDS; round++) {
        int got = mping_sock_read_queue(sock, MPING_BATCH);

        if (got <= 0)
            return got;
    }
    return 0;
}
