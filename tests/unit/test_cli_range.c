/* SPDX-License-Identifier: Apache-2.0 */
/* What texts stand for: how many hosts, which, in what order; and what is refused. */
#include "targets/range/range.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tap.h"

/* count 0: refused. Else the first, the second and the last host; NULL where there is none. */
#define THIRTY "abcdefghijklmnopqrstuvwxyz0123"

static const struct {
    const char *text;
    uint64_t count;
    const char *first, *second, *last;
} rows[] = {
    {"host", 1, "host", NULL, "host"},
    {"web-01.example-x.test", 1, "web-01.example-x.test", NULL, "web-01.example-x.test"},
    {"10-0-0-1", 1, "10-0-0-1", NULL, "10-0-0-1"},
    {"10.0.0.1", 1, "10.0.0.1", NULL, "10.0.0.1"},
    {"fe80::1%lo", 1, "fe80::1%lo", NULL, "fe80::1%lo"},
    {"fe80::1%nonesuch", 1, "fe80::1%nonesuch", NULL, "fe80::1%nonesuch"}, /* looked up later */
    {"host.", 1, "host.", NULL, "host."},
    {"1.2.3.4.test", 1, "1.2.3.4.test", NULL, "1.2.3.4.test"},
    {"0x7f.test", 1, "0x7f.test", NULL, "0x7f.test"},
    {"::ffff:10.0.0.1", 1, "10.0.0.1", NULL, "10.0.0.1"},

    /* Networks: first and last of IPv4 are no hosts. */
    {"10.0.0.0/24", 254, "10.0.0.1", "10.0.0.2", "10.0.0.254"},
    {"10.0.0.77/24", 254, "10.0.0.1", "10.0.0.2", "10.0.0.254"},
    {"10.0.0.0/8", 16777214, "10.0.0.1", "10.0.0.2", "10.255.255.254"},
    {"0.0.0.0/0", 4294967294, "0.0.0.1", "0.0.0.2", "255.255.255.254"},
    {"10.0.0.4/30", 2, "10.0.0.5", "10.0.0.6", "10.0.0.6"},
    {"10.0.0.5/31", 2, "10.0.0.4", "10.0.0.5", "10.0.0.5"},
    {"10.0.0.5/32", 1, "10.0.0.5", NULL, "10.0.0.5"},
    {"10.37.0.0/9", 8388606, "10.0.0.1", "10.0.0.2", "10.127.255.254"},
    {"2001:db8::/120", 256, "2001:db8::", "2001:db8::1", "2001:db8::ff"},
    {"2001:db8::1234/128", 1, "2001:db8::1234", NULL, "2001:db8::1234"},
    {"2001:db8::/88", UINT64_C(1) << 40, "2001:db8::", "2001:db8::1", "2001:db8::ff:ffff:ffff"},
    {"::ffff:10.0.0.77/120", 254, "10.0.0.1", "10.0.0.2", "10.0.0.254"},
    {"fe80::%lo/126", 4, "fe80::%lo", "fe80::1%lo", "fe80::3%lo"},

    /* From one address to another. */
    {"10.0.0.1-10.0.0.50", 50, "10.0.0.1", "10.0.0.2", "10.0.0.50"},
    {"10.0.0.250-10.0.1.5", 12, "10.0.0.250", "10.0.0.251", "10.0.1.5"},
    {"10.0.0.1-10.0.0.1", 1, "10.0.0.1", NULL, "10.0.0.1"},
    {"0.0.0.0-255.255.255.255", UINT64_C(1) << 32, "0.0.0.0", "0.0.0.1", "255.255.255.255"},
    {"2001:db8::fffe-2001:db8::1:1", 4, "2001:db8::fffe", "2001:db8::ffff", "2001:db8::1:1"},
    {"::ffff:10.0.0.1-::ffff:10.0.0.3", 3, "10.0.0.1", "10.0.0.2", "10.0.0.3"},
    {"10.0.0.1-::ffff:10.0.0.3", 3, "10.0.0.1", "10.0.0.2", "10.0.0.3"},
    {"fe80::1%lo-fe80::2%lo", 2, "fe80::1%lo", "fe80::2%lo", "fe80::2%lo"},
    {"fe80::1%lo-fe80::2", 2, "fe80::1%lo", "fe80::2%lo", "fe80::2%lo"},

    /* Octets. */
    {"10.0.0-3.1-254", 1016, "10.0.0.1", "10.0.0.2", "10.0.3.254"},
    {"10.0.0.1-50", 50, "10.0.0.1", "10.0.0.2", "10.0.0.50"},
    {"10.0.0.1,5,9", 3, "10.0.0.1", "10.0.0.5", "10.0.0.9"},
    {"10.0.0.9,1,5,1", 3, "10.0.0.1", "10.0.0.5", "10.0.0.9"},
    {"10.0.0.1-3,7-8", 5, "10.0.0.1", "10.0.0.2", "10.0.0.8"},
    {"10.0.*.1", 256, "10.0.0.1", "10.0.1.1", "10.0.255.1"},
    {"*.*.*.*", UINT64_C(1) << 32, "0.0.0.0", "0.0.0.1", "255.255.255.255"},
    {"10.0-1.*.*", 131072, "10.0.0.0", "10.0.0.1", "10.1.255.255"},

    /* Braces. */
    {"host{1..9}", 9, "host1", "host2", "host9"},
    {"host{01..10}.test", 10, "host01.test", "host02.test", "host10.test"},
    {"host{1..010}", 10, "host001", "host002", "host010"},
    {"host{9..1}", 9, "host9", "host8", "host1"},
    {"host{1..10..3}", 4, "host1", "host4", "host10"},
    {"host{10..1..-3}", 4, "host10", "host7", "host1"},
    {"host{0..0}", 1, "host0", NULL, "host0"},
    {"host{-1..1}", 3, "host-1", "host0", "host1"},
    {"host{-01..1}", 3, "host-01", "host000", "host001"},
    {"{a,b,c}", 3, "a", "b", "c"},
    {"{a..e}{1..2}", 10, "a1", "a2", "e2"},
    {"x{a,b{1..3},}y", 5, "xay", "xb1y", "xy"},
    {"{{a,b},{c,d}}", 4, "a", "b", "d"},
    {"10.0.{0..3}.{1..254}", 1016, "10.0.0.1", "10.0.0.2", "10.0.3.254"},
    {"::ffff:10.0.0.{1..3}", 3, "10.0.0.1", "10.0.0.2", "10.0.0.3"},
    {"10.0.{0,2}.0/30", 4, "10.0.0.1", "10.0.0.2", "10.0.2.2"},
    {"{10.0.0.1-3,host}", 4, "10.0.0.1", "10.0.0.2", "host"},
    {"fd00::{1..9}", 9, "fd00::1", "fd00::2", "fd00::9"},
    {"{a,b.c,d}{1..70000}", 210000, "a1", "a2", "d70000"},
    {"{a,,b}{x,,y}{1..70000}", 630000, "ax1", "ax2", "by70000"},
    {"host{1..1000000}x{1..1000000}", UINT64_C(1000000000000), "host1x1", "host1x2",
     "host1000000x1000000"},
};

