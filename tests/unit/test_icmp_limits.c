/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ICMP codec at its limits, exhaustively: every length of a checksum, all types and codes
 * with each usual length of a quote, extreme ids and seqs. Datagrams lie at the end of an
 * allocation of their own, so that reading one byte too far is seen by the sanitizers.
 */
#include "core/icmp.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "tap.h"

enum { IP4 = 20, IP6 = 40, HEADER = 8 };

/* Quoted bytes: the IP header and what follows it, as routers really cut them. */
static const size_t quotes[] = {0, 8, 20, 28, 40, 48, 128, 548};

/*
 * Each length to the longest in turn, one byte more each time: the reference goes on from the
 * one before by adding one byte, and so needs no loop of its own.
 */
static void test_sum_lengths(void)
{
    uint8_t *data = malloc(MPING_PAYLOAD_MAX);
    unsigned long wrong = 0;
    uint32_t naive = 0, state = 77;

    if (!data)
        abort();
    for (size_t len = 0; len <= MPING_PAYLOAD_MAX; len++) {
        /* The end of the allocation is the end of the data. */
        const uint8_t *from = data + MPING_PAYLOAD_MAX - len;
        uint16_t got = mping_icmp_sum(0, from, len);

        /* Prepending moves every byte to the other half of its word: the sum is swapped. */
        wrong += got % 0xffff != naive % 0xffff;
        if (len == MPING_PAYLOAD_MAX)
            break;
        state = state * 1664525 + 1013904223;
        data[MPING_PAYLOAD_MAX - len - 1] = len % 1000 < 500 ? 0xff : (uint8_t)(state >> 24);
        naive = (naive & 0xff) << 8 | naive >> 8;
        naive += (uint32_t)data[MPING_PAYLOAD_MAX - len - 1] << 8;
        naive = (naive & 0xffff) + (naive >> 16);
    }
    ok(wrong == 0, "the sum is right for each length from 0 to 65,507 (%lu wrong)", wrong);
    free(data);
}

/* Parses exactly len bytes of packet. */
static struct mping_icmp parse(bool v6, bool ip_header, const uint8_t *packet, size_t len)
{
    uint8_t *exact = malloc(len ? len : 1);
    struct mping_rx rx = {.data = exact,
                          .len = (uint32_t)len,
                          .ip_header = ip_header,
                          .ttl = -1,
                          .tos = -1,
                          .checksum_verified = true};
    struct mping_icmp icmp;

    if (!exact)
        abort();
    memcpy(exact, packet, len);
    rx.from.family = v6 ? AF_INET6 : AF_INET;
    mping_icmp_parse(&rx, &icmp);
    free(exact);
    icmp.payload = NULL; /* it led there */
    return icmp;
}

/* An ICMP message of that type and code around a quoted echo request for id and seq. */
static void build_error(uint8_t *p, bool v6, unsigned pair, uint16_t id, uint16_t seq)
{
    uint8_t *ip = p + HEADER, *echo = ip + (v6 ? IP6 : IP4);

    memset(p, 0, 1024);
    p[0] = (uint8_t)(pair >> 8);
    p[1] = (uint8_t)pair;
    store_be32(p + 4, UINT32_C(0x01020578));
    if (v6) {
        ip[0] = 0x60;
        ip[6] = IPPROTO_ICMPV6;
        ip[8] = 0xfd;
        ip[24] = 0xfd;
        ip[39] = 7;
    } else {
        ip[0] = 0x45;
        ip[9] = IPPROTO_ICMP;
        store_be32(ip + 12, UINT32_C(0x7f000001));
        store_be32(ip + 16, UINT32_C(0x7f000007));
    }
    echo[0] = v6 ? 128 : 8;
    store_be16(echo + 4, id);
    store_be16(echo + 6, seq);
}

/* RFC 792 and RFC 4443: which messages quote the packet that caused them. */
static bool is_error(bool v6, unsigned type)
{
    static const unsigned v4_types[] = {3, 4, 5, 11, 12};

    if (v6)
        return type >= 1 && type <= 4;
    for (unsigned i = 0; i < 5; i++)
        if (type == v4_types[i])
            return true;
    return false;
}

static uint32_t info_of(bool v6, unsigned type)
{
    if (v6)
        return type == 2 || type == 4 ? UINT32_C(0x01020578) : 0;
    if (type == 3)
        return 0x0578;
    if (type == 12)
        return 1;
    return type == 5 ? UINT32_C(0x01020578) : 0;
}

