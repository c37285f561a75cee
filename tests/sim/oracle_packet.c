/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/socket.h>

#include "sim.h"

/* How long a probe is remembered for certain after its verdict: the core says ten seconds. */
#define REMEMBERED_NS (INT64_C(9900) * MS)

enum knowledge { KNOWN, MAYBE, FORGOTTEN };

/* Whether the core still has the probe that a packet is about. */
static enum knowledge knowledge_of(const struct sim *sim, const struct sim_target *target,
                                   const struct probe *probe)
{
    (void)sim;
    if (target->gone || !probe->out)
        return FORGOTTEN;
    if (!probe->verdict)
        return KNOWN;
    if (probe->replaced)
        return FORGOTTEN;
    if (probe->host != target->known_host || target->restless || target->finished)
        return MAYBE; /* its place may have gone to another target */
    return probe->decided_ns + REMEMBERED_NS > sim->oracle.advanced_ns ? KNOWN : MAYBE;
}

/* Whether an event is about this very packet: their TTL and TOS are as good as random. */
static bool is_about(const struct mping_event *event, const struct step *step)
{
    const struct happening *packet = &step->packet;

    if (event->received_ns != step->stamp_ns || event->rx_stamp != step->stamp)
        return false;
    return step->kind == STEP_RX_ERROR ? event->ttl == -1
                                       : event->ttl == (int16_t)(1 + packet->detail % 255) &&
                                             event->tos == (int16_t)(packet->detail >> 48 & 0xff);
}

static void check_packet(struct sim *sim, const struct sim_target *target, const struct step *step,
                         const struct mping_event *event)
{
    if (!is_about(event, step))
        sim_fail(sim, "target %u: event %u tells of another packet", target->index, event->type);
}

static bool is_side_event(const struct mping_event *event, enum mping_event_type type,
                          const struct sim_target *target, const struct step *step)
{
    return event && event->type == type && (const void *)event->target == target &&
           is_about(event, step);
}

/*
 * The counters of whoever may be meant can no longer be foretold: also of those that have left
 * the host, whose probes are remembered there.
 */
static void make_vague(struct sim *sim, const struct happening *packet)
{
    ledger_at(&sim->ledger, packet->target)->vague = true;
    for (const struct visit *v = ledger_visit(&sim->ledger, packet->host); v;
         v = ledger_visit_before(&sim->ledger, v))
        ledger_at(&sim->ledger, v->target)->vague = true;
}

/* Whether a target pings, or has pinged, the host a packet seems to come from. */
static bool may_be_meant(const struct sim_target *target, const struct step *step,
                         const struct mping_event *event)
{
    uint32_t host = step->packet.host;

    return target->index == step->packet.target || target->known_host == host ||
           (event->count < target->n && target->probes[event->count].host == host);
}

/* A packet that may or may not be told of: as a mismatch, to somebody at its address. */
static void allow_mismatch(struct sim *sim, const struct step *step)
{
    const struct mping_event *event = oracle_peek(sim);
    const struct happening *packet = &step->packet;
    struct sim_target *target;

    make_vague(sim, packet);
    if (!event || event->type != MPING_EV_MISMATCH || !is_about(event, step))
        return;
    target = (void *)event->target;
    if (!may_be_meant(target, step, event)) {
        sim_fail(sim, "target %u: blamed for a packet of kind %d about target %u", target->index,
                 packet->kind, packet->target);
        return;
    }
    target->vague = true;
    oracle_expect(sim, target, MPING_EV_MISMATCH);
}

/* A reply that is not as long as its probe says so. */
static void check_marks(struct sim *sim, const struct sim_target *target, const struct step *step,
                        const struct mping_event *event)
{
    size_t sent = target->profile->core.payload_bytes;
    size_t len = wire_reply_len(&sim->ledger, &step->packet);

    if (event->truncated != (len < sent) ||
        event->longer != (len > sent || step->packet.kind == PACKET_CUT))
        sim_fail(sim, "target %u count %llu: %zu bytes for %zu, marked %d %d", target->index,
                 (unsigned long long)step->packet.count, len, sent, event->truncated,
                 event->longer);
}

