/* SPDX-License-Identifier: Apache-2.0 */
/* Whose turn it is: where room is short, after a sleep, and where numbers are taken. */
#include <stdlib.h>

#include <multiping/error.h>

#include "core/core.h"
#include "core/icmp.h"
#include "core/state.h"
#include "tap.h"

#define SECOND INT64_C(1000000000)
#define MS INT64_C(1000000)

#define BASE .backoff = 1, .payload_bytes = 16, .tx.tos = -1
#define USUAL BASE, .window = 1

enum { TARGETS_MAX = 64 };

static struct mping_core *core;
static uint32_t targets[TARGETS_MAX];
static uint64_t sent[TARGETS_MAX]; /* by place, not by target */

static void start(uint64_t unpaced_inflight, unsigned ids)
{
    const struct mping_core_opts opts = {.inflight_max = 1000,
                                         .unpaced_inflight = unpaced_inflight};

    if (mping_core_new(&core, &opts) < 0)
        abort();
    for (unsigned i = 0; i < ids; i++)
        if (mping_core_add_id(core, AF_INET, (uint16_t)(7 + i)) < 0)
            abort();
    for (unsigned i = 0; i < TARGETS_MAX; i++)
        sent[i] = 0;
}

/* The nth target, at 10.0.0.host. */
static void add(unsigned n, const struct mping_profile *profile, uint8_t host, int64_t now_ns)
{
    const struct mping_addr addr = {.family = AF_INET, .ip = {10, 0, 0, host}};

    if (mping_core_target_new(core, profile, NULL, now_ns, &targets[n]) < 0 ||
        mping_core_resolve_wanted(core) != targets[n] ||
        mping_core_target_resolved(core, targets[n], &addr, now_ns) < 0)
        abort();
}

static void answer(const struct mping_tx *tx, int64_t now_ns)
{
    uint8_t data[MPING_TX_HEAD];
    struct mping_rx rx = {.from = tx->dst,
                          .data = data,
                          .len = sizeof(data),
                          .checksum_verified = true,
                          .stamp = MPING_STAMP_KERNEL,
                          .received_ns = now_ns};

    memcpy(data, tx->head, sizeof(data));
    data[0] = MPING_ICMP4_ECHO_REPLY;
    mping_core_rx(core, &rx, 1);
}

/* One turn: what is due leaves, and is answered at once or not. Returns how many left. */
static size_t turn(int64_t now_ns, bool answered)
{
    struct mping_tx tx[MPING_BATCH];
    size_t n;

    mping_core_advance(core, now_ns);
    n = mping_core_poll_tx(core, now_ns, tx, MPING_BATCH);
    for (size_t i = 0; i < n; i++) {
        tx[i].sent_ns = now_ns;
        sent[tx[i].dst.ip[3]]++;
    }
    mping_core_sent(core, now_ns, tx, n);
    for (size_t i = 0; i < n && answered; i++)
        answer(&tx[i], now_ns);
    while (mping_core_event(core))
        mping_core_event_pop(core);
    return n;
}

static struct mping_stats stats(unsigned n)
{
    struct mping_stats s;

    mping_core_target_stats(core, targets[n], &s, false);
    return s;
}

/* Who has been answered waits behind those that have not sent yet. */
static void test_room_goes_round(void)
{
    static const struct {
        uint64_t room;
        uint32_t window;
        unsigned targets;
    } rows[] = {{1, 1, 20}, {2, 1, 20}, {7, 1, 50}, {7, 3, 20}, {10, 300, 30}, {64, 1, 63}};

    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        const struct mping_profile profile = {BASE, .timeout_ns = SECOND, .window = rows[r].window};
        uint64_t least = UINT64_MAX, most = 0;

        start(rows[r].room, 1);
        for (unsigned i = 0; i < rows[r].targets; i++)
            add(i, &profile, (uint8_t)i, SECOND);
        for (int64_t i = 0; i < 1000; i++)
            turn(SECOND + i * MS, true);
        for (unsigned i = 0; i < rows[r].targets; i++) {
            least = sent[i] < least ? sent[i] : least;
            most = sent[i] > most ? sent[i] : most;
        }
        ok(least > 0 && most - least <= 2 * rows[r].window,
           "room for %u probes, %u unpaced targets with windows of %u: %u to %u probes each",
           (unsigned)rows[r].room, rows[r].targets, rows[r].window, (unsigned)least,
           (unsigned)most);
        mping_core_free(core);
    }
}

