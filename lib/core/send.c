/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>

#include <multiping/error.h>

#include "base/slab.h"
#include "core/core.h"
#include "core/event_ring.h"
#include "core/icmp.h"
#include "core/ids.h"
#include "core/key.h"
#include "core/pacer.h"
#include "core/packet.h"
#include "core/probes.h"
#include "core/profile_table.h"
#include "core/proof.h"
#include "core/records.h"
#include "core/schedule.h"
#include "core/state.h"
#include "core/stats.h"
#include "core/target.h"
#include "core/target_store.h"
#include "core/verdict.h"
#include "core/wheel.h"

/* An address that needs a link and has none cannot be sent to; the link may come up meanwhile. */
static bool lacks_link(const struct mping_core *core, const struct mping_core_target *t)
{
    struct mping_key key;

    if (!t->wide)
        return false;
    key = mping_target_key(core, t);
    return mping_key_lacks_link(&key);
}

/* A new address is looked up before every nth probe, and whenever there is none or only half of
 * one. */
static bool needs_lookup(const struct mping_core *core, const struct mping_core_target *t)
{
    uint32_t every = mping_profile_of(core, t)->re_resolve_every;

    if (!t->has_addr)
        return true;
    return !t->fresh_addr &&
           ((every && mping_target_count(core, t) % every == 0) || lacks_link(core, t));
}

/* What is indexed where the next probe of a target will be, or MPING_SLAB_NONE. */
static uint32_t find_place(const struct mping_core *core, const struct mping_core_target *t)
{
    struct mping_key key = mping_target_key(core, t);

    return mping_probe_find(core, &key, mping_target_ident(core, t), (uint16_t)t->count);
}

/* Whether somebody else has left that id to the target, with a probe that still waits. */
static bool is_left_behind(const struct mping_core *core, uint32_t probe, uint32_t target)
{
    const struct mping_probe *p;

    if (probe == MPING_SLAB_NONE)
        return false;
    p = mping_probe_at(core, probe);
    return p->target != target &&
           (p->state == MPING_PROBE_SENDING || p->state == MPING_PROBE_INFLIGHT);
}

/*
 * Makes sure that address, id and sequence number of the next probe are not in use. What is only
 * remembered is forgotten. Where somebody else's probe is in the way, another id serves both. A
 * probe that still waits, 65,536 ones ago, ends as unknown unless the target would rather wait.
 */
static bool clear_seq(struct mping_core *core, uint32_t target, int64_t now_ns)
{
    const struct mping_core_target *t = mping_target_at(core, target);
    uint32_t flags = mping_profile_of(core, t)->flags, probe = find_place(core, t);
    const struct mping_probe *p;

    for (int i = 0; i < MPING_FRESH_IDS && !(flags & MPING_FLAG_KEEP_ID) &&
                    is_left_behind(core, probe, target);
         i++) {
        mping_ids_move(core, target);
        probe = find_place(core, t);
    }
    if (probe == MPING_SLAB_NONE)
        return true;
    p = mping_probe_at(core, probe);
    if (p->state == MPING_PROBE_ANSWERED || p->state == MPING_PROBE_MISSED) {
        mping_probe_drop(core, probe);
        return true;
    }
    if (p->state == MPING_PROBE_SENDING || (flags & MPING_FLAG_SEQ_STRICT && p->target == target))
        return false;
    mping_verdict(core, probe, MPING_EV_UNKNOWN, MPING_REASON_SEQ_WRAP, now_ns);
    mping_probe_drop(core, probe); /* nor remembered */
    return true;
}

#define DAY_MS INT64_C(86400000)

/* Milliseconds since midnight UTC (RFC 792). */
static uint32_t time_of_day_ms(const struct mping_core *core, int64_t now_ns)
{
    return (uint32_t)((now_ns + core->wall_offset_ns) / 1000000 % DAY_MS);
}