static void count_marks(struct sim *sim, struct sim_target *target, const struct step *step)
{
    size_t sent = target->profile->core.payload_bytes;
    size_t len = wire_reply_len(&sim->ledger, &step->packet);

    target->truncated += len < sent;
    target->longer += len > sent || step->packet.kind == PACKET_CUT;
}

static void expect_mismatch(struct sim *sim, const struct step *step, enum mping_reason reason)
{
    struct sim_target *target = ledger_at(&sim->ledger, step->packet.target);
    const struct mping_event *event = oracle_expect(sim, target, MPING_EV_MISMATCH);

    target->mismatches++;
    if (!event)
        return;
    check_packet(sim, target, step, event);
    oracle_check_probe(sim, target, step->packet.count, event);
    if (event->reason != reason)
        sim_fail(sim, "target %u count %llu: a mismatch for reason %u instead of %u", target->index,
                 (unsigned long long)step->packet.count, event->reason, reason);
}

/* A true reply in time. */
static void expect_reply(struct sim *sim, struct sim_target *target, const struct step *step)
{
    const struct probe *probe = &target->probes[step->packet.count];
    const struct mping_event *event = oracle_peek(sim);
    int64_t rtt_ns = step->stamp_ns - oracle_sent_ns(probe);

    if (step->packet.at_ns > probe->due_ns && step->packet.at_ns - probe->due_ns > STAMP_ERROR_NS)
        sim_fail(sim, "target %u count %llu: a late reply was said to be in time", target->index,
                 (unsigned long long)step->packet.count);
    if (event && event->type == MPING_EV_REPLY) {
        const struct mping_addr *peer = &event->peer;

        check_packet(sim, target, step, event);
        check_marks(sim, target, step, event);
        if (event->rtt_ns != rtt_ns || rtt_ns <= 0)
            sim_fail(sim, "target %u: RTT %lld instead of %lld", target->index,
                     (long long)event->rtt_ns, (long long)rtt_ns);
        if (memcmp(peer, &event->dst, sizeof(*peer)) != 0)
            sim_fail(sim, "target %u: a reply of somebody else", target->index);
    }
    count_marks(sim, target, step);
    oracle_verdict(sim, target, step->packet.count, MPING_EV_REPLY, MPING_REASON_NONE,
                   step->stamp_ns);
}

/* The verdict that a late reply brings about before it is told of itself. */
static void expect_expiry(struct sim *sim, struct sim_target *target, const struct step *step)
{
    const struct probe *probe = &target->probes[step->packet.count];
    enum mping_reason reason;
    enum mping_event_type type = oracle_missing(sim, target, probe, &reason);

    if (step->stamp != MPING_STAMP_KERNEL && sim->oracle.advanced_ns < probe->due_ns) {
        type = MPING_EV_UNKNOWN; /* the stamp is that of reading: it may have come in time */
        reason = MPING_REASON_STALL;
    }
    oracle_verdict(sim, target, step->packet.count, type, reason, step->stamp_ns);
}

/* One reply more than the verdict took. */
static void expect_extra(struct sim *sim, struct sim_target *target, const struct step *step)
{
    const struct probe *probe = &target->probes[step->packet.count];
    bool duplicate = probe->verdict == MPING_EV_REPLY;
    enum mping_event_type type = duplicate ? MPING_EV_DUPLICATE : MPING_EV_LATE;
    const struct mping_event *event = oracle_expect(sim, target, type);

    *(duplicate ? &target->duplicates : &target->late) += 1;
    if (event) {
        check_packet(sim, target, step, event);
        check_marks(sim, target, step, event);
        oracle_check_probe(sim, target, step->packet.count, event);
    }
    if (!duplicate) {
        target->excuses = 0;
        oracle_late(sim, target);
    }
}

