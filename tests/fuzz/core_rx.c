/* SPDX-License-Identifier: Apache-2.0 */
/* What arrives at the core: replies, true or spoilt, errors that quote, and noise. */
#include "core_rx.h"

#include <errno.h>
#include <sys/socket.h>

#include "core/icmp.h"

static void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static void put_sum(uint8_t *icmp, size_t len)
{
    uint32_t sum = 0;

    put16(icmp + 2, 0);
    for (size_t i = 0; i < len; i++)
        sum += i % 2 ? icmp[i] : (uint32_t)icmp[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    put16(icmp + 2, ~sum & 0xffff);
}

/* Some probe, more often a late one. */
static struct probe *pick_probe(struct input *in)
{
    size_t back = input_flag(in) ? (size_t)input_uint(in, 2) : input_below(in, 8);

    return model.probes_n ? &model.probes[model.probes_n - 1 - back % model.probes_n] : NULL;
}

/* When it came: just now, or a while ago, but not before it was sent. */
static int64_t pick_time(struct input *in, const struct probe *p)
{
    int64_t ago_ns = input_flag(in) ? (int64_t)input_uint(in, 2) * MS / 16 : 0;
    int64_t from_ns = p->sent_ns - 500; /* the stamp of sending is that uncertain */

    if (from_ns > model.now_ns)
        from_ns = model.now_ns;
    return model.now_ns - ago_ns < from_ns ? from_ns : model.now_ns - ago_ns;
}

/* The payload of a reply, and what an attacker or a broken host makes of it. */
static void spoil_reply(struct input *in, struct packet *packet, uint8_t *payload)
{
    switch (input_below(in, 12)) {
    case 0:
        if (packet->payload_len)
            payload[input_u8(in) % packet->payload_len] ^= (uint8_t)(1u << input_below(in, 8));
        break;
    case 1:
        packet->payload_len = packet->payload_len ? input_u8(in) % packet->payload_len : 0;
        break;
    case 2:
        memset(payload + packet->payload_len, 7, 8);
        packet->payload_len += 8;
        break;
    case 3:
        packet->from = hosts[input_below(in, HOSTS)];
        break;
    case 4:
        packet->id ^= (uint16_t)(1u << input_below(in, 3));
        break;
    case 5:
        packet->seq = (uint16_t)(packet->seq + input_u8(in));
        break;
    case 6:
        packet->code = input_u8(in);
        break;
    case 7:
        packet->cut = true;
        break;
    case 8:
        for (uint32_t i = 0; i < packet->payload_len; i++)
            payload[i] = input_u8(in);
        break;
    case 9:
        if (packet->from.family == AF_INET)
            packet->type = packet->type ? 0 : 14;
        break;
    case 10:
        packet->from.scope_id ^= packet->from.ip[0] == 0xfe ? 1 : 0;
        break;
    default:
        packet->checksum_ok = false;
    }
}

/* Hands a message in the way the socket of its family would. */
static void hand_in(struct packet *packet, const uint8_t *icmp, uint32_t len,
                    const struct mping_addr *to)
{
    struct mping_rx rx = {
        .from = packet->from,
        .data = icmp,
        .len = len,
        .checksum_verified = packet->from.family == AF_INET6,
        .cut = packet->cut,
        .ttl = 64,
        .tos = 0,
        .stamp = packet->user_stamp ? MPING_STAMP_USER : MPING_STAMP_KERNEL,
        .received_ns = packet->received_ns,
        .read_ns = model.now_ns,
    };

    if (to)
        rx.to = *to;
    mping_core_rx(model.core, &rx, 1);
    model_listen();
}

void receive_reply(struct input *in)
{
    struct probe *p = pick_probe(in);
    uint8_t icmp[PACKET_MAX] = {0}, flags = input_u8(in), type;
    struct packet packet = {.checksum_ok = true};

    if (!p || p->state == PROBE_NONE)
        return;
    type = p->dst.family == AF_INET6 ? 129 : p->timestamp ? 14 : 0;
    packet = (struct packet){.from = p->dst,
                             .checksum_ok = true,
                             .user_stamp = flags & 1,
                             .type = type,
                             .id = p->id,
                             .seq = (uint16_t)p->count,
                             .received_ns = pick_time(in, p),
                             .payload = icmp + 8,
                             .payload_len = p->payload_len};
    memcpy(icmp + 8, p->payload, p->payload_len);
    if (flags & 2)
        spoil_reply(in, &packet, icmp + 8);
    if (packet.from.family == AF_INET6) { /* the kernel has thrown away what is wrong */
        packet.checksum_ok = true;
        packet.type = 129;
    } else if (packet.type == 129) {
        packet.type = 0;
    }
    icmp[0] = packet.type;
    icmp[1] = packet.code;
    put16(icmp + 4, packet.id);
    put16(icmp + 6, packet.seq);
    put_sum(icmp, 8 + packet.payload_len);
    if (!packet.checksum_ok)
        icmp[3] ^= 1;
    packet.checksum_ok |= packet.cut; /* cannot be summed up */
    hand_in(&packet, icmp, 8 + packet.payload_len, NULL);
    model_reply(&packet);
}

static const uint8_t errors4[] = {3, 11, 12, 4, 5}, errors6[] = {1, 2, 3, 4};

/* The IP header of the packet that an error quotes: returns its length. */
static size_t quote_header(uint8_t *q, const struct mping_addr *source,
                           const struct mping_addr *dst)
{
    if (dst->family == AF_INET6) {
        q[0] = 0x60;
        q[6] = 58;
        memcpy(q + 8, source->ip, 16);
        memcpy(q + 24, dst->ip, 16);
        return 40;
    }
    q[0] = 0x45;
    q[9] = 1;
    memcpy(q + 12, source->ip, 4);
    memcpy(q + 16, dst->ip, 4);
    return 20;
}

void receive_error(struct input *in)
{
    struct probe *p = pick_probe(in);
    uint8_t icmp[PACKET_MAX] = {0}, flags = input_u8(in), pick = input_u8(in), *q;
    struct mping_addr us = {0}, source;
    struct packet packet;
    size_t header, quoted;

    if (!p || p->state == PROBE_NONE)
        return;
    us.family = p->dst.family;
    us.ip[0] = 10;
    source = us;
    packet = (struct packet){.from = flags & 1 ? p->dst : us,
                             .checksum_ok = true,
                             .type = us.family == AF_INET6 ? errors6[pick % 4] : errors4[pick % 5],
                             .code = pick >> 4,
                             .id = p->id,
                             .seq = (uint16_t)p->count,
                             .received_ns = pick_time(in, p),
                             .quoted_dst = p->dst};
    packet.from.scope_id = p->dst.scope_id;
    if (flags & 2)
        packet.quoted_dst = hosts[p->dst.family == AF_INET6 ? 3 : 1];
    packet.quoted_dst.scope_id = 0; /* not on the wire */
    if (flags & 4)
        packet.seq++;
    if (flags & 8) {
        source.ip[3] = 99;
        packet.quotes_other = true;
    }
    header = quote_header(icmp + 8, &source, &packet.quoted_dst);
    q = icmp + 8 + header;
    quoted = flags & 16 ? p->payload_len : pick % (p->payload_len + 1u);
    q[0] = p->dst.family == AF_INET6 ? 128 : p->timestamp ? 13 : 8;
    put16(q + 4, packet.id);
    put16(q + 6, packet.seq);
    memcpy(q + 8, p->payload, quoted);
    if (flags & 32 && quoted)
        q[8] ^= 0x80;
    packet.payload = q + 8;
    packet.payload_len = (uint32_t)quoted;
    icmp[0] = packet.type;
    icmp[1] = packet.code;
    put_sum(icmp, 16 + header + quoted);
    if (flags & 64 && us.family == AF_INET) {
        icmp[3] ^= 1;
        packet.checksum_ok = false;
    }
    hand_in(&packet, icmp, (uint32_t)(16 + header + quoted), &us);
    model_error(&packet);
}

/* As the error queue of a ping socket tells it: no payload, no checksum. */
void receive_queued(struct input *in)
{
    struct probe *p = pick_probe(in);
    uint8_t flags = input_u8(in);
    struct packet packet = {.checksum_ok = true};
    struct mping_rx_error error;

    if (!p || p->state == PROBE_NONE)
        return;
    error = (struct mping_rx_error){.dst = p->dst,
                                    .from = hosts[2],
                                    .id = (uint16_t)(p->id ^ (flags & 1)),
                                    .seq = (uint16_t)(p->count + (flags >> 1 & 1)),
                                    .type = p->dst.family == AF_INET6 ? 1 : errors4[flags / 8 % 5],
                                    .code = flags >> 6,
                                    .stamp = MPING_STAMP_KERNEL,
                                    .received_ns = pick_time(in, p)};
    if (flags & 4)
        error.dst = hosts[input_below(in, HOSTS)];
    packet.from = error.from;
    packet.quoted_dst = error.dst;
    packet.id = error.id;
    packet.seq = error.seq;
    packet.type = error.type;
    packet.code = error.code;
    packet.received_ns = error.received_ns;
    mping_core_rx_error(model.core, &error);
    model_listen();
    model_error(&packet);
}

/* Bytes of no format at all: nobody is told, but they are counted. */
void receive_noise(struct input *in)
{
    struct packet packet = {.from = hosts[input_below(in, HOSTS)], .received_ns = model.now_ns};
    uint8_t noise[8] = {0};
    uint32_t len = input_below(in, 9);

    for (uint32_t i = 0; i < len; i++)
        noise[i] = input_u8(in);
    noise[0] = packet.from.family == AF_INET6 ? 128 : 8; /* a request: of no interest */
    hand_in(&packet, noise, len, NULL);
    model.rx_packets++;
    *(len < 8 ? &model.rx_malformed : &model.rx_foreign) += 1;
}
