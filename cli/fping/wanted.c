/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/wanted.h"

#include <assert.h>
#include <stdlib.h>

static bool grow(struct fping_wanteds *queue)
{
    size_t size = queue->size ? 2 * queue->size : 64;
    struct fping_wanted *items = malloc(size * sizeof(*items));

    if (!items)
        return false;
    for (size_t i = 0; i < queue->n; i++)
        items[i] = queue->items[(queue->head + i) & (queue->size - 1)];
    free(queue->items);
    queue->items = items;
    queue->size = size;
    queue->head = 0;
    return true;
}

bool fping_wanteds_push(struct fping_wanteds *queue, const struct fping_wanted *wanted)
{
    if (queue->n == queue->size && !grow(queue))
        return false;
    queue->items[(queue->head + queue->n++) & (queue->size - 1)] = *wanted;
    return true;
}

struct fping_wanted fping_wanteds_pop(struct fping_wanteds *queue)
{
    struct fping_wanted wanted;

    assert(queue->n);
    wanted = queue->items[queue->head];
    queue->head = (queue->head + 1) & (queue->size - 1);
    queue->n--;
    return wanted;
}

void fping_wanteds_done(struct fping_wanteds *queue)
{
    free(queue->items);
    *queue = (struct fping_wanteds){0};
}
