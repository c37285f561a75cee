/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of the way to an address, in a namespace that has loopback alone. */
#include "io/route.h"
#include "tap.h"
#include "test_io_lab.h"

static struct mping_addr addr_of(const char *text)
{
    struct mping_addr addr = {.family = strchr(text, ':') ? AF_INET6 : AF_INET};

    inet_pton(addr.family, text, addr.ip);
    return addr;
}

static void test_links(void)
{
    static const struct {
        const char *to, *source;
        uint32_t mark;
        bool through_lo, known;
    } rows[] = {
        {.to = "127.0.0.1", .known = true},
        {.to = "127.9.8.7", .source = "127.0.0.1", .known = true},
        {.to = "127.0.0.1", .mark = UINT32_MAX, .known = true},
        {.to = "127.0.0.1", .through_lo = true, .known = true},
        {.to = "::1", .known = true},
        {.to = "fd00::9", .source = "::1", .mark = 1, .through_lo = true, .known = true},
        {.to = "192.0.2.1"},
        {.to = "2001:db8::1"},
        {.to = "127.0.0.1", .source = "192.0.2.1"}, /* nobody's here */
    };
    uint32_t lo = if_nametoindex("lo");

    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct mping_addr to = addr_of(rows[r].to);
        struct mping_tx_opts opts = {.ifindex = rows[r].through_lo ? lo : 0};
        uint32_t found;

        if (rows[r].source)
            opts.source = addr_of(rows[r].source);
        found = mping_route_ifindex(&to, &opts, rows[r].mark);
        ok(found == (rows[r].known ? lo : 0), "%s from %s, mark %u, through %s: link %u",
           rows[r].to, rows[r].source ? rows[r].source : "anywhere", rows[r].mark,
           rows[r].through_lo ? "lo" : "any", found);
    }
}

static void test_broadcast(void)
{
    static const struct {
        const char *to;
        bool broadcast;
    } rows[] = {
        {"127.255.255.255", true},
        {"255.255.255.255", true},
        {"127.0.0.1", false},
        {"127.255.255.254", false},
        {"192.0.2.255", false},
        {"ff02::1", false},
        {"::1", false},
    };
    struct mping_tx_opts opts = {0};

    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct mping_addr to = addr_of(rows[r].to);

        ok(mping_route_is_broadcast(&to, &opts, 0) == rows[r].broadcast, "%s is %s", rows[r].to,
           rows[r].broadcast ? "everybody" : "one host, or none");
    }
}

int main(void)
{
    if (!lab_enter())
        return done_testing();
    test_links();
    test_broadcast();
    return done_testing();
}
