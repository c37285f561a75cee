/* SPDX-License-Identifier: Apache-2.0 */
#include "io/socket/rx.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "io/backend.h"
#include "io/socket/cmsg.h"
#include "io/socket/rcvbuf.h"
#include "io/socket/socket.h"
#include "io/wall_clock.h"

enum {
    /*
     * Each costs one call and takes an ICMP error in between, so a socket that fails this
     * often in a row is broken.
     */
    SOFT_ERRORS_MAX = 100,
    /* Room for what the default buffer of 256 replies can hold at open. */
    DISCARD_ROUNDS = 64,
    IP4_HEADER = 20,
    IP4_HEADER_MAX = 60,
    IP_PACKET_MAX = 65535
};

static void set_buffers(struct mping_sock_rx *rx, uint8_t *data, size_t stride)
{
    rx->data = data;
    rx->stride = stride;
    for (size_t i = 0; i < MPING_BATCH; i++)
        rx->iov[i] = (struct iovec){.iov_base = data + i * stride, .iov_len = stride};
}

int mping_sock_init_rx(struct mping_sock *sock)
{
    struct mping_sock_rx *rx = &sock->rx;
    uint8_t *data = malloc((size_t)MPING_BATCH * MPING_RX_SMALL_BYTES);

    if (!data)
        return -ENOMEM;
    set_buffers(rx, data, MPING_RX_SMALL_BYTES);
    for (size_t i = 0; i < MPING_BATCH; i++) {
        rx->msgs[i].msg_hdr.msg_iov = &rx->iov[i];
        rx->msgs[i].msg_hdr.msg_iovlen = 1;
        rx->msgs[i].msg_hdr.msg_control = rx->control[i];
    }
    rx->used = MPING_BATCH;
    return 0;
}

int mping_sock_reserve_rx(struct mping_sock *sock, size_t icmp_bytes)
{
    struct mping_sock_rx *rx = &sock->rx;

    if (IP4_HEADER_MAX + icmp_bytes <= rx->stride || rx->large_data)
        return 0;
    rx->large_data = malloc((size_t)MPING_BATCH * MPING_RX_LARGE_BYTES);
    return rx->large_data ? 0 : -ENOMEM;
}

/* Not before the next recv: what the last one has handed out is still in use. */
static void take_large_buffers(struct mping_sock_rx *rx)
{
    if (!rx->large_data)
        return;
    free(rx->data);
    set_buffers(rx, rx->large_data, MPING_RX_LARGE_BYTES);
    rx->large_data = NULL;
}

void mping_sock_rearm(struct mmsghdr *msgs, union mping_sockaddr *names, size_t control_bytes,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        msgs[i].msg_hdr.msg_controllen = control_bytes;
        msgs[i].msg_hdr.msg_name = names ? &names[i] : NULL;
        msgs[i].msg_hdr.msg_namelen = names ? sizeof(names[i]) : 0;
    }
}

int mping_sock_read(struct mping_sock *sock, struct mmsghdr *msgs, size_t n, int flags)
{
    for (int tries = 0; tries < SOFT_ERRORS_MAX; tries++) {
        int got = recvmmsg(sock->io.fd, msgs, (unsigned)n, MSG_DONTWAIT | flags, NULL);

        if (got >= 0)
            return got;
        if (errno == EAGAIN)
            return 0;
        sock->io.errors_waiting = true; /* the error itself is in the queue */
        mping_sock_interrupted(sock);
    }
    return -errno;
}

void mping_sock_charge(struct mping_sock *sock, const struct mmsghdr *msgs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool cut = msgs[i].msg_hdr.msg_flags & MSG_TRUNC;

        uint64_t bytes = mping_rcvbuf_charge_max(cut ? IP_PACKET_MAX : msgs[i].msg_len);

        sock->charged_bytes += bytes;
        sock->unread_bytes += bytes;
    }
}

/* Addresses, TTL and TOS as they stand in the header; the kernel has checked that. */
static void fill_from_header(struct mping_rx *rx)
{
    if (rx->len < IP4_HEADER)
        return;
    rx->tos = rx->data[1];
    rx->ttl = rx->data[8];
    mping_addr_set4(&rx->from, rx->data + 12);
    mping_addr_set4(&rx->to, rx->data + 16);
}

