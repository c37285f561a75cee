/* SPDX-License-Identifier: Apache-2.0 */
#include <multiping/error.h>

#include "core/internal.h"

int mping_core_target_err(const struct mping_core *core, uint32_t target)
{
    return mping_target_at(core, target)->err;
}

const struct mping_profile *mping_core_target_profile(const struct mping_core *core,
                                                      uint32_t target)
{
    return mping_profile_of(core, mping_target_at(core, target));
}

bool mping_core_target_finished(const struct mping_core *core, uint32_t target)
{
    return mping_target_at(core, target)->state == MPING_TARGET_FINISHED;
}

uint32_t mping_core_target_pending(const struct mping_core *core, uint32_t target)
{
    const struct mping_core_target *t = mping_target_at(core, target);

    return mping_target_pending(core, t) + mping_target_backlog(core, t);
}

int mping_core_target_id(const struct mping_core *core, uint32_t target)
{
    const struct mping_core_target *t = mping_target_at(core, target);

    return t->has_addr ? mping_target_ident(core, t) : MPING_EAGAIN;
}

int mping_core_target_addr(const struct mping_core *core, uint32_t target,
                           struct mping_addr *ret_addr)
{
    const struct mping_core_target *t = mping_target_at(core, target);
    struct mping_key key;

    if (!t->has_addr)
        return MPING_EAGAIN;
    key = mping_target_key(core, t);
    mping_key_to_addr(&key, ret_addr);
    return 0;
}

uint32_t mping_core_resolve_wanted(struct mping_core *core)
{
    uint32_t target = mping_list_head(&core->targets, MPING_TARGETS_RESOLVE);

    if (target != MPING_SLAB_NONE)
        mping_list_unlink(&core->targets, target);
    return target;
}
