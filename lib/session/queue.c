/* SPDX-License-Identifier: Apache-2.0 */
#include "session/queue.h"

#include <assert.h>
#include <stdlib.h>

#include "session/state.h"

int mping_queue_reserve(struct mping_queue *queue, uint32_t n)
{
    uint32_t size = queue->size ? queue->size : 64;
    struct mping_event *events;

    while (size < n)
        size *= 2;
    if (size == queue->size)
        return 0;
    events = malloc(size * sizeof(*events));
    if (!events)
        return MPING_ENOMEM;
    for (uint32_t i = 0; i < queue->n; i++)
        events[i] = queue->events[(queue->head + i) & (queue->size - 1)];
    free(queue->events);
    queue->events = events;
    queue->size = size;
    queue->head = 0;
    return 0;
}

void mping_queue_push(struct mping_queue *queue, const struct mping_event *event)
{
    assert(queue->n < queue->size);
    queue->events[(queue->head + queue->n++) & (queue->size - 1)] = *event;
}

bool mping_queue_pop(struct mping_queue *queue, struct mping_event *ret_event)
{
    if (!queue->n)
        return false;
    *ret_event = queue->events[queue->head];
    queue->head = (queue->head + 1) & (queue->size - 1);
    queue->n--;
    return true;
}

void mping_queue_done(struct mping_queue *queue)
{
    free(queue->events);
    *queue = (struct mping_queue){0};
}