struct mping_stamp_window mping_sock_window(struct mping_sock *sock, int64_t dry_ns,
                                            int64_t began_ns)
{
    int64_t now_ns = mping_clock_read(&sock->clock);
    bool settled = now_ns - sock->opened_ns >= MPING_STAMP_SETTLE_NS;

    return (struct mping_stamp_window){
        .dry_ns = dry_ns,
        .now_ns = now_ns,
        .user_from_ns = settled ? INT64_MAX : began_ns,
    };
}

uint8_t mping_sock_stamp(const struct mping_sock *sock, const struct mping_cmsgs *cmsgs,
                         const struct mping_stamp_window *window, int64_t *ret_received_ns)
{
    *ret_received_ns = window->now_ns;
    if (!cmsgs->stamped)
        return MPING_STAMP_USER;
    return (uint8_t)mping_stamp_convert(&sock->clock, cmsgs->real_ns, window, ret_received_ns);
}

static void fill(struct mping_sock *sock, size_t i, struct mping_rx *rx,
                 const struct mping_stamp_window *window)
{
    struct mmsghdr *msg = &sock->rx.msgs[i];
    struct mping_cmsgs cmsgs;

    mping_cmsg_read(&cmsgs, &msg->msg_hdr);
    if (cmsgs.drops && cmsgs.drops != (uint32_t)sock->kernel_drops)
        sock->io.drops_moved = true;
    *rx = (struct mping_rx){
        .data = sock->rx.data + i * sock->rx.stride,
        .len = msg->msg_len,
        .ip_header = sock->ip_header,
        .checksum_verified = !sock->ip_header,
        .cut = msg->msg_hdr.msg_flags & MSG_TRUNC,
        .to = cmsgs.to,
        .ifindex = cmsgs.ifindex,
        .ttl = cmsgs.ttl,
        .tos = cmsgs.tos,
    };
    if (sock->ip_header)
        fill_from_header(rx);
    else
        mping_sockaddr_get(&sock->rx.names[i], &rx->from);
    rx->stamp = mping_sock_stamp(sock, &cmsgs, window, &rx->received_ns);
    rx->read_ns = window->now_ns;
}

int mping_sock_recv(struct mping_backend *io, struct mping_rx *rx, size_t n)
{
    struct mping_sock *sock = sock_of(io);
    int64_t began_ns = mping_mono_ns();
    struct mping_stamp_window window;
    int got;

    assert(n <= MPING_BATCH);
    take_large_buffers(&sock->rx);
    mping_sock_rearm(sock->rx.msgs, sock->ip_header ? NULL : sock->rx.names, MPING_RX_CONTROL_BYTES,
                     sock->rx.used);
    got = mping_sock_read(sock, sock->rx.msgs, n, 0);
    sock->rx.used = got > 0 ? (size_t)got : 0;
    if (got > 0) {
        window = mping_sock_window(sock, sock->rx.dry_ns, began_ns);
        mping_sock_charge(sock, sock->rx.msgs, (size_t)got);
        if (io->ops->own_id)
            io->drops_moved = true; /* ping sockets do not tell of drops with their packets */
    }
    for (int i = 0; i < got; i++)
        fill(sock, (size_t)i, &rx[i], &window);
    /* Of two steps between two packets the first would never be seen. */
    if (got == 0 && began_ns - sock->clock.measured_ns >= MPING_STAMP_MEASURE_NS)
        mping_clock_read(&sock->clock);
    if (got >= 0 && (size_t)got < n) {
        sock->may_overflow |= mping_sock_is_filled(sock);
        sock->unread_bytes = 0;
        sock->rx.dry_before_ns = sock->rx.dry_ns;
        sock->rx.dry_ns = began_ns;
    }
    if (got == 0 && sock->stamps.late)
        io->errors_waiting = true; /* it may be a stamp of sending that has woken us */
    return got;
}

void mping_sock_discard(struct mping_sock *sock)
{
    for (int round = 0; round < DISCARD_ROUNDS; round++) {
        mping_sock_rearm(sock->rx.msgs, NULL, MPING_RX_CONTROL_BYTES, MPING_BATCH);
        sock->rx.used = MPING_BATCH;
        if (mping_sock_read(sock, sock->rx.msgs, MPING_BATCH, 0) <= 0)
            return;
    }
}
