/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and writing integers in byte arrays, whatever the machine's own order. Copied whole
 * and turned round where needed: compilers do not see through eight bytes in a loop.
 */
#ifndef MPING_BASE_BYTES_H
#define MPING_BASE_BYTES_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define MPING_BE16(v) (v)
#define MPING_BE32(v) (v)
#define MPING_BE64(v) (v)
#define MPING_LE32(v) __builtin_bswap32(v)
#define MPING_LE64(v) __builtin_bswap64(v)
#else
#define MPING_BE16(v) __builtin_bswap16(v)
#define MPING_BE32(v) __builtin_bswap32(v)
#define MPING_BE64(v) __builtin_bswap64(v)
#define MPING_LE32(v) (v)
#define MPING_LE64(v) (v)
#endif

static inline uint16_t load_be16(const uint8_t *p)
{
    uint16_t v;

    memcpy(&v, p, sizeof(v));
    return MPING_BE16(v);
}

static inline uint32_t load_be32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return MPING_BE32(v);
}

static inline void store_be16(uint8_t *p, uint16_t v)
{
    const uint16_t stored = MPING_BE16(v);

    memcpy(p, &stored, sizeof(stored));
}

static inline void store_be32(uint8_t *p, uint32_t v)
{
    const uint32_t stored = MPING_BE32(v);

    memcpy(p, &stored, sizeof(stored));
}

static inline void store_be64(uint8_t *p, uint64_t v)
{
    const uint64_t stored = MPING_BE64(v);

    memcpy(p, &stored, sizeof(stored));
}

static inline uint64_t load_le64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return MPING_LE64(v);
}

static inline void store_le64(uint8_t *p, uint64_t v)
{
    const uint64_t stored = MPING_LE64(v);

    memcpy(p, &stored, sizeof(stored));
}

#endif
