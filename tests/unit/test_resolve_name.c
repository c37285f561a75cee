/* SPDX-License-Identifier: Apache-2.0 */
/* Names before anybody is asked: what is one, what is an address, what is this machine. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/error.h>

#include "resolve/internal.h"
#include "tap.h"

#define L63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"
#define L61 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg"

/* want: as it is asked for; NULL: refused. */
static const struct {
    const char *name, *want;
} rows[] = {
    {"a", "a"},
    {"Example.ORG", "example.org"},
    {"example.org.", "example.org."},
    {"_dmarc.under_score.example", "_dmarc.under_score.example"},
    {"-dash-", "-dash-"},
    {"xn--mller-kva.example", "xn--mller-kva.example"},
    {"127.0.0.1", "127.0.0.1"},
    {L63, L63},
    {L63 "." L63 "." L63 "." L61, L63 "." L63 "." L63 "." L61},
    {L63 "." L63 "." L63 "." L61 ".", L63 "." L63 "." L63 "." L61 "."},
    {L63 "." L63 "." L63 "." L61 "x", NULL},
    {L63 "." L63 "." L63 "." L61 "x.", NULL},
    {L63 "h", NULL},
    {"a." L63 "h.b", NULL},
    {"", NULL},
    {".", NULL},
    {"..", NULL},
    {"a..b", NULL},
    {".a", NULL},
    {"a..", NULL},
    {"a b", NULL},
    {" a", NULL},
    {"a\n", NULL},
    {"a\tb", NULL},
    {"a\\.b", NULL},
    {"a\\046b", NULL},
    {"a/b", NULL},
    {"a:b", NULL},
    {"a@b", NULL},
    {"a%b", NULL},
    {"*", NULL},
    {"a\x1b[31m", NULL},
    {"a\x7f", NULL},
    {"m\xc3\xbcller", NULL},
    {"\xff", NULL},
};

static void test_rows(void)
{
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        char *exact = strdup(rows[r].name);
        char *name = malloc(MPING_NAME_MAX + 2);
        bool got;

        if (!exact || !name)
            abort();
        got = mping_name_check(exact, name);
        if (rows[r].want)
            ok(got && strcmp(name, rows[r].want) == 0, "row %u: %.40s", r, name);
        else
            ok(!got, "row %u is no name", r);
        free(exact);
        free(name);
    }
}

/* Every byte there is, alone: letters, digits, '-' and '_' only. */
static void test_bytes(void)
{
    unsigned wrong = 0;

    for (unsigned byte = 1; byte < 256; byte++) {
        char text[2] = {(char)byte, '\0'}, name[MPING_NAME_MAX + 2];
        bool good = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                    (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';

        wrong += mping_name_check(text, name) != good;
    }
    ok(wrong == 0, "of all bytes the right ones are taken (%u wrong)", wrong);
}

static void test_huge(void)
{
    char *huge = malloc(65537), name[MPING_NAME_MAX + 2];
    bool got;

    if (!huge)
        abort();
    memset(huge, 'a', 65536);
    huge[65536] = '\0';
    got = mping_name_check(huge, name);
    ok(!got, "64 KiB are no name");
    for (size_t i = 1; i < 65536; i += 2)
        huge[i] = '.';
    got = mping_name_check(huge, name);
    ok(!got, "nor with dots");
    free(huge);
}

/* How many addresses of any family, IPv4, IPv6 a name has by itself; -1: it must be asked for. */
static const struct {
    const char *name;
    int any, v4, v6;
} locals[] = {
    {"localhost", 2, 1, 1},
    {"localhost.", 2, 1, 1},
    {"a.localhost", 2, 1, 1},
    {"a.b.localhost.", 2, 1, 1},
    {"notlocalhost", -1, -1, -1},
    {"localhost.example", -1, -1, -1},
    {"localhost.localdomain", -1, -1, -1},
    {"127.0.0.1", 1, 1, 0},
    {"::1", 1, 0, 1},
    {"127.1", 1, 1, 0}, /* the old short forms, which never are names */
    {"2130706433", 1, 1, 0},
    {"0x7f.1", 1, 1, 0},
    {"0177.0.0.1", 1, 1, 0},
    {"127.0.0.1.", -1, -1, -1},
    {"1.2.3.4.5", -1, -1, -1},
    {"256.0.0.1", -1, -1, -1},
    {"example.org", -1, -1, -1},
};

static int count_local(const char *name, int family, struct mping_addr addrs[2])
{
    size_t n = 77;

    return mping_name_is_local(name, family, addrs, &n) ? (int)n : -1;
}

static void test_locals(void)
{
    for (unsigned r = 0; r < sizeof(locals) / sizeof(locals[0]); r++) {
        struct mping_addr addrs[2];
        int any = count_local(locals[r].name, AF_UNSPEC, addrs);
        int v4 = count_local(locals[r].name, AF_INET, addrs);
        int v6 = count_local(locals[r].name, AF_INET6, addrs);

        ok(any == locals[r].any && v4 == locals[r].v4 && v6 == locals[r].v6,
           "%s: %d, of IPv4 %d, of IPv6 %d", locals[r].name, any, v4, v6);
    }
}

static void test_local_addrs(void)
{
    static const uint8_t loopback4[16] = {127, 0, 0, 1}, loopback6[16] = {[15] = 1};
    static const char *const forms[] = {"127.1", "2130706433", "0x7f.1", "0177.0.0.1"};
    struct mping_addr addrs[2];

    count_local("localhost", AF_UNSPEC, addrs);
    ok(addrs[0].family == AF_INET && memcmp(addrs[0].ip, loopback4, 16) == 0 &&
           addrs[1].family == AF_INET6 && memcmp(addrs[1].ip, loopback6, 16) == 0,
       "localhost is 127.0.0.1, then ::1");
    for (unsigned i = 0; i < 4; i++) {
        memset(addrs, 0xff, sizeof(addrs));
        count_local(forms[i], AF_UNSPEC, addrs);
        ok(addrs[0].family == AF_INET && memcmp(addrs[0].ip, loopback4, 16) == 0 &&
               addrs[0].scope_id == 0,
           "%s is 127.0.0.1", forms[i]);
    }
}

int main(void)
{
    test_rows();
    test_bytes();
    test_huge();
    test_locals();
    test_local_addrs();
    return done_testing();
}
