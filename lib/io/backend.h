/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A backend: one way to move ICMP packets of one address family. All calls are made from
 * one thread at a time and never block. Nothing above this header knows which one runs.
 */
#ifndef MPING_IO_BACKEND_H
#define MPING_IO_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/packet.h"

struct mping_backend;

struct mping_backend_opts {
    int family;            /* AF_INET or AF_INET6 */
    uint32_t rcvbuf_bytes; /* 0: as large as the system grants, 32 MiB at most */
    uint32_t sndbuf_bytes; /* 0: the system's default */
    uint32_t mark;         /* SO_MARK of the socket; 0: none */
    bool broadcast;        /* SO_BROADCAST */

    /* Ping sockets only: the address to send from, and an id to share with another one. */
    struct mping_addr source; /* family 0: as routed */
    uint16_t id;              /* 0: a free one */
};

struct mping_backend_ops {
    const char *name; /* "raw4", "ping6", ... */
    bool own_id;      /* the socket has exactly one id, chosen by the kernel */

    /*
     * Sends the first n of tx (n <= MPING_BATCH) in order and fills err, sent_ns and stamp
     * of every one. A full buffer gives -EAGAIN or -ENOBUFS to the probe it hit and to all
     * behind it; any other error is that probe's own and the rest goes on.
     */
    void (*send)(struct mping_backend *io, struct mping_tx *tx, size_t n);

    /* Fills up to n of rx (n <= MPING_BATCH); returns how many, 0 when dry, or -errno. */
    int (*recv)(struct mping_backend *io, struct mping_rx *rx, size_t n);

    /*
     * Empties the error queue into up to n of errors; returns how many, 0 when empty. Nothing
     * is in it while errors_waiting is false after a recv that left nothing.
     */
    int (*recv_errors)(struct mping_backend *io, struct mping_rx_error *errors, size_t n);

    /*
     * Received packets that the kernel has dropped since the socket was opened. Costs a system
     * call: before a packet is judged, drops_moved tells whether it is worth it.
     */
    uint64_t (*drops)(struct mping_backend *io);

    /*
     * Lets replies and errors with ids first to first + n - 1 (modulo 65,536) pass the
     * filter; others need not be handed up. With own_id nothing needs to be done.
     */
    int (*set_ids)(struct mping_backend *io, uint16_t first, uint32_t n);

    void (*free)(struct mping_backend *io); /* NULL is allowed */
};

struct mping_backend {
    const struct mping_backend_ops *ops;
    int fd; /* to poll: readable for packets, POLLERR for the error queue */
    int family;
    uint16_t id;             /* own_id: the id on the wire */
    uint32_t rcvbuf_packets; /* small replies that the receive buffer holds */
    uint64_t drops_known;    /* the user's: of its drops, those already taken note of */
    bool drops_moved;        /* recv has seen a packet that came after new drops: see drops() */
    uint32_t refused_least, refused_most; /* sends that met a full queue, until the user sets them
                                             to 0: so many at least, and at the most */
    bool errors_waiting; /* send or recv has met a sign of something in the error queue */
    bool pressed;        /* the user's: more is due than can be sent, so no stamps unasked */
};

#endif
