/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "base/hash_index.h"
#include "base/scratch.h"
#include "base/slab.h"
#include "core/core.h"
#include "core/counters.h"
#include "core/event_ring.h"
#include "core/icmp.h"
#include "core/ids.h"
#include "core/key.h"
#include "core/packet.h"
#include "core/probes.h"
#include "core/profile_table.h"
#include "core/proof.h"
#include "core/records.h"
#include "core/state.h"
#include "core/stats.h"
#include "core/target.h"
#include "core/target_store.h"
#include "core/verdict.h"

static struct mping_core_target *alive(const struct mping_core *core, const struct mping_probe *p)
{
    struct mping_core_target *t = mping_target_at(core, p->target);

    return mping_target_alive(t) && t->generation == p->generation ? t : NULL;
}

/* Of a timestamp only the time of sending comes back as it was. */
static uint32_t write_ident(const struct mping_core *core, const struct mping_core_target *t,
                            const struct mping_probe *p,
                            uint8_t ident[MPING_PROOF_BYTES + MPING_TAG_BYTES])
{
    const struct mping_profile *profile = mping_profile_of(core, t);
    const uint32_t len = MPING_PROOF_BYTES + MPING_TAG_BYTES;

    if (p->proof_kept)
        mping_proof_kept(p, ident);
    else
        mping_proof_write(core, p, mping_probe_count(core, t, p), ident);
    if (profile->flags & MPING_FLAG_TIMESTAMP)
        return 4;
    return profile->payload_bytes < len ? profile->payload_bytes : len;
}

/* How much of proof and tag a payload carries that begins like ours; less is a forgery. */
static bool starts_right(const struct mping_core *core, const struct mping_core_target *t,
                         const struct mping_probe *p, const struct mping_icmp *icmp)
{
    uint8_t ident[MPING_PROOF_BYTES + MPING_TAG_BYTES];
    uint32_t len = write_ident(core, t, p, ident);

    if (len == sizeof(ident) && icmp->payload_len >= sizeof(ident))
        return memcmp(icmp->payload, ident, sizeof(ident)) == 0; /* needs no call */
    if (len > icmp->payload_len)
        len = icmp->payload_len;
    return len == 0 || memcmp(icmp->payload, ident, len) == 0;
}

static bool is_kind_asked_for(const struct mping_profile *profile, const struct mping_icmp *icmp)
{
    bool timestamp = icmp->type == MPING_ICMP4_TIMESTAMP_REPLY;

    return timestamp == ((profile->flags & MPING_FLAG_TIMESTAMP) != 0);
}

/* Some hosts cut what they send back, but a reply must bring back all that proves it. */
static bool holds_proof(const struct mping_profile *profile, const struct mping_icmp *icmp)
{
    uint32_t proof =
        profile->flags & MPING_FLAG_TIMESTAMP ? MPING_TIMESTAMP_BYTES : (uint32_t)MPING_PROOF_BYTES;

    return icmp->payload_len >= (proof < profile->payload_bytes ? proof : profile->payload_bytes);
}

/* Why a reply at the right place is not the answer; MPING_REASON_NONE if it is. */
static enum mping_reason flaw(const struct mping_core *core, const struct mping_core_target *t,
                              const struct mping_probe *p, const struct mping_rx *rx,
                              const struct mping_icmp *icmp)
{
    const struct mping_profile *profile = mping_profile_of(core, t);
    uint32_t ours = profile->payload_bytes;
    const uint32_t ident_len = MPING_PROOF_BYTES + MPING_TAG_BYTES;

    if (!icmp->checksum_ok)
        return MPING_REASON_CHECKSUM;
    if (!is_kind_asked_for(profile, icmp) || !starts_right(core, t, p, icmp))
        return MPING_REASON_PROOF;
    /* What our buffer has cut must be longer than ours, for that would have fitted. */
    if (!holds_proof(profile, icmp) || (rx->cut && icmp->payload_len < ours))
        return MPING_REASON_TRUNCATED;
    if (ours > icmp->payload_len)
        ours = icmp->payload_len;
    if (ours > ident_len && memcmp(icmp->payload + ident_len, profile->tail, ours - ident_len) != 0)
        return MPING_REASON_PROOF;
    return icmp->code ? MPING_REASON_CODE : MPING_REASON_NONE;
}

