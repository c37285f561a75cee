/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to an engine once in a blue moon: coincidences, full rings, forged replies. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <multiping/error.h>

#include "core/core.h"
#include "core/proof.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"
#include "tap.h"

#define SECOND INT64_C(1000000000)
#define MS INT64_C(1000000)
#define START_NS SECOND

static const struct mping_profile manual = {
    .interval_ns = MPING_INTERVAL_MANUAL,
    .timeout_ns = SECOND,
    .backoff = 1,
    .window = 1,
    .payload_bytes = MPING_PROOF_BYTES + MPING_TAG_BYTES,
    .tx.tos = -1,
    .events = MPING_EVENT_BIT(MPING_EV_LOST) | MPING_EVENT_BIT(MPING_EV_UNKNOWN) |
              MPING_EVENT_BIT(MPING_EV_LATE),
};

static struct mping_core *core;
static uint32_t target;

static uint32_t add_target(const struct mping_profile *profile)
{
    const struct mping_addr addr = {.family = AF_INET, .ip = {10, 0, 0, 1}};
    uint32_t one;

    if (mping_core_target_new(core, profile, NULL, START_NS, &one) < 0 ||
        mping_core_resolve_wanted(core) != one ||
        mping_core_target_resolved(core, one, &addr, START_NS) < 0)
        abort();
    return one;
}

static void setup(const struct mping_profile *profile)
{
    const struct mping_core_opts opts = {.inflight_max = 2000, .unpaced_inflight = 1000};

    if (mping_core_new(&core, &opts) < 0 || mping_core_add_id(core, AF_INET, 7) < 0)
        abort();
    target = add_target(profile);
}

static void ask_for(unsigned probes)
{
    while (probes-- > 0)
        if (mping_core_target_send(core, target, START_NS) < 0)
            abort();
}

/* Makes one probe, which is then under way. */
static struct mping_tx make_probe(void)
{
    struct mping_tx tx;

    if (mping_core_poll_tx(core, START_NS, &tx, 1) != 1)
        abort();
    tx.sent_ns = START_NS;
    return tx;
}

/* Sends one, with this outcome. */
static struct mping_tx send_probe(int err)
{
    struct mping_tx tx = make_probe();

    tx.err = err;
    mping_core_sent(core, START_NS, &tx, 1);
    return tx;
}

/* A reply to the probe, from 10.0.0.host, with this proof and tag. */
static void reply(const struct mping_tx *tx, uint8_t host, const uint8_t *ident,
                  int64_t received_ns)
{
    uint8_t data[MPING_TX_HEAD];
    struct mping_rx rx = {.from = tx->dst,
                          .data = data,
                          .len = sizeof(data),
                          .checksum_verified = true,
                          .stamp = MPING_STAMP_USER,
                          .received_ns = received_ns};

    memcpy(data, tx->head, MPING_ICMP_HEADER);
    memcpy(data + MPING_ICMP_HEADER, ident, sizeof(data) - MPING_ICMP_HEADER);
    data[0] = MPING_ICMP4_ECHO_REPLY;
    rx.from.ip[3] = host;
    mping_core_rx(core, &rx, 1);
}

static const uint8_t *ident_of(const struct mping_tx *tx)
{
    return tx->head + MPING_ICMP_HEADER;
}

static struct mping_stats stats(void)
{
    struct mping_stats s;

    mping_core_target_stats(core, target, &s, false);
    return s;
}

static uint64_t foreign(void)
{
    return core->rx_foreign;
}

static unsigned take_events(unsigned most)
{
    unsigned n = 0;

    for (; n < most && mping_core_event(core); n++)
        mping_core_event_pop(core);
    return n;
}

/* Steps that are no stall. */
static void pass(int64_t from_ns, int64_t to_ns)
{
    for (int64_t now_ns = from_ns; now_ns < to_ns; now_ns += 50 * MS)
        mping_core_advance(core, now_ns);
    mping_core_advance(core, to_ns);
}

