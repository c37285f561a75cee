/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a target, from its first probe to its last event. */
#ifndef MPING_CORE_TARGET_H
#define MPING_CORE_TARGET_H

#include "core/state.h"

/* Ends it if nothing is left to do or to wait for. */
void mping_target_finish_if_done(struct mping_core *core, uint32_t target);
/* No further probes; err as the reason, 0 if it is simply done. */
void mping_target_stop(struct mping_core *core, uint32_t target, int err);
/* What its profile makes of a verdict: the next attempt, the next of a flood, or the end. */
void mping_target_on_verdict(struct mping_core *core, uint32_t target, enum mping_event_type type,
                             int64_t now_ns);

#endif
