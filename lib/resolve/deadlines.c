/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/deadlines.h"

#include <stdlib.h>

#include <multiping/error.h>

#include "resolve/resolve.h"

static void put(struct mping_deadlines *deadlines, size_t pos, struct mping_deadline *deadline)
{
    deadlines->heap[pos] = deadline;
    deadline->pos = pos;
}

/* Finds the place of a deadline from pos towards the first; those passed move down. */
static void sift_up(struct mping_deadlines *deadlines, size_t pos, struct mping_deadline *deadline)
{
    while (pos > 1 && deadlines->heap[pos / 2]->at_ns > deadline->at_ns) {
        put(deadlines, pos, deadlines->heap[pos / 2]);
        pos /= 2;
    }
    put(deadlines, pos, deadline);
}

/* The same towards the last. */
static void sift_down(struct mping_deadlines *deadlines, size_t pos,
                      struct mping_deadline *deadline)
{
    for (;;) {
        size_t child = 2 * pos;

        if (child > deadlines->n)
            break;
        if (child < deadlines->n &&
            deadlines->heap[child + 1]->at_ns < deadlines->heap[child]->at_ns)
            child++;
        if (deadlines->heap[child]->at_ns >= deadline->at_ns)
            break;
        put(deadlines, pos, deadlines->heap[child]);
        pos = child;
    }
    put(deadlines, pos, deadline);
}

static int grow(struct mping_deadlines *deadlines)
{
    size_t capacity = deadlines->capacity ? 2 * deadlines->capacity : 64;
    struct mping_deadline **heap =
        realloc(deadlines->heap, capacity * sizeof(struct mping_deadline *));

    if (!heap)
        return MPING_ENOMEM;
    deadlines->heap = heap;
    deadlines->capacity = capacity;
    return 0;
}

int mping_deadlines_add(struct mping_deadlines *deadlines, struct mping_deadline *deadline)
{
    if (deadlines->n + 1 >= deadlines->capacity) {
        int r = grow(deadlines);

        if (r < 0)
            return r;
    }
    sift_up(deadlines, ++deadlines->n, deadline);
    return 0;
}

void mping_deadlines_remove(struct mping_deadlines *deadlines, struct mping_deadline *deadline)
{
    size_t pos = deadline->pos;
    struct mping_deadline *last;

    if (!pos)
        return;
    deadline->pos = 0;
    last = deadlines->heap[deadlines->n--];
    if (last == deadline)
        return;
    if (last->at_ns < deadline->at_ns)
        sift_up(deadlines, pos, last);
    else
        sift_down(deadlines, pos, last);
}

struct mping_deadline *mping_deadlines_first(const struct mping_deadlines *deadlines)
{
    return deadlines->n ? deadlines->heap[1] : NULL;
}

void mping_deadlines_done(struct mping_deadlines *deadlines)
{
    free(deadlines->heap);
    *deadlines = (struct mping_deadlines){0};
}