/* What others read as an address, each in its way, and what is said of it. */
static const struct {
    const char *text, *says;
} misread[] = {
    {"127.0.0.{008..012}", "leading zero"},
    {"127.0.0.{8..08}", "leading zero"},
    {"10.{0..255}.{0..255}.{00..12}", "leading zero"},
    {"127.0.0.08", "leading zero"},
    {"127.0.0.010", "leading zero"},
    {"00.0.0.0", "leading zero"},
    {"127.0.0.08-127.0.0.12", "leading zero"},
    {"127.0.0.1-127.0.0.012", "leading zero"},
    {"127.0.0.01-9", "leading zero"},
    {"127.0.0.1-09", "leading zero"},
    {"127.0.0.1,02", "leading zero"},
    {"010.0.0.0/8", "leading zero"},
    {"10.0.0.0/08", "leading zero"},
    {"::1/0128", "leading zero"},
    {"::ffff:127.0.0.010", "leading zero"},
    {"::127.0.0.01", "leading zero"},
    {"::ffff:127.0.0.010/128", "leading zero"},
    {"0x7f.1", "hexadecimal"},
    {"0X7F000001", "hexadecimal"},
    {"0x7f.0.0.1-0x7f.0.0.9", "hexadecimal"},
    {"0x7f.0.0.0/8", "hexadecimal"},
    {"127.1", "four numbers"},
    {"2130706433", "four numbers"},
    {"1.2.3.4.5", "four numbers"},
    {"10/8", "four numbers"},
    {"10.0/16", "four numbers"},
    {"::ffff:127.1", "four numbers"},
    {"127.0.0.1.", "an IPv4 address does not end in a dot"},
    {"::1.", "an IPv6 address does not end in a dot"},
    {"fe80::1.%lo", "an IPv6 address does not end in a dot"},
    {"::ffff:127.0.0.1.", "an IPv6 address does not end in a dot"},
    {"127.0.0.1./32", "end in a dot"},
    {"256.1.1.1", "0 to 255"},
    {"1.1.1.1000", "0 to 255"},
    {"127..0.1", "missing"},
    {".127.0.0.1", "missing"},
    {".", "missing"},
    {"::1%lo", "link-local"},
    {"127.0.0.1%lo", "link-local"},
    {"2001:db8::1%1", "link-local"},
    {"fe80::00001", "IPv6"},
};

