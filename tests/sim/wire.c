/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include <string.h>
#include <sys/socket.h>

#include "prf.h"

static void put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

uint16_t wire_checksum(const uint8_t *data, size_t len)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < len; i += 2)
        sum += (uint32_t)data[i] << 8 | data[i + 1];
    if (len % 2)
        sum += (uint32_t)data[len - 1] << 8;
    while (sum > 0xffff)
        sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t)~sum;
}

size_t wire_payload(const struct sim_target *target, uint64_t count, uint8_t *buf)
{
    size_t len = target->profile->core.payload_bytes;
    size_t head = len < 16 ? len : 16;

    memcpy(buf, target->probes[count].payload, head);
    if (len > 16)
        memcpy(buf + 16, target->profile->tail, len - 16);
    return len;
}

enum kind wire_possible(const struct wire *wire, const struct sim_profile *profile, uint32_t host,
                        enum kind kind)
{
    uint32_t len = profile->core.payload_bytes;

    if (kind == PACKET_WRONG_SCOPE && host_kind(host) != HOST_LINK_LOCAL)
        kind = PACKET_WRONG_SOURCE;
    if (kind == PACKET_BAD_PAYLOAD && len <= 16)
        kind = PACKET_BAD_PROOF;
    if ((kind == PACKET_BAD_PROOF && len == 0) || (kind == PACKET_FORGED && profile->unguarded))
        kind = PACKET_BAD_CHECKSUM;
    if ((kind == PACKET_TRUNCATED || kind == PACKET_CUT) && len == 0)
        kind = PACKET_BAD_CODE;
    /* Where the kernel verifies, such a packet is never seen: as good as another id. */
    if (kind == PACKET_BAD_CHECKSUM && (host_is_v6(host) || !wire->raw4))
        kind = PACKET_FOREIGN_ID;
    return kind;
}

static void random_bytes(uint8_t *p, size_t len, uint64_t seed)
{
    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)prf(seed, i, 2);
}

size_t wire_reply_len(const struct ledger *ledger, const struct happening *p)
{
    size_t len = ledger_at(ledger, p->target)->profile->core.payload_bytes;

    switch ((enum kind)p->kind) {
    case PACKET_LONGER:
        return len + 1 + p->detail % 64;
    case PACKET_TRUNCATED:
        return p->detail % len;
    case PACKET_CUT: /* before the end of what we sent, or behind it */
        return p->detail >> 20 & 1 ? len : p->detail % len;
    default:
        return len;
    }
}

bool wire_is_true(const struct ledger *ledger, const struct happening *p)
{
    size_t sent = ledger_at(ledger, p->target)->profile->core.payload_bytes;

    switch ((enum kind)p->kind) {
    case PACKET_GENUINE:
    case PACKET_LONGER:
        return true;
    case PACKET_TRUNCATED: /* it may still hold the proof */
        return wire_reply_len(ledger, p) >= (sent < MPING_PROOF_BYTES ? sent : MPING_PROOF_BYTES);
    case PACKET_CUT: /* by our own buffer, which has room for as much as we sent */
        return wire_reply_len(ledger, p) == sent;
    default:
        return false;
    }
}

/* The payload of a reply; returns its length, which may be wrong on purpose. */
static size_t reply_payload(const struct ledger *ledger, const struct happening *p, uint8_t *buf)
{
    const struct sim_target *target = ledger_at(ledger, p->target);
    size_t len = wire_payload(target, p->count, buf);

    switch ((enum kind)p->kind) {
    case PACKET_LONGER:
        random_bytes(buf + len, 1 + p->detail % 64, p->detail);
        return wire_reply_len(ledger, p);
    case PACKET_BAD_PROOF:
        buf[p->detail % (len < 8 ? len : 8)] ^= (uint8_t)(1u << p->detail / 8 % 8);
        return len;
    case PACKET_BAD_PAYLOAD:
        buf[8 + p->detail % (len - 8)] ^= (uint8_t)(1u << p->detail / 8 % 8);
        return len;
    case PACKET_FORGED:
    case PACKET_UNSENT:
    case PACKET_FOREIGN_HOST:
        random_bytes(buf, len, p->detail);
        return len;
    default:
        return wire_reply_len(ledger, p);
    }
}

static unsigned reply_seq(const struct ledger *ledger, const struct happening *p)
{
    const struct sim_target *target = ledger_at(ledger, p->target);

    /* Neither sent in the last seconds nor about to be. */
    if (p->kind == PACKET_UNSENT)
        return (unsigned)(target->next + 20000 + p->detail % 20000) & 0xffff;
    return (unsigned)p->count & 0xffff;
}

/* An echo reply, or what pretends to be one; returns its length. */
static size_t build_reply(const struct ledger *ledger, const struct happening *p, uint8_t *icmp)
{
    const struct sim_target *target = ledger_at(ledger, p->target);
    unsigned id = target->probes[p->count].id;
    size_t len = 8 + reply_payload(ledger, p, icmp + 8);

    icmp[0] = p->v6 ? 129 : 0;
    icmp[1] = 0;
    if (p->kind == PACKET_REQUEST)
        icmp[0] = p->v6 ? 128 : 8;
    if (p->kind == PACKET_BAD_CODE)
        icmp[1] = (uint8_t)(1 + p->detail % 255);
    if (p->kind == PACKET_FOREIGN_ID)
        id |= FOREIGN_ID;
    put16(icmp + 2, 0);
    put16(icmp + 4, id);
    put16(icmp + 6, reply_seq(ledger, p));
    put16(icmp + 2, wire_checksum(icmp, len));
    if (p->kind == PACKET_BAD_CHECKSUM)
        icmp[2 + p->detail % (len - 2)] ^= (uint8_t)(1u << p->detail / 8 % 8);
    return len;
}

