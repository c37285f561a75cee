/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines in a binary heap: adding and removing are O(log n), the next one is at hand. */
#ifndef MPING_RESOLVE_DEADLINES_H
#define MPING_RESOLVE_DEADLINES_H

#include <stddef.h>
#include <stdint.h>

#include "resolve/resolve.h"

struct mping_deadline {
    int64_t at_ns;
    size_t pos; /* 1 and up: place in the heap; 0: in none */
    void *owner;
};

/* All zero is empty. */
struct mping_deadlines {
    struct mping_deadline **heap; /* heap[0] is not used */
    size_t n;
    size_t capacity;
};

/* Adds a deadline that is in no heap; it stays the caller's: 0 or MPING_ENOMEM. */
int mping_deadlines_add(struct mping_deadlines *deadlines, struct mping_deadline *deadline);
/* Removes a deadline; nothing happens if it is in no heap. */
void mping_deadlines_remove(struct mping_deadlines *deadlines, struct mping_deadline *deadline);
/* The earliest, NULL when empty. */
struct mping_deadline *mping_deadlines_first(const struct mping_deadlines *deadlines);
/* Frees the heap, not the deadlines. */
void mping_deadlines_done(struct mping_deadlines *deadlines);

#endif
