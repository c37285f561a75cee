/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When targets send. The schedule runs in a time of its own, which stands still while the whole
 * program does: schedule time is now_ns less all that has been slept through.
 */
#ifndef MPING_CORE_SCHEDULE_H
#define MPING_CORE_SCHEDULE_H

#include "core/core.h"
#include "core/records.h"
#include "core/state.h"

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

/* Undoes mping_target_defer(): back to the schedule that it was taken from. */
void mping_target_undo_defer(const struct mping_core *core, struct mping_core_target *t);
/* a_ns + b_ns, at most MPING_TIME_NEVER; b_ns >= 0. A schedule that steps back may begin before the
 * clock did. */
int64_t mping_time_sum(int64_t a_ns, int64_t b_ns);
/* When a target's first probe is due, counted from now. */
int64_t mping_first_delay_ns(struct mping_core *core, const struct mping_profile *profile);
/* One probe has been made, or not made for want of an address: on to the next. */
void mping_target_advance(struct mping_core *core, uint32_t target, int64_t now_ns);
/* Undoes mping_target_advance(): the probe could not be sent now and is due again at due_ns. */
void mping_target_retry(struct mping_core *core, uint32_t target, int64_t due_ns);
/* Puts it off until due_ns, in schedule time; its schedule stays as it is. */
void mping_target_defer(struct mping_core *core, uint32_t target, int64_t due_ns);

#endif
