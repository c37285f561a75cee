/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/dedup.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A place of the table, 0 if it is free. What is at the index is asked of the target itself. */
struct place {
    uint32_t index_plus_1;
    uint32_t hash; /* its last bit tells names from addresses */
};

struct app_seen {
    struct place *places;
    size_t size, n; /* size: 0 or a power of two */
};

struct app_seen *app_seen_new(void)
{
    return calloc(1, sizeof(struct app_seen));
}

/* FNV-1a, spread by a multiplication. */
static uint32_t hash_of(const struct mping_addr *addr, const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; addr != NULL && i < sizeof(addr->ip); i++)
        hash = (hash ^ addr->ip[i]) * UINT64_C(0x100000001b3);
    for (; addr == NULL && *name != '\0'; name++)
        hash = (hash ^ ((unsigned char)*name | 0x20u)) * UINT64_C(0x100000001b3);
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return ((uint32_t)(hash >> 32) & ~1u) | (addr == NULL);
}

static bool is_same(struct mping_target *target, const struct mping_addr *addr, const char *name)
{
    struct mping_addr its;

    if (addr == NULL)
        return strcasecmp(mping_target_host(target), name) == 0;
    return mping_target_addr(target, &its) == 0 && its.family == addr->family &&
           its.scope_id == addr->scope_id && memcmp(its.ip, addr->ip, sizeof(its.ip)) == 0;
}

static struct place *free_place(const struct app_seen *seen, uint32_t hash)
{
    size_t at = hash & (seen->size - 1);

    while (seen->places[at].index_plus_1 != 0)
        at = (at + 1) & (seen->size - 1);
    return &seen->places[at];
}

static bool grow(struct app_seen *seen)
{
    struct app_seen bigger = {.size = seen->size ? seen->size * 2 : 1024};

    if (seen->n * 3 < seen->size * 2)
        return true;
    bigger.places = calloc(bigger.size, sizeof(*bigger.places));
    if (bigger.places == NULL)
        return false;
    for (size_t i = 0; i < seen->size; i++) {
        if (seen->places[i].index_plus_1 != 0)
            *free_place(&bigger, seen->places[i].hash >> 1) = seen->places[i];
    }
    free(seen->places);
    seen->places = bigger.places;
    seen->size = bigger.size;
    return true;
}

int app_seen(struct app_seen *seen, struct mping_target *const *all, size_t next,
             const struct mping_addr *addr, const char *name)
{
    const uint32_t hash = hash_of(addr, name);

    if (!grow(seen))
        return MPING_ENOMEM;
    for (size_t at = hash >> 1 & (seen->size - 1);; at = (at + 1) & (seen->size - 1)) {
        struct place *place = &seen->places[at];

        if (place->index_plus_1 == 0) {
            *place = (struct place){(uint32_t)next + 1, hash};
            seen->n++;
            return 0;
        }
        if (place->hash == hash && is_same(all[place->index_plus_1 - 1], addr, name))
            return 1;
    }
}

void app_seen_free(struct app_seen *seen)
{
    if (seen != NULL)
        free(seen->places);
    free(seen);
}
