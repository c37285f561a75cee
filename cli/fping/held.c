/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/held.h"

#include <stdlib.h>

#include "fping/out.h"
#include "fping/status.h"
#include "fping/verdict.h"

bool fping_may_tell(const struct fping_run *run)
{
    return run->named || !fping_has_tally(run);
}

void fping_hold(struct fping_run *run, const struct mping_event *event)
{
    struct fping_held *held = &run->held;

    if (held->count == held->size) {
        size_t size = held->size ? 2 * held->size : 256;
        struct mping_event *events = realloc(held->events, size * sizeof(*events));

        if (!events) {
            run->status = FPING_NO_MEMORY;
            return;
        }
        held->events = events;
        held->size = size;
    }
    held->events[held->count++] = *event;
}

/* In the order of arrival; what has no arrival stays behind what it came after. */
static int by_arrival(const void *a, const void *b)
{
    const struct mping_event *left = a, *right = b;

    return (left->received_ns > right->received_ns) - (left->received_ns < right->received_ns);
}

static void sort(struct fping_held *held)
{
    size_t from = 0;

    for (size_t i = 0; i <= held->count; i++) {
        if (i < held->count && held->events[i].received_ns)
            continue;
        if (i - from > 1)
            qsort(held->events + from, i - from, sizeof(*held->events), by_arrival);
        from = i + 1;
    }
}

void fping_release(struct fping_run *run)
{
    sort(&run->held);
    for (size_t i = 0; i < run->held.count; i++)
        fping_verdict(run, &run->held.events[i]);
    run->held.count = 0;
    fping_out_flush(run->page.out);
}

void fping_held_done(struct fping_held *held)
{
    free(held->events);
    *held = (struct fping_held){0};
}