static void build(struct mping_core *core, uint32_t probe, int64_t now_ns, struct mping_tx *tx)
{
    struct mping_probe *p = mping_probe_at(core, probe);
    const struct mping_core_target *t = mping_target_at(core, p->target);
    const struct mping_profile *profile = mping_profile_of(core, t);
    const uint32_t ident_max = MPING_PROOF_BYTES + MPING_TAG_BYTES;
    uint32_t ident_len = profile->payload_bytes < ident_max ? profile->payload_bytes : ident_max;
    uint8_t *ident = tx->head + MPING_ICMP_HEADER; /* there is always room for all of it */

    mping_key_to_addr(&p->key, &tx->dst);
    tx->opts = &profile->tx;
    tx->tail = profile->tail;
    tx->tail_len = profile->payload_bytes - ident_len;
    tx->head_len = (uint8_t)(MPING_ICMP_HEADER + ident_len);
    tx->id = p->id;
    tx->id_index = t->id_index;
    tx->probe = probe;
    tx->err = 0;
    tx->sent_ns = tx->began_ns = 0;
    tx->stamp = MPING_STAMP_NONE;
    if (profile->flags & MPING_FLAG_TIMESTAMP) {
        mping_icmp_build_timestamp(tx->head, p->id, mping_probe_seq(p),
                                   time_of_day_ms(core, now_ns));
        mping_probe_keep_proof(p, ident);
        return;
    }
    mping_proof_write(core, p, mping_probe_count(core, t, p), ident);
    if (!t->wide)
        mping_probe_keep_proof(p, ident);
    mping_icmp_build(tx->head, tx->head_len, profile->tail_sum, tx->dst.family, p->id,
                     mping_probe_seq(p));
}

/* Makes the next probe of a target whose time has come: 1, 0 if it has to wait, -1 if there is no
 * memory for it. */
static int prepare(struct mping_core *core, uint32_t target, int64_t now_ns, struct mping_tx *tx)
{
    struct mping_core_target *t = mping_target_at(core, target);
    const struct mping_profile *profile = mping_profile_of(core, t);
    uint32_t probe;

    mping_list_unlink(&core->targets, target);
    if (core->pull_paused && profile->pull) {
        mping_list_push(&core->targets, MPING_TARGETS_PAUSED, target);
        return 0;
    }
    if (profile->interval_ns == 0 && core->unpaced >= core->opts.unpaced_inflight) {
        mping_list_push(&core->targets, MPING_TARGETS_BLOCKED, target);
        return 0;
    }
    if (needs_lookup(core, t)) {
        t->state = MPING_TARGET_RESOLVING;
        mping_list_push(&core->targets, MPING_TARGETS_RESOLVE, target);
        return 0;
    }
    if (!clear_seq(core, target, now_ns)) {
        mping_target_defer(core, target, mping_schedule_ns(core, now_ns) + MPING_ERROR_PAUSE_NS);
        return 0;
    }
    if (mping_target_ready(core, t) < 0) {
        mping_target_stop(core, target, MPING_ENOMEM); /* not even a verdict could be noted */
        return -1;
    }
    probe = mping_probe_new(core, target);
    if (probe == MPING_SLAB_NONE) {
        mping_verdict_no_memory(core, target, now_ns);
        return -1;
    }
    build(core, probe, now_ns, tx);
    mping_target_advance(core, target, now_ns);
    mping_target_schedule(core, target);
    return 1;
}

/*
 * Asks the cache for what the two targets behind this one will need, long before: the line of
 * the second, and where the probe of the first, whose line is there by now, will be indexed.
 */
static void look_ahead(const struct mping_core *core, uint32_t target)
{
    uint32_t next = mping_target_at(core, target)->node.next;
    const struct mping_core_target *t;

    if (next & MPING_SLAB_LIST)
        return;
    t = mping_target_at(core, next);
    mping_slab_prefetch(&core->targets, t->node.next);
    if (t->extra != MPING_SLAB_NONE)
        mping_slab_prefetch(&core->extras, t->extra);
    if (t->has_addr) {
        struct mping_key key = mping_target_key(core, t);

        mping_probe_prefetch(core, &key, mping_target_ident(core, t), (uint16_t)t->count);
    }
}

/* Lets go those that were paused, some of them at a time. */
static void resume(struct mping_core *core)
{
    for (int n = 0; n < MPING_BATCH; n++) {
        uint32_t target = mping_list_head(&core->targets, MPING_TARGETS_PAUSED);

        if (target == MPING_SLAB_NONE)
            return;
        mping_target_schedule(core, target);
    }
}

