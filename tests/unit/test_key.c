/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as keys: what is the same address must be the same key, and nothing else. */
#include "core/key.h"

#include "tap.h"

/* ::ffff:a.b.c.d given as IPv6 is the same host as a.b.c.d, and comes back as IPv4. */
static const struct {
    const char *what;
    struct mping_addr addr;
    struct mping_addr back;
    bool v4;
} rows[] = {
    {"0.0.0.0", {.family = AF_INET}, {.family = AF_INET}, true},
    {"192.0.2.1",
     {.family = AF_INET, .ip = {192, 0, 2, 1}},
     {.family = AF_INET, .ip = {192, 0, 2, 1}},
     true},
    {"255.255.255.255",
     {.family = AF_INET, .ip = {255, 255, 255, 255}},
     {.family = AF_INET, .ip = {255, 255, 255, 255}},
     true},
    {"IPv4 with rubbish behind it",
     {.family = AF_INET, .scope_id = 9, .ip = {10, 0, 0, 1, 1, 2, 3}},
     {.family = AF_INET, .ip = {10, 0, 0, 1}},
     true},
    {"::", {.family = AF_INET6}, {.family = AF_INET6}, false},
    {"::1", {.family = AF_INET6, .ip = {[15] = 1}}, {.family = AF_INET6, .ip = {[15] = 1}}, false},
    {"::ffff:192.0.2.1",
     {.family = AF_INET6, .ip = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1}},
     {.family = AF_INET, .ip = {192, 0, 2, 1}},
     true},
    {"::fffe:192.0.2.1 is not mapped",
     {.family = AF_INET6, .ip = {[10] = 0xff, [11] = 0xfe, [12] = 192, [14] = 2, [15] = 1}},
     {.family = AF_INET6, .ip = {[10] = 0xff, [11] = 0xfe, [12] = 192, [14] = 2, [15] = 1}},
     false},
    {"2001:db8::1 with a scope, which says nothing",
     {.family = AF_INET6, .scope_id = 3, .ip = {0x20, 1, 0xd, 0xb8, [15] = 1}},
     {.family = AF_INET6, .ip = {0x20, 1, 0xd, 0xb8, [15] = 1}},
     false},
    {"fe80::1%2",
     {.family = AF_INET6, .scope_id = 2, .ip = {0xfe, 0x80, [15] = 1}},
     {.family = AF_INET6, .scope_id = 2, .ip = {0xfe, 0x80, [15] = 1}},
     false},
    {"febf::1%4294967295",
     {.family = AF_INET6, .scope_id = UINT32_MAX, .ip = {0xfe, 0xbf, [15] = 1}},
     {.family = AF_INET6, .scope_id = UINT32_MAX, .ip = {0xfe, 0xbf, [15] = 1}},
     false},
    {"ff02::1%2",
     {.family = AF_INET6, .scope_id = 2, .ip = {0xff, 2, [15] = 1}},
     {.family = AF_INET6, .scope_id = 2, .ip = {0xff, 2, [15] = 1}},
     false},
    {"ff31::1%2, interface-local",
     {.family = AF_INET6, .scope_id = 2, .ip = {0xff, 0x31, [15] = 1}},
     {.family = AF_INET6, .scope_id = 2, .ip = {0xff, 0x31, [15] = 1}},
     false},
    {"ff05::1 of a site",
     {.family = AF_INET6, .scope_id = 2, .ip = {0xff, 5, [15] = 1}},
     {.family = AF_INET6, .ip = {0xff, 5, [15] = 1}},
     false},
    {"fec0::1 is not link-local",
     {.family = AF_INET6, .scope_id = 5, .ip = {0xfe, 0xc0, [15] = 1}},
     {.family = AF_INET6, .ip = {0xfe, 0xc0, [15] = 1}},
     false},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static bool same_addr(const struct mping_addr *a, const struct mping_addr *b)
{
    return a->family == b->family && a->scope_id == b->scope_id && a->reserved == b->reserved &&
           memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

static void test_rows(void)
{
    for (unsigned r = 0; r < ROWS; r++) {
        struct mping_key key = mping_key_of(&rows[r].addr);
        struct mping_addr back;

        mping_key_to_addr(&key, &back);

        ok(same_addr(&back, &rows[r].back), "%s: comes back as it should", rows[r].what);
        ok(mping_key_is_v4(&key) == rows[r].v4, "%s: the right family", rows[r].what);
    }
}

/* Two rows have equal keys exactly when they come back as the same address. */
static void test_pairs(void)
{
    unsigned wrong = 0, equal = 0;

    for (unsigned a = 0; a < ROWS; a++) {
        for (unsigned b = 0; b < ROWS; b++) {
            struct mping_key x = mping_key_of(&rows[a].addr), y = mping_key_of(&rows[b].addr);
            bool same = same_addr(&rows[a].back, &rows[b].back);

            wrong += mping_key_equal(&x, &y) != same;
            equal += same;
        }
    }
    ok(wrong == 0 && equal == ROWS + 2, "keys are equal where addresses are (%u wrong)", wrong);
}

/* Every single byte counts, the four of the scope of a link-local address, too. */
static void test_bytes(void)
{
    struct mping_addr v4 = {.family = AF_INET}, v6 = {.family = AF_INET6, .ip = {0x20}};
    struct mping_addr local = {.family = AF_INET6, .ip = {0xfe, 0x80}};
    struct mping_key key4 = mping_key_of(&v4), key6 = mping_key_of(&v6);
    struct mping_key key_local = mping_key_of(&local);
    unsigned blind = 0;

    for (unsigned bit = 0; bit < 128; bit++) {
        struct mping_addr addr = v6;
        struct mping_key key;

        addr.ip[bit / 8] ^= (uint8_t)(1u << bit % 8);
        key = mping_key_of(&addr);
        blind += mping_key_equal(&key, &key6);
        if (bit < 32) {
            addr = v4;
            addr.ip[bit / 8] ^= (uint8_t)(1u << bit % 8);
            key = mping_key_of(&addr);
            blind += mping_key_equal(&key, &key4);
            addr = local;
            addr.scope_id = 1u << bit;
            key = mping_key_of(&addr);
            blind += mping_key_equal(&key, &key_local);
        }
    }
    ok(blind == 0, "every bit of address and scope counts (%u do not)", blind);
}

/* fe80:0:0:2::1 is not fe80::1 on the link 2, nor any other that can be pinged. */
static void test_no_room(void)
{
    struct mping_addr addr = {.family = AF_INET6, .ip = {0xfe, 0x80, [7] = 2, [15] = 1}};
    struct mping_addr local = {.family = AF_INET6, .scope_id = 2, .ip = {0xfe, 0x80, [15] = 1}};
    struct mping_key key = mping_key_of(&addr), own = mping_key_of(&local);

    ok(!mping_key_equal(&key, &own), "a link-local address without zeros is no link's");
    local.scope_id = 0;
    own = mping_key_of(&local);
    ok(mping_key_lacks_link(&own) && !mping_key_lacks_link(&key), "one without its link is told");
}

int main(void)
{
    test_rows();
    test_pairs();
    test_bytes();
    test_no_room();
    return done_testing();
}
