/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>

#include "core/internal.h"

/* A new address is looked up before every nth probe, and whenever there is none. */
static bool needs_lookup(const struct mping_core_target *t)
{
    uint32_t every = t->profile->re_resolve_every;

    return !t->has_addr || (every && !t->fresh_addr && t->count % every == 0);
}

static void put_off(struct mping_core *core, uint32_t target, int64_t now_ns, int64_t pause_ns)
{
    mping_target_at(core, target)->node.due_ns = mping_schedule_ns(core, now_ns) + pause_ns;
    mping_wheel_insert(&core->schedule, target);
}

/*
 * Makes sure that address, id and sequence number of the next probe are not in use. What is
 * only remembered is forgotten; a probe that still waits, 65,536 ones ago, ends as unknown
 * unless the target would rather wait for it.
 */
static bool clear_seq(struct mping_core *core, const struct mping_core_target *t, int64_t now_ns)
{
    uint32_t slot = mping_slot_find(core, &t->key, t->id, (uint16_t)t->count);

    if (slot == MPING_SLAB_NONE)
        return true;
    if (mping_slot_at(core, slot)->state != MPING_SLOT_INFLIGHT) {
        mping_slot_drop(core, slot);
        return true;
    }
    if (t->profile->flags & MPING_FLAG_SEQ_STRICT)
        return false;
    mping_verdict(core, slot, MPING_EV_UNKNOWN, MPING_REASON_SEQ_WRAP, now_ns);
    slot = mping_slot_find(core, &t->key, t->id, (uint16_t)t->count);
    if (slot != MPING_SLAB_NONE)
        mping_slot_drop(core, slot);
    return true;
}

#define DAY_MS INT64_C(86400000)

/* Milliseconds since midnight UTC (RFC 792). */
static uint32_t time_of_day_ms(const struct mping_core *core, int64_t now_ns)
{
    return (uint32_t)((now_ns + core->wall_offset_ns) / 1000000 % DAY_MS);
}

static void build(struct mping_core *core, uint32_t slot, int64_t now_ns, struct mping_tx *tx)
{
    struct mping_slot *s = mping_slot_at(core, slot);
    const struct mping_core_target *t = mping_target_at(core, s->target);
    const struct mping_profile *profile = t->profile;
    uint8_t ident[MPING_PROOF_BYTES + MPING_TAG_BYTES];
    uint32_t ident_len =
        profile->payload_bytes < sizeof(ident) ? profile->payload_bytes : (uint32_t)sizeof(ident);

    tx->dst = mping_key_addr(&s->key);
    tx->opts = &profile->tx;
    tx->tail = profile->tail;
    tx->tail_len = profile->payload_bytes - ident_len;
    tx->head_len = (uint8_t)(MPING_ICMP_HEADER + ident_len);
    tx->id = s->id;
    tx->id_index = t->id_index;
    tx->slot = slot;
    tx->err = 0;
    tx->sent_ns = 0;
    tx->stamp = MPING_STAMP_NONE;
    if (profile->flags & MPING_FLAG_TIMESTAMP) {
        s->originate_ms = time_of_day_ms(core, now_ns);
        mping_icmp_build_timestamp(tx->head, s->id, mping_slot_seq(s), s->originate_ms);
        return;
    }
    mping_ident_write(core, s, ident);
    memcpy(tx->head + MPING_ICMP_HEADER, ident, ident_len);
    mping_icmp_build(tx->head, tx->head_len, profile->tail_sum, tx->dst.family, s->id,
                     mping_slot_seq(s));
}

