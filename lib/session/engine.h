/* SPDX-License-Identifier: Apache-2.0 */
/* Making and freeing engines, their lock, and the clocks. */
#ifndef MPING_SESSION_ENGINE_H
#define MPING_SESSION_ENGINE_H

#include <stdint.h>

#include "session/group.h"
#include "session/state.h"

/* One engine, by itself or as a shard of a group; opts are complete. */
int mping_engine_make(struct mping **ret_engine, const struct mping_opts *opts,
                      struct mping_group *group, uint32_t shard);
/* Frees an engine without threads, also a half-made one. */
void mping_engine_destroy(struct mping *m);
/* Closes what it waits with: nothing it does from now on changes what a parent waits for. */
void mping_engine_disconnect(struct mping *m);
int64_t mping_now_ns(void);
/* CLOCK_REALTIME - CLOCK_MONOTONIC. */
int64_t mping_wall_offset_ns(void);
void mping_lock(struct mping *m);
void mping_unlock(struct mping *m);
/* Around a wait for a group's thread: after its next batch of probes it waits in turn. */
void mping_send_wait_begin(struct mping *m);
void mping_send_wait_end(struct mping *m);
/* Locks the engine when its core knows of all its probes whether they have left. */
void mping_lock_when_sent(struct mping *m);
void mping_await_change(struct mping *m);
/* Around system calls of a group's threads, so that others may use the engine meanwhile. */
void mping_unlock_for_io(struct mping *m);
void mping_relock_after_io(struct mping *m);

#endif
