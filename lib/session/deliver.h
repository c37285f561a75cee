/* SPDX-License-Identifier: Apache-2.0 */
/* Events to callbacks, to the pull queue or to workers. */
#ifndef MPING_SESSION_DELIVER_H
#define MPING_SESSION_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "session/state.h"

/* Whether this thread is inside a callback of the engine. */
bool mping_in_callback(const struct mping *m);

/* Delivers up to max events (0: all); returns how many, counting only what users see. */
int mping_deliver(struct mping *m, uint32_t max);
/* Calls back, without the lock; nothing else. */
void mping_call(const struct mping *m, struct mping_event *event, mping_callback callback);
/* Makes pull_fd readable while events wait, and no longer. */
void mping_show_waiting(struct mping *m);
/* Whether it is the end of the target: nobody has the handle, and nothing waits to be said. */
bool mping_ends_unheard(const struct mping_target *t);
/* Takes events from the pull queue. */
size_t mping_take(struct mping *m, struct mping_event *ret_events, size_t n);
/* Makes the callback; takes care of the lock and of the target's end. */
void mping_call_back(struct mping *m, struct mping_event *event);
/* Frees a dead target as soon as no event names it; called whenever one less does. */
void mping_bury(struct mping *m, struct mping_target *t);
/* Does so, once the core has no events. */
void mping_reap(struct mping *m);
/* Whether a callback of the target is being made, by another thread than this if `other`. */
bool mping_is_called(const struct mping *m, const struct mping_target *t, bool other);
/* Makes the text valid that an event carries itself; after every copy. */
void mping_event_fix_host(struct mping_event *event);

#endif