/* Neither those with an interval nor those without keep the others from a narrow budget. */
static void test_kinds_share(void)
{
    const struct mping_core_opts opts = {
        .inflight_max = 1000, .unpaced_inflight = 1, .rate_pps = 100};
    const struct mping_profile flood = {USUAL, .timeout_ns = SECOND};
    const struct mping_profile paced = {USUAL, .timeout_ns = SECOND, .interval_ns = 2 * MS};

    start(1, 0);
    mping_core_free(core);
    if (mping_core_new(&core, &opts) < 0 || mping_core_add_id(core, AF_INET, 7) < 0)
        abort();
    add(0, &flood, 0, SECOND);
    add(1, &flood, 1, SECOND);
    add(2, &paced, 2, SECOND);
    for (int64_t i = 0; i < 10000; i++)
        turn(SECOND + i * MS, true);
    ok(sent[0] > 100 && sent[1] > 100 && sent[2] > 100,
       "under a cap of 100 a second for 10 s: %u and %u unpaced ones, %u by interval",
       (unsigned)sent[0], (unsigned)sent[1], (unsigned)sent[2]);
    mping_core_free(core);
}

/* A target that is made before the core has heard of a sleep does not wait that long again. */
static void test_made_after_sleep(void)
{
    static const struct {
        const char *what;
        bool gone; /* the other target, by then */
    } rows[] = {{"beside one that was slept through", false}, {"alone", true}};
    const struct mping_profile profile = {USUAL, .timeout_ns = SECOND, .interval_ns = 50 * MS};

    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        int64_t now_ns = 100 * SECOND;

        start(1000, 1);
        add(0, &profile, 0, now_ns);
        turn(now_ns, true);
        (void)mping_core_deadline_ns(core);
        if (rows[r].gone)
            mping_core_target_free(core, targets[0]);
        now_ns += 3600 * SECOND;
        add(1, &profile, 1, now_ns);
        turn(now_ns, true);
        ok(sent[1] == 1, "made after an hour's sleep, %s: its first probe leaves at once (%u)",
           rows[r].what, (unsigned)sent[1]);
        for (int64_t i = 1; i < 50; i++)
            turn(now_ns + i * MS, true);
        ok(sent[1] == 1, "the second one not before its interval is over (%u)", (unsigned)sent[1]);
        turn(now_ns + 51 * MS, true);
        ok(sent[1] == 2, "and then it does (%u)", (unsigned)sent[1]);
        mping_core_free(core);
    }
}

/* The schedule never goes back, wherever in a turn the time was lost. */
static void test_sleep_within_turn(void)
{
    const struct mping_profile profile = {USUAL, .timeout_ns = SECOND, .interval_ns = SECOND};
    const struct mping_profile quick = {USUAL, .timeout_ns = SECOND, .interval_ns = 200 * MS};
    const struct mping_profile pulled = {USUAL, .timeout_ns = SECOND, .interval_ns = 100 * SECOND,
                                         .pull = true};
    struct mping_tx tx[MPING_BATCH];
    int64_t now_ns = 100 * SECOND;

    start(1000, 1);
    add(0, &profile, 0, now_ns);
    add(1, &pulled, 1, now_ns);
    mping_core_advance(core, now_ns);
    now_ns += 400 * MS; /* between advance and poll */
    mping_core_pause_pull(core, true);
    if (mping_core_poll_tx(core, now_ns, tx, MPING_BATCH) != 1)
        abort();
    tx[0].sent_ns = now_ns;
    mping_core_sent(core, now_ns, tx, 1);
    mping_core_pause_pull(core, false);
    ok(mping_core_deadline_ns(core) <= now_ns, "one that was paused would like to send at once");
    now_ns += 300 * MS;
    turn(now_ns, false);
    add(2, &quick, 2, now_ns);
    turn(now_ns, false);
    turn(now_ns + 100 * MS, false);
    ok(sent[2] == 1, "a new one sends its second probe not before its interval is over (%u)",
       (unsigned)sent[2]);
    mping_core_free(core);
}

