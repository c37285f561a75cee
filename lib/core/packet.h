/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets as they pass between the core and a backend: addresses, bytes and times, no
 * sockets. Both sides work on batches of at most MPING_BATCH.
 */
#ifndef MPING_CORE_PACKET_H
#define MPING_CORE_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include <multiping/addr.h>

enum {
    MPING_BATCH = 64,      /* packets per call; larger ones lose to the cache */
    MPING_ICMP_HEADER = 8, /* bytes of an echo header */
    MPING_PROOF_BYTES = 8, /* keyed hash at the head of the payload */
    MPING_TAG_BYTES = 8,   /* target and count behind it: tells whose reply strayed */
    MPING_TX_HEAD = MPING_ICMP_HEADER + MPING_PROOF_BYTES + MPING_TAG_BYTES,
    MPING_TIMESTAMP_BYTES = 12, /* payload of a timestamp request */
    MPING_PAYLOAD_MAX = 65507,  /* 65,535 - IPv4 header - ICMP header */
    MPING_DF_ALWAYS_MAX = 1280  /* IP packets up to this size fit any sane path */
};

/* How to send: the same for all probes of a profile. */
struct mping_tx_opts {
    struct mping_addr source; /* family 0: as routed */
    uint32_t ifindex;         /* 0: as routed */
    uint32_t mark;            /* 0: none */
    int16_t ttl;              /* 0: default */
    int16_t tos;              /* -1: default */
    bool dont_fragment;       /* DF set, never fragmented here or on the way */
    bool stamp;               /* the kernel's stamp of sending for each, whatever it costs */
};

/* One probe to send. The packet is head, then tail. */
struct mping_tx {
    struct mping_addr dst;
    const struct mping_tx_opts *opts;
    const uint8_t *tail; /* shared by all probes of a profile */
    uint32_t tail_len;
    uint32_t id_index;           /* which of the engine's ids of this family it has */
    uint32_t probe;              /* the core's own note */
    uint16_t id;                 /* as in the header */
    uint8_t head_len;            /* 8 to 24 */
    uint8_t head[MPING_TX_HEAD]; /* ICMP header, proof, tag; the IPv4 checksum is final */

    /* Filled in by the backend. */
    uint8_t stamp;   /* enum mping_stamp */
    int err;         /* 0: has left. -EAGAIN, -ENOBUFS: full, try again. Else final -errno */
    int64_t sent_ns; /* when it left, CLOCK_MONOTONIC */
    /* Not later than it left: before the call that has sent it. 0: sent_ns is all that is known. */
    int64_t began_ns;
};

/* One datagram received. */
struct mping_rx {
    const uint8_t *data; /* the backend's, until its next recv */
    int64_t received_ns; /* CLOCK_MONOTONIC */
    int64_t read_ns;     /* not before it arrived: after the call that has read it */
    uint32_t ifindex;    /* the interface it came in through, IPv6 only; 0: unknown */
    uint32_t len;        /* bytes really received, never more than stored */
    struct mping_addr from;
    struct mping_addr to;   /* the local address it came to; family 0: unknown */
    int16_t ttl;            /* -1: unknown; with ip_header taken from there */
    int16_t tos;            /* likewise */
    bool ip_header;         /* data starts with the IPv4 header, else with ICMP */
    bool checksum_verified; /* the kernel has checked the ICMP checksum */
    bool cut;               /* the datagram was longer than the buffer */
    uint8_t stamp;          /* enum mping_stamp */
};

/* An ICMP error that the kernel has already taken apart (ping sockets' error queue). */
struct mping_rx_error {
    struct mping_addr dst;  /* destination of the quoted packet */
    struct mping_addr from; /* who sent the error; family 0: unknown */
    uint16_t id;            /* of the quoted echo request, as on the wire */
    uint16_t seq;
    uint8_t type; /* IPv4 or IPv6 numbering, by the family of dst */
    uint8_t code;
    uint8_t stamp; /* enum mping_stamp */
    uint32_t info; /* MTU, pointer or gateway */
    int64_t received_ns;
};

#endif
