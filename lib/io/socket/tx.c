/* SPDX-License-Identifier: Apache-2.0 */
#include "io/socket/tx.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "io/backend.h"
#include "io/between.h"
#include "io/socket/cmsg.h"
#include "io/socket/rx.h"
#include "io/socket/socket.h"
#include "io/socket/tx_stamp.h"
#include "io/wall_clock.h"

enum {
    /* An error that is not the packet's own does not come back so often. */
    SEND_RETRIES = 3,
    IP4_HEADER = 20,
    IP6_HEADER = 40
};

void mping_sock_init_tx(struct mping_sock *sock)
{
    for (size_t i = 0; i < MPING_SEND_BATCH; i++) {
        struct msghdr *hdr = &sock->tx.msgs[i].msg_hdr;

        hdr->msg_name = &sock->tx.names[i];
        hdr->msg_iov = sock->tx.iov[i];
    }
}

static size_t icmp_bytes(const struct mping_tx *tx)
{
    return (size_t)tx->head_len + tx->tail_len;
}

/*
 * The modes have the same numbers for both families.
 *
 * PROBE sets DF and ignores the path MTU that the kernel believes in, which anybody can forge
 * (and it spares the IPv4 id, 13 % of a send). Big packets may be fragmented unless told.
 */
static int pmtudisc_for(const struct mping_sock *sock, const struct mping_tx *tx)
{
    size_t ip_header = sock->io.family == AF_INET6 ? IP6_HEADER : IP4_HEADER;

    if (tx->opts->dont_fragment || ip_header + icmp_bytes(tx) <= MPING_DF_ALWAYS_MAX)
        return IP_PMTUDISC_PROBE;
    return IP_PMTUDISC_DONT;
}

/*
 * The kernel accepts a source address from whoever sends through an IPv6 ping socket, and
 * then uses that of the socket. A packet that may not leave as it should does not leave.
 */
static bool is_refused(const struct mping_sock *sock, const struct mping_tx *tx)
{
    const struct mping_addr *source = &tx->opts->source;

    return sock->io.family == AF_INET6 && sock->io.ops->own_id && source->family &&
           memcmp(source->ip, sock->source.ip, sizeof(source->ip)) != 0;
}

/* How many of the next packets go out in one call: those of the same mode. */
static size_t run_length(const struct mping_sock *sock, const struct mping_tx *tx, size_t n,
                         int pmtudisc)
{
    size_t len = 1;

    while (len < n && len < MPING_SEND_BATCH && pmtudisc_for(sock, &tx[len]) == pmtudisc &&
           !is_refused(sock, &tx[len]))
        len++;
    return len;
}

static int set_pmtudisc(struct mping_sock *sock, int pmtudisc)
{
    bool v6 = sock->io.family == AF_INET6;

    if (pmtudisc == sock->tx.pmtudisc)
        return 0;
    if (setsockopt(sock->io.fd, v6 ? (int)IPPROTO_IPV6 : (int)IPPROTO_IP,
                   v6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, &pmtudisc, sizeof(pmtudisc)) < 0)
        return -errno;
    sock->tx.pmtudisc = pmtudisc;
    return 0;
}

static void set_iov(struct mping_sock *sock, size_t i, struct mping_tx *tx)
{
    struct iovec *iov = sock->tx.iov[i];

    if (icmp_bytes(tx) <= MPING_TX_WHOLE_BYTES) {
        memcpy(sock->tx.data[i], tx->head, tx->head_len);
        if (tx->tail_len)
            memcpy(sock->tx.data[i] + tx->head_len, tx->tail, tx->tail_len);
        iov[0] = (struct iovec){.iov_base = sock->tx.data[i], .iov_len = icmp_bytes(tx)};
        sock->tx.msgs[i].msg_hdr.msg_iovlen = 1;
        return;
    }
    iov[0] = (struct iovec){.iov_base = tx->head, .iov_len = tx->head_len};
    /* Not const in the system's struct, but only read. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    iov[1] = (struct iovec){.iov_base = (void *)(uintptr_t)tx->tail, .iov_len = tx->tail_len};
    sock->tx.msgs[i].msg_hdr.msg_iovlen = tx->tail_len ? 2 : 1;
}

static bool is_chosen(uint32_t chosen, size_t i)
{
    return chosen & UINT32_C(1) << i;
}

/* Neighbours mostly share their options, hence also their control messages. */
static void set_control(struct mping_sock *sock, size_t i, const struct mping_tx *tx,
                        uint32_t chosen)
{
    struct msghdr *hdr = &sock->tx.msgs[i].msg_hdr;

    if (i > 0 && tx[i].opts == tx[i - 1].opts && is_chosen(chosen, i) == is_chosen(chosen, i - 1)) {
        hdr->msg_control = sock->tx.msgs[i - 1].msg_hdr.msg_control;
        hdr->msg_controllen = sock->tx.msgs[i - 1].msg_hdr.msg_controllen;
        return;
    }
    hdr->msg_control = sock->tx.control[i];
    hdr->msg_controllen = mping_cmsg_write(sock->tx.control[i], tx[i].opts, sock->io.family,
                                           sock->mark, is_chosen(chosen, i));
}

static int prepare_run(struct mping_sock *sock, struct mping_tx *tx, size_t n, int pmtudisc,
                       uint32_t chosen)
{
    size_t bytes_max = 0;
    int r;

    for (size_t i = 0; i < n; i++) {
        struct msghdr *hdr = &sock->tx.msgs[i].msg_hdr;

        assert(tx[i].dst.family == sock->io.family);
        hdr->msg_namelen = mping_sockaddr_set(&sock->tx.names[i], &tx[i].dst);
        set_iov(sock, i, &tx[i]);
        set_control(sock, i, tx, chosen);
        if (icmp_bytes(&tx[i]) > bytes_max)
            bytes_max = icmp_bytes(&tx[i]);
    }
    r = mping_sock_reserve_rx(sock, bytes_max);
    return r < 0 ? r : set_pmtudisc(sock, pmtudisc);
}

static void set_failed(struct mping_tx *tx, size_t n, int err)
{
    int64_t now_ns = n > 0 ? mping_mono_ns() : 0;

    for (size_t i = 0; i < n; i++) {
        tx[i].err = err;
        tx[i].sent_ns = now_ns;
        tx[i].stamp = MPING_STAMP_NONE;
    }
}

/* Spreads the packets over the time that the call took. */
static void set_sent(struct mping_tx *tx, size_t sent, size_t tried, int64_t before_ns,
                     int64_t after_ns)
{
    /* The packet that ended the batch early took its share of it, too. */
    size_t shares = sent < tried ? sent + 1 : sent;
    int64_t share_ns = (after_ns - before_ns) / (int64_t)shares;

    for (size_t i = 0; i < sent; i++) {
        tx[i].err = 0;
        tx[i].sent_ns = mping_between(before_ns, (int64_t)i * share_ns);
        tx[i].began_ns = before_ns;
        tx[i].stamp = MPING_STAMP_USER;
    }
}

/* Fetches the error that some earlier packet's ICMP error has left on the socket. */
static void clear_error(int fd)
{
    int err;
    socklen_t len = sizeof(err);

    getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len);
}

