/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns packets of the fake network into bytes, the way raw and ping sockets hand them up.
 * Shares no code with the core's own codec.
 */
#ifndef MPING_SIM_WIRE_H
#define MPING_SIM_WIRE_H

#include "ledger.h"

enum {
    WIRE_MAX = 60 + 60 + 65535, /* bytes that any packet may need */
    FOREIGN_ID = 0x8000,        /* ids with this bit are never ours */
};

/* Our own address. */
static inline uint32_t wire_ourselves(bool v6)
{
    return host_of(v6 ? HOST_V6 : HOST_V4, 1);
}

/* What kind of socket the packets come from. */
struct wire {
    bool raw4;        /* IPv4: with IP header, checksum not verified */
    bool user_stamps; /* received_ns is when it was read */
};

/* What an ICMP error says, decided by its random bits. */
struct wire_error {
    uint8_t type, code;
    uint32_t from; /* host that sends it */
    uint32_t info; /* MTU, pointer or gateway */
    uint32_t quoted_source, quoted_host;
    uint16_t quoted_id, quoted_seq;
    uint8_t quoted_type; /* an echo request, if it is to be believed */
    uint8_t quoted_protocol;
    uint8_t options;    /* bytes of IP options in the quoted header */
    uint8_t extensions; /* IPv6: bytes of extension headers in the quote */
    uint16_t quoted;    /* bytes quoted behind the IP headers */
    bool bad_header;    /* the quoted IP header is broken */
    bool fragment;      /* the quote claims to be a later fragment */
    bool bad_proof;     /* the quoted payload is not ours */
};

struct wire_error wire_error_of(const struct ledger *ledger, const struct happening *packet);

/* Writes a packet into buf[WIRE_MAX] and describes it, all but the stamps. */
void wire_build(const struct wire *wire, const struct ledger *ledger,
                const struct happening *packet, uint8_t *buf, struct mping_rx *ret_rx);
/* The same for the error queue of a ping socket. */
struct mping_rx_error wire_build_error(const struct ledger *ledger, const struct happening *packet);

/* The payload of a probe as it was sent; returns its length. */
size_t wire_payload(const struct sim_target *target, uint64_t count, uint8_t *buf);
/* RFC 1071, over bytes that may have an odd length. */
uint16_t wire_checksum(const uint8_t *data, size_t len);

/* The payload of a reply has this length. */
size_t wire_reply_len(const struct ledger *ledger, const struct happening *packet);
/* Whether a packet is a reply that a pinger must believe. */
bool wire_is_true(const struct ledger *ledger, const struct happening *packet);

/* The kind a mangled reply takes, as far as the probe has bytes to mangle. */
enum kind wire_possible(const struct wire *wire, const struct sim_profile *profile, uint32_t host,
                        enum kind kind);

#endif
