/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as text: what is read, what is refused, and that all come back. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/multiping.h>

#include "tap.h"

/* Texts that are addresses, and how they are written. */
static const struct {
    const char *text;
    uint16_t family;
    const char *back;
} good[] = {
    {"0.0.0.0", AF_INET, "0.0.0.0"},
    {"127.0.0.1", AF_INET, "127.0.0.1"},
    {"255.255.255.255", AF_INET, "255.255.255.255"},
    {"::", AF_INET6, "::"},
    {"::1", AF_INET6, "::1"},
    {"2001:DB8:0:0:0:0:0:1", AF_INET6, "2001:db8::1"},
    {"2001:0db8:0000:0000:0000:0000:0000:0001", AF_INET6, "2001:db8::1"},
    {"1:2:3:4:5:6:7:8", AF_INET6, "1:2:3:4:5:6:7:8"},
    {"::ffff:192.0.2.1", AF_INET6, "::ffff:192.0.2.1"},
    {"1:2:3:4:5:6:255.255.255.255", AF_INET6, "1:2:3:4:5:6:ffff:ffff"},
    {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", AF_INET6,
     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    {"fe80::1", AF_INET6, "fe80::1"},
    {"fe80::1%1", AF_INET6, "fe80::1%lo"},
    {"fe80::1%lo", AF_INET6, "fe80::1%lo"},
    {"ff02::1%lo", AF_INET6, "ff02::1%lo"},
    {"ff01::1%1", AF_INET6, "ff01::1%lo"},
    {"fe80::1%01", AF_INET6, "fe80::1%lo"},
    {"fe80::1%4294967295", AF_INET6, "fe80::1%4294967295"},
    {"fe80::1%3999999999", AF_INET6, "fe80::1%3999999999"},
};

static const struct {
    const char *text;
    int want;
} bad[] = {
    {"", MPING_EINVAL},
    {" ", MPING_EINVAL},
    {"localhost", MPING_EINVAL},
    {"1", MPING_EINVAL},
    {"1.2.3", MPING_EINVAL},
    {"1.2.3.4.5", MPING_EINVAL},
    {"1.2.3.4 ", MPING_EINVAL},
    {" 1.2.3.4", MPING_EINVAL},
    {"1.2.3.256", MPING_EINVAL},
    {"1.2.3.-4", MPING_EINVAL},
    {"0x7f.0.0.1", MPING_EINVAL},
    {"127.0.0.1\n", MPING_EINVAL},
    {"127.0.0.1%1", MPING_EINVAL},
    {"127.0.0.1/8", MPING_EINVAL},
    {"127.0.0.010", MPING_EINVAL},
    {"127.0.0.1.", MPING_EINVAL},
    {"::1%lo", MPING_EINVAL},
    {"2001:db8::1%1", MPING_EINVAL},
    {"ff05::1%lo", MPING_EINVAL},
    {"::ffff:127.0.0.010", MPING_EINVAL},
    {":", MPING_EINVAL},
    {":::", MPING_EINVAL},
    {"1::2::3", MPING_EINVAL},
    {"12345::", MPING_EINVAL},
    {"1:2:3:4:5:6:7", MPING_EINVAL},
    {"1:2:3:4:5:6:7:8:9", MPING_EINVAL},
    {"[::1]", MPING_EINVAL},
    {"::1/128", MPING_EINVAL},
    {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555", MPING_EINVAL},
    {"fe80::1%0", MPING_EINVAL},
    {"fe80::1%00", MPING_EINVAL},
    {"fe80::1%", MPING_EINVAL},
    {"fe80::1%4294967296", -ENODEV},
    {"fe80::1%99999999999999999999", -ENODEV},
    {"fe80::1%-1", -ENODEV},
    {"fe80::1%+1", -ENODEV},
    {"fe80::1% 1", -ENODEV},
    {"fe80::1%1x", -ENODEV},
    {"fe80::1%no such", -ENODEV},
    {"fe80::1%lo%lo", -ENODEV},
    {"%lo", MPING_EINVAL},
    {"%", MPING_EINVAL},
};

static void test_good(void)
{
    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct mping_addr addr = {.family = 99, .scope_id = 99, .reserved = 99};
        char text[MPING_ADDR_TEXT_MAX];
        int r = mping_addr_parse(&addr, good[i].text);

        ok(r == 0 && addr.family == good[i].family && addr.reserved == 0, "%s is an address",
           good[i].text);
        ok(mping_addr_format(&addr, text, sizeof(text)) == text && strcmp(text, good[i].back) == 0,
           "written as %s (%s)", good[i].back, text);
    }
}

static void test_bad(void)
{
    static char longest[70000];

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct mping_addr addr, before;
        int r;

        memset(&addr, 0x5a, sizeof(addr));
        before = addr;
        r = mping_addr_parse(&addr, bad[i].text);
        ok(r == bad[i].want && memcmp(&addr, &before, sizeof(addr)) == 0,
           "\"%s\" is refused and nothing written (%s)", bad[i].text, mping_err_name(r));
    }
    memset(longest, '1', sizeof(longest) - 1);
    ok(mping_addr_parse(&(struct mping_addr){0}, longest) == MPING_EINVAL, "70,000 digits, too");
    memcpy(longest, "fe80::1%", 8);
    ok(mping_addr_parse(&(struct mping_addr){0}, longest) == -ENODEV, "and a scope of as many");
    ok(mping_addr_parse(NULL, "::1") == MPING_EINVAL &&
           mping_addr_parse(&(struct mping_addr){0}, NULL) == MPING_EINVAL,
       "NULL is refused");
}

