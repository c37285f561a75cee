/* SPDX-License-Identifier: Apache-2.0 */
#include "lab_packet.h"

#include <string.h>
#include <sys/socket.h>

enum {
    IP4_HEADER = 20,
    IP6_HEADER = 40,
    ICMP_HEADER = 8,
    PROTO_ICMP4 = 1,
    PROTO_ICMP6 = 58,
    ECHO4_REPLY = 0,
    ECHO4_REQUEST = 8,
    ECHO6_REQUEST = 128,
    ECHO6_REPLY = 129,
    DEFAULT_TTL = 64,
};

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static unsigned get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

uint16_t lab_echo_id(const struct lab_packet *packet)
{
    return (uint16_t)get16(packet->icmp + 4);
}

uint16_t lab_echo_seq(const struct lab_packet *packet)
{
    return (uint16_t)get16(packet->icmp + 6);
}

void lab_echo_set_id(struct lab_packet *packet, uint16_t id)
{
    put16(packet->icmp + 4, id);
}

void lab_echo_set_seq(struct lab_packet *packet, uint16_t seq)
{
    put16(packet->icmp + 6, seq);
}

/* RFC 1071: adds bytes to a sum of 16-bit words; only the last call may have an odd length. */
static uint32_t sum_add(uint32_t sum, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i + 1 < len; i += 2)
        sum += get16(data + i);
    if (len % 2)
        sum += (uint32_t)data[len - 1] << 8;
    return sum;
}

static unsigned sum_fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

static bool parse4(struct lab_packet *packet, const uint8_t *data, size_t len)
{
    if (len < IP4_HEADER + ICMP_HEADER || data[0] != 0x45 || data[9] != PROTO_ICMP4)
        return false;
    packet->family = AF_INET;
    packet->tos = data[1];
    packet->ttl = data[8];
    packet->dont_fragment = data[6] & 0x40;
    memcpy(packet->src, data + 12, 4);
    memcpy(packet->dst, data + 16, 4);
    packet->icmp_len = len - IP4_HEADER;
    memcpy(packet->icmp, data + IP4_HEADER, packet->icmp_len);
    return packet->icmp[0] == ECHO4_REQUEST;
}

static bool parse6(struct lab_packet *packet, const uint8_t *data, size_t len)
{
    if (len < IP6_HEADER + ICMP_HEADER || data[0] >> 4 != 6 || data[6] != PROTO_ICMP6)
        return false;
    packet->family = AF_INET6;
    packet->tos = (uint8_t)(data[0] << 4 | data[1] >> 4);
    packet->ttl = data[7];
    memcpy(packet->src, data + 8, 16);
    memcpy(packet->dst, data + 24, 16);
    packet->icmp_len = len - IP6_HEADER;
    memcpy(packet->icmp, data + IP6_HEADER, packet->icmp_len);
    return packet->icmp[0] == ECHO6_REQUEST;
}

bool lab_packet_parse(struct lab_packet *ret_packet, const uint8_t *data, size_t len)
{
    memset(ret_packet, 0, sizeof(*ret_packet));
    if (len > LAB_PACKET_MAX)
        return false;
    return parse4(ret_packet, data, len) || parse6(ret_packet, data, len);
}

static size_t build4(const struct lab_packet *packet, uint8_t *data)
{
    uint8_t *icmp = data + IP4_HEADER;
    size_t len = IP4_HEADER + packet->icmp_len;

    memset(data, 0, IP4_HEADER);
    data[0] = 0x45;
    data[1] = packet->tos;
    put16(data + 2, (unsigned)len);
    data[8] = packet->ttl;
    data[9] = PROTO_ICMP4;
    memcpy(data + 12, packet->src, 4);
    memcpy(data + 16, packet->dst, 4);
    put16(data + 10, sum_fold(sum_add(0, data, IP4_HEADER)));
    put16(icmp + 2, sum_fold(sum_add(0, icmp, packet->icmp_len)));
    return len;
}

static size_t build6(const struct lab_packet *packet, uint8_t *data)
{
    uint8_t *icmp = data + IP6_HEADER;
    uint32_t sum = PROTO_ICMP6 + (uint32_t)packet->icmp_len;

    memset(data, 0, IP6_HEADER);
    data[0] = (uint8_t)(0x60 | packet->tos >> 4);
    data[1] = (uint8_t)(packet->tos << 4);
    put16(data + 4, (unsigned)packet->icmp_len);
    data[6] = PROTO_ICMP6;
    data[7] = packet->ttl;
    memcpy(data + 8, packet->src, 16);
    memcpy(data + 24, packet->dst, 16);
    sum = sum_add(sum, data + 8, 32);
    put16(icmp + 2, sum_fold(sum_add(sum, icmp, packet->icmp_len)));
    return IP6_HEADER + packet->icmp_len;
}

size_t lab_packet_build(const struct lab_packet *packet, uint8_t *ret_data)
{
    size_t header = packet->family == AF_INET ? IP4_HEADER : IP6_HEADER;
    uint8_t *icmp = ret_data + header;
    size_t len;

    memcpy(icmp, packet->icmp, packet->icmp_len);
    put16(icmp + 2, 0);
    len = packet->family == AF_INET ? build4(packet, ret_data) : build6(packet, ret_data);
    if (packet->bad_checksum)
        icmp[3] ^= 0x01;
    return len;
}

struct lab_packet lab_packet_reply(const struct lab_packet *request)
{
    struct lab_packet reply = *request;

    memcpy(reply.src, request->dst, sizeof(reply.src));
    memcpy(reply.dst, request->src, sizeof(reply.dst));
    reply.ttl = DEFAULT_TTL;
    reply.icmp[0] = request->family == AF_INET ? ECHO4_REPLY : ECHO6_REPLY;
    return reply;
}

struct lab_packet lab_packet_unreachable(const struct lab_packet *request)
{
    struct lab_packet error = lab_packet_reply(request);
    uint8_t quote[LAB_PACKET_MAX + IP6_HEADER];
    size_t len = lab_packet_build(request, quote);

    memset(error.icmp, 0, ICMP_HEADER);
    error.icmp[0] = request->family == AF_INET ? 3 : 1;
    error.icmp[1] = request->family == AF_INET ? 1 : 3;
    if (len > 548)
        len = 548;
    memcpy(error.icmp + ICMP_HEADER, quote, len);
    error.icmp_len = ICMP_HEADER + len;
    return error;
}
