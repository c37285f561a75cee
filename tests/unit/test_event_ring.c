/* SPDX-License-Identifier: Apache-2.0 */
/* The ring of events: who gets which, in order, what stands in them. */
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "core/event_ring.h"
#include "core/probes.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"
#include "tap.h"

static struct mping_profile profile = {
    .interval_ns = 1000, .timeout_ns = 4000, .backoff = 2, .window = 1, .attempts = 0};
static struct mping_core *core;
static uint32_t target;

/* Only its address counts. */
static int owner_mark;

static struct mping_target *owner(void)
{
    return (struct mping_target *)(void *)&owner_mark;
}

static void setup(uint64_t events)
{
    struct mping_core_opts opts = {.inflight_max = 100, .unpaced_inflight = 100};

    profile.events = events;
    if (mping_core_new(&core, &opts) < 0 || mping_core_add_id(core, AF_INET, 4242) < 0 ||
        mping_core_target_new(core, &profile, owner(), 0, &target) < 0)
        abort();
}

static struct mping_core_target *at(void)
{
    return mping_target_at(core, target);
}

/* Every type, asked for and not. */
static void test_wanted(void)
{
    unsigned wrong = 0;

    for (unsigned wanted = 0; wanted < 64; wanted++) {
        setup(MPING_EVENT_BIT(wanted));
        for (unsigned type = 0; type < 64; type++) {
            struct mping_event *event =
                mping_event_new(core, at(), (enum mping_event_type)(type + 0u));

            wrong += (event != NULL) != (type == wanted);
        }
        wrong += mping_core_event_room(core) != MPING_EVENT_RING - 1;
        mping_core_free(core);
    }
    ok(wrong == 0, "an event is made exactly if its bit is set (%u wrong)", wrong);
}

static void test_finished(void)
{
    setup(UINT64_MAX);
    at()->state = MPING_TARGET_FINISHED;
    ok(!mping_event_new(core, at(), MPING_EV_LATE) &&
           !mping_event_new(core, at(), MPING_EV_DUPLICATE) && !mping_core_event(core),
       "a finished target says nothing more");
    mping_core_free(core);
}

/* Fill, empty and refill in all strides: nothing is lost, doubled or out of order. */
static void test_ring(void)
{
    unsigned wrong = 0;
    uint64_t made = 0, taken = 0, waiting = 0;

    setup(UINT64_MAX);
    ok(!mping_core_event(core) && mping_core_event_room(core) == MPING_EVENT_RING,
       "empty: no event, room for %d", MPING_EVENT_RING);
    for (unsigned stride = 1; stride <= MPING_EVENT_RING; stride++) {
        for (unsigned i = 0; i < stride && waiting < MPING_EVENT_RING; i++, waiting++) {
            at()->count = (uint32_t)made++;
            wrong += !mping_event_new(core, at(), MPING_EV_SENT);
        }
        wrong += mping_core_event_room(core) != MPING_EVENT_RING - waiting;
        for (unsigned i = 0; i < stride - stride / 3 && waiting; i++, waiting--) {
            wrong += mping_core_event(core)->count != taken++;
            mping_core_event_pop(core);
        }
    }
    while (mping_core_event(core)) {
        wrong += mping_core_event(core)->count != taken++;
        mping_core_event_pop(core);
    }
    ok(wrong == 0 && made == taken && made > 100000,
       "%llu events come out in the order they went in (%u wrong)", (unsigned long long)made,
       wrong);
    mping_core_free(core);
}

/* The counters of the ring run over 2^32 without a seam. */
static void test_ring_wrap(void)
{
    unsigned wrong = 0;

    setup(UINT64_MAX);
    core->ring_head = core->ring_tail = UINT32_MAX - 5;
    for (unsigned i = 0; i < 12; i++) {
        at()->count = i;
        wrong += !mping_event_new(core, at(), MPING_EV_SENT);
    }
    wrong += mping_core_event_room(core) != MPING_EVENT_RING - 12;
    for (unsigned i = 0; i < 12; i++) {
        wrong += mping_core_event(core)->count != i;
        mping_core_event_pop(core);
    }
    ok(wrong == 0 && !mping_core_event(core), "the ring has no seam at 2^32 events (%u wrong)",
       wrong);
    mping_core_free(core);
}

static void test_fields(void)
{
    struct mping_addr addr = {.family = AF_INET, .ip = {127, 1, 2, 3}};
    struct mping_event *event;
    struct mping_probe *slot;

    setup(UINT64_MAX);
    event = mping_event_new(core, at(), MPING_EV_RESOLVE_ERROR);
    ok(event && event->target == owner() && event->dst.family == 0 && event->ttl == -1 &&
           event->tos == -1 && event->rtt_ns == -1 && event->count == 0,
       "without an address: what is unknown is -1 or 0");
    mping_core_resolve_wanted(core);
    if (mping_core_target_resolved(core, target, &addr, 0) < 0)
        abort();
    at()->count = 0x1ffff;
    event = mping_event_new(core, at(), MPING_EV_SENT);
    ok(event && memcmp(&event->dst, &addr, sizeof(addr)) == 0, "with one it is there");
    slot = mping_probe_at(core, mping_probe_new(core, target));
    slot->attempt = 2;
    slot->sent_ns = 777;
    slot->tx_stamp = MPING_STAMP_KERNEL;
    event = mping_event_of(core, slot, MPING_EV_REPLY);
    ok(event && event->id == 4242 && event->seq == 65535 && event->count == 0x1ffff &&
           event->attempt == 2 && event->sent_ns == 777 && event->tx_stamp == MPING_STAMP_KERNEL,
       "about a probe: its id 4242, seq 65535, count 131071");
    ok(event && event->timeout_ns == 16000, "and how long it waits: 4000 ns, doubled twice");
    mping_core_free(core);
}

static void test_packet(void)
{
    struct mping_rx rx = {.from = {.family = AF_INET, .ip = {127, 0, 0, 9}},
                          .to = {.family = AF_INET, .ip = {127, 0, 0, 8}},
                          .received_ns = 99,
                          .stamp = MPING_STAMP_USER};
    struct mping_icmp icmp = {
        .bytes = 64, .type = 3, .code = 4, .info = 1400, .ttl = 255, .tos = 0};
    struct mping_event event = {.type = MPING_EV_UNREACHABLE, .count = 5};

    mping_event_packet(&event, &rx, &icmp);
    ok(event.peer.ip[3] == 9 && event.src.ip[3] == 8, "who sent it and to which of our addresses");
    ok(event.received_ns == 99 && event.rx_stamp == MPING_STAMP_USER, "when, and by whose clock");
    ok(event.icmp_bytes == 64 && event.icmp_type == 3 && event.icmp_code == 4 &&
           event.icmp_info == 1400 && event.ttl == 255 && event.tos == 0,
       "what it says");
    ok(event.type == MPING_EV_UNREACHABLE && event.count == 5, "and the rest stays");
}

int main(void)
{
    test_wanted();
    test_finished();
    test_ring();
    test_ring_wrap();
    test_fields();
    test_packet();
    return done_testing();
}