/* More verdicts at once than there is room for: the rest has to wait. */
static void test_full_ring(void)
{
    enum { PROBES = 1200, POPPED = 300 };
    struct mping_tx last;
    unsigned told;

    setup(&manual);
    ask_for(PROBES);
    for (unsigned i = 0; i < PROBES; i++)
        last = send_probe(0);
    pass(START_NS, START_NS + SECOND + 50 * MS);
    told = (unsigned)stats().lost;
    ok(told > MPING_EVENT_RING - 8 && told < MPING_EVENT_RING,
       "verdicts are given while there is room for their events: %u", told);
    if (take_events(POPPED) != POPPED)
        abort();
    reply(&last, 1, ident_of(&last), START_NS + SECOND + 10 * MS);
    ok(stats().late == 1 && stats().lost == told + 1 && stats().unknown == 0,
       "a late reply proves its probe lost, if the engine has looked after the deadline");
    take_events(PROBES);
    mping_core_advance(core, START_NS + 3 * SECOND);
    ok(stats().unknown == PROBES - told - 1 && stats().pending == 0,
       "what had no verdict before a stall is unknown after it: %u", (unsigned)stats().unknown);
    mping_core_free(core);
}

/* A deadline that was just reached when the engine looked for the last time before a stall. */
static void test_deadline_before_stall(void)
{
    static const struct {
        int64_t looked_ns; /* after the deadline */
        uint64_t lost, unknown;
    } rows[] = {{0, 1, 0}, {-1, 0, 1}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        setup(&manual);
        ask_for(1);
        send_probe(0);
        pass(START_NS, START_NS + SECOND + rows[i].looked_ns);
        if (stats().pending != 1)
            abort();
        mping_core_advance(core, START_NS + 3 * SECOND);
        ok(stats().lost == rows[i].lost && stats().unknown == rows[i].unknown,
           "looked %d ns after the deadline, then slept: %s", (int)rows[i].looked_ns,
           rows[i].lost ? "lost" : "unknown");
        mping_core_free(core);
    }
}

/* The kernel has dropped packets of some family on their way out. */
static void test_dropped_on_the_way_out(void)
{
    static const int families[] = {AF_INET, AF_INET6};

    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        bool ours = families[i] == AF_INET;

        setup(&manual);
        ask_for(1);
        send_probe(0);
        mping_core_tx_dropped(core, families[i], START_NS + MS);
        pass(START_NS + MS, START_NS + SECOND + MS);
        ok(stats().unknown == ours && stats().lost == !ours &&
               mping_core_event(core)->reason == (ours ? MPING_REASON_TX_DROP : MPING_REASON_NONE),
           "packets of %s family dropped on their way out: %s", ours ? "its" : "the other",
           ours ? "unknown" : "lost");
        mping_core_free(core);
    }
}

/* Nothing can answer a probe that has not left. */
static void test_reply_before_sent(void)
{
    struct mping_tx tx;

    setup(&manual);
    ask_for(1);
    tx = make_probe();
    reply(&tx, 1, ident_of(&tx), START_NS);
    ok(stats().received == 0 && stats().mismatches == 1 && stats().pending == 1,
       "a reply to what has not left yet is none");
    mping_core_sent(core, START_NS, &tx, 1);
    reply(&tx, 1, ident_of(&tx), START_NS + MS);
    ok(stats().received == 1 && stats().mismatches == 1, "the one that comes behind it is");
    mping_core_free(core);
}

/* Somebody else answers. Only with the proof of a probe that is out is it told as such. */
static void test_forged_strays(void)
{
    uint8_t ident[MPING_PROOF_BYTES + MPING_TAG_BYTES];
    struct mping_probe later = {.id = 7};
    struct mping_tx tx;

    setup(&manual);
    ask_for(1);
    tx = send_probe(0);
    memcpy(ident, ident_of(&tx), sizeof(ident));
    ident[0] ^= 1;
    reply(&tx, 2, ident, START_NS + MS);
    ok(foreign() == 1 && stats().mismatches == 0, "a wrong proof and a true tag: foreign");
    reply(&tx, 2, ident_of(&tx), START_NS + MS);
    ok(foreign() == 1 && stats().mismatches == 1, "a true proof from elsewhere: a mismatch");

    /* The next target takes its place. Its tag may be guessed; what is remembered there is the
     * probe of the one before. */
    reply(&tx, 1, ident_of(&tx), START_NS + MS);
    mping_core_target_free(core, target);
    if (add_target(&manual) != target)
        abort();
    later.target = target;
    later.generation = mping_target_at(core, target)->generation;
    later.key = mping_target_key(core, mping_target_at(core, target));
    mping_proof_write(core, &later, 0, ident);
    reply(&tx, 2, ident, START_NS + 2 * MS);
    ok(foreign() == 2 && stats().mismatches == 0,
       "the tag of a target that has taken the place of another: foreign");
    mping_core_free(core);
}

