/* SPDX-License-Identifier: Apache-2.0 */
/* Names before anybody is asked: what is one, what is an address, how files list them. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/error.h>

#include "resolve/hosts.h"
#include "resolve/name.h"
#include "resolve/resolv_conf.h"
#include "resolve/search_list.h"
#include "tap.h"

#define L63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"
#define L61 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg"

static const struct {
    const char *name;
    bool plain;
} rows[] = {
    {"a", true},
    {"Example.ORG", true},
    {"example.org.", true},
    {"_dmarc.under_score.example", true},
    {"-dash-", false}, /* the C library takes no answer for it */
    {"a-dash-", true},
    {"xn--mller-kva.example", true},
    {"127.0.0.1", true},
    {L63, true},
    {L63 "." L63 "." L63 "." L61, true},
    {L63 "." L63 "." L63 "." L61 ".", true},
    {L63 "." L63 "." L63 "." L61 "x", false},
    {L63 "." L63 "." L63 "." L61 "x.", false},
    {L63 "h", false},
    {"a." L63 "h.b", false},
    {"", false},
    {".", false},
    {"..", false},
    {"a..b", false},
    {".a", false},
    {"a..", false},
    {"a b", false},
    {" a", false},
    {"a\n", false},
    {"a\tb", false},
    {"a\\.b", false},
    {"a\\046b", false},
    {"a/b", false},
    {"a:b", false},
    {"a@b", false},
    {"a%b", false},
    {"*", false},
    {"a\x1b[31m", false},
    {"a\x7f", false},
    {"m\xc3\xbcller", false},
    {"\xff", false},
};

static void test_rows(void)
{
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        char *exact = strdup(rows[r].name);

        if (!exact)
            abort();
        ok(mping_name_is_plain(exact) == rows[r].plain, "row %u: %s", r,
           rows[r].plain ? "a name for the DNS" : "none");
        free(exact);
    }
}

