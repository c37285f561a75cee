/* SPDX-License-Identifier: Apache-2.0 */
/* The rings of events of a session: nothing lost or doubled, whatever the growth. */
#include <stdlib.h>

#include "session/queue.h"
#include "session/state.h"
#include "tap.h"

static uint64_t rng_state = 37;

static uint32_t rng(void)
{
    rng_state = rng_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(rng_state >> 33);
}

static void test_empty(void)
{
    struct mping_queue queue = {0};
    struct mping_event event = {.count = 5};

    ok(!mping_queue_pop(&queue, &event) && event.count == 5, "nothing comes out of nothing");
    ok(mping_queue_reserve(&queue, 0) == 0 && queue.size > 0 && queue.n == 0,
       "room for nothing is some room");
    ok(!mping_queue_pop(&queue, &event), "and still nothing comes");
    mping_queue_done(&queue);
    ok(!queue.events && queue.size == 0, "done: all zero");
    mping_queue_done(&queue);
}

/* Exactly as many as were reserved have room, at every number around the powers of two. */
static void test_reserve(void)
{
    unsigned wrong = 0;

    for (uint32_t n = 1; n < 600; n++) {
        struct mping_queue queue = {0};

        wrong += mping_queue_reserve(&queue, n) != 0 || queue.size < n;
        wrong += (queue.size & (queue.size - 1)) != 0;
        for (uint32_t i = 0; i < n; i++)
            mping_queue_push(&queue, &(struct mping_event){.count = i});
        wrong += queue.n != n;
        mping_queue_done(&queue);
    }
    ok(wrong == 0, "what is reserved has room (%u wrong)", wrong);
}

/* Growing at every place of the head: the order must survive the copying. */
static void test_growth(void)
{
    unsigned wrong = 0;

    for (uint32_t head = 0; head < 64; head++) {
        struct mping_queue queue = {0};
        struct mping_event event;

        wrong += mping_queue_reserve(&queue, 64) != 0;
        for (uint32_t i = 0; i < head; i++) {
            mping_queue_push(&queue, &(struct mping_event){.count = 0});
            mping_queue_pop(&queue, &event);
        }
        for (uint32_t i = 0; i < 64; i++)
            mping_queue_push(&queue, &(struct mping_event){.count = i});
        wrong += mping_queue_reserve(&queue, 65) != 0;
        mping_queue_push(&queue, &(struct mping_event){.count = 64});
        for (uint32_t i = 0; i < 65; i++)
            wrong += !mping_queue_pop(&queue, &event) || event.count != i;
        wrong += mping_queue_pop(&queue, &event);
        mping_queue_done(&queue);
    }
    ok(wrong == 0, "growing keeps the order, wherever the ring begins (%u wrong)", wrong);
}

static void test_random(void)
{
    struct mping_queue queue = {0};
    struct mping_event event;
    uint64_t pushed = 0, popped = 0;
    unsigned wrong = 0;

    for (unsigned step = 0; step < 300000; step++) {
        if (rng() % 100 < (step / 30000 % 2 ? 40u : 60u)) {
            if (mping_queue_reserve(&queue, queue.n + 1) < 0)
                abort();
            mping_queue_push(&queue, &(struct mping_event){.count = pushed++});
        } else if (mping_queue_pop(&queue, &event)) {
            wrong += event.count != popped++;
        } else {
            wrong += pushed != popped;
        }
        wrong += queue.n != pushed - popped;
    }
    ok(wrong == 0 && popped > 100000, "%llu in, %llu out, in order (%u wrong)",
       (unsigned long long)pushed, (unsigned long long)popped, wrong);
    mping_queue_done(&queue);
}

int main(void)
{
    test_empty();
    test_reserve();
    test_growth();
    test_random();
    return done_testing();
}
