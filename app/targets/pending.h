/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranges whose targets are not made yet, first in, first out. A network of millions is made a
 * piece at a time beside the pings, so that it neither delays the first of them nor takes the
 * memory of all at once.
 */
#ifndef MULTIPING_APP_TARGETS_PENDING_H
#define MULTIPING_APP_TARGETS_PENDING_H

#include <stddef.h>
#include <stdint.h>

#include "targets/range/range.h"

/* Where a range was named. */
struct app_origin {
    const char *list; /* NULL: on the command line; stays the caller's */
    uint64_t line;
};

struct app_pending_range {
    struct app_pending_range *next;
    struct app_range range;
    uint64_t made;      /* hosts of it */
    const char *labels; /* as cli_targets_add() takes them; the caller's */
    size_t labels_len;
    struct app_origin origin;
};

struct app_pending {
    struct app_pending_range *first, **last;
    size_t n;       /* ranges */
    uint64_t hosts; /* not made yet, in all of them */
};

void app_pending_init(struct app_pending *pending);

/* Takes the range over. 0, or MPING_ENOMEM with the range ended. */
int app_pending_add(struct app_pending *pending, struct app_range *range, const char *labels,
                    size_t labels_len, const struct app_origin *origin);

/* The next host of the first range, which is left once it has no more. There must be one. */
void app_pending_take(struct app_pending *pending, struct app_range_host *ret_host);

/* Leaves the first range if all of it is made. */
void app_pending_drop_made(struct app_pending *pending);

/* Leaves them all. */
void app_pending_done(struct app_pending *pending);

#endif
