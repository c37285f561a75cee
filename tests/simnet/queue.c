/* SPDX-License-Identifier: Apache-2.0 */
#include "simnet/queue.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

enum { FANOUT = 4 };

struct sn_held *sn_held_new(size_t len)
{
    return malloc(sizeof(struct sn_held) + len);
}

static bool before(const struct sn_held *a, const struct sn_held *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static int grow(struct sn_queue *queue)
{
    size_t room = queue->room ? 2 * queue->room : 1024;
    struct sn_held **heap = realloc(queue->heap, room * sizeof(struct sn_held *));

    if (!heap)
        return -ENOMEM;
    queue->heap = heap;
    queue->room = room;
    return 0;
}

int sn_queue_push(struct sn_queue *queue, struct sn_held *held)
{
    size_t at = queue->n;

    if (queue->n == queue->room && grow(queue) < 0) {
        free(held);
        return -ENOMEM;
    }
    held->order = queue->order++;
    queue->n++;
    for (size_t up; at > 0; at = up) {
        up = (at - 1) / FANOUT;
        if (!before(held, queue->heap[up]))
            break;
        queue->heap[at] = queue->heap[up];
    }
    queue->heap[at] = held;
    return 0;
}

/* The earliest of the children of a place; that place itself if it has none. */
static size_t first_child(const struct sn_queue *queue, size_t at)
{
    size_t first = at * FANOUT + 1, end = first + FANOUT, best = at;

    for (size_t i = first; i < end && i < queue->n; i++)
        if (best == at || before(queue->heap[i], queue->heap[best]))
            best = i;
    return best;
}

struct sn_held *sn_queue_pop(struct sn_queue *queue, int64_t now_ns)
{
    struct sn_held *held, *last;
    size_t at = 0;

    if (sn_queue_due_ns(queue) > now_ns)
        return NULL;
    held = queue->heap[0];
    last = queue->heap[--queue->n];
    for (size_t down; (down = first_child(queue, at)) != at; at = down) {
        if (!before(queue->heap[down], last))
            break;
        queue->heap[at] = queue->heap[down];
    }
    queue->heap[at] = last;
    return held;
}

int64_t sn_queue_due_ns(const struct sn_queue *queue)
{
    return queue->n ? queue->heap[0]->due_ns : INT64_MAX;
}

void sn_queue_done(struct sn_queue *queue)
{
    while (queue->n)
        free(queue->heap[--queue->n]);
    free(queue->heap);
}
