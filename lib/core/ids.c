/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ids.h"

#include <stdlib.h>

#include <multiping/error.h>

#include "base/hash_index.h"
#include "base/rng.h"
#include "core/core.h"
#include "core/key.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"

/*
 * Which id a target gets. Nearly all have the engine's first one: middleboxes keep a state
 * per address and id, so a constant id is cheapest for everybody. Where an address is
 * pinged by several targets, guessing is enough: more ids are added as soon as guesses fail.
 */
enum { GUESSES = 8, ALL_IDS = 65536 };

/* Targets are indexed with seq 0; they have an index of their own. */
static uint32_t target_hash(const struct mping_core *core, const struct mping_key *key, uint16_t id)
{
    return mping_ids_hash(core, key, id, 0);
}

static bool has_key(const struct mping_core *core, const struct mping_core_target *t,
                    const struct mping_key *key)
{
    struct mping_key own = mping_target_key(core, t);

    return mping_key_equal(&own, key);
}

/* ret_end: where the search came to its end, if it has found none. */
static uint32_t find(const struct mping_core *core, const struct mping_key *key, uint16_t id,
                     struct mping_hash_cursor *ret_end)
{
    uint32_t target;

    *ret_end = mping_hash_find(&core->target_index, target_hash(core, key, id));
    while (mping_hash_next(&core->target_index, ret_end, &target)) {
        const struct mping_core_target *t = mping_target_at(core, target);

        if (mping_target_ident(core, t) == id && has_key(core, t, key))
            return target;
    }
    return MPING_CORE_NONE;
}

uint32_t mping_ids_find(const struct mping_core *core, const struct mping_key *key, uint16_t id)
{
    struct mping_hash_cursor end;

    return find(core, key, id, &end);
}

static struct mping_ids *ids_of(struct mping_core *core, const struct mping_key *key)
{
    return &core->ids[mping_family_index(mping_key_is_v4(key) ? AF_INET : AF_INET6)];
}

static bool is_free(const struct mping_core *core, const struct mping_key *key,
                    const struct mping_ids *ids, uint32_t index, struct mping_hash_cursor *ret_end)
{
    return find(core, key, ids->ids[index], ret_end) == MPING_CORE_NONE;
}

/* An id that nobody uses at this address: its index, or ids->n. ret_end: see find(). */
static uint32_t free_id(struct mping_core *core, const struct mping_key *key,
                        const struct mping_ids *ids, struct mping_hash_cursor *ret_end)
{
    uint32_t start;

    if (!ids->n || is_free(core, key, ids, 0, ret_end))
        return 0;
    if (is_free(core, key, ids, ids->n - 1, ret_end))
        return ids->n - 1;
    start = (uint32_t)mping_rng_below(&core->rng, ids->n);
    for (uint32_t i = 0; i < (ids->n == ALL_IDS ? ALL_IDS : GUESSES); i++)
        if (is_free(core, key, ids, (start + i) % ids->n, ret_end))
            return (start + i) % ids->n;
    return ids->n;
}

static void enter(struct mping_core *core, uint32_t target, uint32_t index,
                  const struct mping_hash_cursor *end)
{
    struct mping_core_target *t = mping_target_at(core, target);

    t->id_index = (uint16_t)index;
    t->losses = 0;
    t->indexed = true;
    mping_hash_insert_at(&core->target_index, end, target);
}

/* Out of its place, where it has one; that may move the end of the search for another. */
static void leave(struct mping_core *core, uint32_t target, struct mping_hash_cursor *end)
{
    uint32_t found;

    if (!mping_target_at(core, target)->indexed)
        return;
    mping_ids_release(core, target);
    *end = mping_hash_find(&core->target_index, end->hash);
    while (mping_hash_next(&core->target_index, end, &found))
        ;
}

int mping_ids_assign(struct mping_core *core, uint32_t target, const struct mping_key *key)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_ids *ids = ids_of(core, key);
    struct mping_hash_cursor end;
    uint32_t index;

    if (t->indexed && has_key(core, t, key))
        return 0;
    if (mping_hash_reserve(&core->target_index, core->target_index.used + 1) < 0)
        return MPING_ENOMEM;
    index = free_id(core, key, ids, &end);
    if (index == ids->n)
        return MPING_ENOIDS;
    leave(core, target, &end);
    if (mping_target_set_key(core, t, key) < 0)
        return MPING_ENOMEM;
    enter(core, target, index, &end);
    return 0;
}

void mping_ids_release(struct mping_core *core, uint32_t target)
{
    struct mping_core_target *t = mping_target_at(core, target);

    struct mping_key key;

    if (!t->indexed)
        return;
    key = mping_target_key(core, t);
    mping_hash_remove(&core->target_index, target_hash(core, &key, mping_target_ident(core, t)),
                      target);
    t->indexed = false;
}

void mping_ids_move(struct mping_core *core, uint32_t target)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_key key = mping_target_key(core, t);
    struct mping_ids *ids = ids_of(core, &key);
    struct mping_hash_cursor end;

    t->losses = 0;
    for (uint32_t i = 1; i <= MPING_FRESH_IDS; i++) {
        uint32_t next = (t->id_index + i) % MPING_FRESH_IDS;

        if (next >= ids->n) {
            ids->more_wanted = true;
        } else if (next != t->id_index && is_free(core, &key, ids, next, &end)) {
            leave(core, target, &end);
            enter(core, target, next, &end);
            return;
        }
    }
}

int mping_core_add_id(struct mping_core *core, int family, uint16_t id)
{
    struct mping_ids *ids = &core->ids[mping_family_index(family)];

    if (ids->n == ids->cap) {
        uint32_t cap = ids->cap ? ids->cap * 2 : 4;
        uint16_t *bigger = realloc(ids->ids, cap * sizeof(*bigger));

        if (!bigger)
            return MPING_ENOMEM;
        ids->ids = bigger;
        ids->cap = cap;
    }
    ids->ids[ids->n++] = id;
    ids->more_wanted = false;
    return 0;
}

uint32_t mping_core_ids(const struct mping_core *core, int family)
{
    return core->ids[mping_family_index(family)].n;
}

bool mping_core_id_wanted(const struct mping_core *core, int family)
{
    const struct mping_ids *ids = &core->ids[mping_family_index(family)];

    assert(!ids->more_wanted || ids->n < MPING_FRESH_IDS);
    return ids->more_wanted;
}

void mping_core_drop_ids(struct mping_core *core, int family)
{
    struct mping_ids *ids = &core->ids[mping_family_index(family)];

    ids->n = 0;
    ids->more_wanted = false;
}
