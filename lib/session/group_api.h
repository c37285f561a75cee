/* SPDX-License-Identifier: Apache-2.0 */
/* What the public functions of an engine do for a group of shards. */
#ifndef MPING_SESSION_GROUP_API_H
#define MPING_SESSION_GROUP_API_H

#include "session/group.h"
#include "session/state.h"

/* group_api.c: until_ns as in mping_run_until(). */
int mping_group_run(struct mping_group *g, int64_t until_ns);
int mping_group_process(struct mping_group *g, uint32_t max_events);
int mping_group_wait(struct mping_group *g, int64_t until_ns);
/* done is called with the shard's lock, which the caller holds. */
int mping_group_run_until(struct mping *m, bool (*done)(void *arg), void *arg, int64_t until_ns,
                          int cancel_fd);
size_t mping_group_take(struct mping_group *g, struct mping_event *ret_events, size_t n);
bool mping_group_is_idle(struct mping_group *g);
bool mping_group_has_news(struct mping_group *g);
void mping_group_stats(struct mping_group *g, struct mping_stats *ret_stats);
/* Makes the descriptor readable until the next mping_process(). */
void mping_group_nudge(struct mping_group *g);
/* From signal handlers too. */
void mping_group_wakeup(struct mping_group *g);
/* Makes blocking callers look again. */
void mping_group_tell(struct mping_group *g);

#endif
