/* SPDX-License-Identifier: Apache-2.0 */
/* What there is to know of targets and engines. */
#ifndef MPING_SESSION_INSPECT_H
#define MPING_SESSION_INSPECT_H

#include "session/state.h"

/* The counters of one engine, or of one shard. */
void mping_engine_stats_read(struct mping *m, struct mping_stats *ret_stats);

#endif
