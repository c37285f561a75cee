/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a target's address while it has one. */
#include <multiping/event.h>

#include "core/core.h"
#include "core/event_ring.h"
#include "core/ids.h"
#include "core/key.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"

int mping_core_target_move(struct mping_core *core, uint32_t target, const struct mping_addr *addr)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_key key = mping_key_of(addr), before;
    int err;

    if (!t->has_addr || t->state != MPING_TARGET_ACTIVE)
        return 0;
    before = mping_target_key(core, t);
    if (mping_key_equal(&before, &key))
        return 0;
    err = mping_ids_assign(core, target, &key);
    if (err == 0)
        mping_event_new(core, t, MPING_EV_RESOLVED);
    return err;
}

void mping_core_target_tell(struct mping_core *core, uint32_t target, enum mping_event_type type,
                            int err, enum mping_reason reason)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_event *event =
        t->state == MPING_TARGET_ENDING ? NULL : mping_event_new(core, t, type);

    if (!event)
        return;
    event->err = err;
    event->reason = (uint8_t)reason;
}