static unsigned check_error(const struct mping_icmp *icmp, bool v6, unsigned pair, size_t quote)
{
    bool whole = quote >= (size_t)(v6 ? IP6 : IP4) + HEADER;
    unsigned type = pair >> 8, wrong = 0;
    enum mping_icmp_kind want = MPING_ICMP_OTHER;

    if (is_error(v6, type) && whole)
        want = MPING_ICMP_ERROR;
    else if (v6 ? type == 129 : type == 0 || type == 14)
        want = MPING_ICMP_REPLY;
    wrong += icmp->kind != want || icmp->type != type || icmp->code != (pair & 0xff);
    wrong += icmp->bytes != HEADER + quote;
    if (is_error(v6, type))
        wrong += icmp->info != info_of(v6, type);
    if (want != MPING_ICMP_ERROR)
        return wrong;
    wrong += icmp->id != (pair & 0xffff) || icmp->seq != (uint16_t)~pair;
    wrong += icmp->quoted_dst.family != (v6 ? AF_INET6 : AF_INET);
    wrong += icmp->quoted_dst.ip[v6 ? 15 : 3] != 7;
    return wrong + (icmp->payload_len != quote - (size_t)(v6 ? IP6 : IP4) - HEADER);
}

/* All types and codes, in both families, with every length of the quote. */
static void test_types(bool v6)
{
    unsigned wrong = 0, cases = 0;
    uint8_t packet[1024];

    for (unsigned pair = 0; pair < 65536; pair++) {
        build_error(packet, v6, pair, (uint16_t)pair, (uint16_t)~pair);
        for (unsigned q = 0; q < sizeof(quotes) / sizeof(quotes[0]); q++) {
            struct mping_icmp icmp = parse(v6, false, packet, HEADER + quotes[q]);

            wrong += check_error(&icmp, v6, pair, quotes[q]) != 0;
            cases++;
        }
    }
    ok(wrong == 0, "IPv%c: %u messages of all types, codes and lengths (%u wrong)", v6 ? '6' : '4',
       cases, wrong);
}

/* Whatever the quote says of itself, its bytes are only looked at where there are some. */
static void test_cuts(void)
{
    unsigned errors[2] = {0}, early = 0;
    uint8_t packet[1024];

    for (int v6 = 0; v6 < 2; v6++) {
        build_error(packet, v6, v6 ? 0x0100 : 0x0301, 1, 2);
        for (size_t len = 0; len <= 200; len++) {
            struct mping_icmp icmp = parse(v6, false, packet, len);
            size_t needed = (size_t)(v6 ? IP6 : IP4) + 2 * HEADER;

            early += len < HEADER && icmp.kind != MPING_ICMP_MALFORMED;
            early += len < needed && icmp.kind == MPING_ICMP_ERROR;
            errors[v6] += icmp.kind == MPING_ICMP_ERROR;
        }
    }
    ok(early == 0, "nothing is made of less than a header (%u were)", early);
    ok(errors[0] == 200 - 36 + 1 && errors[1] == 200 - 56 + 1,
       "and a quote counts from its echo header on");
}

/* Id and seq at their ends, there and back. */
static void test_id_seq(void)
{
    static const uint16_t ends[] = {0, 1, 255, 256, 32767, 32768, 65534, 65535};
    unsigned wrong = 0;

    for (unsigned i = 0; i < 64; i++) {
        uint16_t id = ends[i / 8], seq = ends[i % 8];
        uint8_t packet[24] = {0};

        for (int v6 = 0; v6 < 2; v6++) {
            struct mping_icmp icmp;

            mping_icmp_build(packet, sizeof(packet), 0, v6 ? AF_INET6 : AF_INET, id, seq);
            wrong += mping_icmp_sum(0, packet, sizeof(packet)) != 0xffff && !v6;
            packet[0] = v6 ? 129 : 0;
            icmp = parse(v6, false, packet, sizeof(packet));
            wrong += icmp.kind != MPING_ICMP_REPLY || icmp.id != id || icmp.seq != seq;
        }
    }
    ok(wrong == 0, "ids and seqs from 0 to 65,535 go there and back (%u do not)", wrong);
}

/* IPv4 options in the datagram and in the quote: {RR, TS, LSRR, SSRR, unknown}, any length. */
static void test_options(void)
{
    static const uint8_t kinds[] = {7, 68, 131, 137, 99};
    uint8_t packet[60 + HEADER + 60 + HEADER + 32];
    unsigned wrong = 0;

    for (unsigned option = 0; option < 5; option++) {
        for (unsigned len = 0; len < 256; len++) {
            uint8_t *quote = packet + 60 + HEADER;
            struct mping_icmp icmp;

            memset(packet, 1, sizeof(packet));
            packet[0] = quote[0] = 0x4f;
            packet[9] = quote[9] = IPPROTO_ICMP;
            quote[6] = quote[7] = 0;
            packet[20] = quote[20] = kinds[option];
            packet[21] = quote[21] = (uint8_t)len;
            packet[22] = quote[22] = (uint8_t)(len * 7);
            packet[60] = 3;
            quote[60] = 8;
            store_be16(quote + 64, 0xffff);
            store_be16(quote + 66, (uint16_t)len);
            icmp = parse(false, true, packet, sizeof(packet));
            wrong += icmp.kind != MPING_ICMP_ERROR || icmp.id != 0xffff || icmp.seq != len;
        }
    }
    ok(wrong == 0, "options are skipped by the header's length, whatever they say (%u wrong)",
       wrong);
}

int main(void)
{
    test_sum_lengths();
    test_types(false);
    test_types(true);
    test_cuts();
    test_id_seq();
    test_options();
    return done_testing();
}
