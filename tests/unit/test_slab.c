/* SPDX-License-Identifier: Apache-2.0 */
/* Slabs and the lists through them, against arrays that say what should be where. */
#include "base/slab.h"

#include <stdlib.h>
#include <string.h>

#include <multiping/error.h>

#include "tap.h"

enum { LISTS = 5, ITEMS_MAX = 3000, NOWHERE = LISTS };

struct item {
    struct mping_node node;
    uint64_t stamp[3];
};

static struct mping_slab slab;
static uint64_t rng_state = 23;

/* The model: which items are out, and each list in its order. */
static uint32_t out[ITEMS_MAX];
static unsigned out_n;
static unsigned list_of[ITEMS_MAX + MPING_SLAB_CHUNK];
static uint32_t order[LISTS][ITEMS_MAX];
static unsigned order_n[LISTS];

static uint32_t rng(void)
{
    rng_state = rng_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(rng_state >> 33);
}

static struct item *at(uint32_t item)
{
    return mping_slab_at(&slab, item);
}

static void setup(void)
{
    if (mping_slab_init(&slab, sizeof(struct item), LISTS) < 0)
        abort();
    out_n = 0;
    memset(order_n, 0, sizeof(order_n));
}

/* Takes an item; whether the node is clean and what the last user left is still there. */
static unsigned take(void)
{
    uint32_t item;
    unsigned wrong;

    if (mping_slab_reserve(&slab) < 0)
        abort();
    item = mping_slab_alloc(&slab);
    wrong = mping_list_linked(&slab, item) || !mping_slab_holds(&slab, item);
    wrong += at(item)->stamp[2] != 0 && at(item)->stamp[2] != item + UINT64_C(1);
    for (unsigned i = 0; i < out_n; i++)
        wrong += out[i] == item;
    at(item)->stamp[2] = item + UINT64_C(1);
    at(item)->node.due_ns = (int64_t)item * 3;
    list_of[item] = NOWHERE;
    out[out_n++] = item;
    return wrong;
}

static void model_remove(uint32_t item)
{
    unsigned list = list_of[item], i = 0;

    if (list == NOWHERE)
        return;
    while (order[list][i] != item)
        i++;
    order_n[list]--;
    memmove(&order[list][i], &order[list][i + 1], (order_n[list] - i) * sizeof(order[0][0]));
    list_of[item] = NOWHERE;
}

static void unlink_item(uint32_t item)
{
    mping_list_unlink(&slab, item);
    model_remove(item);
}

static void push(uint32_t item, unsigned list)
{
    mping_list_push(&slab, list, item);
    order[list][order_n[list]++] = item;
    list_of[item] = list;
}

static void give_back(unsigned i)
{
    unlink_item(out[i]);
    mping_slab_free(&slab, out[i]);
    out[i] = out[--out_n];
}

/* Walks every list both ways; what differs from the model. */
static unsigned count_wrong(void)
{
    unsigned wrong = slab.used != out_n;

    for (unsigned list = 0; list < LISTS; list++) {
        uint32_t item = mping_list_head(&slab, list);
        unsigned i = 0;

        wrong += order_n[list] ? item != order[list][0] : item != MPING_SLAB_NONE;
        for (item = slab.lists[list].head; !(item & MPING_SLAB_LIST) && i < order_n[list]; i++) {
            wrong += item != order[list][i];
            item = at(item)->node.next;
        }
        wrong += i != order_n[list] || item != (MPING_SLAB_LIST | list);
        for (item = slab.lists[list].tail; !(item & MPING_SLAB_LIST) && i > 0; i--) {
            wrong += item != order[list][i - 1];
            item = at(item)->node.prev;
        }
        wrong += i != 0 || item != (MPING_SLAB_LIST | list);
    }
    for (unsigned i = 0; i < out_n; i++) {
        wrong += mping_list_linked(&slab, out[i]) != (list_of[out[i]] != NOWHERE);
        wrong += at(out[i])->node.due_ns != (int64_t)out[i] * 3;
    }
    return wrong;
}

