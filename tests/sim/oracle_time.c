/* SPDX-License-Identifier: Apache-2.0 */
#include <multiping/error.h>

#include "sim.h"

/* A probe whose time is up, as advance sees it. */
static void on_expired(struct sim *sim, struct sim_target *target, uint64_t count,
                       const struct step *step)
{
    const struct oracle *o = &sim->oracle;
    const struct probe *probe = &target->probes[count];
    enum mping_reason reason;
    enum mping_event_type type = oracle_missing(sim, target, probe, &reason);
    int64_t told_ns = step->now_ns - step->late_ns;

    if (probe->due_ns >= step->now_ns)
        sim_fail(sim, "target %u count %llu: given up %lld ns early", target->index,
                 (unsigned long long)count, (long long)(probe->due_ns - step->now_ns));
    if (!o->was_full &&
        (told_ns - FORETOLD_NS > probe->due_ns || o->advanced_ns - FORETOLD_NS > probe->due_ns))
        sim_fail(sim, "target %u count %llu: decided %lld ns too late", target->index,
                 (unsigned long long)count, (long long)(step->now_ns - probe->due_ns));
    oracle_verdict(sim, target, count, type, reason, step->now_ns);
}

/* Asked for by hand and canceled before it was made. */
static void on_unmade(struct sim *sim, struct sim_target *target)
{
    const struct mping_event *event = oracle_expect(sim, target, MPING_EV_CANCELED);

    if (event && event->err != MPING_ECANCELED)
        sim_fail(sim, "target %u: canceled with error %d", target->index, event->err);
    if (++target->unmade > target->manual)
        sim_fail(sim, "target %u: a probe canceled that nobody asked for", target->index);
    target->verdicts[MPING_EV_CANCELED]++;
    target->known_next++;
}

static void on_advance_event(struct sim *sim, const struct mping_event *event,
                             const struct step *step)
{
    struct sim_target *target = oracle_target(event);
    uint64_t count = event->count;

    if (event->type == MPING_EV_FINISHED) {
        if (!target->ending || target->pending)
            sim_fail(sim, "target %u: finished with %u probes out", target->index, target->pending);
        if (!sim->oracle.was_full && sim->oracle.advances > target->canceled_at)
            sim_fail(sim, "target %u: its end was put off", target->index);
        oracle_finished(sim, target);
        return;
    }
    if (event->type == MPING_EV_CANCELED && target->ending && !target->pending &&
        count == target->known_next) {
        on_unmade(sim, target);
        return;
    }
    if (count >= target->n || !target->probes[count].out || target->probes[count].verdict) {
        sim_fail(sim, "target %u count %llu: event %u, but the probe has verdict %u", target->index,
                 (unsigned long long)count, event->type,
                 count < target->n ? target->probes[count].verdict : 0u);
        return;
    }
    if (event->type == MPING_EV_CANCELED && target->ending)
        oracle_verdict(sim, target, count, MPING_EV_CANCELED, MPING_REASON_NONE, step->now_ns);
    else
        on_expired(sim, target, count, step);
}

/* The deadline of the target's oldest probe that is out: those of later ones are later. */
static int64_t oldest_due_ns(struct sim_target *target)
{
    for (; target->oldest < target->known_next; target->oldest++) {
        const struct probe *probe = &target->probes[target->oldest];

        if (probe->out && !probe->verdict)
            return probe->due_ns;
    }
    return NEVER;
}

/* The first deadline of all probes out, NEVER if none waits for one. */
static int64_t earliest_due_ns(const struct sim *sim)
{
    int64_t earliest_ns = NEVER;

    for (uint32_t i = 0; i < sim->ledger.n; i++) {
        struct sim_target *target = ledger_at(&sim->ledger, i);
        int64_t due_ns = target->pending ? oldest_due_ns(target) : NEVER;

        if (due_ns < earliest_ns)
            earliest_ns = due_ns;
    }
    return earliest_ns;
}

void oracle_check_deadline(struct sim *sim, int64_t told_ns)
{
    int64_t due_ns;

    if (sim->journal.steps_n || mping_core_event(sim->core))
        return;
    due_ns = earliest_due_ns(sim);
    if (due_ns < NEVER && told_ns - FORETOLD_NS > due_ns)
        sim_fail(sim, "the deadline told is %lld ns too late for a probe",
                 (long long)(told_ns - due_ns));
}

static void note_stall(struct sim *sim, int64_t now_ns)
{
    struct oracle *o = &sim->oracle;

    if (o->advanced_ns == INT64_MIN || now_ns - o->advanced_ns <= MPING_CORE_STALL_NS)
        return;
    if (!o->was_full || earliest_due_ns(sim) >= o->advanced_ns)
        o->stall_from_ns = o->advanced_ns;
    o->stall_to_ns = now_ns - MPING_CORE_STALL_NS;
}

void oracle_advance(struct sim *sim, const struct step *step)
{
    struct oracle *o = &sim->oracle;
    const struct mping_event *event;

    note_stall(sim, step->now_ns);
    while ((event = oracle_peek(sim)))
        on_advance_event(sim, event, step);
    o->advanced_ns = step->now_ns;
    o->was_full = step->full;
    o->advances++;
}