/*
 * What to do about a failed send of one packet. Returns 0 to try it again, -EAGAIN or
 * -ENOBUFS if the way out is full, or else the error that is its own.
 */
static int judge_error(struct mping_sock *sock, int err, int tries)
{
    if (err == EAGAIN || err == ENOBUFS)
        return -err;
    if (tries <= SEND_RETRIES) {
        clear_error(sock->io.fd);
        mping_sock_interrupted(sock);
        return 0;
    }
    return err == EINTR ? -EAGAIN : -err;
}

static bool is_full(int err)
{
    return err == -EAGAIN || err == -ENOBUFS;
}

/* Whatever has ended it early may be an error that an earlier packet has caused. */
static void note_failed(struct mping_sock *sock)
{
    sock->io.errors_waiting = true;
    sock->stamps.uncertain = true;
}

/* The first `sent` of the packets from `from` on have left between before_ns and after_ns. */
static void note_sent(struct mping_sock *sock, struct mping_tx *tx, size_t from, size_t sent,
                      size_t tried, uint32_t chosen, int64_t before_ns)
{
    const struct mping_stamp_run run = {
        .n = sent,
        .chosen = sock->stamps.uncertain ? 0 : chosen >> from & ((UINT32_C(1) << sent) - 1),
        .first_key = sock->stamps.next_key,
        .before_ns = before_ns,
        .after_ns = mping_mono_ns(),
    };

    set_sent(tx + from, sent, tried, before_ns, run.after_ns);
    mping_sock_take_stamps(sock, tx + from, &run);
}

/*
 * What a queueing discipline refuses it counts as a drop. A call that has sent some packets does
 * not say why it ended, perhaps for the same one.
 */
static void note_refused(struct mping_sock *sock, int err, bool partly)
{
    if (err != ENOBUFS)
        return;
    sock->io.refused_least++;
    sock->io.refused_most += partly ? 2 : 1;
}

/* Sends the prepared run; returns how many have left or failed, fewer than n if *ret_full. */
static size_t send_run(struct mping_sock *sock, struct mping_tx *tx, size_t n, uint32_t chosen,
                       int *ret_full)
{
    size_t done = 0;
    bool partly = false;
    int tries = 0;

    while (done < n) {
        size_t left = n - done;
        int64_t before_ns = mping_mono_ns();
        int sent = sendmmsg(sock->io.fd, sock->tx.msgs + done, (unsigned)left, MSG_DONTWAIT);
        int err;

        if (sent > 0)
            note_sent(sock, tx, done, (size_t)sent, left, chosen, before_ns);
        if (sent < (int)left)
            note_failed(sock);
        if (sent > 0) {
            done += (size_t)sent;
            tries = 0;
            partly = true;
            continue;
        }
        note_refused(sock, errno, partly);
        partly = false;
        err = judge_error(sock, errno, ++tries);
        if (is_full(err)) {
            *ret_full = err;
            break;
        }
        if (err < 0) {
            set_failed(tx + done, 1, err);
            done++;
            tries = 0;
        }
    }
    return done;
}

void mping_sock_send(struct mping_backend *io, struct mping_tx *tx, size_t n)
{
    struct mping_sock *sock = sock_of(io);
    size_t done = 0;

    assert(n <= MPING_BATCH);
    while (done < n) {
        int pmtudisc = pmtudisc_for(sock, &tx[done]);
        size_t len = run_length(sock, tx + done, n - done, pmtudisc);
        uint32_t chosen;
        int full = 0;
        int r;

        if (is_refused(sock, &tx[done])) {
            set_failed(tx + done, 1, -EOPNOTSUPP);
            done++;
            continue;
        }
        chosen = mping_sock_choose_stamps(sock, tx + done, len);
        r = prepare_run(sock, tx + done, len, pmtudisc, chosen);
        if (r < 0) {
            set_failed(tx + done, len, r);
            done += len;
            continue;
        }
        done += send_run(sock, tx + done, len, chosen, &full);
        if (full) {
            set_failed(tx + done, n - done, full);
            return;
        }
    }
}