/* Makes the next probe of a target whose time has come; false if it has to wait. */
static bool prepare(struct mping_core *core, uint32_t target, int64_t now_ns, struct mping_tx *tx)
{
    struct mping_core_target *t = mping_target_at(core, target);
    uint32_t slot;

    mping_list_unlink(&core->targets, target);
    if (core->pull_paused && t->profile->pull) {
        mping_list_push(&core->targets, MPING_TARGETS_PAUSED, target);
        return false;
    }
    if (t->profile->interval_ns == 0 && core->unpaced >= core->opts.unpaced_inflight) {
        mping_list_push(&core->targets, MPING_TARGETS_BLOCKED, target);
        return false;
    }
    if (needs_lookup(t)) {
        t->state = MPING_TARGET_RESOLVING;
        mping_list_push(&core->targets, MPING_TARGETS_RESOLVE, target);
        return false;
    }
    if (!clear_seq(core, t, now_ns) || (slot = mping_slot_new(core, target)) == MPING_SLAB_NONE) {
        put_off(core, target, now_ns, MPING_ERROR_PAUSE_NS);
        return false;
    }
    build(core, slot, now_ns, tx);
    mping_target_advance(core, target, now_ns);
    mping_target_schedule(core, target);
    return true;
}

/* Lets go those that were held back, some of them at a time. */
static void release(struct mping_core *core, uint32_t list, uint64_t n)
{
    uint32_t target;

    while (n-- > 0 && (target = mping_list_head(&core->targets, list)) != MPING_SLAB_NONE)
        mping_target_schedule(core, target);
}

size_t mping_core_poll_tx(struct mping_core *core, int64_t now_ns, struct mping_tx *tx, size_t n)
{
    uint32_t allowed, made = 0, target = MPING_SLAB_NONE;

    assert(n <= MPING_BATCH);
    if (now_ns < core->hold_ns)
        return 0;
    if (core->unpaced < core->opts.unpaced_inflight)
        release(core, MPING_TARGETS_BLOCKED, core->opts.unpaced_inflight - core->unpaced);
    if (!core->pull_paused)
        release(core, MPING_TARGETS_PAUSED, MPING_BATCH);
    mping_wheel_advance(&core->schedule, mping_schedule_ns(core, now_ns));

    allowed = mping_pacer_allow(&core->pacer, now_ns);
    while (made < n && made < allowed && core->inflight < core->opts.inflight_max) {
        target = mping_wheel_due(&core->schedule);
        if (target == MPING_SLAB_NONE)
            break;
        made += prepare(core, target, now_ns, &tx[made]);
    }
    mping_pacer_spend(&core->pacer, made, mping_wheel_due(&core->schedule) != MPING_SLAB_NONE);
    return made;
}

static void launched(struct mping_core *core, const struct mping_tx *tx)
{
    struct mping_slot *s = mping_slot_at(core, tx->slot);
    struct mping_core_target *t = mping_target_at(core, s->target);
    struct mping_event *event;

    s->sent_ns = tx->sent_ns;
    s->tx_stamp = tx->stamp;
    t->retries = 0;
    t->counters.sent++;
    core->totals.sent++;
    mping_slot_launch(core, tx->slot, mping_target_timeout_ns(t, s->attempt));
    event = mping_event_of(core, s, MPING_EV_SENT);
    if (event)
        event->icmp_bytes = tx->head_len + tx->tail_len;
}

static void failed(struct mping_core *core, int64_t now_ns, const struct mping_tx *tx)
{
    struct mping_slot *s = mping_slot_at(core, tx->slot);
    struct mping_core_target *t = mping_target_at(core, s->target);
    bool full = tx->err == -EAGAIN || tx->err == -ENOBUFS;
    uint32_t target = s->target;

    if (full && t->retries < MPING_SEND_RETRIES) {
        t->retries++;
        core->send_retries++;
        core->hold_ns = now_ns + MPING_RETRY_NS / 2;
        mping_slot_drop(core, tx->slot);
        mping_target_retry(core, target, mping_schedule_ns(core, now_ns) + MPING_RETRY_NS);
        mping_target_settle(core, target);
        return;
    }
    t->retries = 0;
    t->counters.sent++;
    core->totals.sent++;
    s->sent_ns = tx->sent_ns;
    mping_verdict_send_error(core, tx->slot, tx->err, now_ns);
}

void mping_core_sent(struct mping_core *core, int64_t now_ns, const struct mping_tx *tx, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (tx[i].err)
            failed(core, now_ns, &tx[i]);
        else
            launched(core, &tx[i]);
    }
}