static void mismatch(struct mping_core *core, struct mping_core_target *t,
                     struct mping_event *event, enum mping_reason reason, const struct mping_rx *rx,
                     const struct mping_icmp *icmp)
{
    mping_count_extra(core, t, MPING_EXTRA_MISMATCH);
    if (!event)
        return;
    event->reason = (uint8_t)reason;
    event->id = icmp->id;
    event->seq = icmp->seq;
    mping_event_packet(event, rx, icmp);
}

/*
 * A true reply after the deadline. Its stamp proves that none came in time, unless it was
 * taken on reading and the deadline passed since we last looked.
 */
static void expire_by_reply(struct mping_core *core, uint32_t probe, const struct mping_rx *rx)
{
    bool sure =
        rx->stamp == MPING_STAMP_KERNEL || core->now_ns >= mping_probe_at(core, probe)->node.due_ns;

    if (sure)
        mping_verdict_expired(core, probe, rx->received_ns);
    else
        mping_verdict(core, probe, MPING_EV_UNKNOWN, MPING_REASON_STALL, rx->received_ns);
}

static bool is_truncated(const struct mping_profile *profile, const struct mping_icmp *icmp)
{
    return icmp->payload_len < profile->payload_bytes;
}

static bool is_longer(const struct mping_profile *profile, const struct mping_rx *rx,
                      const struct mping_icmp *icmp)
{
    return icmp->payload_len > profile->payload_bytes || rx->cut;
}

/* All about a true reply; event may be NULL. */
static void tell_reply(const struct mping_core *core, const struct mping_core_target *t,
                       struct mping_event *event, const struct mping_rx *rx,
                       const struct mping_icmp *icmp)
{
    const struct mping_profile *profile = mping_profile_of(core, t);

    if (!event)
        return;
    mping_event_packet(event, rx, icmp);
    event->truncated = is_truncated(profile, icmp);
    event->longer = is_longer(profile, rx, icmp);
}

static void count_length(struct mping_core *core, struct mping_core_target *t,
                         const struct mping_rx *rx, const struct mping_icmp *icmp)
{
    const struct mping_profile *profile = mping_profile_of(core, t);

    if (is_truncated(profile, icmp))
        mping_count_extra(core, t, MPING_EXTRA_TRUNCATED);
    else if (is_longer(profile, rx, icmp))
        mping_count_extra(core, t, MPING_EXTRA_LONGER);
}

static void on_surplus(struct mping_core *core, const struct mping_probe *p,
                       struct mping_core_target *t, const struct mping_rx *rx,
                       const struct mping_icmp *icmp)
{
    bool duplicate = p->state == MPING_PROBE_ANSWERED;
    struct mping_event *event =
        mping_event_of(core, p, duplicate ? MPING_EV_DUPLICATE : MPING_EV_LATE);

    mping_count_extra(core, t, duplicate ? MPING_EXTRA_DUPLICATE : MPING_EXTRA_LATE);
    tell_reply(core, t, event, rx, icmp);
    if (event)
        event->rtt_ns = rx->received_ns - mping_probe_sent_ns(p);
    if (!duplicate && mping_profile_of(core, t)->attempts)
        mping_target_on_verdict(core, p->target, MPING_EV_LATE, rx->received_ns);
}

/*
 * No reply is older than its probe. Where the stamps say so, that of sending goes back first,
 * which was interpolated within its call: the probe left when that began, or later. If this does
 * not do, the stamp of the reply is wrong, as after steps of the wall clock; when it was read is
 * certain.
 */
static void put_in_order(struct mping_probe *p, struct mping_rx *rx)
{
    int64_t sent_ns;

    if (rx->received_ns > mping_probe_sent_ns(p))
        return;
    if (p->early)
        p->tx_stamp = MPING_STAMP_CALL;
    sent_ns = mping_probe_sent_ns(p);
    if (rx->received_ns > sent_ns)
        return;
    rx->received_ns = rx->read_ns > sent_ns ? rx->read_ns : sent_ns + 1; /* no clock is finer */
    rx->stamp = MPING_STAMP_USER;
}

static void genuine(struct mping_core *core, uint32_t probe, struct mping_core_target *t,
                    const struct mping_rx *received, const struct mping_icmp *icmp)
{
    struct mping_probe *p = mping_probe_at(core, probe);
    struct mping_rx rx = *received;
    struct mping_event *event;

    put_in_order(p, &rx);
    if (p->state == MPING_PROBE_INFLIGHT && rx.received_ns <= p->node.due_ns) {
        count_length(core, t, &rx, icmp);
        event = mping_verdict_reply(core, probe, rx.received_ns - mping_probe_sent_ns(p),
                                    rx.received_ns);
        tell_reply(core, t, event, &rx, icmp);
        return;
    }
    if (p->state == MPING_PROBE_INFLIGHT)
        expire_by_reply(core, probe, &rx);
    on_surplus(core, p, t, &rx, icmp);
}

