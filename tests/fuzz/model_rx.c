/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/socket.h>

#include "model.h"

static bool is_known(const struct probe *p)
{
    return p->state == PROBE_OUT || p->state == PROBE_ANSWERED || p->state == PROBE_MISSED;
}

static bool is_alive(const struct probe *p)
{
    return p->target->used && p->target->life == p->life;
}

static struct probe *find(const struct mping_addr *addr, uint16_t id, uint16_t seq)
{
    for (size_t i = 0; i < model.probes_n; i++) {
        struct probe *p = &model.probes[i];

        if (is_known(p) && p->id == id && (uint16_t)p->count == seq &&
            model_same_addr(&p->dst, addr))
            return p;
    }
    return NULL;
}

/* How much of a payload is proof and tag, or the time in a timestamp. */
static uint32_t ident_len(const struct probe *p)
{
    if (p->timestamp)
        return 4;
    return p->payload_len < 16 ? p->payload_len : 16;
}

static bool begins_right(const struct probe *p, const struct packet *packet)
{
    uint32_t len = ident_len(p);

    if (len > packet->payload_len)
        len = packet->payload_len;
    return len == 0 || memcmp(p->payload, packet->payload, len) == 0;
}

/* As much has to come back. */
static uint32_t proof_len(const struct probe *p)
{
    return p->timestamp || p->payload_len < 8 ? p->payload_len : 8;
}

static enum mping_reason flaw(const struct probe *p, const struct packet *packet)
{
    if (!packet->checksum_ok)
        return MPING_REASON_CHECKSUM;
    if ((packet->type == 14 && packet->from.family == AF_INET) != p->timestamp ||
        !begins_right(p, packet))
        return MPING_REASON_PROOF;
    if (packet->payload_len < proof_len(p) || (packet->cut && packet->payload_len < p->payload_len))
        return MPING_REASON_TRUNCATED;
    for (uint32_t i = 16; i < p->payload_len && i < packet->payload_len; i++)
        if (p->payload[i] != packet->payload[i])
            return MPING_REASON_PROOF;
    return packet->code ? MPING_REASON_CODE : MPING_REASON_NONE;
}

static void mismatch(struct target *t, const struct probe *p, enum mping_reason reason,
                     const struct packet *packet)
{
    const struct mping_event *event =
        p ? model_expect_probe(p, MPING_EV_MISMATCH) : model_expect(t, MPING_EV_MISMATCH);

    t->sums.mismatches++;
    model.sums.mismatches++;
    if (!event)
        return;
    CHECK(event->reason == reason && model_same_addr(&event->peer, &packet->from));
    CHECK(event->id == packet->id && event->seq == packet->seq);
    CHECK(event->received_ns == packet->received_ns);
}

/* The true payload of a probe of a living target, from somebody else. */
static struct probe *strayed(const struct packet *packet)
{
    if (packet->payload_len < 16)
        return NULL;
    for (size_t i = 0; i < model.probes_n; i++) {
        struct probe *p = &model.probes[i];

        if (is_known(p) && is_alive(p) && p->target->has_addr && p->payload_len >= 16 &&
            p->id == packet->id && (uint16_t)p->count == packet->seq &&
            model_same_addr(&p->dst, &p->target->addr) && begins_right(p, packet))
            return p;
    }
    return NULL;
}

static void stray(const struct packet *packet)
{
    struct probe *p;

    if (!packet->checksum_ok) {
        model.rx_checksum++;
        return;
    }
    p = strayed(packet);
    if (p) {
        mismatch(p->target, p, MPING_REASON_SOURCE, packet);
        return;
    }
    for (size_t i = 0; i < TARGETS_MAX; i++) {
        struct target *t = &model.targets[i];

        if (t->used && t->has_addr && !t->finished && t->id == packet->id &&
            model_same_addr(&t->addr, &packet->from)) {
            mismatch(t, NULL, MPING_REASON_UNSENT, packet);
            return;
        }
    }
    model.rx_foreign++;
}

static bool is_truncated(const struct probe *p, const struct packet *packet)
{
    return packet->payload_len < p->payload_len;
}

