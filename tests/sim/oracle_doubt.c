/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second opinion about what drops of links excuse: at most three probes in a row of a target
 * while another one, behind the same drops, has answered what was sent between the first of them
 * and the one in question. As the core does, it remembers two answers of each span of time.
 * Of a target that was answered once, and lost before at the most, it may not know when that left.
 */
#include "sim.h"

enum { EXCUSES_MAX = 3 };

static uint32_t span_of(int64_t sent_ns)
{
    return (uint32_t)(sent_ns >> 25);
}

static bool is_drop(enum mping_reason reason)
{
    return reason == MPING_REASON_RX_DROP || reason == MPING_REASON_TX_DROP;
}

static void note_answer(struct sim *sim, const struct sim_target *target, const struct probe *probe)
{
    uint32_t span = span_of(probe->sent_ns);
    struct answers *answers = &sim->oracle.answers[span % ANSWER_SPANS];

    if (answers->span != span)
        *answers = (struct answers){.span = span, .first = {target->index, probe->host}};
    answers->last.target = target->index;
    answers->last.host = probe->host;
}

/* Whether somebody else who answered met the drops that are the excuse. */
static bool is_exposed(const struct sim *sim, const struct sim_target *target, uint32_t other,
                       uint32_t host, uint32_t span)
{
    const struct sim_target *o = &sim->ledger.targets[other];

    return o != target && !o->gone && o->known_host == host &&
           is_drop(links_doubt(&sim->oracle.links, host, ((int64_t)span + 1) << 25));
}

static bool is_answered_beside(const struct sim *sim, const struct sim_target *target,
                               const struct probe *probe)
{
    uint32_t span = span_of(probe->sent_ns);
    uint32_t spans = (uint16_t)(span - target->excused_span);

    for (uint32_t i = 1; i < spans && i < ANSWER_SPANS; i++) {
        const struct answers *a = &sim->oracle.answers[(span - i) % ANSWER_SPANS];

        if (a->span == span - i &&
            (is_exposed(sim, target, a->first.target, a->first.host, span - i) ||
             is_exposed(sim, target, a->last.target, a->last.host, span - i)))
            return true;
    }
    return false;
}

enum mping_reason oracle_link_doubt(struct sim *sim, const struct probe *probe)
{
    const struct look *look;

    while ((look = links_take_look(&sim->links, sim->journal.events_judged)))
        sim->oracle.links = look->view;
    return links_doubt(&sim->oracle.links, probe->host, probe->sent_ns);
}

bool oracle_overrules(struct sim *sim, struct sim_target *target, const struct probe *probe,
                      enum mping_reason reason)
{
    const struct mping_event *event = oracle_peek(sim);
    bool lost = event && event->type == MPING_EV_LOST;

    target->overruled = false;
    if (!is_drop(reason))
        return false;
    if (target->may_be_more)
        target->overruled = lost;
    else if (target->excuses == EXCUSES_MAX && (lost || !target->may_be_fewer))
        target->overruled = is_answered_beside(sim, target, probe);
    sim->oracle.overruled += target->overruled;
    return target->overruled;
}

void oracle_doubt_note(struct sim *sim, struct sim_target *target, const struct probe *probe,
                       enum mping_event_type type, enum mping_reason reason)
{
    uint16_t span = (uint16_t)span_of(probe->sent_ns);
    bool since = target->answered && (int16_t)(target->excused_span - span) >= 0;

    if (type == MPING_EV_REPLY)
        note_answer(sim, target, probe);
    if (type == MPING_EV_LOST) {
        target->answered = since;
        return;
    }
    if (!is_drop(reason)) {
        target->excuses = 0;
        target->may_be_more = target->may_be_fewer = false;
        target->answered = type == MPING_EV_REPLY;
        target->answered_first = !target->noted;
        target->excused_span = span;
    } else if (!since) {
        target->answered = false;
        if (!target->excuses)
            target->excused_span = span;
        if (target->excuses < EXCUSES_MAX)
            target->excuses++;
    } else if (target->answered_first) {
        target->may_be_more = true;
    }
    target->noted = true;
}
