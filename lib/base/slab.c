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

void mping_slab_done(struct mping_slab *slab)
{
    for (uint32_t i = 0; i < slab->chunk_count; i++)
        free(slab->chunks[i]);
    free(slab->chunks);
    free(slab->lists);
    *slab = (struct mping_slab){.free_head = MPING_SLAB_NONE};
}

static struct mping_node *node_at(const struct mping_slab *slab, uint32_t item)
{
    return mping_slab_at(slab, item);
}

/* The table of chunks grows by doubling, whenever the count reaches a power of two. */
static int grow_table(struct mping_slab *slab)
{
    uint32_t n = slab->chunk_count;
    uint8_t **chunks;

    if (n & (n - 1))
        return 0;
    chunks = realloc(slab->chunks, (n ? (size_t)n * 2 : 1) * sizeof(*chunks));
    if (!chunks)
        return MPING_ENOMEM;
    slab->chunks = chunks;
    return 0;
}

int mping_slab_reserve(struct mping_slab *slab)
{
    uint32_t first = slab->chunk_count * MPING_SLAB_CHUNK;
    uint8_t *chunk;

    if (slab->free_head != MPING_SLAB_NONE)
        return 0;
    if (first + MPING_SLAB_CHUNK > MPING_SLAB_LIST || grow_table(slab) < 0)
        return MPING_ENOMEM;
    chunk = calloc(MPING_SLAB_CHUNK, slab->item_bytes);
    if (!chunk)
        return MPING_ENOMEM;
    slab->chunks[slab->chunk_count++] = chunk;
    for (uint32_t i = MPING_SLAB_CHUNK; i-- > 0;) {
        node_at(slab, first + i)->next = slab->free_head;
        slab->free_head = first + i;
    }
    return 0;
}

uint32_t mping_slab_alloc(struct mping_slab *slab)
{
    uint32_t item = slab->free_head;
    struct mping_node *node;

    assert(item != MPING_SLAB_NONE);
    node = node_at(slab, item);
    slab->free_head = node->next;
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
