/* SPDX-License-Identifier: Apache-2.0 */
/* The codec: received datagrams, quotes in errors, checksums, and what we send ourselves. */
#include <netinet/in.h>

#include "core/icmp.h"
#include "fuzz.h"

/* RFC 1071, the slow way. */
static uint16_t plain_sum(uint32_t sum, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        sum += i % 2 ? data[i] : (uint32_t)data[i] << 8;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)sum;
}

static void check_sum(const uint8_t *data, size_t len)
{
    uint16_t start = len ? data[0] : 0;
    size_t half = len / 4 * 2;
    uint16_t whole = mping_icmp_sum(start, data, len);

    CHECK(whole == plain_sum(start, data, len));
    CHECK(whole == mping_icmp_sum(mping_icmp_sum(start, data, half), data + half, len - half));
}

static bool is_within(const struct mping_rx *rx, const uint8_t *part, size_t len)
{
    return len <= rx->len && part >= rx->data && part + len <= rx->data + rx->len;
}

/* What must hold whatever the bytes are. */
static void check_parsed(const struct mping_rx *rx, const struct mping_icmp *icmp)
{
    bool v6 = rx->from.family == AF_INET6;

    CHECK(icmp->bytes <= rx->len);
    if (icmp->kind == MPING_ICMP_MALFORMED)
        return;
    CHECK(icmp->bytes >= MPING_ICMP_HEADER);
    if (rx->checksum_verified)
        CHECK(icmp->checksum_ok);
    if (icmp->kind == MPING_ICMP_OTHER)
        return;
    CHECK(is_within(rx, icmp->payload, icmp->payload_len));
    if (icmp->kind == MPING_ICMP_REPLY) {
        CHECK(icmp->payload_len == icmp->bytes - MPING_ICMP_HEADER);
        CHECK(v6 ? icmp->type == 129 : icmp->type == 0 || icmp->type == 14);
        CHECK(icmp->info == 0 && icmp->quoted_dst.family == 0);
        return;
    }
    CHECK(icmp->kind == MPING_ICMP_ERROR);
    CHECK(icmp->quoted_dst.family == rx->from.family);
    CHECK(icmp->quoted_src.family == rx->from.family);
    CHECK(icmp->payload_len + 2u * MPING_ICMP_HEADER + (v6 ? 40 : 20) <= icmp->bytes);
}

/* Less of the same datagram tells no more, and nothing else, but that it may be too short. */
static void check_shorter(struct mping_rx rx, const struct mping_icmp *whole, size_t len)
{
    uint8_t *data = malloc(len ? len : 1);
    struct mping_icmp icmp;

    CHECK(data);
    if (len)
        memcpy(data, rx.data, len);
    rx.data = data;
    rx.len = (uint32_t)len;
    mping_icmp_parse(&rx, &icmp);
    check_parsed(&rx, &icmp);
    if (icmp.kind == MPING_ICMP_REPLY || icmp.kind == MPING_ICMP_ERROR) {
        CHECK(icmp.kind == whole->kind && icmp.type == whole->type && icmp.code == whole->code);
        CHECK(icmp.id == whole->id && icmp.seq == whole->seq && icmp.info == whole->info);
        CHECK(icmp.payload_len <= whole->payload_len);
    }
    free(data);
}

/* A request of ours, turned into its reply by a host, says what we said. */
static void check_round_trip(struct input *in, bool v6)
{
    uint16_t id = (uint16_t)input_uint(in, 2), seq = (uint16_t)input_uint(in, 2), tail_sum;
    uint8_t packet[MPING_TX_HEAD + 64] = {0};
    size_t head = MPING_ICMP_HEADER + input_below(in, 17);
    size_t tail = head == MPING_TX_HEAD ? input_below(in, 65) : 0;
    struct mping_rx rx = {.from.family = v6 ? AF_INET6 : AF_INET, .data = packet, .ttl = -1};
    struct mping_icmp icmp;

    for (size_t i = MPING_ICMP_HEADER; i < head + tail; i++)
        packet[i] = input_u8(in);
    tail_sum = mping_icmp_sum(0, packet + head, tail);
    mping_icmp_build(packet, head, tail_sum, rx.from.family, id, seq);
    if (!v6) { /* RFC 1624: the checksum that a host makes of ours */
        CHECK(plain_sum(0, packet, head + tail) == 0xffff);
        packet[0] = 0;
        packet[2] = packet[3] = 0;
        uint16_t sum = (uint16_t)~plain_sum(0, packet, head + tail);
        packet[2] = (uint8_t)(sum >> 8);
        packet[3] = (uint8_t)sum;
    } else {
        packet[0] = 129;
        rx.checksum_verified = true;
    }
    rx.len = (uint32_t)(head + tail);
    mping_icmp_parse(&rx, &icmp);
    CHECK(icmp.kind == MPING_ICMP_REPLY && icmp.checksum_ok && icmp.code == 0);
    CHECK(icmp.id == id && icmp.seq == seq && icmp.bytes == rx.len);
    CHECK(icmp.payload == packet + MPING_ICMP_HEADER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    uint8_t flags = input_u8(&in);
    bool v6 = flags & 1;
    struct mping_rx rx = {
        .from.family = v6 ? AF_INET6 : AF_INET,
        .ip_header = !v6 && flags & 2,
        .checksum_verified = flags & 4,
        .cut = flags & 8,
        .ttl = -1,
        .tos = -1,
    };
    struct mping_icmp icmp;
    size_t len;
    uint8_t *copy;

    if (flags & 0x80) {
        check_round_trip(&in, v6);
        return 0;
    }
    copy = input_copy(&in, 65535, &len);
    rx.data = copy;
    rx.len = (uint32_t)len;
    mping_icmp_parse(&rx, &icmp);
    check_parsed(&rx, &icmp);
    check_sum(copy, len);
    if (len)
        check_shorter(rx, &icmp, flags >> 4 & 1 ? len - 1 : len / 2);
    free(copy);
    return 0;
}
