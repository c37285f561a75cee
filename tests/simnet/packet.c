/* SPDX-License-Identifier: Apache-2.0 */
#include "simnet/packet.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include "simnet/wire.h"

enum {
    TTL = 64,
    PROOF_BYTES = 8,   /* of payload: a reply without them proves nothing */
    QUOTE_MAX = 548,   /* RFC 1812: as much as fits 576 bytes */
    QUOTE_MTU = 1400,  /* what errors about size recommend */
    OTHER_ID = 0x5a5a, /* is added to ids and numbers that are to be wrong */
    OTHER_SEQ = 20000,
    IP6_EXT_BYTES = 8,
    IP6_DSTOPTS = 60,
    IP6_FRAG = 44
};

static const uint8_t router4[4] = {10, 0, 0, 254};
static const uint8_t router6[16] = {0xfd, 0, [15] = 0xfe};

static bool find_icmp4(struct sn_request *r)
{
    size_t header = (size_t)(r->data[0] & 15) * 4;

    if (r->len < SN_IP4_HEADER || header < SN_IP4_HEADER || r->len < header + SN_ICMP_HEADER ||
        r->data[9] != IPPROTO_ICMP || sn_get16(r->data + 6) & 0x3fff)
        return false;
    r->icmp = r->data + header;
    r->address_len = 4;
    r->src = r->data + 12;
    r->dst = r->data + 16;
    r->f = r->dst[1];
    r->p = r->dst[2];
    r->h = r->dst[3];
    return r->icmp[0] == ICMP_ECHO;
}

static bool find_icmp6(struct sn_request *r)
{
    if (r->len < SN_IP6_HEADER + SN_ICMP_HEADER || r->data[6] != IPPROTO_ICMPV6)
        return false;
    r->icmp = r->data + SN_IP6_HEADER;
    r->address_len = 16;
    r->src = r->data + 8;
    r->dst = r->data + 24;
    r->f = sn_get16(r->dst + 2);
    r->p = sn_get16(r->dst + 4);
    r->h = sn_get16(r->dst + 14);
    return r->icmp[0] == ICMP6_ECHO_REQUEST;
}

bool sn_request_parse(struct sn_request *ret_request, uint8_t *data, size_t len)
{
    struct sn_request r = {.data = data, .len = len};

    if (len == 0)
        return false;
    r.v6 = data[0] >> 4 == 6;
    if (!(r.v6 ? find_icmp6(&r) : data[0] >> 4 == 4 && find_icmp4(&r)))
        return false;
    r.icmp_len = r.len - (size_t)(r.icmp - r.data);
    r.id = sn_get16(r.icmp + 4);
    r.seq = sn_get16(r.icmp + 6);
    *ret_request = r;
    return true;
}

static void swap(uint8_t *a, uint8_t *b, size_t len)
{
    uint8_t kept[16];

    memcpy(kept, a, len);
    memcpy(a, b, len);
    memcpy(b, kept, len);
}

/* Corrects a checksum for a 16-bit word that has changed (RFC 1624). */
static void amend(uint8_t *checksum, uint16_t before, uint16_t after)
{
    uint32_t total = (uint16_t)~sn_get16(checksum);

    total += (uint16_t)~before + (uint32_t)after;
    total = (total & 0xffff) + (total >> 16);
    total = (total & 0xffff) + (total >> 16);
    sn_put16(checksum, (uint16_t)~total);
}

void sn_reply_in_place(struct sn_request *r)
{
    uint16_t before = sn_get16(r->icmp);

    r->icmp[0] = r->v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
    amend(r->icmp + 2, before, sn_get16(r->icmp));
    if (r->v6) {
        swap(r->data + 8, r->data + 24, 16);
        r->data[7] = TTL;
        return;
    }
    swap(r->data + 12, r->data + 16, 4);
    before = sn_get16(r->data + 8);
    r->data[8] = TTL;
    amend(r->data + 10, before, sn_get16(r->data + 8));
}

/* How much of the payload a variant leaves. */
static size_t payload_len(const struct sn_request *r, enum sn_variant variant)
{
    size_t len = r->icmp_len - SN_ICMP_HEADER;

    switch (variant) {
    case SN_SHORTENED:
        return len < r->p ? len : r->p;
    case SN_HEADER_ONLY:
    case SN_FOUR_BYTES:
        return 0;
    case SN_ONE_SHORT:
        return len > 0 ? len - 1 : 0;
    case SN_EIGHT_BYTES:
        return len < PROOF_BYTES ? len : PROOF_BYTES;
    default:
        return len;
    }
}