static void test_random(void)
{
    unsigned wrong = 0, dirty = 0, pushed = 0;

    setup();
    for (unsigned step = 0; step < 60000; step++) {
        unsigned what = rng() % 8, grow = step / 8000 % 2 ? 1 : 3;
        uint32_t item = out_n ? out[rng() % out_n] : 0;

        if (what < grow && out_n < ITEMS_MAX) {
            dirty += take();
        } else if (what < 3 && out_n) {
            give_back(rng() % out_n);
        } else if (what < 7 && out_n && list_of[item] == NOWHERE) {
            push(item, rng() % LISTS);
            pushed++;
        } else if (out_n) {
            unlink_item(item);
        }
        if (step % 50 == 0)
            wrong += count_wrong();
    }
    ok(dirty == 0, "items come once at a time, in no list, with their bytes (%u do not)", dirty);
    ok(wrong == 0, "lists hold what they should, both ways (%u do not)", wrong);
    ok(pushed > 10000 && slab.chunk_count >= 2, "%u pushed, %u chunks", pushed, slab.chunk_count);
    mping_slab_done(&slab);
}

/* What must not move or be cleared does not, however much comes after it. */
static void test_growth(void)
{
    enum { CHUNKS = 70 };
    static struct item *places[CHUNKS * MPING_SLAB_CHUNK];
    unsigned moved = 0, lost = 0, dirty = 0;
    uint32_t n = CHUNKS * MPING_SLAB_CHUNK;

    setup();
    for (uint32_t i = 0; i < n; i++) {
        uint32_t item;

        if (mping_slab_reserve(&slab) < 0)
            abort();
        item = mping_slab_alloc(&slab);
        lost += item != i;
        dirty += at(item)->stamp[0] != 0;
        at(item)->stamp[0] = i + UINT64_C(7);
        places[i] = at(item);
    }
    for (uint32_t i = 0; i < n; i++) {
        moved += places[i] != at(i);
        lost += at(i)->stamp[0] != i + UINT64_C(7);
    }
    ok(moved == 0 && lost == 0, "%u items stay where they are (%u, %u do not)", n, moved, lost);
    ok(dirty == 0, "and were all zero at first (%u were not)", dirty);
    ok(mping_slab_holds(&slab, n - 1) && !mping_slab_holds(&slab, n) &&
           !mping_slab_holds(&slab, MPING_SLAB_NONE) && !mping_slab_holds(&slab, MPING_SLAB_LIST),
       "indices beyond them are told apart");
    mping_slab_done(&slab);
    ok(slab.chunk_count == 0 && !slab.chunks && !mping_slab_holds(&slab, 0), "done: nothing left");
}

static void test_lists(void)
{
    setup();
    for (unsigned i = 0; i < 3; i++)
        take();
    mping_list_unlink(&slab, out[0]);
    ok(count_wrong() == 0, "to unlink what is in no list does nothing");
    push(out[1], 4);
    unlink_item(out[1]);
    ok(count_wrong() == 0 && mping_list_head(&slab, 4) == MPING_SLAB_NONE,
       "the only one leaves an empty list");
    push(out[1], 4);
    push(out[0], 4);
    push(out[2], 4);
    unlink_item(out[0]);
    ok(count_wrong() == 0, "one goes from the middle");
    unlink_item(out[2]);
    push(out[2], 0);
    ok(count_wrong() == 0, "the last goes and joins another list");
    mping_slab_done(&slab);
}

/* Memory for few items is little; for many it comes in large pieces. */
static void test_start(void)
{
    static const uint32_t chunks[] = {1, 2, 4, 8, 16, 32, 64, 96, 128};

    setup();
    for (uint32_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
        while (slab.fresh < slab.chunk_count * MPING_SLAB_CHUNK)
            mping_slab_alloc(&slab);
        if (mping_slab_reserve(&slab) < 0)
            abort();
        ok(slab.chunk_count == chunks[i] && slab.arena_count == i + 1,
           "piece %u of memory: %u chunks altogether", slab.arena_count, slab.chunk_count);
    }
    mping_slab_done(&slab);
}

/* The last index must never look like the mark of a list. */
static void test_limit(void)
{
    setup();
    slab.chunk_count = MPING_SLAB_LIST / MPING_SLAB_CHUNK;
    slab.fresh = MPING_SLAB_LIST;
    ok(mping_slab_reserve(&slab) == MPING_ENOMEM, "2^31 items are the most");
    slab.chunk_count = 0;
    mping_slab_done(&slab);
}

int main(void)
{
    test_lists();
    test_random();
    test_growth();
    test_start();
    test_limit();
    return done_testing();
}