/* No reply is older than its probe: one of the stamps is wrong, or both. */
static struct step in_order(struct probe *probe, const struct step *step)
{
    struct step right = *step;

    if (step->stamp_ns > oracle_sent_ns(probe))
        return right;
    probe->early = probe->sent_ns - probe->began_ns >= 64;
    if (step->stamp_ns > oracle_sent_ns(probe))
        return right;
    right.stamp_ns =
        step->now_ns > oracle_sent_ns(probe) ? step->now_ns : oracle_sent_ns(probe) + 1;
    right.stamp = MPING_STAMP_USER;
    return right;
}

/* The core still has the probe. */
static void on_known(struct sim *sim, struct sim_target *target, const struct step *step)
{
    const struct probe *probe = &target->probes[step->packet.count];

    if (!probe->verdict && step->stamp_ns <= probe->due_ns) {
        expect_reply(sim, target, step);
        return;
    }
    if (!probe->verdict)
        expect_expiry(sim, target, step);
    expect_extra(sim, target, step);
}

static void on_genuine(struct sim *sim, const struct step *step)
{
    struct sim_target *target = ledger_at(&sim->ledger, step->packet.target);
    struct probe *probe = &target->probes[step->packet.count], before = *probe;
    enum knowledge knowledge = knowledge_of(sim, target, probe);
    enum mping_event_type extra =
        probe->verdict == MPING_EV_REPLY ? MPING_EV_DUPLICATE : MPING_EV_LATE;
    struct step right;

    if (knowledge == FORGOTTEN) {
        allow_mismatch(sim, step);
        return;
    }
    right = in_order(probe, step);
    if (knowledge == KNOWN) {
        on_known(sim, target, &right);
        return;
    }
    target->vague = true;
    if (is_side_event(oracle_peek(sim), extra, target, &right)) {
        on_known(sim, target, &right);
        return;
    }
    *probe = before;
    target->may_be_fewer |= extra == MPING_EV_LATE; /* perhaps it was taken, but not told of */
    allow_mismatch(sim, step);
}

static void on_mangled(struct sim *sim, const struct step *step, enum mping_reason reason)
{
    const struct sim_target *target = ledger_at(&sim->ledger, step->packet.target);
    const struct probe *probe = &target->probes[step->packet.count];

    if (knowledge_of(sim, target, probe) == KNOWN)
        expect_mismatch(sim, step, reason);
    else
        allow_mismatch(sim, step);
}

/* Right but for its sender: the tag in the payload tells whom it is about. */
static void on_wrong_source(struct sim *sim, const struct step *step)
{
    const struct sim_target *target = ledger_at(&sim->ledger, step->packet.target);
    const struct probe *probe = &target->probes[step->packet.count];

    if (knowledge_of(sim, target, probe) == KNOWN && probe->host == target->known_host &&
        target->profile->core.payload_bytes >= MPING_PROOF_BYTES + MPING_TAG_BYTES)
        expect_mismatch(sim, step, MPING_REASON_SOURCE);
    else
        allow_mismatch(sim, step);
}

/* Some bit of it is wrong: it may even seem to be about another probe. */
static void on_bad_checksum(struct sim *sim, const struct step *step)
{
    const struct mping_event *event = oracle_peek(sim);

    if (event && event->type == MPING_EV_MISMATCH && is_about(event, step) &&
        event->reason != MPING_REASON_CHECKSUM)
        sim_fail(sim, "a wrong checksum was not noticed: reason %u", event->reason);
    allow_mismatch(sim, step);
}

/* Whether an error that has come now may still say something about a probe. */
static bool is_open(const struct sim_target *target, const struct probe *probe,
                    const struct step *step)
{
    return !target->gone && probe->out && !probe->verdict && step->stamp_ns <= probe->due_ns;
}

