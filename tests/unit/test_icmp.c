/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ICMP codec against a second, naive one that indexes bytes from the start of the
 * datagram. Every datagram lies at the end of an allocation of its own, so that reading one
 * byte too far is seen by the sanitizers.
 */
#include "core/icmp.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tap.h"

enum { PACKET_MAX = 4096 };

static uint64_t rng_state = 1;

static uint32_t rng(void)
{
    rng_state = rng_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(rng_state >> 33);
}

static void fill(uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)rng();
}

/* RFC 1071 by the book: 16-bit words one by one, the carry added at once. */
static uint16_t naive_sum(uint16_t sum, const uint8_t *data, size_t len)
{
    uint32_t total = sum;

    for (size_t i = 0; i < len; i++) {
        total += i % 2 ? data[i] : (uint32_t)data[i] * 256;
        if (total > 0xffff)
            total -= 0xffff;
    }
    return (uint16_t)total;
}

/* Sums that mean the same: 0 and 0xffff are both zero in one's complement. */
static bool same_sum(uint16_t a, uint16_t b)
{
    return a == b || (a % 0xffff == 0 && b % 0xffff == 0);
}

static unsigned get16(const uint8_t *p)
{
    return (unsigned)p[0] * 256 + p[1];
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)get16(p) * 65536 + get16(p + 2);
}

/* Offset behind an IPv4 header at `at`, or 0 if there is none. */
static size_t naive_ip4(const uint8_t *p, size_t len, size_t at)
{
    size_t ihl;

    if (len < at + 20 || p[at] / 16 != 4)
        return 0;
    ihl = p[at] % 16;
    return ihl < 5 || len < at + ihl * 4 ? 0 : at + ihl * 4;
}

/* Offset behind an IPv6 header and its extensions, or 0 if no ICMPv6 follows. */
static size_t naive_ip6(const uint8_t *p, size_t len, size_t at)
{
    size_t pos = at + 40;
    unsigned next;

    if (len < pos || p[at] / 16 != 6)
        return 0;
    next = p[at + 6];
    for (int i = 0; i < 8 && (next == 0 || next == 43 || next == 44 || next == 60); i++) {
        size_t bytes = 8;

        if (len < pos + 8)
            return 0;
        if (next == 44 && get16(p + pos + 2) / 8 != 0)
            return 0;
        if (next != 44)
            bytes += (size_t)p[pos + 1] * 8;
        if (len < pos + bytes)
            return 0;
        next = p[pos];
        pos += bytes;
    }
    return next == 58 ? pos : 0;
}

