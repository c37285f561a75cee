/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses are public, and which nobody should ask. */
#include "targets/reserved.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* Of a range: how many are public, and whether all of it is refused. */
static const struct {
    const char *text;
    uint64_t public;
    bool refused;
} rows[] = {
    {"10.0.0.0/8", 0, false},
    {"8.0.0.0/8", (1 << 24) - 2, false},
    {"9.255.255.0-10.0.0.255", 256, false},
    {"0.0.0.0-255.255.255.255",
     (UINT64_C(1) << 32) - (1 << 24) * 3 - (1 << 22) - (1 << 16) * 2 - (1 << 20) - (1 << 17) -
         256 * 4 - (UINT64_C(1) << 29),
     false},
    {"100.63.255.255-100.128.0.0", 2, false},
    {"169.253.255.255-169.255.0.0", 2, false},
    {"172.15.255.255-172.32.0.0", 2, false},
    {"192.0.1.255-192.0.3.0", 2, false},
    {"192.167.255.255-192.169.0.0", 2, false},
    {"198.17.255.255-198.20.0.0", 2, false},
    {"198.51.99.255-198.51.101.0", 2, false},
    {"203.0.112.255-203.0.114.0", 2, false},
    {"126.255.255.255-128.0.0.0", 2, false},
    {"223.255.255.255-224.0.0.0", 1, false},
    {"8,10.0.0-1.1,3", 4, false},
    {"8.8.8.8", 1, false},
    {"127.0.0.1", 0, false},
    {"2001:4860::/112", 65536, false},
    {"2001:db8::/112", 0, false},
    {"fd00::/112", 0, false},
    {"fe80::1", 0, false},
    {"::1", 0, false},
    {"host{1..9}.example", 9, false},
    {"host", 1, false},
    {"224.0.0.1", 0, true},
    {"239.255.255.255", 0, true},
    {"255.255.255.255", 0, true},
    {"224.0.0.0/4", 0, true},
    {"0.0.0.0/8", 0, true},
    {"0.0.0.0", 0, true},
    {"ff02::1", 0, true},
    {"ff00::/120", 0, true},
    {"fe00::1", 0, false},
};

static struct app_range found;

static int take(void *user, struct app_range *range)
{
    (void)user;
    found = *range;
    return 0;
}

int main(void)
{
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        uint64_t n;

        if (app_range_read(rows[r].text, take, NULL) != NULL)
            abort();
        n = app_special_public(&found);
        ok(n == rows[r].public, "%s: %llu of %llu are public", rows[r].text, (unsigned long long)n,
           (unsigned long long)found.count);
        ok(app_special_refuses(&found) == rows[r].refused, "%s: %s", rows[r].text,
           rows[r].refused ? "refused" : "not refused");
        app_range_done(&found);
    }
    return done_testing();
}
