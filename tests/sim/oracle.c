/* SPDX-License-Identifier: Apache-2.0 */
#include "sim.h"

#include <string.h>
#include <sys/socket.h>

#include <multiping/error.h>

struct mping_event *oracle_peek(struct sim *sim)
{
    if (sim->failed || sim->journal.events_judged >= sim->oracle.limit)
        return NULL;
    return journal_event_at(&sim->journal, 0);
}

struct mping_event *oracle_expect(struct sim *sim, struct sim_target *target,
                                  enum mping_event_type type)
{
    struct mping_event *event = oracle_peek(sim);

    if (sim->failed || !(target->profile->core.events & MPING_EVENT_BIT(type)))
        return NULL;
    if (target->finished && type != MPING_EV_FINISHED)
        return NULL;
    if (!event) {
        sim_fail(sim, "target %u: no event of type %u", target->index, type);
        return NULL;
    }
    if (event->type != type || oracle_target(event) != target) {
        sim_fail(sim, "target %u: expected an event of type %u, got %u of target %u (count %llu)",
                 target->index, type, event->type, oracle_target(event)->index,
                 (unsigned long long)event->count);
        return NULL;
    }
    journal_drop_events(&sim->journal, 1);
    return event; /* its place is not used again while the batch is judged */
}

int64_t oracle_sent_ns(const struct probe *probe)
{
    /* Kept in units of 64 ns. */
    return probe->sent_ns - (probe->early ? (probe->sent_ns - probe->began_ns) / 64 * 64 : 0);
}

void oracle_check_probe(struct sim *sim, const struct sim_target *target, uint64_t count,
                        const struct mping_event *event)
{
    const struct probe *probe = &target->probes[count];
    const struct mping_profile *profile = &target->profile->core;
    uint8_t attempt = profile->attempts ? (uint8_t)count : 0;
    struct mping_addr dst = host_addr(probe->host);

    if (event->count != count || event->seq != (uint16_t)count || event->id != probe->id ||
        event->sent_ns != oracle_sent_ns(probe) || memcmp(&event->dst, &dst, sizeof(dst)) != 0 ||
        event->attempt != attempt || event->timeout_ns != ledger_timeout_ns(profile, attempt))
        sim_fail(sim, "target %u: event %u tells of count %llu instead of %llu, or wrongly",
                 target->index, event->type, (unsigned long long)event->count,
                 (unsigned long long)count);
}

void oracle_finished(struct sim *sim, struct sim_target *target)
{
    const struct mping_event *event = oracle_expect(sim, target, MPING_EV_FINISHED);

    target->finished = true;
    if (event && event->err != target->err)
        sim_fail(sim, "target %u: finished with error %d instead of %d", target->index, event->err,
                 target->err);
}

static bool is_done(const struct sim_target *target)
{
    uint64_t count = target->profile->core.count;

    return target->ended || (count && target->known_next >= count);
}

/* A target with nothing to do or to wait for ends at once, unless advance is to end it. */
static void settle(struct sim *sim, struct sim_target *target)
{
    if (!target->finished && !target->ending && is_done(target) && target->pending == 0)
        oracle_finished(sim, target);
}

enum mping_event_type oracle_missing(struct sim *sim, struct sim_target *target,
                                     const struct probe *probe, enum mping_reason *ret_reason)
{
    const struct oracle *o = &sim->oracle;
    enum mping_reason link;

    *ret_reason = MPING_REASON_NONE;
    if (probe->hinted)
        return MPING_EV_UNREACHABLE;
    link = oracle_link_doubt(sim, probe);
    if (link == MPING_REASON_LINK)
        *ret_reason = link;
    else if (probe->sent_ns <= o->dropped_ns[host_is_v6(probe->host)])
        *ret_reason = MPING_REASON_RX_DROP;
    else if (probe->sent_ns <= o->suspended_ns)
        *ret_reason = MPING_REASON_SUSPEND;
    else if (probe->due_ns > o->stall_from_ns && probe->due_ns <= o->stall_to_ns)
        *ret_reason = MPING_REASON_STALL;
    else if (!oracle_overrules(sim, target, probe, link))
        *ret_reason = link;
    return *ret_reason ? MPING_EV_UNKNOWN : MPING_EV_LOST;
}

