/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for numbers that no test network brings about, and the order of two streams. */
#include "fping/format_text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fping/format_icmp.h"
#include "fping/number.h"
#include "fping/out.h"
#include "tap.h"

static char captured[1 << 16];

static struct fping_page page_for(const struct fping_options *options)
{
    return (struct fping_page){.options = options, .out = fping_out_new(), .width = 9};
}

/* What has been written to both streams, in its order. */
static const char *take(const struct fping_page *page)
{
    int fd = memfd_create("captured", 0), kept[2] = {dup(1), dup(2)};
    ssize_t len;

    fflush(stdout);
    dup2(fd, 1);
    dup2(fd, 2);
    fping_out_release(page->out);
    fping_out_flush(page->out);
    fping_out_free(page->out);
    dup2(kept[0], 1);
    dup2(kept[1], 2);
    close(kept[0]);
    close(kept[1]);
    len = pread(fd, captured, sizeof(captured) - 1, 0);
    captured[len > 0 ? len : 0] = '\0';
    close(fd);
    return captured;
}

static void is(const char *got, const char *want, const char *what)
{
    ok(strcmp(got, want) == 0, "%s", what);
    if (strcmp(got, want) != 0)
        diag("got \"%s\", want \"%s\"", got, want);
}

static void test_milliseconds(void)
{
    static const struct {
        int64_t ns;
        const char *want;
    } rows[] = {
        {0, "0.000"},
        {1, "0.001"}, /* what is read as 0 is no answer */
        {300, "0.001"},
        {499, "0.001"},
        {500, "0.001"},
        {501, "0.001"},
        {34000, "0.034"},
        {999499, "0.999"},
        {999999, "1.000"},
        {1000000, "1.00"},
        {9994999, "9.99"},
        {9999999, "10.00"},
        {10000000, "10.0"},
        {99949999, "99.9"},
        {99999999, "100.0"},
        {100000000, "100"},
        {3003000000, "3003"},
        {999999000000, "999999"},
        {1000000000000, "1.000e+06"},
        {8391000000000000000, "8.391e+12"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[FPING_MS_TEXT];

        is(fping_ms(text, rows[i].ns), rows[i].want, rows[i].want);
    }
}

static void test_numbers(void)
{
    static const struct {
        const char *text;
        bool number, decimal;
    } rows[] = {
        {"1", true, true},
        {" 1", true, true},
        {"1 ", false, false},
        {"", false, false},
        {"x", false, false},
        {"1x", false, false},
        {"1.5", false, true},
        {"-1", true, false},
        {"1e3", false, true},
        {"inf", false, false},
        {"nan", false, false},
        {" ", false, false},
        {"99999999999999999999", false, true},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t number;
        double decimal;

        ok(fping_number_parse(rows[i].text, 10, &number) == rows[i].number, "number \"%s\"",
           rows[i].text);
        ok(fping_decimal_parse(rows[i].text, NULL, &decimal) == rows[i].decimal, "decimal \"%s\"",
           rows[i].text);
    }
    ok(fping_duration_ns(0.1, 1e6) == 100000, "0.1 ms is 100,000 ns");
    ok(fping_duration_ns(1e300, 1e6) > 0, "what is too long is cut to a year");
}

/* fping kept the average in 32 bits. */
static void test_long_averages(void)
{
    const struct fping_options options = {.show_pings = true};
    struct mping_event event = {.rtt_ns = INT64_C(3003000000), .icmp_bytes = 64};
    const struct fping_ping ping = {
        .event = &event,
        .name = "192.0.2.1",
        .index = 70000,
        .numbers = {.sent = 2, .received = 2, .total_ns = INT64_C(6006000000)},
    };
    struct fping_page page = page_for(&options);

    fping_text_format.reply(&page, &ping);
    is(take(&page), "192.0.2.1 : [70000], 64 bytes, 3003 ms (3003 avg, 0% loss)\n",
       "an average of more than 2.147 s");
}

static void test_order(void)
{
    const struct fping_options options = {.show_pings = true};
    struct fping_page page = page_for(&options);

    for (int i = 0; i < 1000; i++)
        fping_out_print(page.out, i % 3 ? FPING_STDOUT : FPING_STDERR, "%d\n", i);
    fping_out_set_aside(page.out);
    fping_out_print(page.out, FPING_STDERR, "first\n");
    is(strncmp(take(&page), "first\n0\n1\n2\n3\n4\n", 16) == 0 ? "yes" : captured, "yes",
       "what was set aside comes after, and all in order");
    ok(strstr(captured, "\n998\n999\n") != NULL, "to the end");
}

static void test_loss(void)
{
    static const struct {
        uint64_t sent, received, want;
    } rows[] = {{0, 0, 0}, {1, 1, 0}, {1, 0, 100}, {3, 2, 33}, {3, 1, 66}, {1000, 999, 0}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct fping_numbers n = {.sent = rows[i].sent, .received = rows[i].received};

        ok(fping_loss(&n) == rows[i].want, "%d of %d received: %d %% lost", (int)n.received,
           (int)n.sent, (int)rows[i].want);
    }
}

static void test_icmp_errors(void)
{
    static const struct {
        int family;
        uint8_t type, code;
        const char *want;
    } rows[] = {
        {AF_INET, 3, 0, "ICMP Network Unreachable"},
        {AF_INET, 3, 1, "ICMP Host Unreachable"},
        {AF_INET, 3, 2, "ICMP Protocol Unreachable"},
        {AF_INET, 3, 3, "ICMP Port Unreachable"},
        {AF_INET, 3, 4, "ICMP Unreachable (Fragmentation Needed)"},
        {AF_INET, 3, 13, "ICMP Unreachable (Communication Administratively Prohibited)"},
        {AF_INET, 3, 15, "ICMP Unreachable (Precedence cutoff in effect)"},
        {AF_INET, 3, 16, "ICMP Unreachable (Invalid Code)"},
        {AF_INET, 4, 0, "ICMP Source Quench"},
        {AF_INET, 5, 1, "ICMP Redirect"},
        {AF_INET, 11, 0, "ICMP Time Exceeded"},
        {AF_INET, 12, 0, "ICMP Parameter Problem"},
        {AF_INET6, 1, 0, "ICMPv6 Destination Unreachable (No route to destination)"},
        {AF_INET6, 2, 0, "ICMPv6 Packet Too Big"},
        {AF_INET6, 1, 7, "ICMPv6 Destination Unreachable (Error in Source Routing Header)"},
        {AF_INET6, 1, 8, "ICMPv6 Destination Unreachable (Headers too long)"},
        {AF_INET6, 1, 9, "ICMPv6 Destination Unreachable (Error in P-Route)"},
        {AF_INET6, 1, 10, "ICMPv6 Destination Unreachable (Code 10)"},
        {AF_INET6, 1, 255, "ICMPv6 Destination Unreachable (Code 255)"},
        {AF_INET6, 3, 0, "ICMPv6 Time Exceeded (Hop limit exceeded in transit)"},
        {AF_INET6, 3, 1, "ICMPv6 Time Exceeded (Fragment reassembly time exceeded)"},
        {AF_INET6, 3, 2, "ICMPv6 Time Exceeded (Code 2)"},
        {AF_INET6, 4, 2, "ICMPv6 Parameter Problem (Unrecognized IPv6 option encountered)"},
        {AF_INET6, 4, 3,
         "ICMPv6 Parameter Problem (IPv6 First Fragment has incomplete IPv6 Header Chain)"},
        {AF_INET6, 4, 4, "ICMPv6 Parameter Problem (SR Upper-layer Header Error)"},
        {AF_INET6, 4, 5,
         "ICMPv6 Parameter Problem (Unrecognized Next Header type encountered by intermediate "
         "node)"},
        {AF_INET6, 4, 6, "ICMPv6 Parameter Problem (Extension header too big)"},
        {AF_INET6, 4, 7, "ICMPv6 Parameter Problem (Extension header chain too long)"},
        {AF_INET6, 4, 8, "ICMPv6 Parameter Problem (Too many extension headers)"},
        {AF_INET6, 4, 9, "ICMPv6 Parameter Problem (Too many options in extension header)"},
        {AF_INET6, 4, 10, "ICMPv6 Parameter Problem (Option too big)"},
        {AF_INET6, 4, 11, "ICMPv6 Parameter Problem (Code 11)"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mping_event event = {.icmp_type = rows[i].type, .icmp_code = rows[i].code};
        char text[300], want[300];
        bool v6 = rows[i].family == AF_INET6;

        event.dst.family = event.peer.family = (uint16_t)rows[i].family;
        snprintf(want, sizeof(want), "%s from %s for %s sent to host", rows[i].want,
                 v6 ? "::" : "0.0.0.0", v6 ? "ICMPv6 Echo Request" : "ICMP Echo");
        fping_icmp_text(text, sizeof(text), &event, "host");
        is(text, want, rows[i].want);
    }
}

/* Pings that were repeated do not change the numbers of the others. */
static void test_repeats(void)
{
    struct fping_host host = {.asked = 3};

    ok(fping_host_tally(&host, 0) != NULL, "a host has a tally");
    ok(fping_host_repeat(&host, 1), "ping 1 is made again, as probe 3");
    host.asked = 5;
    ok(fping_host_repeat(&host, 4), "ping 4 as probe 6");
    host.asked = 7;
    static const uint64_t want[] = {0, 1, 2, 1, 3, 4, 4, 5, 6};

    for (uint64_t probe = 0; probe < 9; probe++)
        ok(fping_host_index(&host, probe) == want[probe], "probe %d is ping %d", (int)probe,
           (int)want[probe]);
    free(host.tally->repeats);
    free(host.tally);
}

int main(void)
{
    test_milliseconds();
    test_numbers();
    test_long_averages();
    test_order();
    test_loss();
    test_icmp_errors();
    test_repeats();
    return done_testing();
}
