/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slab.h"

#include <assert.h>
#include <stdlib.h>

#include <multiping/error.h>

int mping_slab_init(struct mping_slab *slab, size_t item_bytes, uint32_t list_count)
{
    *slab = (struct mping_slab){
        .item_bytes = item_bytes,
        .list_count = list_count,
        .free_head = MPING_SLAB_NONE,
    };
    slab->lists = malloc(list_count * sizeof(*slab->lists));
    if (!slab->lists)
        return MPING_ENOMEM;
    for (uint32_t i = 0; i < list_count; i++)
        slab->lists[i] = (struct mping_list){MPING_SLAB_LIST | i, MPING_SLAB_LIST | i};
    return 0;
}

void mping_slab_set_context(struct mping_slab *slab, void *context)
{
    assert(slab->fresh == 0 && (slab->item_bytes & (slab->item_bytes - 1)) == 0);
    slab->context = context;
}

void mping_slab_done(struct mping_slab *slab)
{
    for (uint32_t i = 0; i < slab->arena_count; i++)
        free(slab->arenas[i]);
    free(slab->arenas);
    free(slab->chunks);
    free(slab->lists);
    *slab = (struct mping_slab){.free_head = MPING_SLAB_NONE};
}

static struct mping_node *node_at(const struct mping_slab *slab, uint32_t item)
{
    return mping_slab_at(slab, item);
}

/* Makes room in a table of pointers for `more` beyond n; tables are as long as a power of two. */
static int grow_table(uint8_t ***table, uint32_t n, uint32_t more)
{
    uint32_t size = 1;
    uint8_t **bigger;

    while (size < n + more)
        size *= 2;
    if (n && size / 2 < n) /* what n pointers took has room for these, too */
        return 0;
    bigger = realloc(*table, size * sizeof(*bigger));
    if (!bigger)
        return MPING_ENOMEM;
    *table = bigger;
    return 0;
}

/*
 * As many chunks as there are, so that a slab with few items stays small and memory at its limit
 * is asked for little; where there are many, what aligning them wastes is shared, and huge pages
 * can be had.
 */
static uint32_t next_arena(const struct mping_slab *slab)
{
    uint32_t n = slab->chunk_count ? slab->chunk_count : 1;

    return n < MPING_SLAB_ARENA ? n : MPING_SLAB_ARENA;
}

static int add_arena(struct mping_slab *slab)
{
    uint32_t n = next_arena(slab);
    size_t chunk_bytes = MPING_SLAB_CHUNK * slab->item_bytes;
    size_t bytes = n * chunk_bytes, align = MPING_SLAB_LINE;
    uint8_t *arena;

    if (bytes % MPING_SLAB_PAGE == 0)
        align = MPING_SLAB_PAGE;
    else if ((chunk_bytes & (chunk_bytes - 1)) == 0)
        align = chunk_bytes;

    if ((slab->chunk_count + n) * MPING_SLAB_CHUNK > MPING_SLAB_LIST ||
        grow_table(&slab->arenas, slab->arena_count, 1) < 0 ||
        grow_table(&slab->chunks, slab->chunk_count, n) < 0)
        return MPING_ENOMEM;
    arena = calloc(1, bytes + align);
    if (!arena)
        return MPING_ENOMEM;
    slab->arenas[slab->arena_count++] = arena;
    arena += align - ((uintptr_t)arena & (align - 1));
    if (n == MPING_SLAB_ARENA && slab->fresh_memory)
        slab->fresh_memory(arena, bytes);
    for (size_t i = 0; i < n; i++)
        slab->chunks[slab->chunk_count++] = arena + i * chunk_bytes;
    return 0;
}

int mping_slab_reserve(struct mping_slab *slab)
{
    if (slab->free_head != MPING_SLAB_NONE || slab->fresh < slab->chunk_count * MPING_SLAB_CHUNK)
        return 0;
    return add_arena(slab);
}

static uint32_t take_fresh(struct mping_slab *slab)
{
    uint32_t item = slab->fresh++;

    if (!slab->context || item % MPING_SLAB_CHUNK)
        return item;
    *(struct mping_slab_home *)mping_slab_at(slab, item) =
        (struct mping_slab_home){.context = slab->context, .first = item};
    return slab->fresh++;
}

uint32_t mping_slab_alloc(struct mping_slab *slab)
{
    uint32_t item = slab->free_head;
    struct mping_node *node;

    if (item == MPING_SLAB_NONE) {
        assert(slab->fresh < slab->chunk_count * MPING_SLAB_CHUNK);
        item = take_fresh(slab);
        node = node_at(slab, item);
    } else {
        node = node_at(slab, item);
        slab->free_head = node->next;
        mping_slab_prefetch(slab, slab->free_head);
    }
    slab->used++;
    *node = (struct mping_node){.next = MPING_SLAB_NONE, .prev = MPING_SLAB_NONE};
    return item;
}

void mping_slab_free(struct mping_slab *slab, uint32_t item)
{
    assert(!mping_list_linked(slab, item));
    node_at(slab, item)->next = slab->free_head;
    slab->free_head = item;
    slab->used--;
}

void mping_list_push(struct mping_slab *slab, uint32_t list, uint32_t item)
{
    struct mping_list *l = &slab->lists[list];
    struct mping_node *node = node_at(slab, item);

    assert(node->next == MPING_SLAB_NONE);
    node->next = MPING_SLAB_LIST | list;
    node->prev = l->tail;
    if (l->tail & MPING_SLAB_LIST)
        l->head = item;
    else
        node_at(slab, l->tail)->next = item;
    l->tail = item;
}

uint32_t mping_list_take_all(struct mping_slab *slab, uint32_t list)
{
    uint32_t head = slab->lists[list].head;

    slab->lists[list] = (struct mping_list){MPING_SLAB_LIST | list, MPING_SLAB_LIST | list};
    return head;
}

void mping_list_unlink(struct mping_slab *slab, uint32_t item)
{
    struct mping_node *node = node_at(slab, item);

    if (node->next == MPING_SLAB_NONE)
        return;
    if (node->prev & MPING_SLAB_LIST)
        slab->lists[node->prev & ~MPING_SLAB_LIST].head = node->next;
    else
        node_at(slab, node->prev)->next = node->next;
    if (node->next & MPING_SLAB_LIST)
        slab->lists[node->next & ~MPING_SLAB_LIST].tail = node->prev;
    else
        node_at(slab, node->next)->prev = node->prev;
    node->next = node->prev = MPING_SLAB_NONE;
}