static int error_of(enum mping_event_type type, enum mping_reason reason)
{
    switch (type) {
    case MPING_EV_LOST:
        return MPING_ETIMEDOUT;
    case MPING_EV_UNREACHABLE:
        return MPING_EICMP;
    case MPING_EV_CANCELED:
        return MPING_ECANCELED;
    case MPING_EV_UNKNOWN:
        return reason == MPING_REASON_SEQ_WRAP ? MPING_ESEQWRAP : MPING_EUNKNOWN;
    default:
        return 0;
    }
}

static void check_hint(struct sim *sim, const struct sim_target *target, const struct probe *probe,
                       const struct mping_event *event)
{
    struct mping_addr from = host_addr(probe->hint_from);

    if (event->icmp_type != probe->hinted - 1 || event->icmp_code != probe->hint_code ||
        memcmp(&event->peer, &from, sizeof(from)) != 0)
        sim_fail(sim, "target %u: unreachable by ICMP %u/%u, but the error was %d/%u",
                 target->index, event->icmp_type, event->icmp_code, probe->hinted - 1,
                 probe->hint_code);
}

/* What the truth itself says about a verdict, whatever the core may know. */
static void check_truth(struct sim *sim, const struct sim_target *target, uint64_t count,
                        enum mping_event_type type)
{
    const struct probe *probe = &target->probes[count];

    if (type == MPING_EV_LOST && (probe->answered || probe->missed))
        sim_fail(sim, "false loss: target %u count %llu, its reply %s", target->index,
                 (unsigned long long)count,
                 probe->answered ? "reached the socket in time" : "got lost on our side");
    if (type == MPING_EV_LOST && probe->eaten && !target->overruled)
        sim_fail(sim, "false loss: target %u count %llu, a link of ours dropped it", target->index,
                 (unsigned long long)count);
    if (type == MPING_EV_REPLY && probe->verdict)
        sim_fail(sim, "target %u count %llu: a reply after verdict %u", target->index,
                 (unsigned long long)count, probe->verdict);
}

/* Attempts end by an answer, or with the last one. */
static void judge_attempt(struct sim_target *target, uint64_t count, enum mping_event_type type)
{
    uint32_t attempts = target->profile->core.attempts;

    if (attempts && !target->ended && (type == MPING_EV_REPLY || count + 1 >= attempts))
        target->ended = true;
}

static void note_rtt(struct sim_target *target, int64_t rtt_ns)
{
    if (target->verdicts[MPING_EV_REPLY] == 1 || rtt_ns < target->rtt_min_ns)
        target->rtt_min_ns = rtt_ns;
    if (target->verdicts[MPING_EV_REPLY] == 1 || rtt_ns > target->rtt_max_ns)
        target->rtt_max_ns = rtt_ns;
}

void oracle_verdict(struct sim *sim, struct sim_target *target, uint64_t count,
                    enum mping_event_type type, enum mping_reason reason, int64_t now_ns)
{
    struct probe *probe = &target->probes[count];
    const struct mping_event *event;

    check_truth(sim, target, count, type);
    event = oracle_expect(sim, target, type);
    if (sim->failed || !event)
        return;
    if (event->err != error_of(type, reason) || event->reason != reason)
        sim_fail(sim, "target %u count %llu: verdict %u for reason %u instead of %u", target->index,
                 (unsigned long long)count, type, event->reason, reason);
    oracle_check_probe(sim, target, count, event);
    if (type == MPING_EV_UNREACHABLE)
        check_hint(sim, target, probe, event);
    probe->verdict = (uint8_t)type;
    probe->decided_ns = now_ns;
    oracle_doubt_note(sim, target, probe, type, reason);
    target->verdicts[type]++;
    target->pending--;
    sim->oracle.pending--;
    sim->oracle.verdicts++;
    if (target->verdicts[MPING_EV_LOST] >= 3 && !(target->profile->core.flags & MPING_FLAG_KEEP_ID))
        target->restless = true;
    if (type == MPING_EV_REPLY)
        note_rtt(target, event->rtt_ns);
    judge_attempt(target, count, type);
    settle(sim, target);
}