static const char *const refused[] = {
    "2001:db8::/64",
    "2001:db8::/87",
    "::/0",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/-1",
    "10.0.0.0/ 8",
    "10.0.0.0/255.0.0.0",
    "10.0.0.0/8/8",
    "10.0.0/24",
    "/24",
    "host/24",
    "::1/129",
    "fe80::1%nonesuch/64",
    "10.0.0.2-10.0.0.1",
    "10.0.0.1-::1",
    "::-::1:0:0:0:0",
    "10.0.0.1-10.0.0.256",
    "10.0.0.1-10.0.0.2-10.0.0.3",
    "::1-::",
    "::1-2-::3",
    "::1-",
    "12:34",
    "10.0.0.1-256",
    "10.0.0.5-1",
    "10.0.0.1-",
    "10.0.0.-5",
    "10.0.0.1,",
    "10.0.0-3",
    "10.0.0.1-2.3",
    "10.0.0.01-02",
    "10.0.0.99999999999-1",
    "host{1..1000000}x{1..2000000}",
    "host{1..9",
    "host1..9}",
    "host{}",
    "host{a}",
    "host{1...9}",
    "host{1..b}",
    "host{1..9999999999999999}",
    "{,a}",
    "{{{{{{{{{{{{{{{{{{{{a,b}}}}}}}}}}}}}}}}}}}}",
    "10.{0..300000}.0.0/16",
    /* More than are looked at one by one; both ends are fine. */
    "{a,,b}{x{1..70000},,y}",
    "{a,b c,d}{1..70000}",
    "{a,b\x1b,d}{1..70000}",
    "{a,\xc2}{\x80,b}{1..70000}",
    "{a,10.0.0.0/24,b}{1..70000}",
    "{a,10.0.0.*,b}{1..70000}",
    "{a,b" THIRTY ",c}{d,e" THIRTY ",f}{x,y" THIRTY ",z}{1..70000}",
    "",
    " ",
    "a b",
    "ho\x1bst",
    "a{1..2}\x1b",
};

enum { RANGES_MAX = 70000 };

struct list {
    struct app_range ranges[RANGES_MAX];
    size_t n;
    uint64_t count;
};

static struct list list;

static int take(void *user, struct app_range *range)
{
    (void)user;
    if (list.n == RANGES_MAX)
        abort();
    list.ranges[list.n++] = *range;
    list.count += range->count;
    return 0;
}

static void clear(void)
{
    for (size_t i = 0; i < list.n; i++)
        app_range_done(&list.ranges[i]);
    list.n = list.count = 0;
}

static bool is_at(uint64_t i, const char *want)
{
    struct app_range_host host;
    char text[MPING_ADDR_TEXT_MAX];
    const struct app_range *range = list.ranges;

    while (i >= range->count)
        i -= (range++)->count;
    app_range_at(range, i, &host);
    if (host.addr.family == 0)
        return strcmp(host.name, want) == 0;
    return strcmp(mping_addr_format(&host.addr, text, sizeof(text)), want) == 0;
}

static bool is_right(unsigned r, const char *problem)
{
    return problem == NULL && list.count == rows[r].count && is_at(0, rows[r].first) &&
           (rows[r].second == NULL || is_at(1, rows[r].second)) &&
           is_at(list.count - 1, rows[r].last);
}

static void test_rows(void)
{
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        const char *problem = app_range_read(rows[r].text, take, NULL);
        bool right = is_right(r, problem);

        ok(right, "row %u: is read", r);
        if (!right)
            diag("%s: %llu hosts, %s", rows[r].text, (unsigned long long)list.count,
                 problem ? problem : "fine");
        clear();
    }
}

