/* SPDX-License-Identifier: Apache-2.0 */
/* White box: the core must not hold more than what it needs. */
#include "core/core.h"
#include "core/state.h"
#include "sim.h"

enum { TOUCHED_EVERY = 8 }; /* turns */

static void check_identity(struct sim *sim, const char *whose, uint32_t index,
                           const struct mping_stats *s)
{
    uint64_t sum = s->received + s->lost + s->unreachable + s->send_errors + s->unknown +
                   s->canceled + s->pending;

    if (s->sent != sum)
        sim_fail(sim, "%s %u: sent %llu, but %llu have a verdict or are pending", whose, index,
                 (unsigned long long)s->sent, (unsigned long long)sum);
}

/* What the target has counted is what it has told. */
static void check_counts(struct sim *sim, const struct sim_target *t, const struct mping_stats *s)
{
    const uint64_t *v = t->verdicts;

    if (s->received != v[MPING_EV_REPLY] || s->lost != v[MPING_EV_LOST] ||
        s->unreachable != v[MPING_EV_UNREACHABLE] || s->unknown != v[MPING_EV_UNKNOWN] ||
        s->send_errors != v[MPING_EV_SEND_ERROR] || s->canceled != v[MPING_EV_CANCELED] ||
        s->resolve_errors != v[MPING_EV_RESOLVE_ERROR] || s->pending != t->pending)
        sim_fail(sim, "target %u: counters differ from the verdicts told", t->index);
    if (!t->vague && (s->late != t->late || s->duplicates != t->duplicates ||
                      s->mismatches != t->mismatches || s->icmp_errors != t->icmp_errors))
        sim_fail(sim,
                 "target %u: late %llu, duplicates %llu, mismatches %llu, errors %llu, expected "
                 "%llu, %llu, %llu, %llu",
                 t->index, (unsigned long long)s->late, (unsigned long long)s->duplicates,
                 (unsigned long long)s->mismatches, (unsigned long long)s->icmp_errors,
                 (unsigned long long)t->late, (unsigned long long)t->duplicates,
                 (unsigned long long)t->mismatches, (unsigned long long)t->icmp_errors);
    if (!t->vague && (s->truncated != t->truncated || s->longer != t->longer))
        sim_fail(sim, "target %u: truncated %llu, longer %llu, expected %llu, %llu", t->index,
                 (unsigned long long)s->truncated, (unsigned long long)s->longer,
                 (unsigned long long)t->truncated, (unsigned long long)t->longer);
    if (s->received &&
        (s->rtt_min_ns != t->rtt_min_ns || s->rtt_max_ns != t->rtt_max_ns ||
         s->rtt_mean_ns < (double)t->rtt_min_ns - 1 || s->rtt_mean_ns > (double)t->rtt_max_ns + 1))
        sim_fail(sim, "target %u: RTT statistics differ from the replies told", t->index);
}

static void check_target(struct sim *sim, struct sim_target *target)
{
    struct mping_stats stats;

    mping_core_target_stats(sim->core, target->core_id, &stats, false);
    check_identity(sim, "target", target->index, &stats);
    if (!target->was_reset)
        check_counts(sim, target, &stats);
    if (mping_core_target_finished(sim->core, target->core_id) != target->finished)
        sim_fail(sim, "target %u: has %sfinished without a word", target->index,
                 target->finished ? "not " : "");
}

/* Every packet read counts for exactly one thing. */
static void check_packets(struct sim *sim, const struct mping_stats *s)
{
    uint64_t sum = s->received + s->late + s->duplicates + s->mismatches + s->icmp_errors +
                   s->rx_malformed + s->rx_checksum + s->rx_foreign;

    if (s->rx_packets != sum)
        sim_fail(sim, "%llu packets read, %llu accounted for", (unsigned long long)s->rx_packets,
                 (unsigned long long)sum);
    if (s->rx_drops != sim->world.sockets[0].drops_told + sim->world.sockets[1].drops_told)
        sim_fail(sim, "%llu drops counted", (unsigned long long)s->rx_drops);
}

