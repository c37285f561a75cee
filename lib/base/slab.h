/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items of one size in chunks that never move, named by 32-bit indices, and lists through
 * them. Each item begins with a struct mping_node and is in one list at most. The ends of a
 * list carry its number, so an item can leave its list without knowing which one that is.
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

enum { MPING_SLAB_CHUNK = 1024 }; /* items per chunk */

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
    struct mping_list *lists;
    size_t item_bytes;
    uint32_t chunk_count;
    uint32_t list_count;
    uint32_t free_head; /* free items, linked by next */
    uint32_t used;
};

/* Sets up an empty slab with list_count empty lists. 0 or MPING_ENOMEM. */
int mping_slab_init(struct mping_slab *slab, size_t item_bytes, uint32_t list_count);
void mping_slab_done(struct mping_slab *slab);

/* Makes sure that the next alloc succeeds: 0 or MPING_ENOMEM. */
int mping_slab_reserve(struct mping_slab *slab);
/* Takes a free item, as its last user left it apart from the node; one must be reserved. */
uint32_t mping_slab_alloc(struct mping_slab *slab);
/* Gives it back; it must be in no list. */
void mping_slab_free(struct mping_slab *slab, uint32_t item);

/* Appends an item that is in no list. */
void mping_list_push(struct mping_slab *slab, uint32_t list, uint32_t item);
/* Takes an item out of its list, if it is in one. */
void mping_list_unlink(struct mping_slab *slab, uint32_t item);

static inline void *mping_slab_at(const struct mping_slab *slab, uint32_t item)
{
    return slab->chunks[item / MPING_SLAB_CHUNK] +
           (size_t)(item % MPING_SLAB_CHUNK) * slab->item_bytes;
}

/* Whether item is an index that the slab has ever handed out. */
static inline bool mping_slab_holds(const struct mping_slab *slab, uint32_t item)
{
    return item / MPING_SLAB_CHUNK < slab->chunk_count;
}

static inline bool mping_list_linked(const struct mping_slab *slab, uint32_t item)
{
    return ((const struct mping_node *)mping_slab_at(slab, item))->next != MPING_SLAB_NONE;
}

/* The first item of a list or MPING_SLAB_NONE. */
static inline uint32_t mping_list_head(const struct mping_slab *slab, uint32_t list)
{
    uint32_t head = slab->lists[list].head;

    return head & MPING_SLAB_LIST ? MPING_SLAB_NONE : head;
}

#endif