/* How many probes may be made now. */
static uint64_t begin_budget(struct mping_core *core, int64_t now_ns)
{
    const struct mping_core_budget *budget = core->opts.budget;

    return budget ? budget->begin(core->opts.context, now_ns, core->inflight)
                  : mping_pacer_allow(&core->pacer, now_ns);
}

static void end_budget(struct mping_core *core, uint32_t made)
{
    bool hungry = mping_schedule_next(core, 0) != MPING_SLAB_NONE;

    if (core->opts.budget)
        core->opts.budget->end(core->opts.context, made, hungry);
    else
        mping_pacer_spend(&core->pacer, made, hungry);
}

size_t mping_core_poll_tx(struct mping_core *core, int64_t now_ns, struct mping_tx *tx, size_t n)
{
    uint32_t made = 0;
    uint64_t allowed;
    int r = 0;

    assert(n <= MPING_BATCH);
    if (now_ns < core->hold_ns)
        return 0;
    if (!core->pull_paused)
        resume(core);
    mping_wheel_advance(&core->schedule, mping_schedule_ns(core, now_ns));

    allowed = begin_budget(core, now_ns);
    while (r >= 0 && made < n && made < allowed && core->inflight < core->opts.inflight_max) {
        uint32_t target = mping_schedule_next(core, made);

        if (target == MPING_SLAB_NONE)
            break;
        look_ahead(core, target);
        r = prepare(core, target, now_ns, &tx[made]);
        made += r > 0;
    }
    end_budget(core, made);
    return made;
}

static void forget_retries(const struct mping_core *core, const struct mping_core_target *t)
{
    struct mping_target_extra *extra = mping_target_extra_of(core, t);

    if (extra)
        extra->retries = 0;
}

/* Whether a probe that met a full buffer may be tried once more. */
static bool may_retry(struct mping_core *core, struct mping_core_target *t)
{
    struct mping_target_extra *extra = mping_target_make_extra(core, t);

    return extra && extra->retries++ < MPING_SEND_RETRIES;
}

/* How far back the time may have to go at which a probe is said to have left. */
static uint8_t early(const struct mping_tx *tx)
{
    int64_t early_ns = tx->began_ns ? tx->sent_ns - tx->began_ns : 0;

    if (early_ns <= 0)
        return 0;
    return early_ns < UINT8_MAX * MPING_EARLY_NS ? (uint8_t)(early_ns / MPING_EARLY_NS) : UINT8_MAX;
}

static void launched(struct mping_core *core, const struct mping_tx *tx)
{
    struct mping_probe *p = mping_probe_at(core, tx->probe);
    struct mping_core_target *t = mping_target_at(core, p->target);
    struct mping_event *event;

    p->sent_ns = tx->sent_ns;
    p->early = early(tx);
    p->tx_stamp = tx->stamp & 3u;
    forget_retries(core, t);
    mping_count_sent(core, t);
    mping_probe_launch(core, tx->probe, mping_target_timeout_ns(core, t, p->attempt));
    event = mping_event_of(core, p, MPING_EV_SENT);
    if (event)
        event->icmp_bytes = tx->head_len + tx->tail_len;
}

static void failed(struct mping_core *core, int64_t now_ns, const struct mping_tx *tx)
{
    struct mping_probe *p = mping_probe_at(core, tx->probe);
    struct mping_core_target *t = mping_target_at(core, p->target);
    bool full = tx->err == -EAGAIN || tx->err == -ENOBUFS || tx->err == -ENOMEM;
    uint32_t target = p->target;

    if (full && may_retry(core, t)) {
        core->send_retries++;
        core->hold_ns = now_ns + MPING_RETRY_NS / 2;
        mping_probe_drop(core, tx->probe);
        mping_target_retry(core, target, mping_schedule_ns(core, now_ns) + MPING_RETRY_NS);
        mping_target_finish_if_done(core, target);
        return;
    }
    forget_retries(core, t);
    mping_count_sent(core, t);
    p->sent_ns = tx->sent_ns;
    mping_verdict_send_error(core, tx->probe, tx->err, now_ns);
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
