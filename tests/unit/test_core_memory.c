/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core without memory. One life of an engine, told again and again: the first allocation
 * fails, the second, and so on; then all from the first on, the second, and so on. Every call
 * may say MPING_ENOMEM, but nothing breaks, is lost or is told twice.
 */
#include <errno.h>
#include <stdlib.h>

#include <multiping/error.h>

#include "core/core.h"
#include "core/icmp.h"
#include "core/state.h"
#include "core/target_store.h"
#include "scarce.h"
#include "tap.h"

#define MS INT64_C(1000000)

enum { TARGETS = 12, PROFILES = 6 };

static const struct mping_profile profiles[PROFILES] = {
    {.interval_ns = 100 * MS, .timeout_ns = 50 * MS, .backoff = 1, .window = 1},
    {.interval_ns = 100 * MS,
     .timeout_ns = 0,
     .backoff = 1,
     .window = 1,
     .flags = MPING_FLAG_HISTOGRAM},
    {.timeout_ns = 30 * MS, .backoff = 1, .window = 3, .flags = MPING_FLAG_RETRY_SEND},
    {.timeout_ns = 30 * MS, .backoff = 2, .window = 1, .attempts = 3},
    {.interval_ns = MPING_INTERVAL_MANUAL, .timeout_ns = 70 * MS, .backoff = 1, .window = 1},
    {.interval_ns = 20 * MS,
     .timeout_ns = 90 * MS,
     .backoff = 1,
     .window = 1,
     .count = 3,
     .flags = MPING_FLAG_RETRY_SEND | MPING_FLAG_RETRY_RESOLVE},
};

static struct mping_core *core;
static uint32_t targets[TARGETS];
static unsigned wrong;

static void drain(void)
{
    while (mping_core_event(core))
        mping_core_event_pop(core);
}

static void may_lack_memory(int err)
{
    wrong += err != 0 && err != MPING_ENOMEM && err != MPING_ENOIDS && err != MPING_ECLOSED;
}

static void add_targets(int64_t now_ns)
{
    for (unsigned i = 0; i < TARGETS; i++) {
        int err = mping_core_target_new(core, &profiles[i % PROFILES], NULL, now_ns, &targets[i]);

        may_lack_memory(err);
        if (err < 0)
            targets[i] = MPING_CORE_NONE;
    }
}

/* Half of them at IPv6 addresses, the last two where others are already. */
static void give_addresses(int64_t now_ns)
{
    uint32_t target;

    while ((target = mping_core_resolve_wanted(core)) != MPING_CORE_NONE) {
        struct mping_addr addr = {.family = target % 2 ? AF_INET6 : AF_INET, .ip = {10}};

        addr.ip[3] = (uint8_t)(target % 10);
        if (target == targets[TARGETS - 1] && !mping_target_at(core, target)->count) {
            mping_core_target_resolve_failed(core, target, MPING_ERESOLVE, MPING_REASON_NO_ANSWER,
                                             now_ns);
            drain();
            continue;
        }
        may_lack_memory(mping_core_target_resolved(core, target, &addr, now_ns));
    }
}

/* The reply that a host would send. */
static void answer(const struct mping_tx *tx, int64_t now_ns)
{
    uint8_t data[MPING_TX_HEAD];
    struct mping_rx rx = {.from = tx->dst,
                          .data = data,
                          .len = tx->head_len,
                          .checksum_verified = true,
                          .stamp = MPING_STAMP_KERNEL,
                          .received_ns = now_ns};

    memcpy(data, tx->head, tx->head_len);
    data[0] = tx->dst.family == AF_INET6 ? MPING_ICMP6_ECHO_REPLY : MPING_ICMP4_ECHO_REPLY;
    mping_core_rx(core, &rx, 1);
}

static void refuse(const struct mping_tx *tx, int64_t now_ns)
{
    const struct mping_rx_error error = {.dst = tx->dst,
                                         .from = tx->dst,
                                         .id = tx->id,
                                         .seq = load_be16(tx->head + 6),
                                         .type = tx->dst.family == AF_INET6 ? 1 : 3,
                                         .code = 1,
                                         .received_ns = now_ns};

    mping_core_rx_error(core, &error);
}

