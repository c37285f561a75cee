/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hierarchical timing wheel (Varghese and Lauck, 1987) over the items of a slab: ticks of
 * 2^16 ns (65.5 microseconds), six levels of 256. An item sits at the level of the highest
 * group of eight bits in which its tick differs from the current one, and moves down as time
 * comes near; empty stretches are skipped by bitmaps. Insert and remove are O(1).
 *
 * Items fire in the first advance at or after the end of their tick, never early. They then
 * wait in the due list in order of their ticks.
 */
#ifndef MPING_CORE_WHEEL_H
#define MPING_CORE_WHEEL_H

#include <stdint.h>

#include "base/slab.h"

enum {
    MPING_WHEEL_TICK_BITS = 16,
    MPING_WHEEL_LEVELS = 6,
    MPING_WHEEL_LISTS = MPING_WHEEL_LEVELS * 256 + 1 /* lists it needs in the slab */
};

struct mping_wheel {
    struct mping_slab *slab;
    uint32_t first_list;                  /* its lists in the slab: the levels, then the due list */
    uint64_t tick;                        /* all ticks up to this one have fired */
    int64_t now_ns;                       /* time of the last advance */
    uint64_t bits[MPING_WHEEL_LEVELS][4]; /* which buckets may be non-empty */
};

void mping_wheel_init(struct mping_wheel *wheel, struct mping_slab *slab, uint32_t first_list);

/* Adds an item that is in no list, to fire at its node.due_ns: at once if that has passed. */
void mping_wheel_insert(struct mping_wheel *wheel, uint32_t item);

/* Adds an item that is in no list, to fire at once whatever its node.due_ns. */
void mping_wheel_insert_due(struct mping_wheel *wheel, uint32_t item);

/* Moves everything that is due by now_ns, which must not go back, to the due list. */
void mping_wheel_advance(struct mping_wheel *wheel, int64_t now_ns);

/* The first due item, to be unlinked by the caller, or MPING_SLAB_NONE. */
static inline uint32_t mping_wheel_due(const struct mping_wheel *wheel)
{
    return mping_list_head(wheel->slab, wheel->first_list + MPING_WHEEL_LEVELS * 256);
}

/* When the next item fires, or somewhat earlier; INT64_MAX if there is none. */
int64_t mping_wheel_next_ns(struct mping_wheel *wheel);

#endif