/*
 * Two targets at one address. The first one has moved away from id 7 after three losses and has
 * left probes 3 and 4 there, which the second one comes upon.
 */
static void test_number_taken(void)
{
    static const struct {
        const char *what;
        uint32_t flags;
        unsigned ids;
        uint64_t unknown;
    } rows[] = {
        {"moves to another id", 0, 3, 0},
        {"and would rather wait: moves, too", MPING_FLAG_SEQ_STRICT, 3, 0},
        {"has nowhere to move to", 0, 2, 2},
        {"and would rather wait: not for somebody else", MPING_FLAG_SEQ_STRICT, 2, 2},
        {"must keep its id", MPING_FLAG_KEEP_ID | MPING_FLAG_SEQ_STRICT, 3, 2},
    };
    const struct mping_profile slow = {USUAL, .timeout_ns = 2500 * MS, .interval_ns = SECOND,
                                       .count = 5};

    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        const struct mping_profile quick = {USUAL, .interval_ns = 200 * MS, .flags = rows[r].flags,
                                            .count = 8};
        int64_t now_ns = 100 * SECOND;

        start(1000, rows[r].ids);
        add(0, &slow, 0, now_ns);
        for (int i = 0; i <= 460; i++, now_ns += 10 * MS)
            turn(now_ns, false);
        if (mping_core_target_id(core, targets[0]) != 8 || stats(0).lost != 3)
            abort();
        add(1, &quick, 0, now_ns);
        for (int i = 0; i <= 141; i++, now_ns += 10 * MS)
            turn(now_ns, false);
        ok(stats(1).sent == 8, "a number taken by another target, one %s: 8 probes in time (%u)",
           rows[r].what, (unsigned)stats(1).sent);
        for (int i = 0; i <= 300; i++, now_ns += 10 * MS)
            turn(now_ns, false);
        ok(stats(0).lost + rows[r].unknown == 5 && stats(0).unknown == rows[r].unknown,
           "%u of the other's are unknown (%u)", (unsigned)rows[r].unknown,
           (unsigned)stats(0).unknown);
        mping_core_free(core);
    }
}

/* A copy that comes late decides over a probe at once: by then the drops must have been told. */
static void test_drops_before_copies(void)
{
    const struct mping_profile profile = {USUAL, .timeout_ns = 50 * MS, .interval_ns = SECOND,
                                          .events = MPING_EVENTS_DEFAULT};
    struct mping_tx tx;
    struct mping_event *event;
    int64_t now_ns = 100 * SECOND;

    start(1000, 1);
    add(0, &profile, 0, now_ns);
    mping_core_advance(core, now_ns);
    if (mping_core_poll_tx(core, now_ns, &tx, 1) != 1)
        abort();
    tx.sent_ns = now_ns;
    mping_core_sent(core, now_ns, &tx, 1);
    while (mping_core_event(core))
        mping_core_event_pop(core);
    mping_core_dropped(core, AF_INET, 1, now_ns + 60 * MS);
    answer(&tx, now_ns + 60 * MS);
    event = mping_core_event(core);
    ok(event && event->type == MPING_EV_UNKNOWN && event->reason == MPING_REASON_RX_DROP,
       "a late copy of a reply that may have been dropped: unknown");
    mping_core_event_pop(core);
    event = mping_core_event(core);
    ok(event && event->type == MPING_EV_LATE, "and late");
    mping_core_free(core);
}

int main(void)
{
    test_room_goes_round();
    test_kinds_share();
    test_made_after_sleep();
    test_sleep_within_turn();
    test_number_taken();
    test_drops_before_copies();
    return done_testing();
}