static bool naive_is_error(bool v6, unsigned type)
{
    return v6 ? type >= 1 && type <= 4
              : type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

static uint32_t naive_info(bool v6, const uint8_t *p)
{
    if (v6)
        return p[0] == 2 || p[0] == 4 ? get32(p + 4) : 0;
    return p[0] == 3 ? get16(p + 6) : p[0] == 5 ? get32(p + 4) : p[0] == 12 ? p[4] : 0;
}

static void naive_error(const uint8_t *p, size_t len, size_t at, bool v6, struct mping_icmp *icmp)
{
    size_t echo = v6 ? naive_ip6(p, len, at + 8) : naive_ip4(p, len, at + 8);

    icmp->kind = MPING_ICMP_OTHER;
    if (!echo || len < echo + 8 || (v6 ? p[echo] != 128 : p[echo] != 8 && p[echo] != 13))
        return;
    if (!v6 && (p[at + 17] != 1 || get16(p + at + 14) % 8192 != 0))
        return;
    icmp->kind = MPING_ICMP_ERROR;
    icmp->id = (uint16_t)get16(p + echo + 4);
    icmp->seq = (uint16_t)get16(p + echo + 6);
    icmp->payload = p + echo + 8;
    icmp->payload_len = (uint32_t)(len - echo - 8);
    icmp->quoted_src.family = icmp->quoted_dst.family = v6 ? AF_INET6 : AF_INET;
    memcpy(icmp->quoted_src.ip, p + at + 8 + (v6 ? 8 : 12), v6 ? 16 : 4);
    memcpy(icmp->quoted_dst.ip, p + at + 8 + (v6 ? 24 : 16), v6 ? 16 : 4);
}

static struct mping_icmp naive_parse(const struct mping_rx *rx)
{
    struct mping_icmp icmp = {.kind = MPING_ICMP_MALFORMED, .ttl = rx->ttl, .tos = rx->tos};
    bool v6 = rx->from.family == AF_INET6;
    const uint8_t *p = rx->data;
    size_t at = 0;

    if (rx->ip_header) {
        at = naive_ip4(p, rx->len, 0);
        if (!at || p[9] != 1)
            return icmp;
        icmp.ttl = p[8];
        icmp.tos = p[1];
    }
    icmp.bytes = (uint32_t)(rx->len - at);
    icmp.checksum_ok = rx->checksum_verified || rx->cut ||
                       (icmp.bytes && naive_sum(0, p + at, icmp.bytes) == 0xffff);
    if (icmp.bytes < 8)
        return icmp;
    icmp.type = p[at];
    icmp.code = p[at + 1];
    icmp.kind = MPING_ICMP_OTHER;
    if (v6 ? icmp.type == 129 : icmp.type == 0 || icmp.type == 14) {
        icmp.kind = MPING_ICMP_REPLY;
        icmp.id = (uint16_t)get16(p + at + 4);
        icmp.seq = (uint16_t)get16(p + at + 6);
        icmp.payload = p + at + 8;
        icmp.payload_len = icmp.bytes - 8;
    } else if (naive_is_error(v6, icmp.type)) {
        icmp.info = naive_info(v6, p + at);
        naive_error(p, rx->len, at, v6, &icmp);
    }
    return icmp;
}

/* Addresses of a quote count only where there is one. */
static bool same_icmp(const struct mping_icmp *a, const struct mping_icmp *b)
{
    if (a->kind != b->kind || a->ttl != b->ttl || a->tos != b->tos)
        return false;
    if (a->kind == MPING_ICMP_MALFORMED)
        return true;
    if (a->type != b->type || a->code != b->code || a->bytes != b->bytes || a->info != b->info ||
        a->checksum_ok != b->checksum_ok)
        return false;
    if (a->kind == MPING_ICMP_OTHER)
        return true;
    if (a->id != b->id || a->seq != b->seq || a->payload_len != b->payload_len ||
        a->payload != b->payload)
        return false;
    return a->kind == MPING_ICMP_REPLY ||
           (memcmp(&a->quoted_dst, &b->quoted_dst, sizeof(a->quoted_dst)) == 0 &&
            memcmp(&a->quoted_src, &b->quoted_src, sizeof(a->quoted_src)) == 0);
}

/* Parses a copy of exactly rx->len bytes both ways. kinds counts what came out. */
static bool agree(const struct mping_rx *rx, unsigned kinds[4])
{
    struct mping_rx copy = *rx;
    struct mping_icmp ours, naive;
    uint8_t *data = malloc(rx->len ? rx->len : 1);
    bool same;

    if (!data)
        return false;
    memcpy(data, rx->data, rx->len);
    copy.data = rx->len ? data : data + 1;
    mping_icmp_parse(&copy, &ours);
    naive = naive_parse(&copy);
    same = same_icmp(&ours, &naive);
    if (kinds)
        kinds[ours.kind]++;
    free(data);
    return same;
}

static struct mping_rx rx_of(int family, bool ip_header, const uint8_t *data, size_t len)
{
    struct mping_rx rx = {.data = data, .len = (uint32_t)len, .ip_header = ip_header};

    rx.from.family = (uint16_t)family;
    rx.ttl = 33;
    rx.tos = -1;
    return rx;
}

static void test_sum(void)
{
    unsigned wrong = 0, chained = 0;
    uint8_t *data;

    for (size_t len = 0; len <= 2000; len++) {
        uint16_t start = (uint16_t)rng();
        size_t half = len / 4 * 2;

        data = malloc(len ? len : 1);
        if (!data)
            abort();
        fill(data, len);
        if (len % 5 == 0)
            memset(data, 0xff, len);
        wrong += !same_sum(mping_icmp_sum(start, data, len), naive_sum(start, data, len));
        chained += mping_icmp_sum(mping_icmp_sum(start, data, half), data + half, len - half) !=
                   mping_icmp_sum(start, data, len);
        free(data);
    }
    ok(wrong == 0, "the sum is RFC 1071's for every length from 0 to 2,000 (%u wrong)", wrong);
    ok(chained == 0, "sums of parts that begin at even offsets chain (%u wrong)", chained);
    data = calloc(1, MPING_PAYLOAD_MAX);
    if (!data)
        abort();
    memset(data, 0xff, MPING_PAYLOAD_MAX);
    ok(same_sum(mping_icmp_sum(0xffff, data, MPING_PAYLOAD_MAX),
                naive_sum(0xffff, data, MPING_PAYLOAD_MAX)),
       "the largest payload of all ones does not overflow");
    free(data);
}

/* Every head and tail length: the packet as sent must verify by the naive sum. */
static void test_build(void)
{
    unsigned wrong = 0, fields = 0, v6_sums = 0;
    uint8_t packet[24 + 64];

    for (size_t head = 8; head <= 24; head += 2) {
        for (size_t tail = 0; tail <= 64; tail++) {
            uint16_t id = (uint16_t)rng(), seq = (uint16_t)rng();
            uint16_t tail_sum;

            fill(packet, sizeof(packet));
            tail_sum = mping_icmp_sum(0, packet + head, tail);
            mping_icmp_build(packet, head, tail_sum, AF_INET, id, seq);
            wrong += naive_sum(0, packet, head + tail) != 0xffff;
            fields += packet[0] != 8 || packet[1] != 0 || get16(packet + 4) != id ||
                      get16(packet + 6) != seq;
            mping_icmp_build(packet, head, tail_sum, AF_INET6, id, seq);
            fields += packet[0] != 128 || packet[1] != 0 || get16(packet + 4) != id;
            v6_sums += get16(packet + 2) != 0;
        }
    }
    ok(wrong == 0, "IPv4 requests verify for every head and tail length (%u wrong)", wrong);
    ok(fields == 0, "type, code, id and seq are in their places (%u wrong)", fields);
    ok(v6_sums == 0, "the ICMPv6 checksum is left to the kernel");
}

/* An IPv4 error with the given header lengths. */
static void build_ihl(uint8_t *p, unsigned outer, unsigned inner)
{
    size_t at = outer * 4, quote = at + 8, echo = quote + inner * 4;

    memset(p, 0, 256);
    p[0] = (uint8_t)(0x40 | outer);
    p[8] = 61;
    p[9] = IPPROTO_ICMP;
    p[at] = 3;
    p[at + 1] = 1;
    p[quote] = (uint8_t)(0x40 | inner);
    p[quote + 9] = IPPROTO_ICMP;
    fill(p + quote + 12, 8);
    p[echo] = 8;
    fill(p + echo + 4, 80);
    p[0] = (uint8_t)(0x40 | outer); /* again, where the message lies over it */
    p[9] = IPPROTO_ICMP;
}

static void test_header_lengths(void)
{
    uint8_t packet[512];
    unsigned wrong = 0, kinds[4] = {0};

    for (unsigned outer = 0; outer < 16; outer++) {
        for (unsigned inner = 0; inner < 16; inner++) {
            build_ihl(packet, outer, inner);
            for (size_t len = 0; len <= 200; len++) {
                struct mping_rx rx = rx_of(AF_INET, true, packet, len);

                wrong += !agree(&rx, kinds);
                rx = rx_of(AF_INET, false, packet + outer * 4, len);
                wrong += !agree(&rx, kinds);
            }
        }
    }
    ok(wrong == 0, "every outer and inner header length and cut agrees (%u wrong)", wrong);
    ok(kinds[MPING_ICMP_ERROR] > 10000 && kinds[MPING_ICMP_MALFORMED] > 1000 &&
           kinds[MPING_ICMP_OTHER] > 1000,
       "and good, bad and useless quotes were among them");
}

/* All types and codes with quotes of several lengths, both families. */
static void test_types(void)
{
    static const size_t lengths[] = {7, 8, 35, 36, 55, 56, 64, 128, 548, 1232};
    uint8_t packet[2048];
    unsigned wrong = 0, kinds[4] = {0};

    for (unsigned pair = 0; pair < 65536; pair++) {
        bool v6 = pair % 3 == 0;
        size_t len = lengths[pair % 10];
        struct mping_rx rx = rx_of(v6 ? AF_INET6 : AF_INET, false, packet, len);

        for (int other = 0; other < 2; other++, v6 = !v6) {
            fill(packet, 80);
            packet[0] = (uint8_t)(pair >> 8);
            packet[1] = (uint8_t)pair;
            packet[8] = v6 ? 0x60 : 0x45;
            memset(packet + 9, 0, 7);
            packet[14] = IPPROTO_ICMPV6;
            packet[17] = IPPROTO_ICMP;
            packet[v6 ? 48 : 28] = v6 ? 128 : pair % 2 ? 8 : 13;
            rx.from.family = v6 ? AF_INET6 : AF_INET;
            wrong += !agree(&rx, kinds);
        }
    }
    ok(wrong == 0, "all 65,536 types and codes agree in both families (%u wrong)", wrong);
    ok(kinds[MPING_ICMP_ERROR] > 0 && kinds[MPING_ICMP_REPLY] > 0, "errors and replies among them");
}

/* A chain of up to ten extension headers at `pos`, now and then odd; returns its end. */
static size_t build_chain(uint8_t *packet, size_t pos)
{
    static const uint8_t protocols[] = {0, 43, 44, 60, 58, 58, 58, 17, 51};
    uint8_t next = protocols[rng() % sizeof(protocols)];

    packet[14] = next;
    for (unsigned i = rng() % 11; i > 0 && next != 58; i--) {
        uint8_t *ext = packet + pos;

        ext[0] = i == 1 ? 58 : protocols[rng() % sizeof(protocols)];
        ext[1] = rng() % 4 ? (uint8_t)(rng() % 3) : 0;
        ext[3] = rng() % 8 ? 1 : 8;
        pos += next == 44 ? 8 : 8 + (size_t)ext[1] * 8;
        next = ext[0];
    }
    return pos;
}

static void test_extensions(void)
{
    uint8_t packet[PACKET_MAX];
    unsigned wrong = 0, kinds[4] = {0};

    for (unsigned n = 0; n < 100000; n++) {
        struct mping_rx rx;
        size_t end;

        memset(packet, 0, 1024);
        packet[0] = (uint8_t)(1 + rng() % 4);
        packet[8] = 0x60;
        end = build_chain(packet, 8 + 40);
        packet[end] = 128;
        fill(packet + end + 4, 40);
        rx = rx_of(AF_INET6, false, packet, rng() % 4 ? end + 8 + rng() % 32 : rng() % (end + 40));
        rx.checksum_verified = true;
        wrong += !agree(&rx, kinds);
    }
    ok(wrong == 0, "chains of IPv6 extension headers agree (%u wrong)", wrong);
    ok(kinds[MPING_ICMP_ERROR] > 1000 && kinds[MPING_ICMP_OTHER] > 1000,
       "with and without an echo request at their end");
}

static void test_random(void)
{
    uint8_t packet[128];
    unsigned wrong = 0;

    for (unsigned n = 0; n < 500000; n++) {
        struct mping_rx rx = rx_of(n % 2 ? AF_INET6 : AF_INET, n % 3 == 0, packet, rng() % 128);

        fill(packet, 24 + rng() % 104);
        packet[0] = rng() % 2 ? 0x45 : packet[0];
        packet[9] = rng() % 2 ? 1 : packet[9];
        rx.cut = rng() % 4 == 0;
        rx.checksum_verified = rng() % 4 == 0;
        wrong += !agree(&rx, NULL);
    }
    ok(wrong == 0, "half a million random datagrams agree (%u wrong)", wrong);
}

/* One reply on a raw socket, whole and with each of its bits turned in turn. */
static void test_reply_checksum(void)
{
    uint8_t packet[28 + 56] = {0x45, 0x10};
    struct mping_rx rx = rx_of(AF_INET, true, packet, sizeof(packet));
    struct mping_icmp icmp;
    unsigned sum, accepted = 0;

    packet[8] = 57;
    packet[9] = IPPROTO_ICMP;
    fill(packet + 24, 60);
    sum = 0xffffu ^ naive_sum(0, packet + 20, 64);
    packet[22] = (uint8_t)(sum >> 8);
    packet[23] = (uint8_t)sum;
    mping_icmp_parse(&rx, &icmp);
    ok(icmp.kind == MPING_ICMP_REPLY && icmp.checksum_ok && icmp.ttl == 57 && icmp.tos == 16 &&
           icmp.bytes == 64 && icmp.payload_len == 56,
       "a reply with its IPv4 header is taken apart");
    for (unsigned bit = 20 * 8; bit < sizeof(packet) * 8; bit++) {
        packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
        mping_icmp_parse(&rx, &icmp);
        accepted += icmp.checksum_ok;
        packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    ok(accepted == 0, "no single turned bit passes the checksum (%u did)", accepted);
    rx.checksum_verified = true;
    packet[23] ^= 1;
    mping_icmp_parse(&rx, &icmp);
    ok(icmp.checksum_ok, "the kernel's word on the checksum is taken");
}

int main(void)
{
    test_sum();
    test_build();
    test_header_lengths();
    test_types();
    test_extensions();
    test_random();
    test_reply_checksum();
    return done_testing();
}
