/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <multiping/error.h>

#include "core/internal.h"

static uint32_t profile_hash(const struct mping_profile *profile)
{
    uint64_t mixed = (uint64_t)(uintptr_t)profile * UINT64_C(0x9e3779b97f4a7c15);

    return (uint32_t)(mixed >> 32);
}

static uint32_t find_profile(const struct mping_core *core, const struct mping_profile *profile)
{
    struct mping_hash_cursor c = mping_hash_find(&core->profile_index, profile_hash(profile));
    uint32_t i;

    while (mping_hash_next(&core->profile_index, &c, &i))
        if (core->profiles[i].profile == profile)
            return i;
    return MPING_SLAB_NONE;
}

/* A free place in the table of profiles: MPING_SLAB_NONE when out of memory. */
static uint32_t profile_place(struct mping_core *core)
{
    uint32_t cap = core->profile_cap ? core->profile_cap * 2 : 4;
    struct mping_profile_use *bigger;

    if (core->profile_free != MPING_SLAB_NONE) {
        uint32_t i = core->profile_free;

        core->profile_free = core->profiles[i].next_free;
        return i;
    }
    if (core->profile_count < core->profile_cap)
        return core->profile_count++;
    bigger = realloc(core->profiles, cap * sizeof(*bigger));
    if (!bigger)
        return MPING_SLAB_NONE;
    core->profiles = bigger;
    core->profile_cap = cap;
    return core->profile_count++;
}

static uint32_t add_profile(struct mping_core *core, const struct mping_profile *profile)
{
    uint32_t i;

    if (mping_hash_reserve(&core->profile_index, core->profile_index.used + 1) < 0)
        return MPING_SLAB_NONE;
    i = profile_place(core);
    if (i == MPING_SLAB_NONE)
        return MPING_SLAB_NONE;
    core->profiles[i] = (struct mping_profile_use){.profile = profile};
    mping_hash_insert(&core->profile_index, profile_hash(profile), i);
    return i;
}

uint32_t mping_profile_enter(struct mping_core *core, const struct mping_profile *profile)
{
    uint32_t i = core->profile_last;

    if (i == MPING_SLAB_NONE || core->profiles[i].profile != profile)
        i = find_profile(core, profile);
    if (i == MPING_SLAB_NONE)
        i = add_profile(core, profile);
    if (i == MPING_SLAB_NONE)
        return MPING_SLAB_NONE;
    core->profiles[i].targets++;
    core->profile_last = i;
    return i;
}

void mping_profile_leave(struct mping_core *core, uint32_t profile)
{
    struct mping_profile_use *use = &core->profiles[profile];

    if (--use->targets)
        return;
    mping_hash_remove(&core->profile_index, profile_hash(use->profile), profile);
    *use = (struct mping_profile_use){.next_free = core->profile_free};
    core->profile_free = profile;
    if (core->profile_last == profile)
        core->profile_last = MPING_SLAB_NONE;
}

struct mping_more *mping_target_more(struct mping_core *core, struct mping_core_target *t)
{
    struct mping_more *more = mping_more_of(core, t);
    uint32_t index;

    if (more)
        return more;
    if (mping_slab_reserve(&core->mores) < 0)
        return NULL;
    index = mping_slab_alloc(&core->mores);
    more = mping_slab_at(&core->mores, index);
    *more = (struct mping_more){.pending = mping_target_pending(core, t)};
    mping_counters_unpack(t, &more->counters);
    t->first_slot = mping_target_first(t);
    t->outcome = 0;
    t->more = index;
    return more;
}

int mping_target_ready(struct mping_core *core, struct mping_core_target *t)
{
    int64_t timeout_ns = mping_target_timeout_ns(core, t, mping_target_attempt(core, t));
    bool fits = !t->outcome && t->first_slot == MPING_SLAB_NONE && t->sent < UINT8_MAX &&
                t->count < UINT32_MAX && timeout_ns > 0 && timeout_ns < UINT32_MAX;

    if (t->more != MPING_SLAB_NONE || fits)
        return 0;
    return mping_target_more(core, t) ? 0 : MPING_ENOMEM;
}

int mping_target_set_key(struct mping_core *core, struct mping_core_target *t,
                         const struct mping_key *key)
{
    bool wide = !mping_key_is_v4(key);

    if (wide && !t->wide) {
        if (mping_slab_reserve(&core->wides) < 0)
            return MPING_ENOMEM;
        t->addr = mping_slab_alloc(&core->wides);
    } else if (!wide) {
        mping_target_drop_key(core, t);
    }
    if (wide)
        ((struct mping_wide *)mping_slab_at(&core->wides, t->addr))->key = *key;
    else
        memcpy(&t->addr, key->bytes + 12, 4);
    t->wide = wide;
    t->has_addr = true;
    return 0;
}

void mping_target_drop_key(struct mping_core *core, struct mping_core_target *t)
{
    if (t->wide)
        mping_slab_free(&core->wides, t->addr);
    t->wide = false;
    t->has_addr = false;
}

uint32_t mping_core_place_target(const struct mping_target *place)
{
    return mping_slab_index(place, sizeof(struct mping_core_target));
}

void *mping_core_place_context(const struct mping_target *place)
{
    const struct mping_core *core =
        mping_slab_home(place, sizeof(struct mping_core_target))->context;

    return core->opts.context;
}

void **mping_core_target_note(struct mping_core *core, uint32_t target, bool make)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_more *more = make ? mping_target_more(core, t) : mping_more_of(core, t);

    return more ? &more->note : NULL;
}

struct mping_target *mping_core_target_owner(const struct mping_core *core, uint32_t target)
{
    struct mping_core_target *t = mping_target_at(core, target);

    return t->has_owner ? t->owner : (struct mping_target *)(void *)t->owned;
}

uint32_t mping_core_target_next(const struct mping_core *core, uint32_t from)
{
    for (uint32_t i = from; i < core->targets.fresh; i++)
        if (mping_slab_holds(&core->targets, i) &&
            mping_target_at(core, i)->state != MPING_TARGET_FREE)
            return i;
    return MPING_CORE_NONE;
}

void mping_core_detached_push(struct mping_core *core, uint32_t target)
{
    mping_list_push(&core->targets, MPING_TARGETS_DETACHED, target);
}

uint32_t mping_core_detached_pop(struct mping_core *core)
{
    uint32_t target = mping_list_head(&core->targets, MPING_TARGETS_DETACHED);

    if (target != MPING_SLAB_NONE)
        mping_list_unlink(&core->targets, target);
    return target;
}

/* Here and not with the others: the state decides who may look at a place. */
void mping_core_target_free(struct mping_core *core, uint32_t target)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_more *more;

    if (t->state != MPING_TARGET_DETACHED)
        mping_core_target_detach(core, target);
    more = mping_more_of(core, t);
    if (more) {
        free(more->histogram);
        more->node = (struct mping_node){.next = MPING_SLAB_NONE, .prev = MPING_SLAB_NONE};
        mping_slab_free(&core->mores, t->more);
        t->more = MPING_SLAB_NONE;
    }
    mping_list_unlink(&core->targets, target);
    t->state = MPING_TARGET_FREE;
    mping_slab_free(&core->targets, target);
}
