/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses to and from the system's, and 64-bit counts from 32-bit ones. */
#include <string.h>

#include "base/address.h"
#include "base/sockaddr.h"
#include "io/socket/rcvbuf.h"
#include "tap.h"

static const struct {
    const char *what;
    struct mping_addr addr, back;
} rows[] = {
    {"0.0.0.0", {.family = AF_INET}, {.family = AF_INET}},
    {"127.0.0.1",
     {.family = AF_INET, .ip = {127, 0, 0, 1}},
     {.family = AF_INET, .ip = {127, 0, 0, 1}}},
    {"::1", {.family = AF_INET6, .ip = {[15] = 1}}, {.family = AF_INET6, .ip = {[15] = 1}}},
    {"fe80::1%7",
     {.family = AF_INET6, .scope_id = 7, .ip = {0xfe, 0x80, [15] = 1}},
     {.family = AF_INET6, .scope_id = 7, .ip = {0xfe, 0x80, [15] = 1}}},
    {"febf::1%4294967295",
     {.family = AF_INET6, .scope_id = UINT32_MAX, .ip = {0xfe, 0xbf, [15] = 1}},
     {.family = AF_INET6, .scope_id = UINT32_MAX, .ip = {0xfe, 0xbf, [15] = 1}}},
    {"fec0::1%7, where the scope says nothing",
     {.family = AF_INET6, .scope_id = 7, .ip = {0xfe, 0xc0, [15] = 1}},
     {.family = AF_INET6, .ip = {0xfe, 0xc0, [15] = 1}}},
    {"fd00::1%7, neither",
     {.family = AF_INET6, .scope_id = 7, .ip = {0xfd, [15] = 1}},
     {.family = AF_INET6, .ip = {0xfd, [15] = 1}}},
};

static void test_round_trips(void)
{
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        union mping_sockaddr name;
        struct mping_addr back;
        socklen_t len, want;

        memset(&name, 0xff, sizeof(name));
        memset(&back, 0xff, sizeof(back));
        len = mping_sockaddr_set(&name, &rows[r].addr);
        want = rows[r].addr.family == AF_INET ? sizeof(struct sockaddr_in)
                                              : sizeof(struct sockaddr_in6);
        ok(len == want && name.family == rows[r].addr.family, "%s: family and length",
           rows[r].what);
        ok(len == sizeof(name.in) ? name.in.sin_port == 0
                                  : name.in6.sin6_port == 0 && name.in6.sin6_flowinfo == 0,
           "%s: no port, no flow", rows[r].what);
        mping_sockaddr_get(&name, &back);
        ok(memcmp(&back, &rows[r].back, sizeof(back)) == 0, "%s: comes back", rows[r].what);
    }
}

static void test_other_families(void)
{
    static const sa_family_t families[] = {AF_UNSPEC, AF_UNIX, AF_PACKET, 65535};
    struct mping_addr none = {.family = 0};

    for (unsigned i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        union mping_sockaddr name;
        struct mping_addr addr;

        memset(&name, 0xff, sizeof(name));
        memset(&addr, 0xff, sizeof(addr));
        name.family = families[i];
        mping_sockaddr_get(&name, &addr);
        ok(memcmp(&addr, &none, sizeof(addr)) == 0, "family %u is none", families[i]);
    }
}

/* Bytes of a packet lie at any address. */
static void test_unaligned(void)
{
    uint8_t packet[32];
    unsigned wrong = 0;

    for (unsigned at = 0; at < 8; at++) {
        struct mping_addr addr;

        for (unsigned i = 0; i < sizeof(packet); i++)
            packet[i] = (uint8_t)(i * 11 + 1);
        mping_addr_set4(&addr, packet + at);
        wrong += addr.family != AF_INET || memcmp(addr.ip, packet + at, 4) != 0;
        for (unsigned i = 4; i < 16; i++)
            wrong += addr.ip[i] != 0;
        mping_addr_set6(&addr, packet + at, 9);
        wrong += addr.family != AF_INET6 || memcmp(addr.ip, packet + at, 16) != 0 || addr.scope_id;
        packet[at] = 0xfe;
        packet[at + 1] = 0x80;
        mping_addr_set6(&addr, packet + at, 9);
        wrong += addr.scope_id != 9;
    }
    ok(wrong == 0, "from bytes at any address (%u wrong)", wrong);
}

