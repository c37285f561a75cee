/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { HEAP_START = 1024, QUEUE_START = 64 };

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

void world_init(struct world *world, int64_t now_ns)
{
    *world = (struct world){.now_ns = now_ns, .cap = HEAP_START};
    world->heap = must(malloc(world->cap * sizeof(*world->heap)));
}

void world_done(struct world *world)
{
    free(world->heap);
    for (unsigned i = 0; i < 2; i++) {
        free(world->sockets[i].ring);
        free(world->errors[i].ring);
    }
}

static bool earlier(const struct happening *a, const struct happening *b)
{
    return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->order < b->order);
}

void world_plan(struct world *world, struct happening happening)
{
    size_t i = world->n++;

    if (i == world->cap) {
        world->cap *= 2;
        world->heap = must(realloc(world->heap, world->cap * sizeof(*world->heap)));
    }
    happening.order = world->order++;
    for (; i > 0 && earlier(&happening, &world->heap[(i - 1) / 2]); i = (i - 1) / 2)
        world->heap[i] = world->heap[(i - 1) / 2];
    world->heap[i] = happening;
}

int64_t world_next_ns(const struct world *world)
{
    return world->n ? world->heap[0].at_ns : NEVER;
}

bool world_take(struct world *world, int64_t now_ns, struct happening *ret_happening)
{
    struct happening last;
    size_t i = 0;

    if (!world->n || world->heap[0].at_ns > now_ns)
        return false;
    *ret_happening = world->heap[0];
    last = world->heap[--world->n];
    for (;;) {
        size_t child = 2 * i + 1;

        if (child >= world->n)
            break;
        if (child + 1 < world->n && earlier(&world->heap[child + 1], &world->heap[child]))
            child++;
        if (!earlier(&world->heap[child], &last))
            break;
        world->heap[i] = world->heap[child];
        i = child;
    }
    world->heap[i] = last;
    return true;
}

static void queue_grow(struct socket_queue *queue)
{
    uint32_t cap = queue->cap ? queue->cap * 2 : QUEUE_START;
    struct happening *ring = must(malloc(cap * sizeof(*ring)));

    for (uint32_t i = 0; i < queue->n; i++)
        ring[i] = queue->ring[(queue->head + i) % queue->cap];
    free(queue->ring);
    queue->ring = ring;
    queue->cap = cap;
    queue->head = 0;
}

bool queue_put(struct socket_queue *queue, const struct happening *packet)
{
    if (queue->limit && queue->n >= queue->limit) {
        queue->drops++;
        return false;
    }
    if (queue->n == queue->cap)
        queue_grow(queue);
    queue->ring[(queue->head + queue->n++) & (queue->cap - 1)] = *packet;
    return true;
}

bool queue_take(struct socket_queue *queue, struct happening *ret_packet)
{
    if (!queue->n)
        return false;
    *ret_packet = queue->ring[queue->head];
    queue->head = (queue->head + 1) & (queue->cap - 1);
    queue->n--;
    return true;
}

struct mping_addr host_addr(uint32_t host)
{
    struct mping_addr addr = {.family = AF_INET6};
    uint8_t number[3] = {(uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host};

    if (host_kind(host) == HOST_V4) {
        addr.family = AF_INET;
        addr.ip[0] = 10;
        memcpy(addr.ip + 1, number, 3);
        return addr;
    }
    addr.ip[0] = 0xfd;
    if (host_kind(host) == HOST_LINK_LOCAL) {
        addr.ip[0] = 0xfe;
        addr.ip[1] = 0x80;
        addr.scope_id = LOCAL_SCOPE;
    }
    memcpy(addr.ip + 13, number, 3);
    return addr;
}

uint32_t host_by_addr(const struct mping_addr *addr)
{
    const uint8_t *number = addr->ip + (addr->family == AF_INET ? 1 : 13);
    uint32_t host = (uint32_t)number[0] << 16 | (uint32_t)number[1] << 8 | number[2];
    struct mping_addr again;

    if (addr->family == AF_INET6)
        host = host_of(addr->ip[0] == 0xfe ? HOST_LINK_LOCAL : HOST_V6, host);
    again = host_addr(host);
    return memcmp(&again, addr, sizeof(again)) == 0 ? host : NOBODY;
}
