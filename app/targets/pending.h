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
struct cli_origin {
    const char *list; /* NULL: on the command line; stays the caller's */
    uint64_t line;
};

struct cli_pending_range {
    struct cli_pending_range *next;
    struct cli_range range;
    uint64_t made;      /* hosts of it */
    const char *labels; /* as cli_targets_add() takes them; the caller's */
    size_t labels_len;
    struct cli_origin origin;
};

struct cli_pending {
    struct cli_pending_range *first, **last;
    size_t n;       /* ranges */
    uint64_t hosts; /* not made yet, in all of them */
};

void cli_pending_init(struct cli_pending *pending);

/* Takes the range over. 0, or MPING_ENOMEM with the range ended. */
int cli_pending_add(struct cli_pending *pending, struct cli_range *range, const char *labels,
                    size_t labels_len, const struct cli_origin *origin);

/* The next host of the first range, which is left once it has no more. There must be one. */
void cli_pending_take(struct cli_pending *pending, struct cli_range_host *ret_host);

/* Leaves the first range if all of it is made. */
void cli_pending_drop_made(struct cli_pending *pending);

/* Leaves them all. */
void cli_pending_done(struct cli_pending *pending);

#endif
