/* SPDX-License-Identifier: Apache-2.0 */
/* Rings of events. */
#ifndef MPING_SESSION_QUEUE_H
#define MPING_SESSION_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "session/state.h"

/* Room for n events altogether: 0 or MPING_ENOMEM. */
int mping_queue_reserve(struct mping_queue *queue, uint32_t n);
void mping_queue_push(struct mping_queue *queue, const struct mping_event *event);
bool mping_queue_pop(struct mping_queue *queue, struct mping_event *ret_event);
void mping_queue_done(struct mping_queue *queue);

#endif
