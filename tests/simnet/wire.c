/* SPDX-License-Identifier: Apache-2.0 */
#include "simnet/wire.h"

#include <netinet/in.h>
#include <string.h>

#include "simnet/packet.h"

enum { TTL = 64, IP4_OPTION_BYTES = 8, IP6_EXT_BYTES = 8, IP6_HOPOPTS = 0, IP6_DSTOPTS = 60 };

static uint32_t sum(uint32_t total, const uint8_t *data, size_t len)
{
    for (; len >= 2; data += 2, len -= 2)
        total += sn_get16(data);
    if (len)
        total += (uint32_t)*data << 8;
    return total;
}

static uint16_t fold(uint32_t total)
{
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return (uint16_t)~total;
}

uint16_t sn_ip4_checksum(const uint8_t *ip, size_t len)
{
    return fold(sum(0, ip, len));
}

/* Eight bytes of IPv4 options (RFC 791). */
static const uint8_t *options4(int extension)
{
    static const uint8_t nop[IP4_OPTION_BYTES] = {1, 1, 1, 1, 1, 1, 1, 0};
    static const uint8_t route[IP4_OPTION_BYTES] = {7, 7, 4, 0, 0, 0, 0, 0};
    static const uint8_t stamp[IP4_OPTION_BYTES] = {68, 8, 5, 0, 0, 0, 0, 0};
    static const uint8_t bad[IP4_OPTION_BYTES] = {7, 0, 200, 0, 0, 0, 0, 0};

    switch (extension) {
    case SN_OPTION_ROUTE:
        return route;
    case SN_OPTION_STAMP:
        return stamp;
    case SN_OPTION_BAD:
        return bad;
    default:
        return nop;
    }
}

static size_t begin4(uint8_t *ip, const uint8_t *src, const uint8_t *dst, int extension)
{
    size_t len = SN_IP4_HEADER;

    memset(ip, 0, len);
    if (extension != SN_PLAIN) {
        memcpy(ip + len, options4(extension), IP4_OPTION_BYTES);
        len += IP4_OPTION_BYTES;
    }
    ip[0] = (uint8_t)(0x40 | len / 4);
    ip[8] = TTL;
    ip[9] = IPPROTO_ICMP;
    memcpy(ip + 12, src, 4);
    memcpy(ip + 16, dst, 4);
    return len;
}

/* The extension headers: padding that a host skips, or an option that is longer than they are. */
static size_t begin6(uint8_t *ip, const uint8_t *src, const uint8_t *dst, int extension)
{
    size_t len = SN_IP6_HEADER;

    memset(ip, 0, len);
    ip[0] = 0x60;
    ip[6] = IPPROTO_ICMPV6;
    ip[7] = TTL;
    memcpy(ip + 8, src, 16);
    memcpy(ip + 24, dst, 16);
    if (extension != SN_PLAIN) {
        uint8_t *ext = ip + len;

        memset(ext, 0, IP6_EXT_BYTES);
        ext[0] = IPPROTO_ICMPV6;
        ext[2] = 1; /* PadN */
        ext[3] = extension == SN_OPTION_BAD ? 200 : 4;
        ip[6] = extension == SN_OPTION_STAMP ? IP6_DSTOPTS : IP6_HOPOPTS;
        len += IP6_EXT_BYTES;
    }
    return len;
}

void sn_packet_begin(struct sn_packet *packet, bool v6, const uint8_t *src, const uint8_t *dst,
                     int extension)
{
    packet->v6 = v6;
    packet->icmp =
        v6 ? begin6(packet->data, src, dst, extension) : begin4(packet->data, src, dst, extension);
    packet->len = packet->icmp;
}

void sn_packet_append(struct sn_packet *packet, const uint8_t *data, size_t len)
{
    memcpy(packet->data + packet->len, data, len);
    packet->len += len;
}

void sn_packet_finish(struct sn_packet *packet)
{
    uint8_t *ip = packet->data, *icmp = ip + packet->icmp;
    size_t icmp_len = packet->len - packet->icmp;
    uint32_t total = 0;

    if (packet->v6) {
        sn_put16(ip + 4, (unsigned)(packet->len - SN_IP6_HEADER));
        total = sum((uint32_t)icmp_len + IPPROTO_ICMPV6, ip + 8, 32);
    } else {
        sn_put16(ip + 2, (unsigned)packet->len);
        sn_put16(ip + 10, sn_ip4_checksum(ip, packet->icmp));
    }
    if (icmp_len < 4)
        return;
    sn_put16(icmp + 2, 0);
    sn_put16(icmp + 2, fold(sum(total, icmp, icmp_len)));
}
