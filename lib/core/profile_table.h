/* SPDX-License-Identifier: Apache-2.0 */
/* The settings that targets share: one entry for all that were added with the same ones. */
#ifndef MPING_CORE_PROFILE_TABLE_H
#define MPING_CORE_PROFILE_TABLE_H

#include "core/core.h"
#include "core/records.h"
#include "core/state.h"

static inline const struct mping_profile *mping_profile_of(const struct mping_core *core,
                                                           const struct mping_core_target *t)
{
    return core->profiles[t->profile].profile;
}

/* The number of a profile, counting one target more: MPING_SLAB_NONE when out of memory. */
uint32_t mping_profile_enter(struct mping_core *core, const struct mping_profile *profile);
void mping_profile_leave(struct mping_core *core, uint32_t profile);

/* How long a probe that leaves now waits; 0: for ever. */
int64_t mping_target_timeout_ns(const struct mping_core *core, const struct mping_core_target *t,
                                uint8_t attempt);

#endif