/* The IP headers and the message that an ICMP error quotes; returns their length. */
static size_t build_quote(const struct ledger *ledger, const struct happening *p,
                          const struct wire_error *e, uint8_t *q)
{
    struct mping_addr src = host_addr(e->quoted_source), dst = host_addr(e->quoted_host);
    size_t header = p->v6 ? 40u + e->extensions : 20u + e->options;
    uint8_t *echo = q + header;

    memset(q, 0, header);
    if (p->v6) {
        q[0] = e->bad_header ? 0x40 : 0x60;
        q[6] = e->extensions ? 60 : e->quoted_protocol;
        memcpy(q + 8, src.ip, 16);
        memcpy(q + 24, dst.ip, 16);
        if (e->extensions) { /* one header of options for the destination */
            q[40] = e->quoted_protocol;
            q[41] = (uint8_t)(e->extensions / 8 - 1);
        }
    } else {
        q[0] = e->bad_header ? (uint8_t)(0x40 | p->detail % 5) : (uint8_t)(0x40 | header / 4);
        q[6] = e->fragment ? 1 : 0;
        q[9] = e->quoted_protocol;
        memcpy(q + 12, src.ip, 4);
        memcpy(q + 16, dst.ip, 4);
        memset(q + 20, 1, e->options); /* no-operation */
    }
    wire_payload(ledger_at(ledger, p->target), p->count, echo + 8);
    echo[0] = e->quoted_type;
    echo[1] = 0;
    put16(echo + 2, 0);
    put16(echo + 4, e->quoted_id);
    put16(echo + 6, e->quoted_seq);
    if (e->bad_proof)
        echo[8] ^= 1;
    return header + e->quoted;
}

static size_t build_error(const struct ledger *ledger, const struct happening *p, uint8_t *icmp)
{
    struct wire_error e = wire_error_of(ledger, p);
    size_t len = 8 + build_quote(ledger, p, &e, icmp + 8);

    memset(icmp, 0, 8);
    icmp[0] = e.type;
    icmp[1] = e.code;
    if (!p->v6 && e.type == 12)
        icmp[4] = (uint8_t)e.info;
    else
        put16(icmp + 4, e.info >> 16);
    if (p->v6 || e.type != 12)
        put16(icmp + 6, e.info & 0xffff);
    put16(icmp + 2, wire_checksum(icmp, len));
    return len;
}

static size_t build_message(const struct ledger *ledger, const struct happening *p, uint8_t *icmp)
{
    switch ((enum kind)p->kind) {
    case PACKET_ERROR:
    case PACKET_ERROR_BOGUS:
        return build_error(ledger, p, icmp);
    case PACKET_GARBAGE:
        random_bytes(icmp, p->detail % 100, p->detail);
        return p->detail % 100;
    default:
        return build_reply(ledger, p, icmp);
    }
}

/* An IPv4 header, now and then with options; returns its length. */
static size_t build_ip4(const struct happening *p, uint8_t *ip, uint32_t from)
{
    struct mping_addr addr = host_addr(from);
    size_t options = p->detail >> 40 & 3 ? 0 : (p->detail >> 42) % 11 * 4;

    memset(ip, 0, 20);
    ip[0] = (uint8_t)(0x40 | (20 + options) / 4);
    ip[1] = (uint8_t)(p->detail >> 48);
    ip[8] = (uint8_t)(1 + p->detail % 255);
    ip[9] = 1;
    memcpy(ip + 12, addr.ip, 4);
    memset(ip + 20, 1, options);
    return 20 + options;
}

static uint32_t sender(const struct ledger *ledger, const struct happening *p)
{
    if (p->kind == PACKET_ERROR || p->kind == PACKET_ERROR_BOGUS)
        return wire_error_of(ledger, p).from;
    return p->host;
}

void wire_build(const struct wire *wire, const struct ledger *ledger,
                const struct happening *packet, uint8_t *buf, struct mping_rx *ret_rx)
{
    uint32_t from = sender(ledger, packet);
    bool ip_header = wire->raw4 && !packet->v6;
    size_t header = ip_header ? build_ip4(packet, buf, from) : 0;

    *ret_rx = (struct mping_rx){
        .from = host_addr(from),
        .to = host_addr(wire_ourselves(packet->v6)),
        .data = buf,
        .len = (uint32_t)(header + build_message(ledger, packet, buf + header)),
        .ip_header = ip_header,
        .checksum_verified = !ip_header,
        .cut = packet->kind == PACKET_CUT,
        .ttl = (int16_t)(1 + packet->detail % 255),
        .tos = (int16_t)(packet->detail >> 48 & 0xff),
    };
    if (packet->kind == PACKET_WRONG_SCOPE)
        ret_rx->from.scope_id = OTHER_SCOPE;
}

struct mping_rx_error wire_build_error(const struct ledger *ledger, const struct happening *packet)
{
    struct wire_error e = wire_error_of(ledger, packet);

    return (struct mping_rx_error){
        .dst = host_addr(e.quoted_host),
        .from = host_addr(e.from),
        .id = e.quoted_id,
        .seq = e.quoted_seq,
        .type = e.type,
        .code = e.code,
        .info = e.info,
    };
}