static void turn(int64_t now_ns)
{
    struct mping_tx tx[MPING_BATCH];
    size_t n;

    mping_core_advance(core, now_ns);
    drain();
    give_addresses(now_ns);
    n = mping_core_poll_tx(core, now_ns, tx, MPING_BATCH);
    for (size_t i = 0; i < n; i++) {
        tx[i].err = now_ns / MS % 4 == 1 ? -ENOBUFS : tx[i].probe % 17 == 16 ? -EPERM : 0;
        tx[i].sent_ns = now_ns;
    }
    mping_core_sent(core, now_ns, tx, n);
    drain();
    for (size_t i = 0; i < n; i++) {
        if (tx[i].err)
            continue;
        if (tx[i].probe % 3 == 0)
            answer(&tx[i], now_ns + MS);
        if (tx[i].probe % 3 == 1)
            refuse(&tx[i], now_ns + MS);
        if (tx[i].probe % 6 == 0)
            answer(&tx[i], now_ns + 2 * MS);
    }
    drain();
}

static void check_sums(void)
{
    struct mping_stats s;

    mping_core_stats(core, &s);
    wrong += s.sent != s.received + s.lost + s.unreachable + s.send_errors + s.unknown +
                           s.canceled + s.pending;
    for (unsigned i = 0; i < TARGETS; i++) {
        if (targets[i] == MPING_CORE_NONE)
            continue;
        mping_core_target_stats(core, targets[i], &s, false);
        wrong += s.sent != s.received + s.lost + s.unreachable + s.send_errors + s.unknown +
                               s.canceled + s.pending;
    }
}

static void touch(uint32_t target, int64_t now_ns)
{
    void **note;

    if (target == MPING_CORE_NONE)
        return;
    note = mping_core_target_note(core, target, true);
    if (note)
        *note = core;
    may_lack_memory(mping_core_target_set_timeout(core, target, 40 * MS));
    may_lack_memory(mping_core_target_send(core, target, now_ns));
}

static void live(void)
{
    const struct mping_core_opts opts = {.inflight_max = 100, .unpaced_inflight = 20};
    int64_t now_ns = 1000 * MS;

    core = NULL;
    if (mping_core_new(&core, &opts) < 0) {
        wrong += core != NULL;
        return;
    }
    for (uint16_t i = 0; i < 6; i++) {
        may_lack_memory(mping_core_add_id(core, AF_INET, (uint16_t)(10 + i)));
        may_lack_memory(mping_core_add_id(core, AF_INET6, (uint16_t)(20 + i)));
    }
    if (!mping_core_ids(core, AF_INET) || !mping_core_ids(core, AF_INET6)) {
        mping_core_free(core);
        return;
    }
    add_targets(now_ns);
    for (unsigned i = 0; i < 40; i++, now_ns += 9 * MS) {
        turn(now_ns);
        if (i == 12)
            for (unsigned k = 0; k < TARGETS; k += 2)
                touch(targets[k], now_ns);
        check_sums();
    }
    for (unsigned i = 0; i < TARGETS; i += 2)
        if (targets[i] != MPING_CORE_NONE)
            mping_core_target_cancel(core, targets[i]);
    turn(now_ns);
    check_sums();
    for (unsigned i = 1; i < TARGETS; i += 2)
        if (targets[i] != MPING_CORE_NONE)
            mping_core_target_free(core, targets[i]);
    wrong += mping_core_inflight(core) != 0 || mping_core_active(core) != 0;
    mping_core_free(core);
}

/* One target, without a place for what a target needs beyond its first probe. */
static void test_bare_target(void)
{
    const struct mping_profile profile = {.interval_ns = 100 * MS,
                                          .timeout_ns = 900 * MS,
                                          .backoff = 1,
                                          .window = 1,
                                          .re_resolve_every = 1,
                                          .flags = MPING_FLAG_RETRY_RESOLVE};
    const struct mping_core_opts opts = {.inflight_max = 100, .unpaced_inflight = 20};
    struct mping_stats s;
    struct mping_tx tx;
    uint32_t one;

    if (mping_core_new(&core, &opts) < 0 || mping_core_add_id(core, AF_INET6, 9) < 0 ||
        mping_core_target_new(core, &profile, NULL, MS, &one) < 0)
        abort();
    give_addresses(MS);
    if (mping_core_poll_tx(core, MS, &tx, 1) != 1)
        abort();
    tx.sent_ns = MS;
    mping_core_sent(core, MS, &tx, 1);
    calls = 0;
    fail_at = 1;
    fail_all = true;
    refuse(&tx, 2 * MS);
    mping_core_advance(core, 102 * MS);
    mping_core_poll_tx(core, 102 * MS, &tx, 1);
    if (mping_core_resolve_wanted(core) != one)
        abort();
    mping_core_target_resolve_failed(core, one, MPING_ERESOLVE, MPING_REASON_NO_ANSWER, 102 * MS);
    fail_at = 0;
    mping_core_stats(core, &s);
    ok(s.icmp_errors == 1 && s.resolve_errors == 1 && s.pending == 1,
       "without memory the engine still counts what its target cannot");
    mping_core_target_stats(core, one, &s, false);
    ok(s.sent == 1 && s.pending == 1 && s.icmp_errors == 0 && s.resolve_errors == 0,
       "and the target keeps its probe");
    mping_core_free(core);
}

