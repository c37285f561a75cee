/* SPDX-License-Identifier: Apache-2.0 */
/* What the core may send, and what becomes of it. */
#include "model.h"

#include <errno.h>
#include <sys/socket.h>

/* At most rate + 32 in any second. */
static void check_rate(int64_t now_ns)
{
    size_t n = 0;

    if (model.made_n < PROBES_MAX)
        model.made_ns[model.made_n++] = now_ns;
    if (!model.opts.rate_pps)
        return;
    for (size_t i = 0; i < model.made_n; i++)
        n += model.made_ns[i] > now_ns - SECOND;
    CHECK(n <= (size_t)model.opts.rate_pps + 32);
}

/* A probe leaves when it may. */
static void check_made(struct target *t, int64_t now_ns)
{
    const struct mping_profile *profile = t->profile;

    CHECK(!t->done && !t->resolving && now_ns >= model.hold_ns);
    CHECK(!profile->count || t->next < profile->count);
    CHECK(!model.paused || !profile->pull);
    CHECK(profile->interval_ns >= 0 || t->backlog > 0);
    if (profile->attempts && !t->by_hand)
        CHECK(t->pending == 0 && t->next < profile->attempts);
    else if (profile->interval_ns == 0 && !t->by_hand)
        CHECK(t->pending < profile->window);
    if (profile->interval_ns > 0 && !t->by_hand && !t->was_full && profile->first_delay_ns >= 0)
        CHECK(now_ns >= t->first_due_ns + (int64_t)t->scheduled * profile->interval_ns);
}

/* A newer probe needs its place: only one that is out has to be told of. */
static void make_way(const struct probe *newer, int64_t now_ns)
{
    for (size_t i = 0; i < model.probes_n; i++) {
        struct probe *p = &model.probes[i];

        if (p == newer || p->state < PROBE_OUT || p->state == PROBE_GONE || p->id != newer->id ||
            (uint16_t)p->count != (uint16_t)newer->count || !model_same_addr(&p->dst, &newer->dst))
            continue;
        if (p->state == PROBE_OUT) {
            CHECK(p->target != newer->target ||
                  !(newer->target->profile->flags & MPING_FLAG_SEQ_STRICT));
            model_verdict(p, MPING_EV_UNKNOWN, MPING_REASON_SEQ_WRAP, now_ns);
        }
        p->state = PROBE_GONE;
    }
}

static void check_packet(const struct probe *p, const struct mping_tx *tx)
{
    uint8_t type = tx->dst.family == AF_INET6 ? 128 : p->timestamp ? 13 : 8;

    CHECK(tx->head[0] == type && tx->head[1] == 0);
    CHECK(tx->head[4] == tx->id >> 8 && tx->head[5] == (tx->id & 0xff));
    CHECK(tx->head[6] == (uint8_t)(p->count >> 8) && tx->head[7] == (uint8_t)p->count);
    CHECK(p->payload_len == p->target->profile->payload_bytes);
    for (size_t i = 0; i < model.probes_n && p->payload_len >= 8 && !p->timestamp; i++) {
        const struct probe *other = &model.probes[i];

        /* No proof is ever used for two probes. */
        CHECK(other == p || other->state == PROBE_NONE || other->payload_len < 8 ||
              other->timestamp || memcmp(other->payload, p->payload, 8) != 0);
    }
}

/* Who has made it: of those at that address the one with that number, and with that id unless it
 * has taken another for a later probe of the batch. */
static struct target *maker(const struct mping_tx *tx)
{
    uint16_t seq = (uint16_t)(tx->head[6] << 8 | tx->head[7]);
    struct target *moved = NULL;

    for (size_t i = 0; i < TARGETS_MAX; i++) {
        struct target *t = &model.targets[i];

        if (!t->used || !t->has_addr || t->finished || (uint16_t)t->next != seq ||
            !model_same_addr(&t->addr, &tx->dst))
            continue;
        if (t->id == tx->id)
            return t;
        if (!(t->profile->flags & MPING_FLAG_KEEP_ID))
            moved = t;
    }
    CHECK(moved);
    return moved;
}

void model_made(const struct mping_tx *tx, int64_t now_ns)
{
    struct probe *p = &model.probes[model.probes_n++];
    struct target *t = maker(tx);

    check_made(t, now_ns);
    check_rate(now_ns);
    *p = (struct probe){
        .target = t,
        .life = t->life,
        .count = t->next,
        .dst = tx->dst,
        .id = tx->id,
        .state = PROBE_SENDING,
        .attempt = t->profile->attempts ? (uint8_t)t->next : 0,
        .timestamp = t->profile->flags & MPING_FLAG_TIMESTAMP,
        .payload_len = tx->head_len - 8u + tx->tail_len,
    };
    CHECK(p->payload_len <= PAYLOAD_MAX);
    memcpy(p->payload, tx->head + 8, tx->head_len - 8u);
    if (tx->tail_len)
        memcpy(p->payload + tx->head_len - 8, tx->tail, tx->tail_len);
    check_packet(p, tx);
    make_way(p, now_ns);
    if (t->backlog)
        t->backlog--;
    else
        t->scheduled++;
    t->last_made_ns = now_ns;
    t->next++;
    t->pending++;
    t->done = t->profile->count && t->next >= t->profile->count;
    t->asked = false;
}

static struct probe *find_sending(const struct mping_tx *tx)
{
    uint16_t seq = (uint16_t)(tx->head[6] << 8 | tx->head[7]);

    for (size_t i = model.probes_n; i-- > 0;)
        if (model.probes[i].state == PROBE_SENDING && model.probes[i].id == tx->id &&
            (uint16_t)model.probes[i].count == seq &&
            model_same_addr(&model.probes[i].dst, &tx->dst))
            return &model.probes[i];
    CHECK(false);
    return NULL;
}

/* Buffers are full: as if it had never been made, unless the target has ended meanwhile. */
static void put_off(struct probe *p)
{
    struct target *t = p->target;

    model.send_retries++;
    model.hold_ns = model.now_ns + MS;
    p->state = PROBE_NONE;
    t->pending--;
    t->was_full = true;
    if (!t->err && !t->ending) {
        t->next--;
        t->done = false;
        if (t->profile->interval_ns < 0)
            t->backlog++;
    }
    model_settle(t);
}

void model_sent(const struct mping_tx *tx)
{
    struct probe *p = find_sending(tx);
    struct target *t = p->target;
    int64_t wait_ns = model_timeout_ns(t, p->attempt);
    const struct mping_event *event;

    if ((tx->err == -EAGAIN || tx->err == -ENOBUFS) && t->retries++ < RETRIES_MAX) {
        put_off(p);
        return;
    }
    t->retries = 0;
    t->sums.sent++;
    model.sums.sent++;
    p->sent_ns = tx->sent_ns;
    p->began_ns = tx->began_ns;
    p->due_ns = wait_ns ? p->sent_ns + wait_ns : INT64_MAX;
    if (!tx->err) {
        p->state = PROBE_OUT;
        (void)model_expect_probe(p, MPING_EV_SENT);
        return;
    }
    event = model_expect_probe(p, MPING_EV_SEND_ERROR);
    CHECK(event && event->err == tx->err);
    p->state = PROBE_GONE;
    t->pending--;
    sums_verdict(t, MPING_EV_SEND_ERROR, 0);
    if (!(t->profile->flags & MPING_FLAG_RETRY_SEND) && !t->profile->attempts)
        model_stop(t, tx->err);
    else
        model_judge(t, MPING_EV_SEND_ERROR);
}
