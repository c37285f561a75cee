/* SPDX-License-Identifier: Apache-2.0 */
#include "core/profile_table.h"

#include <stdlib.h>

#include "base/hash_index.h"
#include "base/slab.h"
#include "core/core.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"

int64_t mping_target_timeout_ns(const struct mping_core *core, const struct mping_core_target *t,
                                uint8_t attempt)
{
    const struct mping_profile *profile = mping_profile_of(core, t);
    const struct mping_target_extra *extra = mping_target_extra_of(core, t);
    int64_t first_ns = extra && t->own_timeout ? extra->timeout_ns : profile->timeout_ns;
    double timeout_ns = (double)first_ns;

    if (!attempt || profile->backoff <= 1.0)
        return first_ns;
    for (uint8_t i = 0; i < attempt && timeout_ns < 1e18; i++)
        timeout_ns *= profile->backoff;
    return timeout_ns < 1e18 ? (int64_t)timeout_ns : INT64_C(1000000000000000000);
}

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
