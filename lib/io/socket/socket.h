/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What raw and ping sockets have in common: one object with everything that a batch needs,
 * so that nothing is allocated per packet. Inside lib/io only.
 */
#ifndef MPING_IO_SOCKET_SOCKET_H
#define MPING_IO_SOCKET_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/sockaddr.h"
#include "io/backend.h"
#include "io/socket/cmsg.h"
#include "io/socket/rcvbuf.h"
#include "io/wall_clock.h"

enum {
    MPING_SEND_BATCH = 16, /* packets between two looks at the clock */

    /* Up to this size a packet is copied together: the kernel takes one piece faster than two. */
    MPING_TX_WHOLE_BYTES = 256,

    MPING_ERR_DATA_BYTES = MPING_ICMP_HEADER, /* all that is wanted of a returned packet */

    /*
     * Receive buffers. An odd number of cache lines apart, else the heads of all of them
     * would compete for the same few sets of the cache.
     */
    MPING_RX_SMALL_BYTES = 33 * 64,
    MPING_RX_LARGE_BYTES = 1025 * 64
};

struct mping_sock_tx {
    struct mmsghdr msgs[MPING_SEND_BATCH];
    struct iovec iov[MPING_SEND_BATCH][2]; /* head, tail; or all of it */
    uint8_t data[MPING_SEND_BATCH][MPING_TX_WHOLE_BYTES];
    union mping_sockaddr names[MPING_SEND_BATCH];
    _Alignas(struct cmsghdr) uint8_t control[MPING_SEND_BATCH][MPING_TX_CONTROL_BYTES];
    int pmtudisc; /* IP_MTU_DISCOVER or IPV6_MTU_DISCOVER as it stands */
};

/* See tx_stamp.c. */
struct mping_sock_stamps {
    bool able;
    bool uncertain;    /* a failed send may have been counted, or not */
    bool late;         /* stamps have come after the call, or never */
    unsigned reports;  /* options of SO_TIMESTAMPING but for the count */
    uint32_t next_key; /* of the next packet with a stamp */
    uint32_t silent;   /* asked for in a row in vain */
    int64_t asked_ns;
    int64_t budget_ns, earned_ns; /* what stamps may cost */
};

/* What one call has sent: the first n packets, some of them with a wish for a stamp. */
struct mping_stamp_run {
    size_t n;
    uint32_t chosen; /* bit i: packet i */
    uint32_t first_key;
    int64_t before_ns, after_ns;
};

struct mping_sock_rx {
    struct mmsghdr msgs[MPING_BATCH];
    struct iovec iov[MPING_BATCH];
    union mping_sockaddr names[MPING_BATCH];
    _Alignas(struct cmsghdr) uint8_t control[MPING_BATCH][MPING_RX_CONTROL_BYTES];
    uint8_t *data;       /* MPING_BATCH buffers of stride bytes */
    uint8_t *large_data; /* larger ones, in use from the next recv on; NULL: none needed */
    size_t stride;
    size_t used; /* messages that the last read may have changed */
    int64_t dry_ns;
    int64_t dry_before_ns; /* the mark before that one */
};

struct mping_sock_err {
    struct mmsghdr msgs[MPING_BATCH];
    struct iovec iov[MPING_BATCH];
    union mping_sockaddr names[MPING_BATCH];
    _Alignas(struct cmsghdr) uint8_t control[MPING_BATCH][MPING_ERR_CONTROL_BYTES];
    uint8_t data[MPING_BATCH][MPING_ERR_DATA_BYTES];
    int64_t dry_ns;
    struct mping_rx_error kept[MPING_SEND_BATCH]; /* met while looking for stamps */
    size_t kept_n;
};

struct mping_sock {
    struct mping_backend io;
    bool ip_header;           /* packets come with their IPv4 header and an unchecked checksum */
    uint32_t mark;            /* SO_MARK of the socket */
    struct mping_addr source; /* it is bound to; family 0: to none */
    uint64_t drops;           /* packets lost because the receive buffer was full */
    uint64_t kernel_drops;    /* these, and what the kernel found to be broken */
    uint64_t charged_bytes;   /* the most that what was read since then can have taken up in it */
    uint64_t unread_bytes;    /* the same since it was last empty */
    bool may_overflow;        /* since the last look it has held as much as it can, perhaps */
    uint16_t ids_first;       /* the filter as it stands */
    uint32_t ids_count;
    int64_t opened_ns;
    struct mping_clock clock;
    struct mping_sock_tx tx;
    struct mping_sock_rx rx;
    struct mping_sock_err err;
    struct mping_sock_stamps stamps;
};

static inline struct mping_sock *sock_of(struct mping_backend *io)
{
    void *sock = io; /* its first member */

    return sock;
}

/*
 * A call has failed for an ICMP error that came in. Perhaps that is what ended the last read, and
 * not that the socket was dry.
 */
static inline void mping_sock_interrupted(struct mping_sock *sock)
{
    sock->rx.dry_ns = sock->rx.dry_before_ns;
}

/*
 * Opens a socket of a type (SOCK_RAW, SOCK_DGRAM) for ICMP of opts->family and sets all
 * options that both kinds share. Returns 0 or -errno.
 */
int mping_sock_open(struct mping_sock **ret_sock, const struct mping_backend_ops *ops, int type,
                    const struct mping_backend_opts *opts);
uint64_t mping_sock_drops(struct mping_backend *io);
void mping_sock_free(struct mping_backend *io);
/* Whether what has been read since the buffer was last empty may have filled it. */
static inline bool mping_sock_is_filled(const struct mping_sock *sock)
{
    return sock->unread_bytes + mping_rcvbuf_charge_max(0) >=
           (uint64_t)sock->io.rcvbuf_packets * MPING_REPLY_CHARGE_BYTES;
}

#endif