/* Random addresses, some with runs of zeros, through text and back. */
static void test_round_trips(void)
{
    uint64_t state = 31;
    unsigned wrong = 0;

    for (unsigned n = 0; n < 100000; n++) {
        struct mping_addr addr = {.family = n % 2 ? AF_INET : AF_INET6}, back;
        char text[MPING_ADDR_TEXT_MAX];

        for (unsigned i = 0; i < (n % 2 ? 4 : 16); i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            addr.ip[i] = state >> 62 ? (uint8_t)(state >> 40) : 0;
        }
        if (n % 10 == 0) {
            memcpy(addr.ip, n % 20 ? "\xff\x02" : "\xfe\x80", 2);
            addr.scope_id = (uint32_t)(state >> 33) + 1000000;
        }
        mping_addr_format(&addr, text, sizeof(text));
        wrong += mping_addr_parse(&back, text) != 0 || memcmp(&addr, &back, sizeof(addr)) != 0;
    }
    ok(wrong == 0, "100,000 addresses come back from their text (%u do not)", wrong);
}

/* Cut to any size: a proper beginning, its NUL, and nothing behind. */
static void test_cut(void)
{
    static const char whole[] = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295";
    struct mping_addr addr = {.family = AF_INET6, .scope_id = UINT32_MAX};
    unsigned wrong = 0;

    memset(addr.ip, 0xff, sizeof(addr.ip));
    for (size_t size = 1; size <= MPING_ADDR_TEXT_MAX; size++) {
        char *text = malloc(size);
        size_t len = size - 1 < sizeof(whole) - 1 ? size - 1 : sizeof(whole) - 1;

        if (!text)
            abort();
        mping_addr_format(&addr, text, size);
        wrong += strlen(text) != len || memcmp(text, whole, len) != 0;
        free(text);
    }
    ok(wrong == 0, "the longest text is cut to any size (%u wrong)", wrong);
    ok(sizeof(whole) - 10 + IF_NAMESIZE <= MPING_ADDR_TEXT_MAX,
       "and the longest name of an interface has room");
}

static void test_none(void)
{
    struct mping_addr none = {0}, odd = {.family = 77, .ip = {1, 2, 3, 4}};
    char text[MPING_ADDR_TEXT_MAX] = "x";

    ok(*mping_addr_format(&none, text, sizeof(text)) == '\0', "no address is written as nothing");
    ok(*mping_addr_format(&odd, text, sizeof(text)) == '\0', "so is one of no known family");
}

int main(void)
{
    test_good();
    test_bad();
    test_round_trips();
    test_cut();
    test_none();
    return done_testing();
}
