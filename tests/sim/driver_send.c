/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "sim.h"

enum { RETRIES_MAX = 500 }; /* as the core documents: about a second */

#define SEND_NS 1500

static unsigned load16(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

/*
 * Who may be sending there with that id: no two of them share an id. But for a later probe of the
 * same batch it may have taken another, where somebody else's probe was in the way.
 */
static struct sim_target *find_target(struct sim *sim, const struct mping_tx *tx)
{
    uint32_t host = host_by_addr(&tx->dst), i;
    struct sim_target *found = NULL;
    unsigned best = 0;

    if (host == NOBODY)
        return NULL;
    for (i = ledger_on_host(&sim->ledger, host); i != NOBODY;
         i = ledger_at(&sim->ledger, i)->next_on_host) {
        struct sim_target *target = ledger_at(&sim->ledger, i);
        bool in_turn = load16(tx->head + 6) == (target->next & 0xffff);
        bool same_id = mping_core_target_id(sim->core, target->core_id) == tx->id;
        bool moves = !(target->profile->core.flags & MPING_FLAG_KEEP_ID);
        unsigned fits = in_turn && same_id ? 3 : in_turn && moves ? 2 : same_id;

        if (fits > best && !mping_core_target_finished(sim->core, target->core_id)) {
            best = fits;
            found = target;
        }
    }
    return found;
}

/* The bytes: an echo request with the right id, seq, payload and checksum. */
static void check_bytes(struct sim *sim, const struct sim_target *target, const struct mping_tx *tx)
{
    const struct mping_profile *profile = &target->profile->core;
    bool v6 = tx->dst.family == AF_INET6;
    uint8_t packet[4096];
    size_t len = (size_t)tx->head_len + tx->tail_len;

    if (len != 8 + (size_t)profile->payload_bytes || len > sizeof(packet) ||
        tx->opts != &profile->tx) {
        sim_fail(sim, "target %u: a probe of %zu bytes", target->index, len);
        return;
    }
    memcpy(packet, tx->head, tx->head_len);
    if (tx->tail_len)
        memcpy(packet + tx->head_len, tx->tail, tx->tail_len);
    if (packet[0] != (v6 ? 128 : 8) || packet[1] != 0 || load16(packet + 4) != tx->id)
        sim_fail(sim, "target %u: no echo request with id %u", target->index, tx->id);
    if (load16(packet + 6) != (target->next & 0xffff))
        sim_fail(sim, "target %u: seq %u, expected count %llu", target->index, load16(packet + 6),
                 (unsigned long long)target->next);
    if (!v6 && wire_checksum(packet, len) != 0)
        sim_fail(sim, "target %u: wrong checksum sent", target->index);
    if (tx->tail_len && memcmp(tx->tail, target->profile->tail, tx->tail_len) != 0)
        sim_fail(sim, "target %u: wrong payload sent", target->index);
}

/*
 * After a stall the schedule goes on as if no time had passed: no burst of one target, nor a
 * probe right behind the last one. But where a target waits for its number to be free, the
 * probe after that goes by the schedule, which does not wait.
 */
static void check_spacing(struct sim *sim, struct sim_target *target, int64_t now_ns)
{
    const uint32_t hindrances = TRAIT_SEND_FULL | TRAIT_RATE | TRAIT_SLOW | TRAIT_NAMES;
    int64_t interval_ns = target->profile->core.interval_ns;
    int64_t slack_ns = MPING_CORE_STALL_NS + MID_TURN_NS + MS;

    if (!(sim->scenario.traits & hindrances) && sim->scenario.core.inflight_max > 1000 &&
        target->scheduled >= 3 && !(target->profile->core.flags & MPING_FLAG_SEQ_STRICT)) {
        if (interval_ns >= 20 * MS && now_ns - target->last_ns[2] < interval_ns - MS)
            sim_fail(sim, "target %u: a burst of probes, the last is %llu", target->index,
                     (unsigned long long)target->next);
        if (interval_ns >= SECOND && now_ns - target->last_ns[0] < interval_ns - slack_ns)
            sim_fail(sim, "target %u: probe %llu sent %lld ns after the last", target->index,
                     (unsigned long long)target->next, (long long)(now_ns - target->last_ns[0]));
    }
    target->last_ns[2] = target->last_ns[1];
    target->last_ns[1] = target->last_ns[0];
    target->last_ns[0] = now_ns;
}

/* Never before its time; in time where nothing hinders it. */
static void check_schedule(struct sim *sim, struct sim_target *target, int64_t now_ns)
{
    const struct mping_profile *profile = &target->profile->core;
    const uint32_t hindrances = TRAIT_STALL | TRAIT_SEND_FULL | TRAIT_RATE | TRAIT_SLOW |
                                TRAIT_NAMES | TRAIT_CROWD | TRAIT_WRAP | TRAIT_TICKS;
    int64_t due_ns = target->first_due_ns + (int64_t)target->scheduled * profile->interval_ns;

    if (profile->interval_ns < 0) {
        if (target->next >= target->manual)
            sim_fail(sim, "target %u: a probe nobody asked for", target->index);
        return;
    }
    if (profile->interval_ns == 0 || target->manual)
        return;
    if (now_ns < due_ns)
        sim_fail(sim, "target %u: probe %llu sent %lld ns early", target->index,
                 (unsigned long long)target->next, (long long)(due_ns - now_ns));
    if (!(sim->scenario.traits & hindrances) && profile->first_delay_ns >= 0 &&
        !(profile->flags & MPING_FLAG_RAND_DELAY) && profile->interval_ns >= 20 * MS &&
        sim->scenario.core.inflight_max > 1000 &&
        now_ns > due_ns + FORETOLD_NS + sim->latest_ns + MS)
        sim_fail(sim, "target %u: probe %llu sent %lld ns late", target->index,
                 (unsigned long long)target->next, (long long)(now_ns - due_ns));
    check_spacing(sim, target, now_ns);
    target->scheduled++;
}

/* In any second at most rate + 32. */
static void check_rate(struct sim *sim, int64_t now_ns)
{
    uint32_t rate = sim->scenario.core.rate_pps;
    uint64_t n = (uint64_t)rate + 32;

    if (rate) {
        if (sim->made >= n && now_ns - sim->made_ns[sim->made % n] < SECOND)
            sim_fail(sim, "more than %llu probes within a second", (unsigned long long)n);
        sim->made_ns[sim->made % n] = now_ns;
    }
    sim->made++;
}

static void check_limits(struct sim *sim, const struct sim_target *target)
{
    const struct mping_profile *profile = &target->profile->core;
    const struct mping_core_opts *opts = &sim->scenario.core;
    uint32_t pending = mping_core_target_pending(sim->core, target->core_id);

    if (profile->interval_ns == 0 && !target->manual &&
        pending > (profile->attempts ? 1 : profile->window))
        sim_fail(sim, "target %u: %u probes out, its window is %u", target->index, pending,
                 profile->window);
    if (mping_core_inflight(sim->core) > opts->inflight_max ||
        mping_core_unpaced(sim->core) > opts->unpaced_inflight)
        sim_fail(sim, "%llu probes in flight, %llu unpaced",
                 (unsigned long long)mping_core_inflight(sim->core),
                 (unsigned long long)mping_core_unpaced(sim->core));
    if (profile->count && target->next > profile->count)
        sim_fail(sim, "target %u: more than %llu probes", target->index,
                 (unsigned long long)profile->count);
    if (pending > 65536 && profile->flags & MPING_FLAG_SEQ_STRICT)
        sim_fail(sim, "target %u: %u probes out", target->index, pending);
}

/* Enters a probe that the core has made. */
static struct sim_target *enter(struct sim *sim, const struct mping_tx *tx)
{
    struct sim_target *target = find_target(sim, tx);
    int64_t now_ns = sim->world.now_ns;
    struct probe *probe;

    if (!target || target->canceled) {
        sim_fail(sim, "a probe to an address that nobody pings (any more), id %u", tx->id);
        return NULL;
    }
    check_bytes(sim, target, tx);
    check_schedule(sim, target, now_ns);
    check_rate(sim, now_ns);
    probe = ledger_probe(target, target->next);
    *probe = (struct probe){.host = target->host, .id = tx->id, .state = PROBE_HANDED};
    memcpy(probe->payload, tx->head + 8, (size_t)tx->head_len - 8);
    journal_add(&sim->journal, (struct step){.kind = STEP_POLL,
                                             .target = target->index,
                                             .count = target->next,
                                             .host = target->host,
                                             .id = tx->id,
                                             .now_ns = now_ns});
    sim_trace(sim, "tx target %u count %llu id %u", target->index, (unsigned long long)target->next,
              tx->id);
    sim_hash(sim, tx->head, tx->head_len);
    sim_hash(sim, &now_ns, sizeof(now_ns));
    target->next++;
    sim_touch(sim, target);
    return target;
}

static int final_error(struct sim *sim)
{
    static const int errors[] = {-EPERM, -ENETUNREACH, -EMSGSIZE, -EHOSTUNREACH, -EINVAL};

    if (!has(&sim->scenario, TRAIT_SEND_ERROR) || !dice_chance(&sim->dice, PPM / 50))
        return 0;
    return errors[dice_below(&sim->dice, 5)];
}

/* From which packet on the buffers of a family are full. */
static size_t full_from(struct sim *sim, size_t n)
{
    if (n == 0)
        return 0;
    if (sim->world.now_ns < sim->full_until_ns)
        return dice_below(&sim->dice, 20) ? 0 : dice_below(&sim->dice, n + 1);
    if (has(&sim->scenario, TRAIT_SEND_FULL) && dice_chance(&sim->dice, PPM / 20))
        return dice_below(&sim->dice, n);
    return n;
}

/* The packet leaves, or does not: fills in what a backend does. */
static void send_one(struct sim *sim, struct mping_tx *tx, int full)
{
    tx->err = full ? full : final_error(sim);
    /* The stamp is taken around the call: the packet may leave a little earlier. */
    tx->sent_ns = sim->world.now_ns + dice_range(&sim->dice, 0, SEND_NS);
    tx->began_ns = sim->world.now_ns;
    tx->stamp = tx->err ? MPING_STAMP_NONE : MPING_STAMP_USER;
}

static void check_proof(struct sim *sim, const struct sim_target *target, uint64_t count)
{
    uint64_t proof;

    if (target->profile->unguarded)
        return;
    memcpy(&proof, target->probes[count].payload, sizeof(proof));
    if (!proofs_add(&sim->proofs, proof))
        sim_fail(sim, "target %u count %llu: its proof has been used before", target->index,
                 (unsigned long long)count);
}

/* What that means for the probe; left_ns: when it really left. */
static void enter_sent(struct sim *sim, struct sim_target *target, uint64_t count,
                       const struct mping_tx *tx, int64_t left_ns)
{
    struct probe *probe = &target->probes[count];
    const struct mping_profile *profile = &target->profile->core;
    bool full = tx->err == -EAGAIN || tx->err == -ENOBUFS;
    bool again = full && target->retries < RETRIES_MAX;
    int64_t timeout_ns = ledger_timeout_ns(profile, profile->attempts ? (uint8_t)count : 0);

    journal_add(&sim->journal, (struct step){.kind = STEP_SENT,
                                             .target = target->index,
                                             .count = count,
                                             .err = tx->err,
                                             .again = again,
                                             .now_ns = sim->world.now_ns,
                                             .stamp_ns = tx->sent_ns});
    probe->sent_ns = tx->sent_ns;
    probe->began_ns = tx->began_ns;
    probe->due_ns = timeout_ns ? tx->sent_ns + timeout_ns : NEVER;
    target->retries = again ? target->retries + 1 : 0;
    if (again) {
        probe->state = PROBE_NONE;
        target->next--;
        if (profile->interval_ns > 0 && target->scheduled)
            target->scheduled--;
    } else if (tx->err) {
        probe->state = PROBE_FAILED;
    } else {
        probe->state = PROBE_LEFT;
        check_proof(sim, target, count);
        net_probe_left(sim, target, count, left_ns);
    }
}

bool driver_send(struct sim *sim)
{
    struct mping_tx tx[MPING_BATCH];
    struct sim_target *targets[MPING_BATCH];
    uint64_t counts[MPING_BATCH];
    size_t n = mping_core_poll_tx(sim->core, sim->world.now_ns, tx, MPING_BATCH);
    size_t full[2] = {full_from(sim, n), full_from(sim, n)};
    int full_err = dice_below(&sim->dice, 2) ? -EAGAIN : -ENOBUFS;

    for (size_t i = 0; i < n && !sim->failed; i++) {
        targets[i] = enter(sim, &tx[i]);
        counts[i] = targets[i] ? targets[i]->next - 1 : 0;
    }
    for (size_t i = 0; i < n && !sim->failed; i++)
        check_limits(sim, targets[i]);
    driver_close(sim);
    if (n == 0 || sim->failed)
        return false;
    sim->idle_turns = 0;
    for (size_t i = 0; i < n; i++) {
        send_one(sim, &tx[i], i >= full[tx[i].dst.family == AF_INET6] ? full_err : 0);
        enter_sent(sim, targets[i], counts[i], &tx[i], sim->world.now_ns);
        sim->world.now_ns += SEND_NS;
    }
    mping_core_sent(sim->core, sim->world.now_ns, tx, n);
    driver_close(sim);
    return true;
}
