/* SPDX-License-Identifier: Apache-2.0 */
/* Counting, and the counters as the public API shows them (core.h). */
#ifndef MPING_CORE_STATS_H
#define MPING_CORE_STATS_H

#include "core/counters.h"
#include "core/records.h"
#include "core/state.h"

/* One probe more has been sent, or refused for good. */
void mping_count_sent(struct mping_core *core, struct mping_core_target *t);
/* A late reply, a duplicate, ...: without memory for its own counters only the totals know. */
void mping_count_extra(struct mping_core *core, struct mping_core_target *t, enum mping_extra kind);
/* A reply in time, after rtt_ns. */
void mping_count_reply(struct mping_core *core, struct mping_core_target *target, int64_t rtt_ns);
/* Any other verdict. */
void mping_count_verdict(struct mping_core *core, struct mping_core_target *target,
                         enum mping_event_type type);

#endif
