/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash_index.h"

#include <assert.h>
#include <stdlib.h>

#include <multiping/error.h>

enum { SIZE_MIN = 64 };

static int resize(struct mping_hash_index *index, size_t size)
{
    struct mping_hash_index bigger = {.size = size};

    if (size > SIZE_MAX / sizeof(*bigger.entries))
        return MPING_ENOMEM;
    bigger.entries = malloc(size * sizeof(*bigger.entries));
    if (!bigger.entries)
        return MPING_ENOMEM;
    for (size_t i = 0; i < size; i++)
        bigger.entries[i] = (struct mping_hash_entry){.value = UINT32_MAX};
    for (size_t i = 0; i < index->size; i++)
        if (index->entries[i].value != UINT32_MAX)
            mping_hash_insert(&bigger, index->entries[i].hash, index->entries[i].value);
    free(index->entries);
    *index = bigger;
    return 0;
}

int mping_hash_reserve(struct mping_hash_index *index, size_t n)
{
    size_t size = index->size ? index->size : SIZE_MIN;

    if (n > SIZE_MAX / 4)
        return MPING_ENOMEM;
    while (size < 2 * n)
        size *= 2;
    return size == index->size ? 0 : resize(index, size);
}

void mping_hash_done(struct mping_hash_index *index)
{
    free(index->entries);
    *index = (struct mping_hash_index){0};
}

void mping_hash_insert(struct mping_hash_index *index, uint32_t hash, uint32_t value)
{
    size_t mask = index->size - 1, pos = hash & mask;

    assert(2 * (index->used + 1) <= index->size && value != UINT32_MAX);
    while (index->entries[pos].value != UINT32_MAX)
        pos = (pos + 1) & mask;
    index->entries[pos] = (struct mping_hash_entry){.hash = hash, .value = value};
    index->used++;
}

/*
 * Fills the hole at pos: an entry further on moves into it unless its own home lies behind
 * the hole, and leaves a new hole, until an empty place ends the run.
 */
static void shift_back(struct mping_hash_index *index, size_t hole)
{
    size_t mask = index->size - 1;

    for (size_t pos = (hole + 1) & mask; index->entries[pos].value != UINT32_MAX;
         pos = (pos + 1) & mask) {
        size_t home = index->entries[pos].hash & mask;

        if (((pos - home) & mask) >= ((pos - hole) & mask)) {
            index->entries[hole] = index->entries[pos];
            hole = pos;
        }
    }
    index->entries[hole].value = UINT32_MAX;
}

void mping_hash_remove(struct mping_hash_index *index, uint32_t hash, uint32_t value)
{
    size_t mask = index->size - 1, pos = hash & mask;

    while (index->entries[pos].value != value || index->entries[pos].hash != hash) {
        assert(index->entries[pos].value != UINT32_MAX);
        pos = (pos + 1) & mask;
    }
    shift_back(index, pos);
    index->used--;
}
