/* SPDX-License-Identifier: Apache-2.0 */
#include "links.h"

#include <stdlib.h>

/* A link has one weather for so long, and then another. */
#define SPELL_NS (3 * SECOND)
/* How often it drops something that is none of ours, in such a spell. */
#define NOISE_NS (300 * MS)

enum spell { FINE, NOISE_OUT, NOISE_IN, DROPS_OUT, DROPS_IN, FULL_OUT, FULL_IN, AWAY, SPELLS };

void links_init(struct links *links, uint64_t seed, unsigned n, int64_t start_ns)
{
    *links = (struct links){
        .seed = prf(seed, 0x6c696e6b, 0),
        .start_ns = start_ns,
        .noise_ns = start_ns + NOISE_NS,
        .change_ns = start_ns + SPELL_NS / 2,
        .dice.seed = prf(seed, 0x6c696e6b, 1),
        .view.n = n,
    };
    for (unsigned i = 0; i < LINKS_MAX; i++)
        links->view.links[i] = (struct link_view){
            .tx_moved_ns = INT64_MIN, .rx_moved_ns = INT64_MIN, .away_ns = INT64_MIN, .up = true};
}

void links_done(struct links *links)
{
    free(links->looks);
}

static unsigned link_of(const struct links_view *view, uint32_t host)
{
    return (unsigned)(prf_mix(host) % view->n);
}

/* A third of the links is never at rest; the others are fine most of the time. */
static enum spell spell_at(const struct links *links, unsigned link, int64_t at_ns)
{
    uint64_t number = (uint64_t)((at_ns - links->start_ns) / SPELL_NS);
    uint64_t random = prf(links->seed, link, number);
    bool restless = prf(links->seed, link, UINT64_MAX) % 3 == 0;

    if (number == 0)
        return FINE;
    if (random % 3 > 0)
        return restless ? (link % 2 ? NOISE_OUT : NOISE_IN) : FINE;
    return (enum spell)(random / 3 % SPELLS);
}

/* Links go away for the first half of such a spell. */
static bool is_up(const struct links *links, unsigned link, int64_t at_ns)
{
    int64_t into_ns = (at_ns - links->start_ns) % SPELL_NS;

    return spell_at(links, link, at_ns) != AWAY || into_ns >= SPELL_NS / 2;
}

static bool drops(struct links *links, unsigned link, int64_t at_ns, enum spell some,
                  enum spell all)
{
    enum spell spell = spell_at(links, link, at_ns);

    return spell == all || (spell == some && dice_chance(&links->dice, PPM / 8));
}

bool links_drop_out(struct links *links, uint32_t host, int64_t at_ns)
{
    unsigned link;

    if (!links->view.n)
        return false;
    link = link_of(&links->view, host);
    if (!is_up(links, link, at_ns))
        return true;
    if (!drops(links, link, at_ns, DROPS_OUT, FULL_OUT))
        return false;
    links->tx[link]++;
    return true;
}

bool links_drop_in(struct links *links, uint32_t host, int64_t at_ns)
{
    unsigned link;

    if (!links->view.n)
        return false;
    link = link_of(&links->view, host);
    if (!is_up(links, link, at_ns))
        return true;
    if (!drops(links, link, at_ns, DROPS_IN, FULL_IN))
        return false;
    links->rx[link]++;
    return true;
}

/* What happens to the links whether we send or not: drops of what is none of ours. */
static void add_noise(struct links *links, int64_t at_ns)
{
    for (unsigned link = 0; link < links->view.n; link++) {
        enum spell spell = spell_at(links, link, at_ns);

        links->tx[link] += spell == NOISE_OUT;
        links->rx[link] += spell == NOISE_IN;
    }
}

static void add_changes(struct links *links, int64_t at_ns)
{
    for (unsigned link = 0; link < links->view.n; link++)
        links->changes[link] += is_up(links, link, at_ns) != is_up(links, link, at_ns - 1);
}

static void catch_up(struct links *links, int64_t now_ns)
{
    for (; links->noise_ns <= now_ns; links->noise_ns += NOISE_NS)
        add_noise(links, links->noise_ns);
    for (; links->change_ns <= now_ns; links->change_ns += SPELL_NS / 2)
        add_changes(links, links->change_ns);
}

static bool move(uint64_t *known, uint64_t value, int64_t *moved_ns, int64_t now_ns)
{
    if (*known == value)
        return false;
    *known = value;
    *moved_ns = now_ns;
    return true;
}

static bool look_at(struct links *links, unsigned link, int64_t now_ns)
{
    struct link_view *view = &links->view.links[link];
    bool trouble = move(&view->tx, links->tx[link], &view->tx_moved_ns, now_ns);

    trouble |= move(&view->rx, links->rx[link], &view->rx_moved_ns, now_ns);
    trouble |= move(&view->changes, links->changes[link], &view->away_ns, now_ns);
    view->up = is_up(links, link, now_ns);
    return trouble || !view->up;
}

static void keep(struct links *links, uint64_t event)
{
    if (links->n == links->cap) {
        size_t cap = links->cap ? links->cap * 2 : 64;
        struct look *looks = malloc(cap * sizeof(*looks));

        if (!looks)
            abort();
        for (size_t i = 0; i < links->n; i++)
            looks[i] = links->looks[(links->head + i) % links->cap];
        free(links->looks);
        links->looks = looks;
        links->cap = cap;
        links->head = 0;
    }
    links->looks[(links->head + links->n++) % links->cap] =
        (struct look){.event = event, .view = links->view};
}

bool links_look(struct links *links, int64_t now_ns, uint64_t event)
{
    bool trouble = false;

    catch_up(links, now_ns);
    for (unsigned i = 0; i < links->view.n; i++)
        trouble |= look_at(links, i, now_ns);
    keep(links, event);
    return trouble;
}

const struct look *links_take_look(struct links *links, uint64_t event)
{
    const struct look *look;

    if (!links->n)
        return NULL; /* nor is there memory for looks yet */
    look = &links->looks[links->head];
    if (look->event > event)
        return NULL;
    links->head = (links->head + 1) % links->cap;
    links->n--;
    return look;
}

enum mping_reason links_doubt(const struct links_view *view, uint32_t host, int64_t sent_ns)
{
    const struct link_view *link;

    if (!view->n)
        return MPING_REASON_NONE;
    link = &view->links[link_of(view, host)];
    if (!link->up || sent_ns <= link->away_ns)
        return MPING_REASON_LINK;
    if (sent_ns <= link->tx_moved_ns)
        return MPING_REASON_TX_DROP;
    if (sent_ns <= link->rx_moved_ns)
        return MPING_REASON_RX_DROP;
    return MPING_REASON_NONE;
}
