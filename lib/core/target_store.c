/* SPDX-License-Identifier: Apache-2.0 */
#include "core/target_store.h"

#include <multiping/error.h>

#include "base/slab.h"
#include "core/core.h"
#include "core/counters.h"
#include "core/key.h"
#include "core/profile_table.h"
#include "core/records.h"
#include "core/state.h"

struct mping_target_extra *mping_target_make_extra(struct mping_core *core,
                                                   struct mping_core_target *t)
{
    struct mping_target_extra *extra = mping_target_extra_of(core, t);
    uint32_t index;

    if (extra)
        return extra;
    if (mping_slab_reserve(&core->extras) < 0)
        return NULL;
    index = mping_slab_alloc(&core->extras);
    extra = mping_slab_at(&core->extras, index);
    *extra = (struct mping_target_extra){.pending = mping_target_pending(core, t)};
    mping_counters_unpack(t, &extra->counters);
    t->first_probe = mping_target_first(t);
    t->outcome = 0;
    t->extra = index;
    return extra;
}

int mping_target_ready(struct mping_core *core, struct mping_core_target *t)
{
    int64_t timeout_ns = mping_target_timeout_ns(core, t, mping_target_attempt(core, t));
    bool fits = !t->outcome && t->first_probe == MPING_SLAB_NONE && t->sent < UINT8_MAX &&
                t->count < UINT32_MAX && timeout_ns > 0 && timeout_ns < UINT32_MAX;

    if (t->extra != MPING_SLAB_NONE || fits)
        return 0;
    return mping_target_make_extra(core, t) ? 0 : MPING_ENOMEM;
}

int mping_target_set_key(struct mping_core *core, struct mping_core_target *t,
                         const struct mping_key *key)
{
    bool wide = !mping_key_is_v4(key);

    if (wide && !t->wide) {
        if (mping_slab_reserve(&core->ip6_entries) < 0)
            return MPING_ENOMEM;
        t->addr = mping_slab_alloc(&core->ip6_entries);
    } else if (!wide) {
        mping_target_drop_key(core, t);
    }
    if (wide)
        ((struct mping_ip6_entry *)mping_slab_at(&core->ip6_entries, t->addr))->key = *key;
    else
        memcpy(&t->addr, key->bytes + 12, 4);
    t->wide = wide;
    t->has_addr = true;
    return 0;
}

void mping_target_drop_key(struct mping_core *core, struct mping_core_target *t)
{
    if (t->wide)
        mping_slab_free(&core->ip6_entries, t->addr);
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
    struct mping_target_extra *extra =
        make ? mping_target_make_extra(core, t) : mping_target_extra_of(core, t);

    return extra ? &extra->note : NULL;
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