static void test_full_buffers(void)
{
    static const int errors[] = {-EAGAIN, -ENOBUFS, -ENOMEM};

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        setup(&manual);
        ask_for(1);
        send_probe(errors[i]);
        ok(stats().sent == 0 && core->send_retries == 1, "error %d: it is tried again", -errors[i]);
        mping_core_free(core);
    }
}

/* The first of two probes meets a full buffer after the target has been canceled. */
static void test_canceled_with_backlog(void)
{
    struct mping_tx tx;

    setup(&manual);
    ask_for(2);
    tx = make_probe();
    mping_core_target_cancel(core, target);
    tx.err = -ENOBUFS;
    mping_core_sent(core, START_NS, &tx, 1);
    ok(!mping_core_target_finished(core, target), "it does not end without the second's verdict");
    mping_core_advance(core, START_NS);
    ok(mping_core_target_finished(core, target) && stats().sent == 1 && stats().canceled == 1,
       "the second is canceled, the first has never been sent");
    mping_core_free(core);
}

/* The small record of a target counts up to 2^32 - 1. */
static void test_many_probes(void)
{
    struct mping_profile profile = manual;
    uint64_t counts[2] = {0, 0};

    profile.events = MPING_EVENT_BIT(MPING_EV_SENT);
    profile.interval_ns = SECOND;
    setup(&profile);
    mping_target_at(core, target)->count = UINT32_MAX;
    for (unsigned i = 0; i < 2; i++) {
        int64_t now_ns = START_NS + i * (SECOND + MS);
        struct mping_tx tx;

        if (mping_core_poll_tx(core, now_ns, &tx, 1) != 1)
            abort();
        tx.sent_ns = now_ns;
        mping_core_sent(core, now_ns, &tx, 1);
        counts[i] = mping_core_event(core)->count;
        mping_core_event_pop(core);
    }
    ok(counts[0] == UINT32_MAX && counts[1] == (uint64_t)UINT32_MAX + 1,
       "the numbers of probes go on beyond 32 bits");
    mping_core_free(core);
}

/* An answer that comes when no probe waits for it: the next one goes there, those out stay. */
static void test_moved(void)
{
    static const struct mping_addr next = {.family = AF_INET, .ip = {10, 0, 0, 2}};
    struct mping_profile telling = manual;
    const struct mping_event *event;
    struct mping_tx old, fresh;
    uint32_t early;

    telling.events |= MPING_EVENT_BIT(MPING_EV_REPLY) | MPING_EVENT_BIT(MPING_EV_RESOLVED) |
                      MPING_EVENT_BIT(MPING_EV_STALE);
    setup(&telling);
    take_events(1);
    ask_for(2);
    old = send_probe(0);
    ok(mping_core_target_move(core, target, &old.dst) == 0 && !mping_core_event(core),
       "to where it is already: nothing happens");
    ok(mping_core_target_move(core, target, &next) == 0, "a target is moved");
    event = mping_core_event(core);
    ok(event && event->type == MPING_EV_RESOLVED && event->dst.ip[3] == 2, "which is told");
    mping_core_event_pop(core);
    fresh = send_probe(0);
    ok(fresh.dst.ip[3] == 2, "the next probe goes to the new address");
    reply(&old, 1, ident_of(&old), START_NS + MS);
    reply(&fresh, 2, ident_of(&fresh), START_NS + MS);
    ok(stats().received == 2, "and the one that was out is answered from the old one");
    take_events(2);
    mping_core_target_tell(core, target, MPING_EV_STALE, MPING_ERESOLVE, MPING_REASON_NO_ANSWER);
    event = mping_core_event(core);
    ok(event && event->type == MPING_EV_STALE && event->err == MPING_ERESOLVE &&
           event->reason == MPING_REASON_NO_ANSWER && event->dst.ip[3] == 2,
       "that its name does not resolve any more is told with the reason");
    mping_core_event_pop(core);
    if (mping_core_target_new(core, &telling, NULL, START_NS, &early) < 0)
        abort();
    ok(mping_core_target_move(core, early, &next) == 0 && !mping_core_event(core),
       "one that has no address yet is not moved");
    ok(mping_core_target_move(core, target, &(struct mping_addr){.family = AF_INET6}) ==
           MPING_ENOIDS,
       "nor one to where there is no id");
    mping_core_target_fail(core, target, MPING_ENOMEM);
    take_events(10);
    ok(mping_core_target_move(core, target, &old.dst) == 0 && !mping_core_event(core),
       "nor one that has ended");
    mping_core_target_tell(core, target, MPING_EV_STALE, 0, MPING_REASON_NONE);
    ok(!mping_core_event(core), "and nothing more is told of it");
    mping_core_free(core);
}

