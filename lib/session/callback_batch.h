/* SPDX-License-Identifier: Apache-2.0 */
/* Events of one shard on their way to callbacks. */
#ifndef MPING_SESSION_CALLBACK_BATCH_H
#define MPING_SESSION_CALLBACK_BATCH_H

#include <pthread.h>

#include "session/state.h"

enum { MPING_BATCH_EVENTS = 256 };

/*
 * Events of one shard that one thread is calling back. Their targets stay, since they are
 * counted as queued until all is done.
 */
struct mping_batch {
    struct mping_event events[MPING_BATCH_EVENTS];
    mping_callback callbacks[MPING_BATCH_EVENTS]; /* NULL: the target has been closed since */
    uint32_t n;
    struct mping *shard; /* whose they are; NULL: all has been said */
    pthread_t thread;
    struct mping_batch *next; /* of mping.batches; by the shard's lock, as all above */

    pthread_mutex_t lock;
    uint32_t at;  /* the event whose callback is being made, or comes next */
    bool calling; /* it is being made */
    bool awaited; /* somebody waits for its end */
};

void mping_batch_init(struct mping_batch *batch);
void mping_batch_done(struct mping_batch *batch);
/* Queues an event for its callback: false if there is no room now. */
bool mping_group_queue(struct mping *m, const struct mping_event *event);
/* Whether so much waits that targets had better not send. */
bool mping_group_jammed(const struct mping *m);
/* Whether something waits for the caller to call back. */
bool mping_group_waiting(const struct mping *m);
/* Calls back for what waits in a queue of the shard, max events at most; returns how many. */
uint32_t mping_batch_run(struct mping *m, uint32_t queue, struct mping_batch *batch, uint32_t max);
/* The rest of a batch whose callback has thrown a C++ exception; returns how many. */
uint32_t mping_batch_resume(struct mping_batch *batch);
/* Whether one of the batches is calling the target back. */
bool mping_batches_call(const struct mping *m, const struct mping_target *t, bool other);
/* Takes a closed target's events out of them. */
void mping_batches_void(const struct mping *m, const struct mping_target *t);
/* Makes a canceled target's replies in them canceled, but for one that is being called back. */
void mping_batches_cancel(const struct mping *m, const struct mping_target *t);

#endif