static bool is_longer(const struct probe *p, const struct packet *packet)
{
    return packet->payload_len > p->payload_len || packet->cut;
}

static void extra(struct probe *p, const struct packet *packet)
{
    bool duplicate = p->state == PROBE_ANSWERED;
    struct target *t = p->target;
    const struct mping_event *event =
        model_expect_probe(p, duplicate ? MPING_EV_DUPLICATE : MPING_EV_LATE);

    if (event) {
        CHECK(event->rtt_ns == packet->received_ns - model_sent_ns(p) && event->rtt_ns > 0);
        CHECK(event->truncated == is_truncated(p, packet));
        CHECK(event->longer == is_longer(p, packet));
    }
    *(duplicate ? &t->sums.duplicates : &t->sums.late) += 1;
    *(duplicate ? &model.sums.duplicates : &model.sums.late) += 1;
    if (!duplicate)
        t->excuses = 0;
    if (!duplicate && t->profile->attempts)
        model_judge(t, MPING_EV_LATE);
}

static void count_marks(const struct probe *p, const struct packet *packet)
{
    p->target->sums.truncated += is_truncated(p, packet);
    p->target->sums.longer += is_longer(p, packet);
    model.sums.truncated += is_truncated(p, packet);
    model.sums.longer += is_longer(p, packet);
}

/* No reply is older than its probe. */
static struct packet in_order(struct probe *p, const struct packet *packet)
{
    struct packet right = *packet;

    if (packet->received_ns > model_sent_ns(p))
        return right;
    p->early = true;
    if (packet->received_ns > model_sent_ns(p))
        return right;
    right.received_ns = model.now_ns > model_sent_ns(p) ? model.now_ns : model_sent_ns(p) + 1;
    right.user_stamp = true;
    return right;
}

static void genuine(struct probe *p, const struct packet *received)
{
    struct packet packet = in_order(p, received);

    if (p->state == PROBE_OUT && packet.received_ns <= p->due_ns) {
        count_marks(p, &packet);
        model_verdict(p, MPING_EV_REPLY, MPING_REASON_NONE, packet.received_ns);
        return;
    }
    if (p->state == PROBE_OUT && packet.user_stamp && model.advanced_ns < p->due_ns)
        model_verdict(p, MPING_EV_UNKNOWN, MPING_REASON_STALL, packet.received_ns);
    else if (p->state == PROBE_OUT)
        model_expire(p, packet.received_ns);
    extra(p, &packet);
}

void model_reply(const struct packet *packet)
{
    struct probe *p = find(&packet->from, packet->id, packet->seq);
    enum mping_reason reason;

    model.rx_packets++;
    if (!p || !is_alive(p)) {
        stray(packet);
        return;
    }
    reason = flaw(p, packet);
    if (reason)
        mismatch(p->target, p, reason, packet);
    else
        genuine(p, packet);
}

void model_error(const struct packet *packet)
{
    struct mping_addr dst = packet->quoted_dst;
    bool news = dst.family == AF_INET && (packet->type == 4 || packet->type == 5);
    const struct mping_event *event;
    struct probe *p;

    model.rx_packets++;
    if (!packet->checksum_ok) {
        model.rx_checksum++;
        return;
    }
    if (dst.ip[0] == 0xfe && !dst.scope_id)
        dst.scope_id = packet->from.scope_id;
    p = find(&dst, packet->id, packet->seq);
    if (packet->quotes_other || !p || !is_alive(p) || p->state != PROBE_OUT ||
        packet->received_ns > p->due_ns || !begins_right(p, packet)) {
        model.rx_foreign++;
        return;
    }
    event = model_expect_probe(p, MPING_EV_ICMP_ERROR);
    if (event)
        CHECK(event->icmp_type == packet->type && event->icmp_code == packet->code);
    p->target->sums.icmp_errors++;
    model.sums.icmp_errors++;
    if (news)
        return;
    if (!p->hinted) {
        p->hinted = true;
        p->hint_type = packet->type;
        p->hint_code = packet->code;
        p->hint_from = packet->from;
    }
    if (p->due_ns == INT64_MAX)
        model_expire(p, packet->received_ns);
}