/* The probe of a target that looks like another one as far as an error tells; NULL: none. */
static struct probe *lookalike(const struct sim_target *target, const struct probe *probe,
                               const struct step *step, uint64_t *ret_count)
{
    for (uint64_t count = step->packet.count % 65536; count < target->n; count += 65536) {
        struct probe *p = &target->probes[count];

        *ret_count = count;
        if (is_open(target, p, step) && p->host == probe->host && p->id == probe->id)
            return p;
    }
    return NULL;
}

/*
 * Whom an error is believed to be about. One that carries no proof cannot be told from one about
 * the probe that has taken the place of its own. NULL: nobody.
 */
static struct sim_target *blamed(const struct sim *sim, const struct step *step,
                                 const struct wire_error *e, uint64_t *ret_count)
{
    struct sim_target *target = ledger_at(&sim->ledger, step->packet.target);
    const struct probe *probe = &target->probes[ *ret_count = step->packet.count];

    if (is_open(target, probe, step))
        return target;
    for (const struct visit *v = ledger_visit(&sim->ledger, probe->host); v;
         v = ledger_visit_before(&sim->ledger, v)) {
        struct sim_target *heir = ledger_at(&sim->ledger, v->target);
        bool proves = step->kind == STEP_RX && e->quoted > 8 && heir->profile->core.payload_bytes;

        if (!proves && lookalike(heir, probe, step, ret_count))
            return heir;
    }
    return NULL;
}

static void on_error(struct sim *sim, const struct step *step)
{
    struct wire_error e = wire_error_of(&sim->ledger, &step->packet);
    bool news = !step->packet.v6 && (e.type == 4 || e.type == 5);
    uint64_t count;
    struct sim_target *target = blamed(sim, step, &e, &count);
    const struct mping_event *event;
    struct probe *probe;

    if (!target)
        return;
    probe = &target->probes[count];
    event = oracle_expect(sim, target, MPING_EV_ICMP_ERROR);
    target->icmp_errors++;
    if (event) {
        check_packet(sim, target, step, event);
        oracle_check_probe(sim, target, count, event);
        if (event->icmp_type != e.type || event->icmp_code != e.code || event->icmp_info != e.info)
            sim_fail(sim, "target %u: ICMP error %u/%u told as %u/%u", target->index, e.type,
                     e.code, event->icmp_type, event->icmp_code);
    }
    if (news)
        return;
    if (!probe->hinted) {
        probe->hinted = e.type + 1;
        probe->hint_code = e.code;
        probe->hint_from = e.from;
    }
    if (probe->due_ns == NEVER)
        oracle_verdict(sim, target, count, MPING_EV_UNREACHABLE, MPING_REASON_NONE, step->stamp_ns);
}

void oracle_packet(struct sim *sim, const struct step *step)
{
    if (wire_is_true(&sim->ledger, &step->packet)) {
        on_genuine(sim, step);
        return;
    }
    switch ((enum kind)step->packet.kind) {
    case PACKET_BAD_PROOF:
    case PACKET_BAD_PAYLOAD:
    case PACKET_FORGED:
        on_mangled(sim, step, MPING_REASON_PROOF);
        break;
    case PACKET_TRUNCATED:
    case PACKET_CUT:
        on_mangled(sim, step, MPING_REASON_TRUNCATED);
        break;
    case PACKET_BAD_CODE:
        on_mangled(sim, step, MPING_REASON_CODE);
        break;
    case PACKET_WRONG_SOURCE:
    case PACKET_WRONG_SCOPE:
        on_wrong_source(sim, step);
        break;
    case PACKET_BAD_CHECKSUM:
        on_bad_checksum(sim, step);
        break;
    case PACKET_UNSENT:
    case PACKET_GARBAGE:
        allow_mismatch(sim, step);
        break;
    case PACKET_ERROR:
        on_error(sim, step);
        break;
    default: /* nothing may be said about the others */
        break;
    }
}