/* What getaddrinfo() hands out is read from any address, and as far as it goes. */
static void test_read(void)
{
    uint8_t room[64];
    unsigned wrong = 0;

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        union mping_sockaddr name;
        struct mping_addr back;
        socklen_t len = mping_sockaddr_set(&name, &rows[r].addr);

        for (unsigned at = 0; at < 8; at++) {
            memcpy(room + at, &name, len);
            wrong +=
                !mping_sockaddr_read((const struct sockaddr *)(const void *)(room + at), &back);
            wrong += memcmp(&back, &rows[r].back, sizeof(back)) != 0;
        }
    }
    ok(wrong == 0, "socket addresses are read from any place (%u wrong)", wrong);
}

static void test_mapped(void)
{
    static const struct {
        const char *what;
        struct mping_addr addr, want;
        bool mapped;
    } mapped_rows[] = {
        {"::ffff:192.0.2.1",
         {.family = AF_INET6, .ip = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}},
         {.family = AF_INET, .ip = {192, 0, 2, 1}},
         true},
        {"::ffff:0.0.0.0%5",
         {.family = AF_INET6, .scope_id = 5, .ip = {[10] = 0xff, [11] = 0xff}},
         {.family = AF_INET},
         true},
        {"::192.0.2.1",
         {.family = AF_INET6, .ip = {[12] = 192, 0, 2, 1}},
         {.family = AF_INET6, .ip = {[12] = 192, 0, 2, 1}},
         false},
        {"1::ffff:192.0.2.1",
         {.family = AF_INET6, .ip = {[1] = 1, [10] = 0xff, [11] = 0xff, 192, 0, 2, 1}},
         {.family = AF_INET6, .ip = {[1] = 1, [10] = 0xff, [11] = 0xff, 192, 0, 2, 1}},
         false},
        {"0.0.0.0 with such bytes behind it",
         {.family = AF_INET, .ip = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}},
         {.family = AF_INET, .ip = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}},
         false},
    };

    for (unsigned r = 0; r < sizeof(mapped_rows) / sizeof(mapped_rows[0]); r++) {
        struct mping_addr addr = mapped_rows[r].addr;
        uint8_t ip[16];
        bool mapped = mping_addr_unmap(&addr);

        ok(mapped == mapped_rows[r].mapped &&
               memcmp(&addr, &mapped_rows[r].want, sizeof(addr)) == 0,
           "%s is %smapped", mapped_rows[r].what, mapped_rows[r].mapped ? "" : "not ");
        memset(ip, 0x55, sizeof(ip));
        mping_ip6_map(ip, addr.ip);
        ok(!mapped || memcmp(ip, mapped_rows[r].addr.ip, sizeof(ip)) == 0, "%s: and back",
           mapped_rows[r].what);
    }
}

static void test_extend(void)
{
    static const struct {
        uint64_t count;
        uint32_t low;
        uint64_t want;
    } counts[] = {
        {0, 0, 0},
        {0, 1, 1},
        {5, 5, 5},
        {5, 4, UINT64_C(0x100000004)}, /* never back: it has gone round */
        {UINT32_MAX, 0, UINT64_C(0x100000000)},
        {UINT32_MAX, UINT32_MAX, UINT32_MAX},
        {UINT64_C(0x1ffffffff), 2, UINT64_C(0x200000002)},
        {UINT64_C(0x100000000), UINT32_MAX, UINT64_C(0x1ffffffff)},
        {0, UINT32_MAX, UINT32_MAX},
    };
    uint64_t truth = 0, count = 0, state = 59;
    unsigned wrong = 0;

    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        ok(mping_rcvbuf_extend(counts[i].count, counts[i].low) == counts[i].want,
           "%llx goes on to %lx", (unsigned long long)counts[i].count,
           (unsigned long)counts[i].low);
    for (unsigned i = 0; i < 1000000; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        truth += state >> 32;
        count = mping_rcvbuf_extend(count, (uint32_t)truth);
        wrong += count != truth;
    }
    ok(wrong == 0, "a million steps to %llx are followed (%u not)", (unsigned long long)truth,
       wrong);
}

int main(void)
{
    test_round_trips();
    test_other_families();
    test_unaligned();
    test_read();
    test_mapped();
    test_extend();
    return done_testing();
}
