/* SPDX-License-Identifier: Apache-2.0 */
/* Integers in byte arrays: the order of the bytes, at every alignment. */
#include "base/bytes.h"

#include <string.h>

#include "tap.h"

static const struct {
    const char *what;
    uint8_t bytes[8];
    uint16_t be16;
    uint32_t be32;
    uint64_t le64;
} rows[] = {
    {"zeros", {0}, 0, 0, 0},
    {"ones", {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, UINT16_MAX, UINT32_MAX, UINT64_MAX},
    {"rising",
     {1, 2, 3, 4, 5, 6, 7, 8},
     0x0102,
     UINT32_C(0x01020304),
     UINT64_C(0x0807060504030201)},
    {"first byte with its top bit",
     {0x80, 0, 0, 0, 0, 0, 0, 0},
     0x8000,
     UINT32_C(0x80000000),
     0x80},
    {"last byte with its top bit", {0, 0, 0, 0, 0, 0, 0, 0x80}, 0, 0, UINT64_C(0x8000000000000000)},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]), GUARD = 0xa5 };

static void test_load(void)
{
    unsigned wrong = 0;

    for (unsigned r = 0; r < ROWS; r++) {
        for (unsigned at = 0; at < 8; at++) {
            uint8_t data[16] = {0};

            memcpy(data + at, rows[r].bytes, 8);
            wrong += load_be16(data + at) != rows[r].be16;
            wrong += load_be32(data + at) != rows[r].be32;
            wrong += load_le64(data + at) != rows[r].le64;
        }
        ok(wrong == 0, "loads: %s (%u wrong)", rows[r].what, wrong);
    }
}

/* Whether len bytes at data + at are those of the row, and all others the guard. */
static int is_written(const uint8_t data[16], unsigned at, const uint8_t *bytes, size_t len)
{
    for (unsigned i = 0; i < 16; i++) {
        int inside = i >= at && i < at + len;

        if (data[i] != (inside ? bytes[i - at] : GUARD))
            return 0;
    }
    return 1;
}

static void test_store(void)
{
    unsigned wrong = 0;

    for (unsigned r = 0; r < ROWS; r++) {
        for (unsigned at = 0; at <= 8; at++) {
            uint8_t data[16];

            memset(data, GUARD, sizeof(data));
            store_be16(data + at, rows[r].be16);
            wrong += !is_written(data, at, rows[r].bytes, 2);
            memset(data, GUARD, sizeof(data));
            store_be32(data + at, rows[r].be32);
            wrong += !is_written(data, at, rows[r].bytes, 4);
            memset(data, GUARD, sizeof(data));
            store_be64(data + at, (uint64_t)rows[r].be32 << 32 | load_be32(rows[r].bytes + 4));
            wrong += !is_written(data, at, rows[r].bytes, 8);
            memset(data, GUARD, sizeof(data));
            store_le64(data + at, rows[r].le64);
            wrong += !is_written(data, at, rows[r].bytes, 8);
        }
        ok(wrong == 0, "stores, and nothing beside: %s (%u wrong)", rows[r].what, wrong);
    }
}

static void test_all_16(void)
{
    unsigned wrong = 0;

    for (unsigned v = 0; v <= UINT16_MAX; v++) {
        uint8_t data[4];

        store_be16(data, (uint16_t)v);
        store_be16(data + 2, (uint16_t)~v);
        wrong += load_be16(data) != v || load_be32(data) != (v << 16 | (~v & 0xffffu));
    }
    ok(wrong == 0, "all 65,536 values come back (%u do not)", wrong);
}

int main(void)
{
    test_load();
    test_store();
    test_all_16();
    return done_testing();
}
