/* SPDX-License-Identifier: Apache-2.0 */
/* The hash index against a list of what should be in it. */
#include "base/hash_index.h"

#include <stdlib.h>
#include <string.h>

#include <multiping/error.h>

#include "tap.h"

enum { MODEL_MAX = 4096 };

static struct {
    uint32_t hash, value;
} model[MODEL_MAX];
static unsigned model_n;
static uint64_t rng_state = 5;

static uint32_t rng(void)
{
    rng_state = rng_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(rng_state >> 33);
}

static void insert(struct mping_hash_index *index, uint32_t hash, uint32_t value)
{
    struct mping_hash_cursor end;
    uint32_t found;

    if (mping_hash_reserve(index, index->used + 1) < 0)
        abort();
    end = mping_hash_find(index, hash);
    while (mping_hash_next(index, &end, &found))
        continue;
    if (value % 2)
        mping_hash_insert(index, hash, value);
    else
        mping_hash_insert_at(index, &end, value);
    model[model_n].hash = hash;
    model[model_n++].value = value;
}

static void remove_at(struct mping_hash_index *index, unsigned i)
{
    mping_hash_remove(index, model[i].hash, model[i].value);
    model[i] = model[--model_n];
}

/* How often the index gives that value for that hash; *ret_all counts all values it gives. */
static unsigned count(const struct mping_hash_index *index, uint32_t hash, uint32_t value,
                      unsigned *ret_all)
{
    struct mping_hash_cursor c = mping_hash_find(index, hash);
    unsigned n = 0;
    uint32_t found;

    *ret_all = 0;
    while (mping_hash_next(index, &c, &found)) {
        n += found == value;
        ++*ret_all;
    }
    return n;
}

/* Entries of the model that the index does not give exactly once, or together with others. */
static unsigned count_wrong(const struct mping_hash_index *index)
{
    unsigned wrong = index->used != model_n;

    for (unsigned i = 0; i < model_n; i++) {
        unsigned all, same = 0;

        wrong += count(index, model[i].hash, model[i].value, &all) != 1;
        for (unsigned j = 0; j < model_n; j++)
            same += model[j].hash == model[i].hash;
        wrong += all != same;
    }
    return wrong;
}

/* Between the home of an entry and its place there is never an empty one, nor two of a kind. */
static unsigned count_stray(const struct mping_hash_index *index)
{
    unsigned stray = 0, used = 0;

    for (size_t i = 0; i < index->size; i++) {
        if (!index->entries[i].value_1)
            continue;
        used++;
        for (size_t pos = mping_hash_home(index, index->entries[i].hash); pos != i;
             pos = (pos + 1) % index->size)
            stray += !index->entries[pos].value_1;
    }
    return stray + (used != index->used) + (4 * index->used > 3 * index->size);
}

static void test_empty(void)
{
    struct mping_hash_index index = {0};
    unsigned all;

    ok(count(&index, 0, 0, &all) == 0 && all == 0, "nothing is found in an empty index");
    mping_hash_prefetch(&index, 77);
    ok(mping_hash_reserve(&index, 0) == 0 && index.size > 0 && index.used == 0,
       "room for nothing is some room");
    ok(count(&index, UINT32_MAX, 0, &all) == 0 && all == 0, "and still nothing is found");
    ok(mping_hash_reserve(&index, SIZE_MAX) == MPING_ENOMEM &&
           mping_hash_reserve(&index, SIZE_MAX / 8) == MPING_ENOMEM && index.size > 0,
       "too much is refused, and nothing has changed");
    mping_hash_done(&index);
    ok(index.size == 0 && !index.entries, "done: all zero again");
    mping_hash_done(&index);
}

/* Kinds of hashes: evenly spread, a few homes, all around the end of the table, all the same. */
static uint32_t hash_of_kind(unsigned kind)
{
    switch (kind) {
    case 0:
        return rng() << 1 ^ rng();
    case 1:
        return rng() % 7 * UINT32_C(0x10000);
    case 2:
        return (uint32_t)-4 + rng() % 8;
    default:
        return UINT32_MAX;
    }
}