/* No probe of ours waits at that place. If its tag is true, somebody else has answered. */
static bool strayed(struct mping_core *core, const struct mping_rx *rx,
                    const struct mping_icmp *icmp)
{
    uint32_t target = mping_proof_target(core, icmp), probe;
    struct mping_core_target *t;
    const struct mping_probe *p;
    struct mping_key key;

    if (target == MPING_CORE_NONE)
        return false;
    t = mping_target_at(core, target);
    key = mping_target_key(core, t);
    probe = mping_probe_find(core, &key, icmp->id, icmp->seq);
    if (probe == MPING_SLAB_NONE)
        return false;
    p = mping_probe_at(core, probe);
    if (p->target != target || p->generation != t->generation || !starts_right(core, t, p, icmp))
        return false;
    mismatch(core, t, mping_event_of(core, p, MPING_EV_MISMATCH), MPING_REASON_SOURCE, rx, icmp);
    return true;
}

static void stray(struct mping_core *core, const struct mping_key *from, const struct mping_rx *rx,
                  const struct mping_icmp *icmp)
{
    uint32_t target;

    if (!icmp->checksum_ok) {
        core->rx_checksum++;
        return;
    }
    if (strayed(core, rx, icmp))
        return;
    target = mping_ids_find(core, from, icmp->id);
    if (target == MPING_CORE_NONE) {
        core->rx_foreign++;
        return;
    }
    struct mping_core_target *t = mping_target_at(core, target);

    mismatch(core, t, mping_event_new(core, t, MPING_EV_MISMATCH), MPING_REASON_UNSENT, rx, icmp);
}

static void on_reply(struct mping_core *core, const struct mping_rx *rx,
                     const struct mping_icmp *icmp, const struct mping_guess *guess)
{
    struct mping_key from = mping_key_of(&rx->from);
    uint32_t probe = mping_probe_find_guessed(core, guess, &from, icmp->id, icmp->seq);
    struct mping_core_target *t = NULL;
    const struct mping_probe *p = NULL;
    enum mping_reason reason;

    if (probe != MPING_SLAB_NONE) {
        p = mping_probe_at(core, probe);
        t = alive(core, p);
    }
    if (!t || p->state == MPING_PROBE_SENDING) {
        stray(core, &from, rx, icmp);
        return;
    }
    reason = flaw(core, t, p, rx, icmp);
    if (reason)
        mismatch(core, t, mping_event_of(core, p, MPING_EV_MISMATCH), reason, rx, icmp);
    else
        genuine(core, probe, t, rx, icmp);
}

/* RFC 6633: source quench means nothing any more; a redirect was for our own kernel. */
static bool is_only_news(int family, uint8_t type)
{
    return family == AF_INET && (type == MPING_ICMP4_SOURCE_QUENCH || type == MPING_ICMP4_REDIRECT);
}

/* Keeps the error for the time when no reply has come. Without memory it is only reported. */
static void keep_hint(struct mping_core *core, uint32_t probe, const struct mping_rx *rx,
                      const struct mping_icmp *icmp)
{
    struct mping_hint *hint = mping_probe_add_hint(core, probe);

    if (!hint)
        return;
    hint->from = rx->from;
    hint->received_ns = rx->received_ns;
    hint->rx_stamp = rx->stamp;
    hint->info = icmp->info;
    hint->type = icmp->type;
    hint->code = icmp->code;
}

/*
 * Anybody may send an ICMP error, and it need not carry more than id and sequence number of
 * the probe it is about (RFC 5927). So it must quote a probe that is out, word for word as
 * far as it goes, and even then it is only a hint: the reply may still come.
 */
