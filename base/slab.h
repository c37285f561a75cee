/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items of one size in chunks that never move, named by 32-bit indices, and lists through
 * them. Each item begins with a struct mping_node and is in one list at most. The ends of a
 * list carry its number, so an item can leave its list without knowing which one that is.
 *
 * Items start at multiples of their size, if that is a power of two, and chunks at multiples
 * of theirs: a place of a slab with a context tells its index, see mping_slab_home().
 */
#ifndef MPING_BASE_SLAB_H
#define MPING_BASE_SLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "No item". */
#define MPING_SLAB_NONE UINT32_MAX
/* Marks a link that holds the number of a list instead of an item. */
#define MPING_SLAB_LIST (UINT32_C(1) << 31)

enum {
    MPING_SLAB_CHUNK = 1024,   /* items per chunk */
    MPING_SLAB_ARENA = 32,     /* chunks that are allocated together at most, a power of two */
    MPING_SLAB_PAGE = 2 << 20, /* a huge page: what arenas of that size are aligned to */
    MPING_SLAB_LINE = 64       /* a cache line: what other chunks are aligned to */
};

struct mping_node {
    int64_t due_ns; /* the user's: when something is to happen to the item */
    uint32_t next;  /* item, MPING_SLAB_LIST | list, or MPING_SLAB_NONE: in no list */
    uint32_t prev;
};

struct mping_list {
    uint32_t head, tail; /* item or MPING_SLAB_LIST | own number */
};

struct mping_slab {
    uint8_t **chunks;
    uint8_t **arenas; /* as allocated */
    struct mping_list *lists;
    void *context;
    void (*fresh_memory)(void *memory, size_t bytes); /* told of arenas of full size; or NULL */
    size_t item_bytes;
    uint32_t chunk_count;
    uint32_t arena_count;
    uint32_t list_count;
    uint32_t fresh;     /* items from here on have never been used */
    uint32_t free_head; /* free items below, linked by next */
    uint32_t used;
};

/* What a slab with a context keeps in the first place of each chunk. */
struct mping_slab_home {
    void *context;
    uint32_t first; /* index of the first item of the chunk */
};

/* Sets up an empty slab with list_count empty lists. 0 or MPING_ENOMEM. */
int mping_slab_init(struct mping_slab *slab, size_t item_bytes, uint32_t list_count);
/*
 * Gives an empty slab, whose item_bytes must be a power of two, a context. No item has an
 * index that is a multiple of MPING_SLAB_CHUNK then.
 */
void mping_slab_set_context(struct mping_slab *slab, void *context);
void mping_slab_done(struct mping_slab *slab);

/* Makes sure that the next alloc succeeds: 0 or MPING_ENOMEM. */
int mping_slab_reserve(struct mping_slab *slab);
/*
 * Takes a free item, all zero or as its last user left it apart from the node; one must be
 * reserved.
 */
uint32_t mping_slab_alloc(struct mping_slab *slab);
/* Gives it back; it must be in no list. */
void mping_slab_free(struct mping_slab *slab, uint32_t item);

/* Appends an item that is in no list. */
void mping_list_push(struct mping_slab *slab, uint32_t list, uint32_t item);
/*
 * Empties a list; returns its first item, from where next leads on to one with
 * MPING_SLAB_LIST. The caller sets next of each to MPING_SLAB_NONE.
 */
uint32_t mping_list_take_all(struct mping_slab *slab, uint32_t list);
/* Takes an item out of its list, if it is in one. */
void mping_list_unlink(struct mping_slab *slab, uint32_t item);

/* Where the compiler knows item_bytes, it need not multiply. */
static inline void *mping_slab_at_sized(const struct mping_slab *slab, uint32_t item,
                                        size_t item_bytes)
{
    return slab->chunks[item / MPING_SLAB_CHUNK] + (size_t)(item % MPING_SLAB_CHUNK) * item_bytes;
}

static inline void *mping_slab_at(const struct mping_slab *slab, uint32_t item)
{
    return mping_slab_at_sized(slab, item, slab->item_bytes);
}

/* Whether item is an index that the slab has ever handed out. */
static inline bool mping_slab_holds(const struct mping_slab *slab, uint32_t item)
{
    return item < slab->fresh && (!slab->context || item % MPING_SLAB_CHUNK);
}

/* Asks the cache for an item; MPING_SLAB_NONE and list marks are no harm. */
static inline void mping_slab_prefetch(const struct mping_slab *slab, uint32_t item)
{
    if (item < slab->fresh)
        __builtin_prefetch(mping_slab_at(slab, item), 1);
}

/* The home of the chunk that something inside an item lies in, of a slab with a context. */
static inline const struct mping_slab_home *mping_slab_home(const void *inside, size_t item_bytes)
{
    const uint8_t *p = inside;

    return (const void *)(p - ((uintptr_t)p & (MPING_SLAB_CHUNK * item_bytes - 1)));
}

/* The index of the item that something lies in, likewise. */
static inline uint32_t mping_slab_index(const void *inside, size_t item_bytes)
{
    size_t offset = (uintptr_t)inside & (MPING_SLAB_CHUNK * item_bytes - 1);

    return mping_slab_home(inside, item_bytes)->first + (uint32_t)(offset / item_bytes);
}

static inline bool mping_list_linked(const struct mping_slab *slab, uint32_t item)
{
    return ((const struct mping_node *)mping_slab_at(slab, item))->next != MPING_SLAB_NONE;
}

/* The first item of a list or MPING_SLAB_NONE. */
static inline uint32_t mping_list_head(const struct mping_slab *slab, uint32_t list)
{
    uint32_t head = slab->lists[list].head;

    return (head & MPING_SLAB_LIST) ? MPING_SLAB_NONE : head;
}

#endif
