/* SPDX-License-Identifier: Apache-2.0 */
#include "core/icmp.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bytes.h"

enum {
    IP4_HEADER_MIN = 20,
    IP6_HEADER = 40,
    IP6_HOP_BY_HOP = 0,
    IP6_ROUTING = 43,
    IP6_FRAGMENT = 44,
    IP6_DESTINATION = 60,
    IP6_EXTENSIONS_MAX = 8, /* more is no packet of ours */
};

/* Bytes not read yet. Whoever takes more than there is gets NULL. */
struct cursor {
    const uint8_t *pos;
    size_t left;
};

static const uint8_t *take(struct cursor *in, size_t n)
{
    const uint8_t *pos = in->pos;

    if (n > in->left)
        return NULL;
    in->pos += n;
    in->left -= n;
    return pos;
}

static uint32_t load_raw32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

/* In the machine's own order, turned round at the end (RFC 1071 section 2 B). */
uint16_t mping_icmp_sum(uint16_t sum, const uint8_t *data, size_t len)
{
    uint64_t total = MPING_BE16(sum);

    for (; len >= 16; data += 16, len -= 16)
        total += ((uint64_t)load_raw32(data) + load_raw32(data + 4)) +
                 ((uint64_t)load_raw32(data + 8) + load_raw32(data + 12));
    for (; len >= 4; data += 4, len -= 4)
        total += load_raw32(data);
    if (len) {
        uint8_t rest[4] = {0};

        memcpy(rest, data, len);
        total += load_raw32(rest);
    }
    total = (total & UINT32_MAX) + (total >> 32);
    total = (total & 0xffff) + (total >> 16 & 0xffff) + (total >> 32);
    total = (total & 0xffff) + (total >> 16);
    total = (total & 0xffff) + (total >> 16);
    return MPING_BE16((uint16_t)total);
}

void mping_icmp_build(uint8_t *head, size_t head_len, uint16_t tail_sum, int family, uint16_t id,
                      uint16_t seq)
{
    uint64_t type = family == AF_INET6 ? MPING_ICMP6_ECHO_REQUEST : MPING_ICMP4_ECHO_REQUEST;

    /* At once, as it is read again by the sum. */
    store_be64(head, type << 56 | (uint64_t)id << 16 | seq);
    if (family == AF_INET)
        store_be16(head + 2, (uint16_t)~mping_icmp_sum(tail_sum, head, head_len));
}

void mping_icmp_build_timestamp(uint8_t head[MPING_ICMP_HEADER + MPING_TIMESTAMP_BYTES],
                                uint16_t id, uint16_t seq, uint32_t originate_ms)
{
    memset(head, 0, MPING_ICMP_HEADER + MPING_TIMESTAMP_BYTES);
    head[0] = MPING_ICMP4_TIMESTAMP;
    store_be16(head + 4, id);
    store_be16(head + 6, seq);
    store_be32(head + 8, originate_ms);
    store_be16(head + 2,
               (uint16_t)~mping_icmp_sum(0, head, MPING_ICMP_HEADER + MPING_TIMESTAMP_BYTES));
}

/* Reads an IPv4 header with its options; NULL if it is none. */
static const uint8_t *take_ip4(struct cursor *in)
{
    const uint8_t *ip = take(in, IP4_HEADER_MIN);
    size_t header;

    if (!ip || ip[0] >> 4 != 4)
        return NULL;
    header = (size_t)(ip[0] & 0x0f) * 4;
    if (header < IP4_HEADER_MIN || !take(in, header - IP4_HEADER_MIN))
        return NULL;
    return ip;
}

static void set_addr4(struct mping_addr *addr, const uint8_t *ip)
{
    addr->family = AF_INET;
    memcpy(addr->ip, ip, 4);
}

static void set_addr6(struct mping_addr *addr, const uint8_t *ip)
{
    addr->family = AF_INET6;
    memcpy(addr->ip, ip, 16);
}

/* The head of the quoted IPv4 packet, up to its ICMP header (RFC 792, RFC 1812 4.3.2.3). */
static bool take_quoted_ip4(struct cursor *in, struct mping_icmp *icmp)
{
    const uint8_t *ip = take_ip4(in);

    if (!ip || ip[9] != IPPROTO_ICMP || load_be16(ip + 6) & 0x1fff)
        return false;
    set_addr4(&icmp->quoted_src, ip + 12);
    set_addr4(&icmp->quoted_dst, ip + 16);
    return true;
}

/*
 * One extension header of a quoted IPv6 packet: the protocol that follows, -1 if it does not
 * fit. Ours have none but a fragment header, yet hosts and tunnels add some on the way.
 */
static int take_extension(struct cursor *in, int protocol)
{
    const uint8_t *ext = take(in, 8);

    if (!ext)
        return -1;
    if (protocol == IP6_FRAGMENT)
        return load_be16(ext + 2) & 0xfff8 ? -1 : ext[0];
    return take(in, (size_t)ext[1] * 8) ? ext[0] : -1;
}