/* Slots and hints are neither lost nor hoarded. */
static void check_memory(struct sim *sim)
{
    const struct mping_core *core = sim->core;
    uint64_t used = core->inflight + core->remembered;

    if (used > sim->slots_peak)
        sim->slots_peak = used;
    if (core->probes.used != used || core->probe_index.used != used)
        sim_fail(sim, "%u slots used, %llu found by key, for %llu probes", core->probes.used,
                 (unsigned long long)core->probe_index.used, (unsigned long long)used);
    if (core->probes.fresh > sim->slots_peak * 2 + MPING_SLAB_CHUNK)
        sim_fail(sim, "%u slots touched for at most %llu probes", core->probes.fresh,
                 (unsigned long long)sim->slots_peak);
    if (core->hints.used > core->inflight)
        sim_fail(sim, "%u hints for %llu probes", core->hints.used,
                 (unsigned long long)core->inflight);
    if (core->targets.used != sim->live)
        sim_fail(sim, "%u targets in the core, %llu alive", core->targets.used,
                 (unsigned long long)sim->live);
}

/* All targets touched in the last turns: percentiles take their time. */
static void check_touched(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->touched_n; i++) {
        struct sim_target *target = ledger_at(&sim->ledger, sim->touched[i]);

        target->touched = false;
        if (!target->freed)
            check_target(sim, target);
    }
    sim->touched_n = 0;
}

void sums_check(struct sim *sim)
{
    bool judged = !sim->journal.steps_n && !mping_core_event(sim->core);
    struct mping_stats stats;

    if (sim->failed)
        return;
    mping_core_stats(sim->core, &stats);
    check_identity(sim, "engine", 0, &stats);
    check_packets(sim, &stats);
    check_memory(sim);
    if (judged && sim->oracle.pending != mping_core_inflight(sim->core))
        sim_fail(sim, "%llu probes wait for a verdict, the core has %llu in flight",
                 (unsigned long long)sim->oracle.pending,
                 (unsigned long long)mping_core_inflight(sim->core));
    if (judged && (sim->turns % TOUCHED_EVERY == 0 || sim->ending))
        check_touched(sim);
}

/* What is remembered for a while is forgotten in the end, some of it in each turn. */
static void check_forgotten(struct sim *sim)
{
    int64_t now_ns = sim->world.now_ns + 20 * SECOND;

    for (uint32_t n = sim->core->remembered / MPING_BATCH + 1; n > 0; n--)
        mping_core_advance(sim->core, now_ns);
    if (sim->core->remembered || sim->core->probes.used || sim->core->hints.used)
        sim_fail(sim, "%u probes are remembered for ever", sim->core->remembered);
}

/* All targets have ended: exactly one verdict for each probe that was made. */
void sums_check_end(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->ledger.n && !sim->failed; i++) {
        struct sim_target *target = ledger_at(&sim->ledger, i);

        for (uint64_t count = 0; count < target->n; count++)
            if (target->probes[count].state >= PROBE_LEFT && !target->probes[count].verdict)
                sim_fail(sim, "target %u count %llu: no verdict", i, (unsigned long long)count);
        if (!target->finished)
            sim_fail(sim, "target %u: never finished", i);
        if (target->profile->core.interval_ns < 0 && !target->canceled && !target->ended &&
            target->next < target->manual)
            sim_fail(sim, "target %u: %llu probes asked for, %llu made", i,
                     (unsigned long long)target->manual, (unsigned long long)target->next);
        if (!target->freed)
            mping_core_target_free(sim->core, target->core_id);
    }
    if (mping_core_inflight(sim->core) || mping_core_active(sim->core) ||
        mping_core_unpaced(sim->core) || sim->core->targets.used)
        sim_fail(sim, "something is left after the last target");
    check_forgotten(sim);
}