enum sn_what sn_what_is_left(const struct sn_request *r, enum sn_variant variant)
{
    size_t sent = r->icmp_len - SN_ICMP_HEADER;

    return payload_len(r, variant) >= (sent < PROOF_BYTES ? sent : PROOF_BYTES) ? SN_REPLY
                                                                                : SN_FORGED;
}

static void spoil_payload(enum sn_variant variant, uint8_t *payload, size_t len)
{
    if (len == 0)
        return;
    if (variant == SN_FIRST_BYTE)
        payload[0] ^= 1;
    else if (variant == SN_LAST_BYTE)
        payload[len - 1] ^= 0x80;
    else if (variant == SN_ZEROS)
        memset(payload, 0, len);
    else if (variant == SN_ONES)
        memset(payload, 0xff, len);
}

static void spoil_header(enum sn_variant variant, bool v6, uint8_t *icmp)
{
    if (variant == SN_REQUEST)
        icmp[0] = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
    else if (variant == SN_TYPE)
        icmp[0] = v6 ? MLD_LISTENER_REDUCTION : ICMP_TIMESTAMPREPLY;
    else if (variant == SN_CODE)
        icmp[1] = 1;
    else if (variant == SN_OTHER_ID)
        sn_put16(icmp + 4, sn_get16(icmp + 4) ^ OTHER_ID);
    else if (variant == SN_OTHER_SEQ)
        sn_put16(icmp + 6, sn_get16(icmp + 6) + OTHER_SEQ);
    else if (variant == SN_NEXT_SEQ)
        sn_put16(icmp + 6, sn_get16(icmp + 6) + 1u);
}

/* The address that a reply comes from. */
static void reply_source(const struct sn_request *r, enum sn_variant variant, unsigned nth,
                         uint8_t src[16])
{
    memcpy(src, r->dst, r->address_len);
    if (variant == SN_NEIGHBOUR)
        src[r->address_len - 1] = (uint8_t)(src[r->address_len - 1] ^ (nth + 1));
    else if (variant == SN_ROUTER)
        memcpy(src, r->v6 ? router6 : router4, r->address_len);
}

static int extension_of(enum sn_variant variant)
{
    switch (variant) {
    case SN_OPTION_NOP:
    case SN_OPTION_ROUTE:
    case SN_OPTION_STAMP:
    case SN_OPTION_BAD:
        return (int)variant;
    case SN_QUOTE_BEHIND_OPTION:
        return SN_OPTION_NOP;
    default:
        return SN_PLAIN;
    }
}

size_t sn_build_reply(const struct sn_request *r, enum sn_variant variant, unsigned nth,
                      uint8_t *out)
{
    static const uint8_t more[16] = {0xa5, 0x5a};
    struct sn_packet packet = {.data = out};
    uint8_t header[SN_ICMP_HEADER], src[16];
    size_t len = payload_len(r, variant);

    reply_source(r, variant, nth, src);
    sn_packet_begin(&packet, r->v6, src, r->src, extension_of(variant));
    memcpy(header, r->icmp, sizeof(header));
    header[0] = r->v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
    spoil_header(variant, r->v6, header);
    sn_packet_append(&packet, header, variant == SN_FOUR_BYTES ? 4 : sizeof(header));
    sn_packet_append(&packet, r->icmp + SN_ICMP_HEADER, len);
    spoil_payload(variant, out + packet.len - len, len);
    if (variant == SN_LONGER)
        sn_packet_append(&packet, more, sizeof(more));
    sn_packet_finish(&packet);
    if (variant == SN_CHECKSUM)
        out[packet.icmp + 2] ^= 0x55;
    return packet.len;
}

/* How much of the request's ICMP an error quotes. */
static size_t quoted_len(enum sn_variant variant, size_t len)
{
    switch (variant) {
    case SN_QUOTE_EIGHT:
        return SN_ICMP_HEADER;
    case SN_QUOTE_HALF:
        return SN_ICMP_HEADER / 2;
    case SN_QUOTE_NO_ICMP:
    case SN_QUOTE_NOTHING:
        return 0;
    default:
        return len < QUOTE_MAX ? len : QUOTE_MAX;
    }
}