/* Every byte there is, alone: letters, digits, '-' and '_' only. */
static void test_bytes(void)
{
    unsigned wrong = 0;

    for (unsigned byte = 1; byte < 256; byte++) {
        char text[3] = {'a', (char)byte, '\0'};
        bool good = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                    (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.';

        wrong += mping_name_is_plain(text) != good;
    }
    ok(wrong == 0, "of all bytes the right ones are taken (%u wrong)", wrong);
}

static void test_huge(void)
{
    char *huge = malloc(65537);
    bool got;

    if (!huge)
        abort();
    memset(huge, 'a', 65536);
    huge[65536] = '\0';
    got = mping_name_is_plain(huge);
    ok(!got, "64 KiB are no name");
    for (size_t i = 1; i < 65536; i += 2)
        huge[i] = '.';
    got = mping_name_is_plain(huge);
    ok(!got, "nor with dots");
    free(huge);
}

/* How many addresses of any family, IPv4, IPv6 a name has by itself; -1: it must be asked for. */
static const struct {
    const char *name;
    int any, v4, v6;
} locals[] = {
    {"127.0.0.1", 1, 1, 0},      {"::1", 1, 0, 1},
    {"127.1", 1, 1, 0}, /* the old short forms, which never are names */
    {"2130706433", 1, 1, 0},     {"0x7f.1", 1, 1, 0},
    {"0177.0.0.1", 1, 1, 0},     {"127.0.0.1.", -1, -1, -1},
    {"1.2.3.4.5", -1, -1, -1},   {"256.0.0.1", -1, -1, -1},
    {"example.org", -1, -1, -1},
};

static int count_local(const char *name, int family)
{
    struct mping_addr addr;
    size_t n = 77;

    return mping_name_is_numeric(name, family, &addr, &n) ? (int)n : -1;
}

static void test_locals(void)
{
    for (unsigned r = 0; r < sizeof(locals) / sizeof(locals[0]); r++) {
        int any = count_local(locals[r].name, AF_UNSPEC);
        int v4 = count_local(locals[r].name, AF_INET);
        int v6 = count_local(locals[r].name, AF_INET6);

        ok(any == locals[r].any && v4 == locals[r].v4 && v6 == locals[r].v6,
           "%s: %d, of IPv4 %d, of IPv6 %d", locals[r].name, any, v4, v6);
    }
}

static void test_local_addrs(void)
{
    static const uint8_t loopback4[16] = {127, 0, 0, 1};
    static const char *const forms[] = {"127.1", "2130706433", "0x7f.1", "0177.0.0.1"};
    struct mping_addr addr;
    size_t n = 0;

    for (unsigned i = 0; i < 4; i++) {
        memset(&addr, 0xff, sizeof(addr));
        ok(mping_name_is_numeric(forms[i], AF_UNSPEC, &addr, &n) && n == 1 &&
               addr.family == AF_INET && memcmp(addr.ip, loopback4, 16) == 0 && addr.scope_id == 0,
           "%s is 127.0.0.1", forms[i]);
    }
}

static const char hosts_text[] = "127.0.0.1 localhost\n"
                                 "::1\tLOCALhost ip6-localhost ip6-localhost # no.test\n"
                                 "#127.0.0.2 off.test\n"
                                 "  10.0.0.1  one.test\r\n"
                                 "10.0.0.2 two.test shared.test\n"
                                 "10.0.0.3 shared.test\n"
                                 "10.0.0.04 zero.test\n"
                                 "::ffff:10.0.0.5 mapped.test\n"
                                 "fe80::1%lo zone.test\n"
                                 "10.0.0.6\n"
                                 "fd00::7 last.test";

static const struct {
    const char *name;
    enum mping_hosts_found any, v4, v6;
} listed[] = {
    {"localhost", MPING_HOSTS_OTHER, MPING_HOSTS_OTHER, MPING_HOSTS_OTHER},
    {"ip6-localhost", MPING_HOSTS_PLAIN, MPING_HOSTS_OTHER, MPING_HOSTS_PLAIN},
    {"one.test", MPING_HOSTS_PLAIN, MPING_HOSTS_PLAIN, MPING_HOSTS_OTHER},
    {"two.test", MPING_HOSTS_PLAIN, MPING_HOSTS_PLAIN, MPING_HOSTS_OTHER},
    {"shared.test", MPING_HOSTS_OTHER, MPING_HOSTS_OTHER, MPING_HOSTS_OTHER},
    {"zero.test", MPING_HOSTS_OTHER, MPING_HOSTS_OTHER, MPING_HOSTS_OTHER},
    {"mapped.test", MPING_HOSTS_OTHER, MPING_HOSTS_OTHER, MPING_HOSTS_OTHER},
    {"zone.test", MPING_HOSTS_OTHER, MPING_HOSTS_OTHER, MPING_HOSTS_OTHER},
    {"last.test", MPING_HOSTS_PLAIN, MPING_HOSTS_OTHER, MPING_HOSTS_PLAIN},
    {"no.test", MPING_HOSTS_NONE, MPING_HOSTS_NONE, MPING_HOSTS_NONE},
    {"off.test", MPING_HOSTS_NONE, MPING_HOSTS_NONE, MPING_HOSTS_NONE},
    {"one.test.", MPING_HOSTS_NONE, MPING_HOSTS_NONE, MPING_HOSTS_NONE},
    {"10.0.0.6", MPING_HOSTS_NONE, MPING_HOSTS_NONE, MPING_HOSTS_NONE},
    {"", MPING_HOSTS_NONE, MPING_HOSTS_NONE, MPING_HOSTS_NONE},
    {"zzz", MPING_HOSTS_NONE, MPING_HOSTS_NONE, MPING_HOSTS_NONE},
};

static FILE *open_text(const char *text, size_t len)
{
    FILE *file = fmemopen((void *)(uintptr_t)text, len, "r");

    if (!file)
        abort();
    return file;
}

static void test_hosts(void)
{
    struct mping_hosts hosts = {0};
    struct mping_addr addr;
    FILE *file = open_text(hosts_text, sizeof(hosts_text) - 1);

    ok(mping_hosts_find(&hosts, "one.test", AF_INET, &addr) == MPING_HOSTS_NONE, "no hosts");
    ok(mping_hosts_read(&hosts, file) == 0, "a hosts file is read");
    (void)fclose(file);
    for (unsigned r = 0; r < sizeof(listed) / sizeof(listed[0]); r++)
        ok(mping_hosts_find(&hosts, listed[r].name, AF_UNSPEC, &addr) == listed[r].any &&
               mping_hosts_find(&hosts, listed[r].name, AF_INET, &addr) == listed[r].v4 &&
               mping_hosts_find(&hosts, listed[r].name, AF_INET6, &addr) == listed[r].v6,
           "hosts: %s", listed[r].name);
    ok(mping_hosts_find(&hosts, "two.test", AF_UNSPEC, &addr) == MPING_HOSTS_PLAIN &&
           addr.family == AF_INET && addr.ip[3] == 2,
       "with the address of its line");
    mping_hosts_done(&hosts);
    file = open_text("10.0.0.1 a\0b\n", 13);
    ok(mping_hosts_read(&hosts, file) == -EILSEQ, "NUL is no text");
    (void)fclose(file);
    mping_hosts_done(&hosts);
}

/* names: all that "www" and then "x.y" stand for; NULL: then_dns must be off. */
static const struct {
    const char *text, *names;
} resolv[] = {
    {"nameserver 127.0.0.1\nsearch a b\n", "www.a www.b www x.y x.y.a x.y.b "},
    {"search a b\ndomain c\n", "www.c www x.y x.y.c "},
    {"domain c\nsearch a b\n# search d\n; search e\n", "www.a www.b www x.y x.y.a x.y.b "},
    {"search a\noptions ndots:2 rotate\n", "www.a www x.y.a x.y "},
    {"search a\noptions ndots:0 timeout:1 attempts:3 edns0\n", "www www.a x.y x.y.a "},
    {"search a\noptions ndots:99\n", "www.a www x.y.a x.y "},
    {"search a\nnameserver 127.1\n", NULL},
    {"search a\nnameserver fe80::1%lo\n", NULL},
    {"search a\noptions no-aaaa\n", NULL},
    {"search a\noptions use-vc\n", NULL},
    {"search a\noptions inet6\n", NULL},
    {"search a\noptions new-one\n", NULL},
    {"search a\noptions ndots:\n", NULL},
    {"search .\n", NULL},
    {"search\n", NULL},
    {"domain a b\n", NULL},
    {"search a\nsortlist 10.0.0.0\n", NULL},
    {"search a\n nameserver 127.0.0.1\n", NULL},
};

static void list_names(const struct mping_setup *setup, const char *name, char *list, size_t size)
{
    char one[MPING_NAME_MAX + 2];

    for (size_t i = 0; i < mping_search_steps(setup, name); i++) {
        size_t len = strlen(list);

        if (mping_search_name(setup, name, i, one, sizeof(one)))
            (void)snprintf(list + len, size - len, "%s ", one);
    }
}

static void test_resolv_conf(void)
{
    for (unsigned r = 0; r < sizeof(resolv) / sizeof(resolv[0]); r++) {
        struct mping_setup setup = {.then_dns = true};
        FILE *file = open_text(resolv[r].text, strlen(resolv[r].text));
        char list[1024] = "";

        mping_resolv_conf_defaults(&setup);
        ok(mping_resolv_conf_read(&setup, file) == 0, "resolv.conf, row %u", r);
        (void)fclose(file);
        list_names(&setup, "www", list, sizeof(list));
        list_names(&setup, "x.y", list, sizeof(list));
        ok(setup.then_dns == (resolv[r].names != NULL) &&
               (!resolv[r].names || strcmp(list, resolv[r].names) == 0),
           "resolv.conf, row %u: %s", r, setup.then_dns ? list : "for the C library");
        list[0] = '\0';
        list_names(&setup, "www.", list, sizeof(list));
        ok(strcmp(list, "www. ") == 0, "a last dot: as it is");
        mping_setup_done(&setup);
    }
}

static void test_special(void)
{
    ok(mping_name_is_special("localhost") && mping_name_is_special("db.LocalHost.") &&
           mping_name_is_special("x.onion") && !mping_name_is_special("notlocalhost") &&
           !mping_name_is_special("localhost.test") && !mping_name_is_special("x"),
       "names that c-ares makes up answers for");
}

int main(void)
{
    test_rows();
    test_bytes();
    test_huge();
    test_locals();
    test_hosts();
    test_resolv_conf();
    test_special();
    test_local_addrs();
    return done_testing();
}
