/* SPDX-License-Identifier: Apache-2.0 */
/* Where targets lie, their addresses, and what only some of them need beside. */
#ifndef MPING_CORE_TARGET_STORE_H
#define MPING_CORE_TARGET_STORE_H

#include "base/slab.h"
#include "core/key.h"
#include "core/profile_table.h"
#include "core/records.h"
#include "core/state.h"

static inline struct mping_core_target *mping_target_at(const struct mping_core *core,
                                                        uint32_t target)
{
    return mping_slab_at_sized(&core->targets, target, sizeof(struct mping_core_target));
}

/* NULL: it needs none so far. */
static inline struct mping_target_extra *mping_target_extra_of(const struct mping_core *core,
                                                               const struct mping_core_target *t)
{
    return t->extra == MPING_SLAB_NONE
               ? NULL
               : mping_slab_at_sized(&core->extras, t->extra, sizeof(struct mping_target_extra));
}

static inline struct mping_key mping_target_key(const struct mping_core *core,
                                                const struct mping_core_target *t)
{
    if (t->wide)
        return ((const struct mping_ip6_entry *)mping_slab_at(&core->ip6_entries, t->addr))->key;
    return mping_key_of_ip4(t->addr);
}

static inline uint16_t mping_target_ident(const struct mping_core *core,
                                          const struct mping_core_target *t)
{
    return core->ids[t->wide].ids[t->id_index];
}

static inline uint64_t mping_target_count(const struct mping_core *core,
                                          const struct mping_core_target *t)
{
    const struct mping_target_extra *extra = mping_target_extra_of(core, t);

    return (extra ? (uint64_t)extra->count_high << 32 : 0) | t->count;
}

static inline uint32_t mping_target_backlog(const struct mping_core *core,
                                            const struct mping_core_target *t)
{
    const struct mping_target_extra *extra = mping_target_extra_of(core, t);

    return extra ? extra->backlog : 0;
}

/* Attempts mode: which try its next probe is. */
static inline uint8_t mping_target_attempt(const struct mping_core *core,
                                           const struct mping_core_target *t)
{
    if (!mping_profile_of(core, t)->attempts)
        return 0;
    return t->count < UINT8_MAX ? (uint8_t)t->count : UINT8_MAX;
}

static inline bool mping_target_alive(const struct mping_core_target *t)
{
    return t->state >= MPING_TARGET_RESOLVING;
}

/* The oldest pending probe or MPING_SLAB_NONE. */
static inline uint32_t mping_target_first(const struct mping_core_target *t)
{
    return t->outcome == MPING_EV_REPLY ? MPING_SLAB_NONE : t->first_probe;
}

static inline uint32_t mping_target_pending(const struct mping_core *core,
                                            const struct mping_core_target *t)
{
    const struct mping_target_extra *extra = mping_target_extra_of(core, t);

    return extra ? extra->pending : mping_target_first(t) != MPING_SLAB_NONE;
}

/* 0 for IPv4, 1 for IPv6. */
static inline unsigned mping_family_index(int family)
{
    return family == AF_INET6;
}

/* Gives the target what it needs beyond its first probe: NULL when out of memory. */
struct mping_target_extra *mping_target_make_extra(struct mping_core *core,
                                                   struct mping_core_target *t);
/* Makes sure that a further probe can be made and counted: 0 or MPING_ENOMEM. */
int mping_target_ready(struct mping_core *core, struct mping_core_target *t);
/* Sets its address: 0 or MPING_ENOMEM. */
int mping_target_set_key(struct mping_core *core, struct mping_core_target *t,
                         const struct mping_key *key);
/* Lets its address go. */
void mping_target_drop_key(struct mping_core *core, struct mping_core_target *t);

#endif
