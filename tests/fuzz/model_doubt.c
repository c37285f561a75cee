/* SPDX-License-Identifier: Apache-2.0 */
/* What drops of links excuse, and for how long. */
#include "model.h"

#include <sys/socket.h>

enum { EXCUSES_MAX = 3, SPANS = 1024 };

/* Two links: of hosts with even and with odd numbers. */
static unsigned link_of(const struct mping_addr *addr)
{
    return addr->ip[addr->family == AF_INET ? 3 : 15] & 1;
}

void links_clear(struct link links[LINKS])
{
    for (unsigned i = 0; i < LINKS; i++)
        links[i] = (struct link){.tx_ns = INT64_MIN, .rx_ns = INT64_MIN, .away_ns = INT64_MIN};
}

void links_move(struct link *link, unsigned what)
{
    link->tx_moves |= what == 0;
    link->rx_moves |= what == 1;
    link->changes |= what == 2 || (what == 3 && !link->down);
    link->down = what == 3 || (what != 2 && link->down);
}

bool links_read(struct link links[LINKS], int64_t now_ns)
{
    bool trouble = false;

    for (unsigned i = 0; i < LINKS; i++) {
        struct link *link = &links[i];

        trouble |= link->tx_moves || link->rx_moves || link->changes || link->down;
        link->tx_ns = link->tx_moves ? now_ns : link->tx_ns;
        link->rx_ns = link->rx_moves ? now_ns : link->rx_ns;
        link->away_ns = link->changes ? now_ns : link->away_ns;
        link->known_down = link->down;
        link->tx_moves = link->rx_moves = link->changes = false;
    }
    return trouble;
}

enum mping_reason links_doubt(const struct link links[LINKS], const struct mping_addr *addr,
                              int64_t sent_ns)
{
    const struct link *link = &links[link_of(addr)];

    if (link->known_down || sent_ns <= link->away_ns)
        return MPING_REASON_LINK;
    if (sent_ns <= link->tx_ns)
        return MPING_REASON_TX_DROP;
    return sent_ns <= link->rx_ns ? MPING_REASON_RX_DROP : MPING_REASON_NONE;
}

enum mping_reason model_link_doubt(const struct probe *p)
{
    if (!model.opts.look)
        return MPING_REASON_NONE;
    if (p->due_ns >= model.looked_ns) {
        links_read(model.links, model.now_ns);
        model.looked_ns = model.now_ns;
        model.looks++;
    }
    return links_doubt(model.links, &p->dst, p->sent_ns);
}

static uint32_t span_of(const struct probe *p)
{
    return (uint32_t)(p->sent_ns >> 25);
}

static bool is_drop(enum mping_reason reason)
{
    return reason == MPING_REASON_RX_DROP || reason == MPING_REASON_TX_DROP;
}

static bool is_exposed(const struct target *t, const struct probe *answered, uint32_t span)
{
    const struct target *other;

    if (!answered)
        return false;
    other = answered->target;
    return other != t && other->used && other->life == answered->life && other->has_addr &&
           model_same_addr(&other->addr, &answered->dst) &&
           is_drop(links_doubt(model.links, &answered->dst, ((int64_t)span + 1) << 25));
}

/* Of those who answered what was sent in a span only the first and the last are known, and no
 * longer than until something sent 34 s before or after it, or twice that, is answered. */
static bool is_answered_in(const struct target *t, uint32_t span)
{
    const struct probe *first = NULL, *last = NULL;

    for (size_t i = 0; i < model.answers_n; i++) {
        const struct probe *p = model.answers[i];

        if (span_of(p) % SPANS != span % SPANS)
            continue;
        if (!last || span_of(last) != span_of(p))
            first = p;
        last = p;
    }
    return last && span_of(last) == span &&
           (is_exposed(t, first, span) || is_exposed(t, last, span));
}

bool model_overrules(const struct probe *p, enum mping_reason reason)
{
    const struct target *t = p->target;
    uint32_t span = span_of(p), spans = (uint16_t)(span - t->excused_span);

    if (!is_drop(reason))
        return false;
    if (t->may_be_more)
        return model.events[model.events_taken].type == MPING_EV_LOST;
    for (size_t i = 0; t->excuses == EXCUSES_MAX && i < model.answers_n; i++) {
        uint32_t ago = span - span_of(model.answers[i]);

        if (ago > 0 && ago < spans && ago < SPANS && is_answered_in(t, span - ago))
            return true;
    }
    return false;
}

/* A target that was answered once, and lost before at the most, does not know when that left. */
void model_doubt_note(const struct probe *p, enum mping_event_type type, enum mping_reason reason)
{
    struct target *t = p->target;
    uint16_t span = (uint16_t)span_of(p);
    bool since = t->answered && (int16_t)(t->excused_span - span) >= 0;

    if (type == MPING_EV_REPLY)
        model.answers[model.answers_n++] = p;
    if (type == MPING_EV_LOST) {
        t->answered = since;
        return;
    }
    if (!is_drop(reason)) {
        t->excuses = 0;
        t->may_be_more = false;
        t->answered = type == MPING_EV_REPLY;
        t->answered_first = !t->noted;
        t->excused_span = span;
    } else if (!since) {
        t->answered = false;
        if (!t->excuses)
            t->excused_span = span;
        t->excuses += t->excuses < EXCUSES_MAX ? 1 : 0;
    } else if (t->answered_first) {
        t->may_be_more = true;
    }
    t->noted = true;
}