static void test_refused(void)
{
    for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        const char *problem = app_range_read(refused[i], take, NULL);
        bool right = problem != NULL && *problem != '\0';

        ok(right, "refused %u: with a reason", i);
        if (!right)
            diag("%s: %llu hosts", refused[i], (unsigned long long)list.count);
        clear();
    }
}

static void test_misread(void)
{
    for (unsigned i = 0; i < sizeof(misread) / sizeof(misread[0]); i++) {
        const char *problem = app_range_read(misread[i].text, take, NULL);

        ok(problem != NULL && strstr(problem, misread[i].says) != NULL, "%s: %s", misread[i].text,
           problem != NULL ? problem : "taken");
        clear();
    }
}

static int refuse(void *user, struct app_range *range)
{
    (void)user;
    app_range_done(range);
    return -1;
}

static void test_stop(void)
{
    static const char *const texts[] = {"host",       "10.0.0.1", "10.0.0.0/24",
                                        "10.0.0.1,3", "h{1..2}",  "10.{1,2}.0.0/16"};
    unsigned wrong = 0;

    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const char *problem = app_range_read(texts[i], refuse, NULL);

        wrong += problem == NULL || *problem != '\0';
    }
    ok(wrong == 0, "whoever takes may stop (%u went on)", wrong);
}

static void test_long(void)
{
    enum { LEN = 4000 };
    char text[LEN + 1];

    memset(text, 'a', LEN);
    text[LEN] = '\0';
    ok(app_range_read(text, take, NULL) != NULL, "a name of %d letters is refused", LEN);
    for (int i = 0; i < LEN; i++)
        text[i] = "{a,b}"[i % 5];
    ok(app_range_read(text, take, NULL) != NULL, "2^800 names are, too");
    memset(text, '{', LEN);
    ok(app_range_read(text, take, NULL) != NULL, "and braces upon braces");
    for (int i = 1; i + 1 < LEN; i += 2)
        memcpy(text + i, "a,", 2);
    memcpy(text + LEN - 3, "aa}", 3);
    ok(app_range_read(text, take, NULL) == NULL && list.count == LEN / 2 - 1,
       "a list of one-letter names as long is not");
    clear();
}

/* Random addresses and steps, against 128-bit arithmetic done by hand. */
static void test_arithmetic(void)
{
    uint64_t state = 99, wrong = 0;

    for (int n = 0; n < 100000; n++) {
        struct mping_addr a = {.family = n & 1 ? AF_INET6 : AF_INET}, b;
        uint64_t step;

        for (int i = 0; i < (n & 1 ? 16 : 4); i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            a.ip[i] = i == 0 ? 1 : (uint8_t)(n & 2 ? 0xff : state >> 56);
        }
        step = n & 1 ? state >> (state & 63) : state >> 40;
        b = app_addr_plus(&a, step);
        wrong += app_addr_distance(&a, &b) != step || (app_addr_compare(&a, &b) > 0) ||
                 (step > 0 && app_addr_distance(&b, &a) != UINT64_MAX);
    }
    ok(wrong == 0, "plus and distance undo each other (%llu wrong)", (unsigned long long)wrong);
}

/* Garbage: nothing it reads as has a host that could not be asked for. */
static void test_random(void)
{
    static const char alphabet[] = "0123459.,-/:{}ab*%x";
    uint64_t state = 7;
    unsigned wrong = 0, read = 0;

    for (unsigned n = 0; n < 300000; n++) {
        char text[20];
        size_t len = n % sizeof(text);

        for (size_t i = 0; i < len; i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            text[i] = alphabet[(state >> 40) % (sizeof(alphabet) - 1)];
        }
        text[len] = '\0';
        if (app_range_read(text, take, NULL) == NULL) {
            struct app_range_host host;
            const struct app_range *last = &list.ranges[list.n - 1];

            read++;
            app_range_at(last, last->count - 1, &host);
            wrong += last->count == 0 || (host.addr.family == 0 &&
                                          app_host_problem(host.name, strlen(host.name)) != NULL);
        }
        clear();
    }
    ok(wrong == 0 && read > 1000, "of 300,000 random texts %u are read, %u wrongly", read, wrong);
}

int main(void)
{
    test_rows();
    test_refused();
    test_misread();
    test_stop();
    test_long();
    test_arithmetic();
    test_random();
    return done_testing();
}
