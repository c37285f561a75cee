/* SPDX-License-Identifier: Apache-2.0 */
/* Where targets lie: what a bare one costs, and that it counts like one that has everything. */
#include <stdlib.h>
#include <string.h>

#include <multiping/error.h>

#include "core/core.h"
#include "core/probes.h"
#include "core/records.h"
#include "core/state.h"
#include "core/stats.h"
#include "core/target_store.h"
#include "core/verdict.h"
#include "tap.h"

enum { MANY = 100000 };

static struct mping_core *core;
static struct mping_profile profile = {
    .timeout_ns = 1000000000, .backoff = 1, .window = 1, .attempts = 255, .payload_bytes = 16};

static void setup(void)
{
    struct mping_core_opts opts = {
        .inflight_max = 1000, .unpaced_inflight = 1000, .context = &core};

    if (mping_core_new(&core, &opts) < 0 || mping_core_add_id(core, AF_INET, 7) < 0 ||
        mping_core_add_id(core, AF_INET6, 7) < 0)
        abort();
}

static uint32_t add(uint32_t host, bool v6)
{
    struct mping_addr addr = {.family = v6 ? AF_INET6 : AF_INET, .ip = {10}};
    uint32_t target;

    store_be32(addr.ip + (v6 ? 12 : 0), UINT32_C(0x0a000000) + host);
    if (mping_core_target_new(core, &profile, NULL, 0, &target) < 0 ||
        mping_core_target_resolved(core, target, &addr, 0) < 0)
        abort();
    return target;
}

static void test_bytes(void)
{
    size_t bytes;
    unsigned wrong = 0;

    setup();
    for (uint32_t i = 0; i < MANY; i++) {
        struct mping_addr addr;
        uint32_t target = add(i, false);
        struct mping_target *place = mping_core_target_owner(core, target);

        wrong += mping_core_place_target(place) != target ||
                 mping_core_place_context(place) != &core ||
                 mping_core_target_addr(core, target, &addr) < 0 ||
                 load_be32(addr.ip) != UINT32_C(0x0a000000) + i;
    }
    ok(wrong == 0, "%d places tell their targets, and these their addresses (%u wrong)", MANY,
       wrong);
    bytes = core->targets.fresh * core->targets.item_bytes +
            core->target_index.size * sizeof(struct mping_hash_entry);
    ok(bytes <= 80 * (size_t)MANY, "a bare one costs %zu bytes", bytes / MANY);
    ok(core->extras.used == 0 && core->ip6_entries.used == 0 && core->profiles[0].targets == MANY,
       "and nothing but its share of a profile");
    mping_core_free(core);
}

static void test_wide(void)
{
    struct mping_addr v4 = {.family = AF_INET, .ip = {10, 1, 1, 1}}, addr;
    uint32_t target;

    setup();
    target = add(5, true);
    ok(core->ip6_entries.used == 1 && mping_core_target_addr(core, target, &addr) == 0 &&
           addr.family == AF_INET6 && addr.ip[15] == 5,
       "an IPv6 address lies elsewhere");
    mping_target_at(core, target)->state = MPING_TARGET_RESOLVING;
    ok(mping_core_target_resolved(core, target, &v4, 0) == 0 && core->ip6_entries.used == 0,
       "until it becomes an IPv4 one");
    mping_core_target_free(core, target);
    mping_core_target_free(core, add(6, true));
    ok(core->ip6_entries.used == 0 && core->targets.used == 0 && core->profile_index.used == 0,
       "all is given back");
    mping_core_free(core);
}

/* One probe of the target, up to its verdict. */
static void probe(uint32_t target, enum mping_event_type verdict, int64_t rtt_ns)
{
    struct mping_core_target *t = mping_target_at(core, target);
    uint32_t slot;

    if (mping_target_ready(core, t) < 0)
        abort();
    slot = mping_probe_new(core, target);
    mping_count_sent(core, t);
    mping_probe_launch(core, slot, profile.timeout_ns);
    t->count++;
    t->state = MPING_TARGET_STOPPED;
    if (verdict == MPING_EV_REPLY)
        mping_verdict_reply(core, slot, rtt_ns, 0);
    else
        mping_verdict(core, slot, verdict, MPING_REASON_NONE, 0);
}

/* The verdicts of a bare target: R reply, L lost, U unreachable, ? unknown, C canceled. */
static const struct {
    const char *verdicts;
    unsigned extras; /* how often it needs more than its place */
} rows[] = {
    {"", 0},   {"R", 0},  {"L", 0},    {"U", 0},     {"?", 0},     {"C", 0},     {"LLLR", 0},
    {"LU", 0}, {"RR", 1}, {"RL", 1},   {"LLRLL", 1}, {"U?R", 1},   {"LLLLL", 0}, {"?LLR", 1},
    {"CR", 1}, {"UU", 1}, {"RLLL", 1}, {"LLL?L", 1}, {"RRRRR", 1},
};

static enum mping_event_type type_of(char verdict)
{
    switch (verdict) {
    case 'R':
        return MPING_EV_REPLY;
    case 'L':
        return MPING_EV_LOST;
    case 'U':
        return MPING_EV_UNREACHABLE;
    case '?':
        return MPING_EV_UNKNOWN;
    default:
        return MPING_EV_CANCELED;
    }
}

static void test_counts(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mping_stats bare, full;
        uint32_t a, b;

        setup();
        a = add(1, false);
        b = add(2, false);
        if (!mping_target_make_extra(core, mping_target_at(core, b)))
            abort();
        for (unsigned k = 0; rows[i].verdicts[k]; k++) {
            probe(a, type_of(rows[i].verdicts[k]), 1000 + 77 * k);
            probe(b, type_of(rows[i].verdicts[k]), 1000 + 77 * k);
        }
        mping_core_target_stats(core, a, &bare, false);
        mping_core_target_stats(core, b, &full, true);
        ok(memcmp(&bare, &full, sizeof(bare)) == 0 && bare.sent == strlen(rows[i].verdicts),
           "\"%s\": a bare target counts like any other", rows[i].verdicts);
        ok(core->extras.used == 1 + rows[i].extras, "\"%s\": and needs %u more", rows[i].verdicts,
           rows[i].extras);
        mping_core_target_stats(core, a, &bare, true);
        mping_core_target_stats(core, a, &bare, false);
        mping_core_target_stats(core, b, &full, false);
        ok(memcmp(&bare, &full, sizeof(bare)) == 0 && bare.sent == 0, "\"%s\": after a reset, too",
           rows[i].verdicts);
        mping_core_free(core);
    }
}

int main(void)
{
    test_bytes();
    test_wide();
    test_counts();
    return done_testing();
}
