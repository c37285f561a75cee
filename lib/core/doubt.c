/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doubt.h"

#include <assert.h>

#include "base/slab.h"
#include "core/core.h"
#include "core/key.h"
#include "core/probes.h"
#include "core/profile_table.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"

/* Probes in a row that drops excuse; the next is lost if others answer beside those drops. */
enum { EXCUSES_MAX = 3 };

/* The part of the time that a probe was sent in: 34 ms long. */
static uint32_t span_of(int64_t sent_ns)
{
    return (uint32_t)(sent_ns >> 25);
}

static uint32_t fold(const struct mping_key *key)
{
    uint64_t both = key->words[0] ^ key->words[1];

    return (uint32_t)(both ^ both >> 32);
}

void mping_answer_note(struct mping_core *core, const struct mping_probe *p)
{
    uint32_t span = span_of(p->sent_ns);
    struct mping_answers *answers = &core->answers[span % MPING_ANSWER_SPANS];
    struct mping_key key = mping_probe_key(p);
    const struct mping_answerer who = {
        .target = p->target, .generation = p->generation, .address = fold(&key)};

    if (answers->span != span)
        *answers = (struct mping_answers){.span = span, .first = who};
    answers->last = who;
}

static enum mping_reason link_doubt(struct mping_core *core, const struct mping_core_target *t,
                                    const struct mping_key *key, int64_t sent_ns)
{
    struct mping_addr dst;

    if (!core->opts.link_doubt || sent_ns > core->link_trouble_ns)
        return MPING_REASON_NONE;
    mping_key_to_addr(key, &dst);
    return core->opts.link_doubt(core->opts.context, &dst, &mping_profile_of(core, t)->tx, sent_ns);
}

static bool is_drop(enum mping_reason reason)
{
    return reason == MPING_REASON_RX_DROP || reason == MPING_REASON_TX_DROP;
}

/* Whether a probe that another one sent in that span, and got an answer to, met the same drops. */
static bool is_exposed(struct mping_core *core, const struct mping_answerer *other, uint32_t target,
                       uint32_t span)
{
    const struct mping_core_target *t;
    struct mping_key key;

    if (other->target == target || !mping_slab_holds(&core->targets, other->target))
        return false;
    t = mping_target_at(core, other->target);
    if (!mping_target_alive(t) || !t->has_addr || t->generation != other->generation)
        return false;
    key = mping_target_key(core, t);
    return fold(&key) == other->address &&
           is_drop(link_doubt(core, t, &key, ((int64_t)span + 1) << 25));
}

/*
 * Whether the host is dead in spite of drops: its last probes had the same excuse, while another
 * host behind the same drops has answered what was sent between the first of them and this one.
 * When a queue is full for a while, nobody answers what is sent into it meanwhile.
 */
static bool is_dead_all_the_same(struct mping_core *core, const struct mping_probe *p)
{
    const struct mping_core_target *t = mping_target_at(core, p->target);
    const struct mping_target_extra *extra = mping_target_extra_of(core, t);
    uint32_t span = span_of(p->sent_ns), spans;

    if (!extra || extra->excuses < EXCUSES_MAX)
        return false;
    spans = (uint16_t)(span - extra->excused_span);
    for (uint32_t i = 1; i < spans && i < MPING_ANSWER_SPANS; i++) {
        const struct mping_answers *answers = &core->answers[(span - i) % MPING_ANSWER_SPANS];

        if (answers->span == span - i && (is_exposed(core, &answers->first, p->target, span - i) ||
                                          is_exposed(core, &answers->last, p->target, span - i)))
            return true;
    }
    return false;
}

/* A reply in time that was dropped has been counted by the probe's deadline. */
static void look(struct mping_core *core, const struct mping_probe *p)
{
    if (core->opts.look && p->node.due_ns >= core->looked_ns)
        core->looked_ns = core->opts.look(core->opts.context);
}

/* Whether a reply may have come that never reached us. */
enum mping_reason mping_doubt(struct mping_core *core, const struct mping_probe *p)
{
    struct mping_key key = mping_probe_key(p);
    unsigned family = mping_family_index(mping_key_is_v4(&key) ? AF_INET : AF_INET6);
    enum mping_reason reason;

    look(core, p);
    reason = link_doubt(core, mping_target_at(core, p->target), &key, p->sent_ns);
    if (reason == MPING_REASON_LINK)
        return reason;
    if (p->sent_ns <= core->dropped_ns[family])
        return MPING_REASON_RX_DROP;
    if (p->sent_ns <= core->tx_dropped_ns[family])
        return MPING_REASON_TX_DROP;
    if (p->sent_ns <= core->suspended_ns)
        return MPING_REASON_SUSPEND;
    if (p->node.due_ns > core->stall_from_ns && p->node.due_ns <= core->stall_to_ns)
        return MPING_REASON_STALL;
    return is_drop(reason) && is_dead_all_the_same(core, p) ? MPING_REASON_NONE : reason;
}

/* Whether the host has answered a probe that left after this one. */
static bool is_answered_since(const struct mping_target_extra *extra, const struct mping_probe *p)
{
    return extra->answered && (int16_t)(extra->excused_span - span_of(p->sent_ns)) >= 0;
}

static void excuse(struct mping_target_extra *extra, const struct mping_probe *p)
{
    extra->answered = false;
    if (!extra->excuses)
        extra->excused_span = (uint16_t)span_of(p->sent_ns);
    if (extra->excuses < EXCUSES_MAX)
        extra->excuses++;
}

/*
 * A loss that nothing excuses leaves the row as it is. What was answered stands in the way of
 * probes that left earlier and are judged later.
 */
void mping_doubt_note(struct mping_core *core, const struct mping_probe *p,
                      enum mping_event_type type, enum mping_reason reason)
{
    struct mping_core_target *t = mping_target_at(core, p->target);
    struct mping_target_extra *extra = mping_target_extra_of(core, t);

    if (type == MPING_EV_LOST) {
        if (extra && !is_answered_since(extra, p))
            extra->answered = false;
    } else if (is_drop(reason)) {
        /* Without memory it has an excuse more. */
        if (!t->done || mping_target_pending(core, t) > 1)
            extra = mping_target_make_extra(core, t);
        if (extra && !is_answered_since(extra, p))
            excuse(extra, p);
    } else if (extra) {
        extra->excuses = 0;
        extra->answered = type == MPING_EV_REPLY;
        extra->excused_span = (uint16_t)span_of(p->sent_ns);
    }
}

void mping_core_dropped(struct mping_core *core, int family, uint64_t packets, int64_t now_ns)
{
    core->rx_drops += packets;
    core->dropped_ns[mping_family_index(family)] = now_ns;
}

void mping_core_tx_dropped(struct mping_core *core, int family, int64_t now_ns)
{
    core->tx_dropped_ns[mping_family_index(family)] = now_ns;
}

void mping_core_suspended(struct mping_core *core, int64_t now_ns)
{
    core->suspended_ns = now_ns;
}

void mping_core_link_trouble(struct mping_core *core, int64_t now_ns)
{
    core->link_trouble_ns = now_ns;
}
