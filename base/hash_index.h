/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A multimap from 32-bit hashes to 32-bit values: open addressing, linear probing, deletion
 * by shifting back, at most three quarters full. A hash is taken as a fraction of the size,
 * so that entries lie in the order of their hashes: any size will do, and growing reads and
 * writes the memory from end to end. Hashes that differ only in their two lowest bits have
 * neighbouring homes, for keys that come in order. The caller compares the real keys:
 *
 *     struct mping_hash_cursor c = mping_hash_find(&index, hash);
 *     uint32_t value;
 *     while (mping_hash_next(&index, &c, &value))
 *         if (it is the one)
 *             ...
 */
#ifndef MPING_BASE_HASH_INDEX_H
#define MPING_BASE_HASH_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mping_hash_entry {
    uint32_t hash;
    uint32_t value_1; /* the value plus 1; 0: empty */
};

/* All zero is an empty index. */
struct mping_hash_index {
    struct mping_hash_entry *entries;
    size_t size; /* a multiple of 4 */
    size_t used;
    void (*fresh_memory)(void *memory, size_t bytes); /* told of each new table; or NULL */
};

struct mping_hash_cursor {
    size_t pos;
    uint32_t hash;
};

/* Makes room for n entries altogether: 0 or MPING_ENOMEM, then nothing has changed. */
int mping_hash_reserve(struct mping_hash_index *index, size_t n);
void mping_hash_done(struct mping_hash_index *index);

/* Adds an entry; room must have been reserved. value is not UINT32_MAX. */
void mping_hash_insert(struct mping_hash_index *index, uint32_t hash, uint32_t value);
/* The same where a search for its hash has just come to its end, with nothing changed since. */
void mping_hash_insert_at(struct mping_hash_index *index, const struct mping_hash_cursor *end,
                          uint32_t value);
/* Removes the entry, which must be there. */
void mping_hash_remove(struct mping_hash_index *index, uint32_t hash, uint32_t value);

/* Where the entries of a hash begin. */
static inline size_t mping_hash_home(const struct mping_hash_index *index, uint32_t hash)
{
    return (size_t)((uint64_t)hash * (index->size / 4) >> 32) * 4 + (hash & 3);
}

static inline struct mping_hash_cursor mping_hash_find(const struct mping_hash_index *index,
                                                       uint32_t hash)
{
    return (struct mping_hash_cursor){.pos = mping_hash_home(index, hash), .hash = hash};
}

/* The next value with that hash; false when there is none. */
static inline bool mping_hash_next(const struct mping_hash_index *index,
                                   struct mping_hash_cursor *cursor, uint32_t *ret_value)
{
    if (!index->size)
        return false;
    for (;;) {
        const struct mping_hash_entry *e = &index->entries[cursor->pos];

        if (!e->value_1)
            return false;
        if (++cursor->pos == index->size)
            cursor->pos = 0;
        if (e->hash == cursor->hash) {
            *ret_value = e->value_1 - 1;
            return true;
        }
    }
}

/* Asks the cache for the place where hash begins. */
static inline void mping_hash_prefetch(const struct mping_hash_index *index, uint32_t hash)
{
    if (index->size)
        __builtin_prefetch(&index->entries[mping_hash_home(index, hash)]);
}

#endif