static void on_error(struct mping_core *core, const struct mping_rx *rx,
                     const struct mping_icmp *icmp)
{
    struct mping_addr dst = icmp->quoted_dst;
    struct mping_core_target *t = NULL;
    struct mping_probe *p = NULL;
    struct mping_event *event;
    struct mping_key key;
    uint32_t probe;

    if (dst.family == AF_INET6 && !dst.scope_id)
        dst.scope_id = rx->ifindex ? rx->ifindex : rx->from.scope_id;
    key = mping_key_of(&dst);
    probe = mping_probe_find(core, &key, icmp->id, icmp->seq);
    if (probe != MPING_SLAB_NONE) {
        p = mping_probe_at(core, probe);
        t = alive(core, p);
    }
    if (!t || p->state != MPING_PROBE_INFLIGHT || rx->received_ns > p->node.due_ns ||
        !starts_right(core, t, p, icmp)) {
        core->rx_foreign++;
        return;
    }
    mping_count_extra(core, t, MPING_EXTRA_ICMP_ERROR);
    event = mping_event_of(core, p, MPING_EV_ICMP_ERROR);
    if (event)
        mping_event_packet(event, rx, icmp);
    if (is_only_news(dst.family, icmp->type))
        return;
    keep_hint(core, probe, rx, icmp);
    if (p->node.due_ns == MPING_TIME_NEVER && p->hinted)
        mping_verdict_expired(core, probe, rx->received_ns);
}

/* The quoted packet must have come from the address that the error was sent to. */
static bool quotes_other_source(const struct mping_rx *rx, const struct mping_icmp *icmp)
{
    return rx->to.family && memcmp(rx->to.ip, icmp->quoted_src.ip, sizeof(rx->to.ip)) != 0;
}

static void on_packet(struct mping_core *core, const struct mping_rx *rx,
                      const struct mping_icmp *icmp, const struct mping_guess *guess)
{
    core->rx_packets++;
    switch (icmp->kind) {
    case MPING_ICMP_REPLY:
        on_reply(core, rx, icmp, guess);
        return;
    case MPING_ICMP_ERROR:
        if (!icmp->checksum_ok)
            core->rx_checksum++;
        else if (quotes_other_source(rx, icmp))
            core->rx_foreign++;
        else
            on_error(core, rx, icmp);
        return;
    case MPING_ICMP_MALFORMED:
        core->rx_malformed++;
        return;
    default:
        core->rx_foreign++;
    }
}

/*
 * Asks the cache for all that a batch of replies will need, one kind after the other: where
 * their probes are indexed, then the probes, then the targets. What it guesses may be wrong.
 */
static void prefetch(const struct mping_core *core, const struct mping_rx *rx,
                     const struct mping_icmp *icmp, size_t n, struct mping_guess *ret_guesses)
{
    for (size_t i = 0; i < n; i++) {
        struct mping_key from = mping_key_of(&rx[i].from);

        ret_guesses[i].hash = mping_ids_hash(core, &from, icmp[i].id, icmp[i].seq);
        mping_hash_prefetch(&core->probe_index, ret_guesses[i].hash);
    }
    for (size_t i = 0; i < n; i++) {
        struct mping_guess *guess = &ret_guesses[i];
        struct mping_hash_cursor c = mping_hash_find(&core->probe_index, guess->hash);

        if (!mping_hash_next(&core->probe_index, &c, &guess->probe))
            guess->probe = MPING_SLAB_NONE;
        mping_slab_prefetch(&core->probes, guess->probe);
    }
    for (size_t i = 0; i < n; i++)
        if (ret_guesses[i].probe != MPING_SLAB_NONE)
            mping_slab_prefetch(&core->targets, mping_probe_at(core, ret_guesses[i].probe)->target);
}

void mping_core_rx(struct mping_core *core, const struct mping_rx *rx, size_t n)
{
    struct mping_icmp icmp[MPING_BATCH] MPING_SCRATCH;
    struct mping_guess guesses[MPING_BATCH] MPING_SCRATCH;

    assert(n <= MPING_BATCH);
    for (size_t i = 0; i < n; i++)
        mping_icmp_parse(&rx[i], &icmp[i]);
    prefetch(core, rx, icmp, n, guesses);
    for (size_t i = 0; i < n; i++)
        on_packet(core, &rx[i], &icmp[i], &guesses[i]);
}

void mping_core_rx_error(struct mping_core *core, const struct mping_rx_error *error)
{
    const struct mping_rx rx = {
        .from = error->from,
        .received_ns = error->received_ns,
        .stamp = error->stamp,
    };
    const struct mping_icmp icmp = {
        .kind = MPING_ICMP_ERROR,
        .checksum_ok = true,
        .type = error->type,
        .code = error->code,
        .id = error->id,
        .seq = error->seq,
        .info = error->info,
        .quoted_dst = error->dst,
        .ttl = -1,
        .tos = -1,
    };

    core->rx_packets++;
    on_error(core, &rx, &icmp);
}
