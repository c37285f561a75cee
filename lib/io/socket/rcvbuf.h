/* SPDX-License-Identifier: Apache-2.0 */
/* The socket's buffers, and what was lost because they were full. */
#ifndef MPING_IO_SOCKET_RCVBUF_H
#define MPING_IO_SOCKET_RCVBUF_H

#include <stdint.h>

enum {
    MPING_RCVBUF_MAX_BYTES = 32 << 20,
    MPING_REPLY_CHARGE_BYTES = 832 /* what the kernel charges for one small reply */
};

/*
 * Asks for a receive buffer (0: MPING_RCVBUF_MAX_BYTES), past the system's limit where
 * allowed. Returns the small replies that the granted one holds.
 */
uint32_t mping_rcvbuf_ask(int fd, uint32_t bytes);

/* Asks for a send buffer; 0 leaves the system's default. */
void mping_sndbuf_ask(int fd, uint32_t bytes);

/* The state of the receive buffer. */
struct mping_rcvbuf {
    uint32_t drops;        /* packets the kernel has not put into it, modulo 2^32 */
    uint32_t queued_bytes; /* charged for what waits in it */
    uint32_t limit_bytes;  /* it is full beyond these */
};

/* Returns 0 or -errno. */
int mping_rcvbuf_state(int fd, struct mping_rcvbuf *ret_state);

/* The most that the kernel may have charged for a datagram of len bytes. */
uint64_t mping_rcvbuf_charge_max(uint32_t len);

/* The 64-bit count that follows `count` when the low 32 bits have become `low`. */
uint64_t mping_rcvbuf_extend(uint64_t count, uint32_t low);

#endif