void oracle_late(struct sim *sim, struct sim_target *target)
{
    if (!target->profile->core.attempts || target->ended)
        return;
    target->ended = true;
    settle(sim, target);
}

/* A probe is made: one that still waits under the same number must end. */
static void on_poll(struct sim *sim, struct sim_target *target, const struct step *step)
{
    const struct mping_event *event;
    struct sim_target *other = target;
    uint64_t count = step->count - 65536;

    /* 0: not made, for want of an address. */
    if (step->count > 0 && target->probes[step->count - 1].id &&
        target->probes[step->count - 1].id != step->id)
        target->restless = true;
    if (step->count >= 65536) {
        struct probe *probe = &target->probes[count];

        if (probe->host == step->host && probe->id == step->id) {
            if (probe->out && !probe->verdict)
                oracle_verdict(sim, target, count, MPING_EV_UNKNOWN, MPING_REASON_SEQ_WRAP,
                               step->now_ns);
            probe->replaced = true;
        }
    }
    /* Somebody else may have had that id at that address, and left it with probes out. */
    event = oracle_peek(sim);
    if (event && event->type == MPING_EV_UNKNOWN && event->reason == MPING_REASON_SEQ_WRAP) {
        other = oracle_target(event);
        count = event->count;
        if (other != target && count < other->n && other->probes[count].host == step->host &&
            other->probes[count].id == step->id && (uint16_t)count == (uint16_t)step->count) {
            oracle_verdict(sim, other, count, MPING_EV_UNKNOWN, MPING_REASON_SEQ_WRAP,
                           step->now_ns);
            other->probes[count].replaced = true;
        }
    }
    if (step->count != target->known_next || is_done(target))
        sim_fail(sim, "target %u: probe %llu although %llu is next", target->index,
                 (unsigned long long)step->count, (unsigned long long)target->known_next);
    target->known_next = step->count + 1;
    target->pending++;
    sim->oracle.pending++;
}

static void on_send_error(struct sim *sim, struct sim_target *target, const struct step *step)
{
    const struct mping_profile *profile = &target->profile->core;
    const struct mping_event *event = oracle_expect(sim, target, MPING_EV_SEND_ERROR);
    struct probe *probe = &target->probes[step->count];

    if (!event)
        return;
    if (event->err != step->err)
        sim_fail(sim, "target %u: send error %d instead of %d", target->index, event->err,
                 step->err);
    oracle_check_probe(sim, target, step->count, event);
    probe->verdict = MPING_EV_SEND_ERROR;
    target->verdicts[MPING_EV_SEND_ERROR]++;
    target->pending--;
    sim->oracle.pending--;
    sim->oracle.verdicts++;
    if (!(profile->flags & MPING_FLAG_RETRY_SEND) && !profile->attempts) {
        target->ended = true;
        if (!target->err)
            target->err = step->err;
    }
    judge_attempt(target, step->count, MPING_EV_SEND_ERROR);
    settle(sim, target);
}

static void on_sent(struct sim *sim, struct sim_target *target, const struct step *step)
{
    const struct mping_event *event;

    if (step->again) {
        target->pending--;
        sim->oracle.pending--;
        if (!target->ended)
            target->known_next--;
        settle(sim, target);
        return;
    }
    if (step->err) {
        on_send_error(sim, target, step);
        return;
    }
    target->probes[step->count].out = true;
    event = oracle_expect(sim, target, MPING_EV_SENT);
    if (event)
        oracle_check_probe(sim, target, step->count, event);
}

static void on_address(struct sim *sim, struct sim_target *target, const struct step *step)
{
    const struct mping_event *event;
    struct mping_addr addr;

    if (step->host == target->known_host)
        return;
    target->restless |= target->known_host != NOBODY;
    target->known_host = step->host;
    event = oracle_expect(sim, target, MPING_EV_RESOLVED);
    if (!event)
        return;
    addr = host_addr(step->host);
    if (memcmp(&event->dst, &addr, sizeof(addr)) != 0)
        sim_fail(sim, "target %u: resolved to another address", target->index);
}

