/* SPDX-License-Identifier: Apache-2.0 */
/* ICMP and ICMPv6 echo on the wire: RFC 792, 4443, 1071. Pure functions over bytes. */
#ifndef MPING_CORE_ICMP_H
#define MPING_CORE_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/packet.h"

enum {
    MPING_ICMP4_ECHO_REPLY = 0,
    MPING_ICMP4_UNREACHABLE = 3,
    MPING_ICMP4_SOURCE_QUENCH = 4,
    MPING_ICMP4_REDIRECT = 5,
    MPING_ICMP4_ECHO_REQUEST = 8,
    MPING_ICMP4_TIME_EXCEEDED = 11,
    MPING_ICMP4_PARAMETER = 12,
    MPING_ICMP4_TIMESTAMP = 13,
    MPING_ICMP4_TIMESTAMP_REPLY = 14,
    MPING_ICMP6_UNREACHABLE = 1,
    MPING_ICMP6_TOO_BIG = 2,
    MPING_ICMP6_TIME_EXCEEDED = 3,
    MPING_ICMP6_PARAMETER = 4,
    MPING_ICMP6_ECHO_REQUEST = 128,
    MPING_ICMP6_ECHO_REPLY = 129,
};

enum mping_icmp_kind {
    MPING_ICMP_MALFORMED, /* too short or contradicting itself */
    MPING_ICMP_OTHER,     /* well formed, but neither of those below */
    MPING_ICMP_REPLY,     /* echo reply or timestamp reply */
    MPING_ICMP_ERROR      /* an error that quotes an echo or timestamp request */
};

/* What a received datagram says. Pointers lead into its bytes. */
struct mping_icmp {
    enum mping_icmp_kind kind;
    bool checksum_ok; /* the kernel's word, or verified here (IPv4 on raw sockets) */
    uint8_t type, code;
    uint16_t id, seq;       /* of the reply, or of the echo request quoted */
    uint32_t bytes;         /* ICMP header and all behind it */
    uint32_t info;          /* errors: MTU, pointer or gateway */
    const uint8_t *payload; /* behind the echo header, of the reply or as far as quoted */
    uint32_t payload_len;
    struct mping_addr quoted_src, quoted_dst; /* errors */
    int16_t ttl, tos;                         /* of the datagram; -1: unknown */
};

/* Takes a received datagram apart. */
void mping_icmp_parse(const struct mping_rx *rx, struct mping_icmp *ret_icmp);

/*
 * Internet checksum arithmetic (RFC 1071): the folded one's complement sum of len bytes,
 * which begin at an even offset, added to `sum`. A packet is whole if its sum is 0xffff.
 */
uint16_t mping_icmp_sum(uint16_t sum, const uint8_t *data, size_t len);

/*
 * Writes the header of an echo request over head[0..7]; for IPv4 with the checksum of
 * head[0..head_len) and of a tail that sums up to tail_sum. IPv6 is left to the kernel.
 */
void mping_icmp_build(uint8_t *head, size_t head_len, uint16_t tail_sum, int family, uint16_t id,
                      uint16_t seq);

/*
 * Writes a timestamp request: header and the 12 bytes of originate, receive and transmit
 * time, which for the latter two is left to the other side.
 */
void mping_icmp_build_timestamp(uint8_t head[MPING_ICMP_HEADER + MPING_TIMESTAMP_BYTES],
                                uint16_t id, uint16_t seq, uint32_t originate_ms);

#endif