static void spoil_quoted_ip(enum sn_variant variant, bool v6, uint8_t *ip)
{
    uint8_t *protocol = ip + (v6 ? 6 : 9), *ttl = ip + (v6 ? 7 : 8);
    uint8_t *src = ip + (v6 ? 8 : 12), *dst = ip + (v6 ? 24 : 16);
    size_t last = v6 ? 15 : 3;

    if (variant == SN_QUOTE_OTHER_DST)
        dst[last] ^= 0x40;
    else if (variant == SN_QUOTE_OTHER_SRC)
        src[last] ^= 0x40;
    else if (variant == SN_QUOTE_UDP)
        *protocol = IPPROTO_UDP;
    else if (variant == SN_QUOTE_BAD_HEADER)
        ip[0] = v6 ? 0 : 0x40;
    else if (variant == SN_QUOTE_FRAGMENT && !v6)
        sn_put16(ip + 6, 100);
    else if (variant == SN_QUOTE_WORN)
        *ttl = 0;
}

static void spoil_quoted_icmp(enum sn_variant variant, bool v6, uint8_t *icmp)
{
    if (variant == SN_QUOTE_REPLY)
        icmp[0] = v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
    else if (variant == SN_QUOTE_OTHER_ID)
        sn_put16(icmp + 4, sn_get16(icmp + 4) ^ OTHER_ID);
    else if (variant == SN_QUOTE_OTHER_SEQ)
        sn_put16(icmp + 6, sn_get16(icmp + 6) + OTHER_SEQ);
    else if (variant == SN_QUOTE_WORN)
        sn_put16(icmp + 2, 0);
}

/* The quoted IPv6 packet had a header between its own and ICMP. */
static void quote_extension6(struct sn_packet *packet, size_t ip, enum sn_variant variant)
{
    uint8_t ext[IP6_EXT_BYTES] = {IPPROTO_ICMPV6};

    if (variant == SN_QUOTE_FRAGMENT) {
        sn_put16(ext + 2, 100 << 3);
    } else {
        ext[2] = 1; /* PadN */
        ext[3] = 4; /* and its length */
    }
    packet->data[ip + 6] = variant == SN_QUOTE_FRAGMENT ? IP6_FRAG : IP6_DSTOPTS;
    sn_packet_append(packet, ext, sizeof(ext));
}

static void quote(struct sn_packet *packet, const struct sn_request *r, enum sn_variant variant)
{
    static const uint8_t nops[8] = {1, 1, 1, 1, 1, 1, 1, 0};
    size_t ip = packet->len, len = quoted_len(variant, r->icmp_len);
    bool extended = variant == SN_QUOTE_OPTION || (r->v6 && variant == SN_QUOTE_FRAGMENT);

    if (variant == SN_QUOTE_NOTHING)
        return;
    sn_packet_append(packet, r->data, r->v6 ? SN_IP6_HEADER : SN_IP4_HEADER);
    if (!r->v6)
        packet->data[ip] = 0x45;
    if (extended && r->v6) {
        quote_extension6(packet, ip, variant);
    } else if (extended) {
        packet->data[ip] = 0x47;
        sn_packet_append(packet, nops, sizeof(nops));
    }
    spoil_quoted_ip(variant, r->v6, packet->data + ip);
    sn_packet_append(packet, r->icmp, len);
    if (len >= SN_ICMP_HEADER)
        spoil_quoted_icmp(variant, r->v6, packet->data + packet->len - len);
}

size_t sn_build_error(const struct sn_request *r, enum sn_variant variant, uint8_t type,
                      uint8_t code, uint8_t *out)
{
    struct sn_packet packet = {.data = out};
    uint8_t header[SN_ICMP_HEADER] = {type, code};

    if (r->v6 ? type == ICMP6_PACKET_TOO_BIG
              : type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED)
        sn_put16(header + 6, QUOTE_MTU);
    else if (!r->v6 && type == ICMP_REDIRECT)
        memcpy(header + 4, router4, sizeof(router4));
    sn_packet_begin(&packet, r->v6, r->v6 ? router6 : router4, r->src, extension_of(variant));
    sn_packet_append(&packet, header, sizeof(header));
    quote(&packet, r, variant);
    sn_packet_finish(&packet);
    if (variant == SN_QUOTE_CHECKSUM)
        out[packet.icmp + 2] ^= 0x55;
    return packet.len;
}