static void on_no_address(struct sim *sim, struct sim_target *target, const struct step *step)
{
    const struct mping_profile *profile = &target->profile->core;
    bool retry = profile->flags & MPING_FLAG_RETRY_RESOLVE;

    if (target->ended)
        return;
    if (!step->asked) {
        if (!retry || profile->interval_ns >= 0)
            sim_fail(sim, "target %u: nobody told that its name has no address", target->index);
        return;
    }
    if (!oracle_expect(sim, target, MPING_EV_RESOLVE_ERROR))
        return;
    target->verdicts[MPING_EV_RESOLVE_ERROR]++;
    if (retry) {
        judge_attempt(target, target->known_next, MPING_EV_RESOLVE_ERROR);
        target->known_next++;
    } else {
        target->ended = true;
        if (!target->err)
            target->err = MPING_ERESOLVE;
    }
    settle(sim, target);
}

static void on_cancel(const struct sim *sim, struct sim_target *target, const struct step *step)
{
    if (target->finished || target->ending)
        return;
    target->ended = target->ending = true;
    target->err = step->err;
    target->canceled_at = sim->oracle.advances;
}

static void on_free(struct sim *sim, struct sim_target *target)
{
    for (uint64_t i = 0; i < target->n && target->pending; i++) {
        struct probe *probe = &target->probes[i];

        if (!probe->out || probe->verdict)
            continue;
        probe->verdict = MPING_EV_CANCELED;
        target->pending--;
        sim->oracle.pending--;
        sim->oracle.verdicts++;
    }
    if (target->pending)
        sim_fail(sim, "target %u: %u probes are nowhere", target->index, target->pending);
    target->gone = target->ended = target->finished = true;
}

static void judge_step(struct sim *sim, const struct step *step)
{
    struct sim_target *target = &sim->ledger.targets[step->target];

    switch (step->kind) {
    case STEP_RX:
    case STEP_RX_ERROR:
        oracle_packet(sim, step);
        break;
    case STEP_DROPPED:
        sim->oracle.dropped_ns[step->v6] = step->now_ns;
        break;
    case STEP_SUSPENDED:
        sim->oracle.suspended_ns = step->now_ns;
        break;
    case STEP_ADVANCE:
        oracle_advance(sim, step);
        break;
    case STEP_POLL:
        on_poll(sim, target, step);
        break;
    case STEP_SENT:
        on_sent(sim, target, step);
        break;
    case STEP_ADDRESS:
        on_address(sim, target, step);
        break;
    case STEP_NO_ADDRESS:
        on_no_address(sim, target, step);
        break;
    case STEP_CANCEL:
        on_cancel(sim, target, step);
        break;
    case STEP_FREE:
        on_free(sim, target);
        break;
    }
}

/* The length of the first batch whose events have all been taken; 0 if there is none. */
static size_t batch_length(struct sim *sim)
{
    const struct step *step;

    for (size_t n = 0; (step = journal_step(&sim->journal, n)); n++) {
        if (!step->last)
            continue;
        if (step->events_end > sim->journal.events_taken)
            return 0;
        sim->oracle.limit = step->events_end;
        return n + 1;
    }
    return 0;
}

void oracle_judge(struct sim *sim)
{
    size_t n;

    while (!sim->failed && (n = batch_length(sim)) > 0) {
        const struct mping_event *event;
        enum step_kind kind = journal_step(&sim->journal, n - 1)->kind;

        for (size_t i = 0; i < n && !sim->failed; i++)
            judge_step(sim, journal_step(&sim->journal, i));
        event = oracle_peek(sim);
        if (event)
            sim_fail(sim,
                     "target %u count %llu: event %u (reason %u) for no reason, after a step %u",
                     oracle_target(event)->index, (unsigned long long)event->count, event->type,
                     event->reason, kind);
        journal_drop_steps(&sim->journal, n);
    }
}