static void test_random(unsigned kind, const char *name)
{
    struct mping_hash_index index = {0};
    unsigned wrong = 0, stray = 0, removed = 0;
    uint32_t next_value = 0;

    model_n = 0;
    for (unsigned step = 0; step < 20000; step++) {
        /* Grows for a while, then shrinks, so that all fillings come up. */
        unsigned grow = step / 500 % 2 ? 3 : 6;

        if (rng() % 9 < grow && model_n < 250) {
            insert(&index, hash_of_kind(kind), next_value++);
        } else if (model_n) {
            remove_at(&index, rng() % model_n);
            removed++;
        }
        if (step % 64 == 0)
            wrong += count_wrong(&index);
        stray += count_stray(&index);
    }
    while (model_n) {
        remove_at(&index, rng() % model_n);
        stray += count_stray(&index);
    }
    ok(wrong == 0, "%s: what is in is found once, with its like (%u wrong)", name, wrong);
    ok(stray == 0, "%s: no hole cuts off an entry from its home (%u do)", name, stray);
    ok(index.used == 0 && removed > 5000, "%s: %u removed on the way, empty at the end", name,
       removed);
    mping_hash_done(&index);
}

/* A hash whose home in a table of 64 places, the smallest, this is. */
static uint32_t hash_at(uint32_t home)
{
    return home / 4 << 28 | home % 4;
}

/* Each way to place five entries around the end of the smallest table, and to remove one. */
static void test_wrap(void)
{
    unsigned wrong = 0, stray = 0, cases = 0;

    for (unsigned code = 0; code < 5 * 5 * 5 * 5 * 5; code++) {
        for (unsigned victim = 0; victim < 5; victim++) {
            struct mping_hash_index index = {0};
            unsigned homes = code;

            model_n = 0;
            for (uint32_t i = 0; i < 5; i++, homes /= 5)
                insert(&index, hash_at((62 + homes % 5) % 64), i); /* homes 62, 63, 0, 1, 2 */
            remove_at(&index, victim);
            wrong += count_wrong(&index);
            stray += count_stray(&index);
            cases++;
            mping_hash_done(&index);
        }
    }
    ok(wrong == 0 && stray == 0, "%u removals around the end of the table (%u, %u wrong)", cases,
       wrong, stray);
}

/* Equal hashes are a multimap; the same value under two hashes is two entries. */
static void test_multimap(void)
{
    struct mping_hash_index index = {0};
    unsigned all;

    model_n = 0;
    for (uint32_t i = 0; i < 100; i++)
        insert(&index, 9, i);
    insert(&index, 10, 5);
    ok(count(&index, 9, 5, &all) == 1 && all == 100, "a hundred values of one hash");
    ok(count(&index, 10, 5, &all) == 1 && all == 1, "beside one of its neighbour");
    mping_hash_remove(&index, 10, 5);
    ok(count(&index, 9, 5, &all) == 1 && all == 100 && count(&index, 10, 5, &all) == 0,
       "removing that leaves the equal value of the other hash");
    mping_hash_done(&index);
}

static void test_growth(void)
{
    enum { MANY = 200000 };
    struct mping_hash_index index = {0};
    unsigned missing = 0, all;

    for (uint32_t i = 0; i < MANY; i++) {
        if (mping_hash_reserve(&index, index.used + 1) < 0)
            abort();
        mping_hash_insert(&index, i * UINT32_C(2654435761), i);
    }
    for (uint32_t i = 0; i < MANY; i++)
        missing += count(&index, i * UINT32_C(2654435761), i, &all) != 1;
    ok(missing == 0 && index.used == MANY, "%d entries survive the growing (%u lost)", MANY,
       missing);
    ok(3 * index.size >= 4 * (size_t)MANY && index.size < 2 * (size_t)MANY,
       "in a table of fair size (%zu)", index.size);
    mping_hash_done(&index);
}

int main(void)
{
    test_empty();
    test_random(0, "spread");
    test_random(1, "clustered");
    test_random(2, "around the end");
    test_random(3, "all equal");
    test_wrap();
    test_multimap();
    test_growth();
    return done_testing();
}
