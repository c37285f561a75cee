/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash_index.h"

#include <assert.h>
#include <stdlib.h>

#include <multiping/error.h>

enum { SIZE_MIN = 64 };

void mping_hash_done(struct mping_hash_index *index)
{
    free(index->entries);
    *index = (struct mping_hash_index){0};
}

static size_t after(const struct mping_hash_index *index, size_t pos)
{
    return pos + 1 == index->size ? 0 : pos + 1;
}

static size_t free_place(const struct mping_hash_index *index, uint32_t hash)
{
    size_t pos = mping_hash_home(index, hash);

    while (index->entries[pos].value_1)
        pos = after(index, pos);
    return pos;
}

static void move_all(const struct mping_hash_index *from, struct mping_hash_index *to)
{
    for (size_t i = 0; i < from->size; i++)
        if (from->entries[i].value_1)
            to->entries[free_place(to, from->entries[i].hash)] = from->entries[i];
    to->used = from->used;
}

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
    move_all(index, &bigger);
    free(index->entries);
    *index = bigger;
    return 0;
}

/*
 * Room for one more than before means half as much again: more would lie idle, and with less
 * moving the entries, twice each on average, would cost more than all else about them.
 */
int mping_hash_reserve(struct mping_hash_index *index, size_t n)
{
    size_t size = index->size ? index->size : SIZE_MIN;

    if (n > UINT32_MAX)
        return MPING_ENOMEM;
    while (3 * size < 4 * n)
        size += size / 2 / 4 * 4;
    return size == index->size ? 0 : resize(index, size);
}

void mping_hash_insert(struct mping_hash_index *index, uint32_t hash, uint32_t value)
{
    const struct mping_hash_cursor end = {.pos = free_place(index, hash), .hash = hash};

    mping_hash_insert_at(index, &end, value);
}

void mping_hash_insert_at(struct mping_hash_index *index, const struct mping_hash_cursor *end,
                          uint32_t value)
{
    struct mping_hash_entry *entry = &index->entries[end->pos];

    assert(index->used + 1 < index->size && value != UINT32_MAX && !entry->value_1);
    *entry = (struct mping_hash_entry){.hash = end->hash, .value_1 = value + 1};
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
