/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/pending.h"

#include <stdlib.h>

#include <multiping/error.h>

void app_pending_init(struct app_pending *pending)
{
    *pending = (struct app_pending){.last = &pending->first};
}

int app_pending_add(struct app_pending *pending, struct app_range *range, const char *labels,
                    size_t labels_len, const struct app_origin *origin)
{
    struct app_pending_range *one = malloc(sizeof(*one));

    if (one == NULL) {
        app_range_done(range);
        return MPING_ENOMEM;
    }
    *one = (struct app_pending_range){
        .range = *range,
        .labels = labels,
        .labels_len = labels_len,
        .origin = *origin,
    };
    *pending->last = one;
    pending->last = &one->next;
    pending->n++;
    pending->hosts += range->count;
    return 0;
}

static void drop_first(struct app_pending *pending)
{
    struct app_pending_range *first = pending->first;

    pending->first = first->next;
    if (pending->first == NULL)
        pending->last = &pending->first;
    pending->n--;
    pending->hosts -= first->range.count - first->made;
    app_range_done(&first->range);
    free(first);
}

void app_pending_take(struct app_pending *pending, struct app_range_host *ret_host)
{
    struct app_pending_range *first = pending->first;

    app_range_at(&first->range, first->made++, ret_host);
    pending->hosts--;
}

void app_pending_drop_made(struct app_pending *pending)
{
    if (pending->first != NULL && pending->first->made == pending->first->range.count)
        drop_first(pending);
}

void app_pending_done(struct app_pending *pending)
{
    while (pending->first != NULL)
        drop_first(pending);
}
