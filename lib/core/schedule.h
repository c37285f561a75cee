/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When targets send. The schedule runs in a time of its own, which stands still while the whole
 * program does: schedule time is now_ns less all that has been slept through.
 */
#ifndef MPING_CORE_SCHEDULE_H
#define MPING_CORE_SCHEDULE_H

#include "core/internal.h"

static inline int64_t mping_schedule_ns(const struct mping_core *core, int64_t now_ns)
{
    return now_ns - core->skew_ns;
}

/*
 * Leaves the time out that has been slept through until now. To be called before schedule time is
 * used by whoever may come first after a sleep: what was made by the old time would wait as long
 * again.
 */
void mping_schedule_wake(struct mping_core *core, int64_t now_ns);

/* Puts the target where it belongs now: into the schedule, or nowhere. */
void mping_target_schedule(struct mping_core *core, uint32_t target);

/*
 * The next target whose time has come, or MPING_SLAB_NONE; made: how many probes this batch has.
 * Those that were held back for want of room come in between, so that neither the ones nor the
 * others can keep all the room to themselves.
 */
uint32_t mping_schedule_next(const struct mping_core *core, uint32_t made);

/* When the next probe may leave. */
int64_t mping_schedule_deadline_ns(struct mping_core *core);

#endif