/* A target without an address to which no socket leads; asked: probes wanted by hand. */
static void check_no_socket(const struct mping_profile *profile, unsigned asked, unsigned errors)
{
    const struct mping_core_opts opts = {.inflight_max = 2000, .unpaced_inflight = 1000};
    const struct mping_event *event;

    if (mping_core_new(&core, &opts) < 0 ||
        mping_core_target_new(core, profile, NULL, START_NS, &target) < 0)
        abort();
    ask_for(asked);
    ok(mping_core_resolve_wanted(core) == target, "no socket: its address is asked for");
    mping_core_target_no_socket(core, target, -EAFNOSUPPORT, START_NS);
    mping_core_target_no_socket(core, target, -EAFNOSUPPORT, START_NS);
    ok(stats().send_errors == errors && stats().sent == errors && stats().pending == 0,
       "%u asked for: %u send errors", asked, errors);
    for (unsigned i = 0; i < errors; i++) {
        event = mping_core_event(core);
        ok(event && event->type == MPING_EV_SEND_ERROR && event->err == -EAFNOSUPPORT &&
               event->seq == 0,
           "it has the reason");
        mping_core_event_pop(core);
    }
    mping_core_advance(core, START_NS);
    event = mping_core_event(core);
    ok(event && event->type == MPING_EV_FINISHED && event->err == -EAFNOSUPPORT,
       "then the target has ended with it");
    mping_core_free(core);
}

static void test_no_socket(void)
{
    struct mping_profile profile = manual;

    profile.events = MPING_EVENT_BIT(MPING_EV_SEND_ERROR) | MPING_EVENT_BIT(MPING_EV_FINISHED);
    check_no_socket(&profile, 0, 0);
    check_no_socket(&profile, 1, 1);
    profile.interval_ns = SECOND;
    profile.count = 1;
    check_no_socket(&profile, 0, 1);
    profile.count = 0;
    check_no_socket(&profile, 0, 1);
}

/*
 * A target with one probe keeps its RTT where else the index of its oldest pending probe is: a
 * reply that is taken back must leave no probe there.
 */
static void test_reply_taken_back(void)
{
    struct mping_profile once = manual; /* by hand it would have room for more */
    struct mping_event event;
    struct mping_tx tx;

    once.interval_ns = SECOND;
    once.count = 1;
    once.events |= MPING_EVENT_BIT(MPING_EV_REPLY);
    setup(&once);
    tx = send_probe(0);
    reply(&tx, 1, ident_of(&tx), START_NS + 3 * MS);
    if (!mping_core_event(core) || mping_core_event(core)->type != MPING_EV_REPLY)
        abort();
    event = *mping_core_event(core);
    mping_core_event_pop(core);
    mping_core_target_take_back(core, target, &event);
    ok(stats().received == 0 && stats().canceled == 1 && stats().sent == 1,
       "a reply that is taken back counts as canceled");
    ok(stats().pending == 0 && mping_core_target_pending(core, target) == 0,
       "and leaves no probe pending");
    mping_core_target_cancel(core, target);
    mping_core_advance(core, START_NS + 4 * MS);
    ok(mping_core_target_finished(core, target) && stats().canceled == 1,
       "the target ends with that one verdict");
    mping_core_free(core);
}

int main(void)
{
    test_full_ring();
    test_moved();
    test_deadline_before_stall();
    test_dropped_on_the_way_out();
    test_reply_before_sent();
    test_forged_strays();
    test_full_buffers();
    test_canceled_with_backlog();
    test_many_probes();
    test_no_socket();
    test_reply_taken_back();
    return done_testing();
}
