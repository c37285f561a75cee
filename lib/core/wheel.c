/* SPDX-License-Identifier: Apache-2.0 */
#include "core/wheel.h"

#include <assert.h>
#include <stdbool.h>

enum {
    LEVELS = MPING_WHEEL_LEVELS,
    DUE_LIST = LEVELS * 256,
    SCAN_MAX = 8, /* items looked at to find the first of a bucket exactly */
};

#define NO_TICK UINT64_MAX

void mping_wheel_init(struct mping_wheel *wheel, struct mping_slab *slab, uint32_t first_list)
{
    *wheel = (struct mping_wheel){.slab = slab, .first_list = first_list};
}

static struct mping_node *node_at(const struct mping_wheel *wheel, uint32_t item)
{
    return mping_slab_at(wheel->slab, item);
}

/* The first tick at whose beginning due_ns has passed. */
static uint64_t tick_of(int64_t due_ns)
{
    assert(due_ns > 0);
    return ((uint64_t)due_ns + (1u << MPING_WHEEL_TICK_BITS) - 1) >> MPING_WHEEL_TICK_BITS;
}

static unsigned group(uint64_t tick, unsigned level)
{
    return (unsigned)(tick >> (8 * level)) & 255;
}

static void place(struct mping_wheel *wheel, uint32_t item)
{
    uint64_t tick = tick_of(node_at(wheel, item)->due_ns);
    unsigned level, bucket;

    if (tick <= wheel->tick) {
        mping_list_push(wheel->slab, wheel->first_list + DUE_LIST, item);
        return;
    }
    level = (63u - (unsigned)__builtin_clzll(tick ^ wheel->tick)) / 8;
    bucket = group(tick, level);
    wheel->bits[level][bucket / 64] |= UINT64_C(1) << (bucket % 64);
    mping_list_push(wheel->slab, wheel->first_list + level * 256 + bucket, item);
}

void mping_wheel_insert_due(struct mping_wheel *wheel, uint32_t item)
{
    mping_list_push(wheel->slab, wheel->first_list + DUE_LIST, item);
}

void mping_wheel_insert(struct mping_wheel *wheel, uint32_t item)
{
    /* Ticks are coarse: what is due already does not wait for the end of the tick. */
    if (node_at(wheel, item)->due_ns <= wheel->now_ns)
        mping_wheel_insert_due(wheel, item);
    else
        place(wheel, item);
}

/* The first marked bucket of a level above `after`, or 256. */
static unsigned next_bit(const uint64_t bits[4], unsigned after)
{
    for (unsigned i = after + 1; i < 256; i = (i / 64 + 1) * 64) {
        uint64_t word = bits[i / 64] >> (i % 64);

        if (word)
            return i + (unsigned)__builtin_ctzll(word);
    }
    return 256;
}

/*
 * The next tick at which a bucket must be looked at, and which. Lower levels come first:
 * they share all higher groups with the current tick. Marks of emptied buckets are dropped.
 */
static uint64_t next_bucket(struct mping_wheel *wheel, unsigned *ret_level, unsigned *ret_bucket)
{
    for (unsigned level = 0; level < LEVELS; level++) {
        unsigned b = group(wheel->tick, level);

        while ((b = next_bit(wheel->bits[level], b)) < 256) {
            uint32_t list = wheel->first_list + level * 256 + b;

            if (mping_list_head(wheel->slab, list) != MPING_SLAB_NONE) {
                *ret_level = level;
                *ret_bucket = b;
                return (wheel->tick >> (8 * level) >> 8 << 8 | b) << (8 * level);
            }
            wheel->bits[level][b / 64] &= ~(UINT64_C(1) << (b % 64));
        }
    }
    return NO_TICK;
}

/* Places every item of a bucket anew, now that the current tick has reached it. */
static void open_bucket(struct mping_wheel *wheel, unsigned level, unsigned bucket)
{
    uint32_t item = mping_list_take_all(wheel->slab, wheel->first_list + level * 256 + bucket);

    wheel->bits[level][bucket / 64] &= ~(UINT64_C(1) << (bucket % 64));
    while (!(item & MPING_SLAB_LIST)) {
        struct mping_node *node = node_at(wheel, item);
        uint32_t next = node->next;

        mping_slab_prefetch(wheel->slab, next);
        node->next = MPING_SLAB_NONE;
        place(wheel, item);
        item = next;
    }
}

void mping_wheel_advance(struct mping_wheel *wheel, int64_t now_ns)
{
    uint64_t until = now_ns > 0 ? (uint64_t)now_ns >> MPING_WHEEL_TICK_BITS : 0;
    unsigned level, bucket;

    wheel->now_ns = now_ns;
    while (wheel->tick < until) {
        uint64_t tick = next_bucket(wheel, &level, &bucket);

        if (tick > until) {
            wheel->tick = until;
            return;
        }
        wheel->tick = tick;
        open_bucket(wheel, level, bucket);
    }
}

/* The earliest due time among the first few items of a bucket; false if it has more. */
static bool earliest(const struct mping_wheel *wheel, uint32_t list, int64_t *ret_due_ns)
{
    uint32_t item = wheel->slab->lists[list].head;
    int64_t due_ns = INT64_MAX;

    for (unsigned n = 0; !(item & MPING_SLAB_LIST); n++) {
        const struct mping_node *node = node_at(wheel, item);

        if (n == SCAN_MAX)
            return false;
        if (node->due_ns < due_ns)
            due_ns = node->due_ns;
        item = node->next;
    }
    *ret_due_ns = due_ns;
    return true;
}

int64_t mping_wheel_next_ns(struct mping_wheel *wheel)
{
    unsigned level, bucket;
    uint64_t tick;
    int64_t due_ns;

    if (mping_wheel_due(wheel) != MPING_SLAB_NONE)
        return wheel->now_ns;
    tick = next_bucket(wheel, &level, &bucket);
    if (tick == NO_TICK)
        return INT64_MAX;
    /* A crowded bucket is worth a look when it opens; a lone item is not woken for twice. */
    if (level > 0 && earliest(wheel, wheel->first_list + level * 256 + bucket, &due_ns))
        tick = tick_of(due_ns);
    return tick > INT64_MAX >> MPING_WHEEL_TICK_BITS ? INT64_MAX
                                                     : (int64_t)(tick << MPING_WHEEL_TICK_BITS);
}