/* One target that has an address and nothing beyond, and its first probe. */
static uint32_t one_target(const struct mping_profile *profile)
{
    const struct mping_core_opts opts = {.inflight_max = 100, .unpaced_inflight = 20};
    const struct mping_addr addr = {.family = AF_INET, .ip = {10, 0, 0, 1}};
    uint32_t one;

    if (mping_core_new(&core, &opts) < 0 || mping_core_add_id(core, AF_INET, 8) < 0 ||
        mping_core_add_id(core, AF_INET6, 9) < 0 ||
        mping_core_target_new(core, profile, NULL, MS, &one) < 0 ||
        mping_core_resolve_wanted(core) != one ||
        mping_core_target_resolved(core, one, &addr, MS) < 0)
        abort();
    return one;
}

static void no_more_memory(void)
{
    calls = 0;
    fail_at = 1;
    fail_all = true;
}

static struct mping_stats stats_of(uint32_t target)
{
    struct mping_stats s;

    mping_core_target_stats(core, target, &s, false);
    return s;
}

/* A timeout that needs more room than a target has at first. */
static void test_long_timeout(void)
{
    const struct mping_profile profile = {
        .interval_ns = 100 * MS, .timeout_ns = 10000 * MS, .backoff = 1, .window = 1};
    uint32_t one = one_target(&profile);
    struct mping_tx tx;

    no_more_memory();
    ok(mping_core_poll_tx(core, MS, &tx, 1) == 0 && mping_core_target_finished(core, one) &&
           mping_core_target_err(core, one) == MPING_ENOMEM && stats_of(one).sent == 0,
       "no memory for its first probe: it ends, and says why");
    fail_at = 0;
    mping_core_free(core);
}

/* Where its tries cannot be counted a full buffer is final. */
static void test_full_buffer(void)
{
    const struct mping_profile profile = {
        .interval_ns = 100 * MS, .timeout_ns = 50 * MS, .backoff = 1, .window = 1};
    uint32_t one = one_target(&profile);
    struct mping_tx tx;

    if (mping_core_poll_tx(core, MS, &tx, 1) != 1)
        abort();
    tx.sent_ns = MS;
    tx.err = -ENOBUFS;
    no_more_memory();
    mping_core_sent(core, MS, &tx, 1);
    fail_at = 0;
    ok(stats_of(one).send_errors == 1 && mping_core_target_err(core, one) == -ENOBUFS,
       "no memory to try again after a full buffer: a send error");
    mping_core_free(core);
}

/* The new address is IPv6 and finds no room; the probe to the old one is still out. */
static void test_new_address(void)
{
    const struct mping_profile profile = {.interval_ns = 10 * MS,
                                          .timeout_ns = 50 * MS,
                                          .backoff = 1,
                                          .window = 1,
                                          .re_resolve_every = 1};
    const struct mping_addr addr = {.family = AF_INET6, .ip = {0xfd, [15] = 1}};
    uint32_t one = one_target(&profile);
    struct mping_tx tx;

    if (mping_core_poll_tx(core, MS, &tx, 1) != 1)
        abort();
    tx.sent_ns = MS;
    mping_core_sent(core, MS, &tx, 1);
    mping_core_advance(core, 12 * MS);
    if (mping_core_poll_tx(core, 12 * MS, &tx, 1) != 0 || mping_core_resolve_wanted(core) != one)
        abort();
    no_more_memory();
    ok(mping_core_target_resolved(core, one, &addr, 12 * MS) == MPING_ENOMEM,
       "no memory for another address");
    fail_at = 0;
    mping_core_advance(core, 62 * MS);
    ok(stats_of(one).lost == 1 && stats_of(one).pending == 0,
       "what went to the old one has its verdict all the same");
    mping_core_free(core);
}

int main(void)
{
    unsigned needed;

    live();
    needed = calls;
    ok(needed > 20 && wrong == 0, "%u allocations, none failing (%u wrong)", needed, wrong);
    for (int all = 0; all < 2; all++) {
        fail_all = all;
        for (fail_at = 1; fail_at <= needed; fail_at++) {
            calls = 0;
            live();
        }
        fail_at = 0;
        ok(wrong == 0, "each of %u allocations fails once%s (%u wrong)", needed,
           all ? ", and all behind it" : "", wrong);
    }
    test_bare_target();
    test_long_timeout();
    test_full_buffer();
    test_new_address();
    mping_core_free(NULL); /* is allowed */
    return done_testing();
}
