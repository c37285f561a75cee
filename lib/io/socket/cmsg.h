/* SPDX-License-Identifier: Apache-2.0 */
/* Control messages: options of single packets, and what the kernel tells of received ones. */
#ifndef MPING_IO_SOCKET_CMSG_H
#define MPING_IO_SOCKET_CMSG_H

#include <time.h> /* linux/errqueue.h does not bring in what it needs */

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "core/packet.h"

/* Room for control messages; IPv6 needs the more. */
enum {
    MPING_TX_CONTROL_BYTES = 160, /* packet info, TTL, TOS, mark, wish for a stamp */
    MPING_RX_CONTROL_BYTES = 320, /* stamps, packet info, TTL, TOS, drops */
    MPING_ERR_CONTROL_BYTES = 384 /* these, and an error with its sender */
};

/*
 * Writes what opts asks for beyond the defaults of a socket of this family and mark, and
 * whether the kernel should stamp the packet when it leaves, into control, which is aligned for
 * struct cmsghdr and has room for MPING_TX_CONTROL_BYTES. Returns the bytes used, 0 if the defaults
 * will do.
 */
size_t mping_cmsg_write(uint8_t *control, const struct mping_tx_opts *opts, int family,
                        uint32_t sock_mark, bool stamp);

struct mping_cmsgs {
    bool stamped;
    uint32_t drops;  /* the socket's when the packet was queued, modulo 2^32; 0: none */
    int64_t real_ns; /* if stamped: CLOCK_REALTIME */
    bool tx_stamped;
    int64_t tx_real_ns;   /* if tx_stamped: when the packet left, CLOCK_REALTIME */
    struct mping_addr to; /* family 0: not told */
    uint32_t ifindex;     /* came in through it; 0: not told */
    int16_t ttl;          /* -1: not told */
    int16_t tos;          /* likewise */
    bool has_error;
    struct sock_extended_err error; /* if has_error */
    struct mping_addr offender;     /* likewise; family 0: unknown */
};

/* Takes the control messages of one received packet apart. */
void mping_cmsg_read(struct mping_cmsgs *ret_cmsgs, struct msghdr *msg);

#endif
