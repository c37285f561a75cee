/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash_index.h"

#include <assert.h>
#include <stdlib.h>

#include <multiping/error.h>

enum { SIZE_MIN = 64 };

static int resize(struct mping_hash_index *index, size_t size)
{
    struct mping_hash_index bigger = {.size = size, .fresh_memory = index->fresh_memory};

    if (size > SIZE_MAX / sizeof(*bigger.entries))
        return MPING_ENOMEM;
    bigger.entries = calloc(size, sizeof(*bigger.entries));
    if (!bigger.entries)
        return MPING_ENOMEM;
    if (size > SIZE_MIN && index->fresh_memory)
        index->fresh_memory(bigger.entries, size * sizeof(*bigger.entries));
    for (size_t i = 0; i < index->size; i++)
        if (index->entries[i].value_1)
            mping_hash_insert(&bigger, index->entries[i].hash, index->entries[i].value_1 - 1);
    free(index->entries);
    *index = bigger;
    return 0;
}

/* Room for one more than before means a quarter more: nothing lies idle for long. */
int mping_hash_reserve(struct mping_hash_index *index, size_t n)
{
    size_t size = index->size ? index->size : SIZE_MIN;

    if (n > UINT32_MAX)
        return MPING_ENOMEM;
    while (3 * size < 4 * n)
        size += size / 4 / 4 * 4;
    return size == index->size ? 0 : resize(index, size);
}

void mping_hash_done(struct mping_hash_index *index)
{
    free(index->entries);
    *index = (struct mping_hash_index){0};
}

static size_t after(const struct mping_hash_index *index, size_t pos)
{
    return pos + 1 == index->size ? 0 : pos + 1;
}

void mping_hash_insert(struct mping_hash_index *index, uint32_t hash, uint32_t value)
{
    size_t pos = mping_hash_home(index, hash);

    assert(index->used + 1 < index->size && value != UINT32_MAX);
    while (index->entries[pos].value_1)
        pos = after(index, pos);
    index->entries[pos] = (struct mping_hash_entry){.hash = hash, .value_1 = value + 1};
    index->used++;
}

/* How far it is from one place on to another, round the end. */
static size_t distance(const struct mping_hash_index *index, size_t from, size_t to)
{
    return to >= from ? to - from : to + index->size - from;
}

/*
 * Fills the hole at pos: an entry further on moves into it unless its own home lies behind
 * the hole, and leaves a new hole, until an empty place ends the run.
 */
static void shift_back(struct mping_hash_index *index, size_t hole)
{
    for (size_t pos = after(index, hole); index->entries[pos].value_1; pos = after(index, pos)) {
        size_t home = mping_hash_home(index, index->entries[pos].hash);

        if (distance(index, home, pos) >= distance(index, hole, pos)) {
            index->entries[hole] = index->entries[pos];
            hole = pos;
        }
    }
    index->entries[hole].value_1 = 0;
}

void mping_hash_remove(struct mping_hash_index *index, uint32_t hash, uint32_t value)
{
    size_t pos = mping_hash_home(index, hash);

    while (index->entries[pos].value_1 != value + 1 || index->entries[pos].hash != hash) {
        assert(index->entries[pos].value_1);
        pos = after(index, pos);
    }
    shift_back(index, pos);
    index->used--;
}