static bool is_extension(int protocol)
{
    return protocol == IP6_HOP_BY_HOP || protocol == IP6_ROUTING || protocol == IP6_FRAGMENT ||
           protocol == IP6_DESTINATION;
}

/* The same for IPv6 (RFC 4443 section 3, RFC 8200 section 4). */
static bool take_quoted_ip6(struct cursor *in, struct mping_icmp *icmp)
{
    const uint8_t *ip = take(in, IP6_HEADER);
    int protocol;

    if (!ip || ip[0] >> 4 != 6)
        return false;
    set_addr6(&icmp->quoted_src, ip + 8);
    set_addr6(&icmp->quoted_dst, ip + 24);
    protocol = ip[6];
    for (int i = 0; is_extension(protocol) && i < IP6_EXTENSIONS_MAX; i++)
        protocol = take_extension(in, protocol);
    return protocol == IPPROTO_ICMPV6;
}

static bool is_request(uint8_t type, bool v6)
{
    if (v6)
        return type == MPING_ICMP6_ECHO_REQUEST;
    return type == MPING_ICMP4_ECHO_REQUEST || type == MPING_ICMP4_TIMESTAMP;
}

static bool is_reply(uint8_t type, bool v6)
{
    if (v6)
        return type == MPING_ICMP6_ECHO_REPLY;
    return type == MPING_ICMP4_ECHO_REPLY || type == MPING_ICMP4_TIMESTAMP_REPLY;
}

/* The echo request that an error quotes: at least its eight bytes of header must be there. */
static void parse_error(struct cursor *in, int family, struct mping_icmp *icmp)
{
    bool v6 = family == AF_INET6;
    const uint8_t *echo;

    icmp->kind = MPING_ICMP_OTHER;
    if (!(v6 ? take_quoted_ip6(in, icmp) : take_quoted_ip4(in, icmp)))
        return;
    echo = take(in, MPING_ICMP_HEADER);
    if (!echo || !is_request(echo[0], v6))
        return;
    icmp->kind = MPING_ICMP_ERROR;
    icmp->id = load_be16(echo + 4);
    icmp->seq = load_be16(echo + 6);
    icmp->payload = in->pos;
    icmp->payload_len = (uint32_t)in->left;
}

static bool is_error4(uint8_t type)
{
    return type == MPING_ICMP4_UNREACHABLE || type == MPING_ICMP4_SOURCE_QUENCH ||
           type == MPING_ICMP4_REDIRECT || type == MPING_ICMP4_TIME_EXCEEDED ||
           type == MPING_ICMP4_PARAMETER;
}

static bool is_error6(uint8_t type)
{
    return type >= MPING_ICMP6_UNREACHABLE && type <= MPING_ICMP6_PARAMETER;
}

/* The word behind an error's checksum: MTU, pointer or gateway, where the type has one. */
static uint32_t error_info(int family, const uint8_t *header)
{
    if (family == AF_INET6)
        return header[0] == MPING_ICMP6_TOO_BIG || header[0] == MPING_ICMP6_PARAMETER
                   ? load_be32(header + 4)
                   : 0;
    switch (header[0]) {
    case MPING_ICMP4_UNREACHABLE: /* RFC 1191: the MTU of the next hop */
        return load_be16(header + 6);
    case MPING_ICMP4_REDIRECT:
        return load_be32(header + 4);
    case MPING_ICMP4_PARAMETER:
        return header[4];
    default:
        return 0;
    }
}

static void parse_message(struct cursor *in, int family, struct mping_icmp *icmp)
{
    bool v6 = family == AF_INET6;
    const uint8_t *header;

    icmp->bytes = (uint32_t)in->left;
    header = take(in, MPING_ICMP_HEADER);
    if (!header)
        return;
    icmp->type = header[0];
    icmp->code = header[1];
    if (is_reply(icmp->type, v6)) {
        icmp->kind = MPING_ICMP_REPLY;
        icmp->id = load_be16(header + 4);
        icmp->seq = load_be16(header + 6);
        icmp->payload = in->pos;
        icmp->payload_len = (uint32_t)in->left;
    } else if (v6 ? is_error6(icmp->type) : is_error4(icmp->type)) {
        icmp->info = error_info(family, header);
        parse_error(in, family, icmp);
    } else {
        icmp->kind = MPING_ICMP_OTHER;
    }
}

void mping_icmp_parse(const struct mping_rx *rx, struct mping_icmp *ret_icmp)
{
    struct cursor in = {rx->data, rx->len};

    *ret_icmp = (struct mping_icmp){.kind = MPING_ICMP_MALFORMED, .ttl = rx->ttl, .tos = rx->tos};
    if (rx->ip_header) {
        const uint8_t *ip = take_ip4(&in);

        if (!ip || ip[9] != IPPROTO_ICMP)
            return;
        ret_icmp->ttl = ip[8];
        ret_icmp->tos = ip[1];
    }
    /* A datagram that was cut cannot be summed up; what it carries is all there is to judge it by.
     */
    ret_icmp->checksum_ok =
        rx->checksum_verified || rx->cut || mping_icmp_sum(0, in.pos, in.left) == 0xffff;
    parse_message(&in, rx->from.family, ret_icmp);
}
