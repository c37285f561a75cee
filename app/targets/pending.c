/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/pending.h"

#include <stdlib.h>

#include <multiping/error.h>

void cli_pending_init(struct cli_pending *pending)
{
    *pending = (struct cli_pending){.last = &pending->first};
}

int cli_pending_add(struct cli_pending *pending, struct cli_range *range, const char *labels,
                    size_t labels_len, const struct cli_origin *origin)
{
    struct cli_pending_range *one = malloc(sizeof(*one));

    if (one == NULL) {
        cli_range_done(range);
        return MPING_ENOMEM;
    }
    *one = (struct cli_pending_range){
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

static void drop_first(struct cli_pending *pending)
{
    struct cli_pending_range *first = pending->first;

    pending->first = first->next;
    if (pending->first == NULL)
        pending->last = &pending->first;
    pending->n--;
    pending->hosts -= first->range.count - first->made;
    cli_range_done(&first->range);
    free(first);
}

void cli_pending_take(struct cli_pending *pending, struct cli_range_host *ret_host)
{
    struct cli_pending_range *first = pending->first;

    cli_range_at(&first->range, first->made++, ret_host);
    pending->hosts--;
}

void cli_pending_drop_made(struct cli_pending *pending)
{
    if (pending->first != NULL && pending->first->made == pending->first->range.count)
        drop_first(pending);
}

void cli_pending_done(struct cli_pending *pending)
{
    while (pending->first != NULL)
        drop_first(pending);
}
