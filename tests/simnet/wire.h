/* SPDX-License-Identifier: Apache-2.0 */
/* Headers and checksums. */
#ifndef MPING_SIMNET_WIRE_H
#define MPING_SIMNET_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline uint16_t sn_get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline void sn_put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

/* A packet under construction: IP header and extensions, then ICMP. */
struct sn_packet {
    uint8_t *data;
    bool v6;
    size_t icmp; /* where ICMP begins */
    size_t len;
};

/* The headers; extension is one of the SN_OPTION_* variants, or SN_PLAIN. */
void sn_packet_begin(struct sn_packet *packet, bool v6, const uint8_t *src, const uint8_t *dst,
                     int extension);

void sn_packet_append(struct sn_packet *packet, const uint8_t *data, size_t len);

/* Sets lengths and checksums. */
void sn_packet_finish(struct sn_packet *packet);

/* The checksum of an IPv4 header. */
uint16_t sn_ip4_checksum(const uint8_t *ip, size_t len);

#endif
