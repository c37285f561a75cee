/* SPDX-License-Identifier: Apache-2.0 */
#include "session/budget.h"

void mping_budget_init(struct mping_budget *budget, uint32_t rate_pps, uint64_t inflight_max,
                       uint64_t targets_max)
{
    *budget = (struct mping_budget){.inflight_max = inflight_max, .targets_max = targets_max};
    pthread_mutex_init(&budget->lock, NULL);
    mping_pacer_init(&budget->pacer, rate_pps);
}

void mping_budget_done(struct mping_budget *budget)
{
    pthread_mutex_destroy(&budget->lock);
}

static uint64_t bit(uint32_t shard)
{
    return UINT64_C(1) << shard;
}

static void note_inflight(struct mping_budget *budget, uint32_t shard, uint64_t inflight)
{
    budget->inflight += inflight - budget->told[shard];
    budget->told[shard] = inflight;
}

/* It wants more than it gets. What it has been given while it did not is not held against it. */
static void note_hungry(struct mping_budget *budget, uint32_t shard)
{
    uint64_t least = UINT64_MAX;

    if (budget->hungry & bit(shard))
        return;
    for (uint32_t i = 0; i < MPING_SHARDS_MAX; i++)
        if (budget->hungry & bit(i) && budget->given[i] < least)
            least = budget->given[i];
    if (least != UINT64_MAX)
        budget->given[shard] = least;
    budget->hungry |= bit(shard);
}

/*
 * The part of what may leave now that is this shard's where others want some too: an equal one,
 * more if it has had less than they, less if it has had more. One that gets nothing leaves the
 * next to the others for a while.
 */
static uint64_t share(struct mping_budget *budget, uint32_t shard, int64_t now_ns, uint64_t allowed)
{
    uint64_t hungry = budget->hungry | bit(shard);
    int64_t n = __builtin_popcountll(hungry), want = (int64_t)allowed, lag = 0;

    if (n == 1 || !allowed)
        return allowed;
    for (uint32_t i = 0; i < MPING_SHARDS_MAX; i++)
        if (hungry & bit(i))
            lag += (int64_t)(budget->given[i] - budget->given[shard]);
    if (lag > want * n)
        lag = want * n;
    if (lag < -(n - 1 + want / 2))
        lag = -(n - 1 + want / 2); /* they may never come to take it */
    want = (want + n - 1 + lag) / n;
    if (want <= 0)
        budget->yield_ns[shard] = now_ns + n * INT64_C(1000000000) / budget->pacer.rate_pps;
    return want <= 0 ? 0 : (uint64_t)want < allowed ? (uint64_t)want : allowed;
}

uint64_t mping_budget_begin(struct mping_budget *budget, uint32_t shard, int64_t now_ns,
                            uint64_t inflight)
{
    uint64_t allowed = UINT64_MAX, room;

    pthread_mutex_lock(&budget->lock);
    note_inflight(budget, shard, inflight);
    room = budget->inflight < budget->inflight_max ? budget->inflight_max - budget->inflight : 0;
    if (budget->pacer.rate_pps) {
        /* Another shard may have read the clock later and come here before. */
        if (now_ns < budget->pacer.last_ns)
            now_ns = budget->pacer.last_ns;
        allowed = share(budget, shard, now_ns, mping_pacer_allow(&budget->pacer, now_ns));
    }
    return allowed < room ? allowed : room;
}

void mping_budget_end(struct mping_budget *budget, uint32_t shard, uint32_t n, bool hungry)
{
    if (hungry)
        note_hungry(budget, shard);
    else
        budget->hungry &= ~bit(shard);
    budget->given[shard] += n;
    budget->out[shard] = n;
    budget->out_slice[shard] = budget->pacer.slice;
    mping_pacer_spend(&budget->pacer, n, budget->hungry != 0);
    note_inflight(budget, shard, budget->told[shard] + n);
    pthread_mutex_unlock(&budget->lock);
}

/*
 * A machine may keep a thread from sending what it has been allowed, and the second that it is
 * sent in has a cap of its own.
 */
void mping_budget_sent(struct mping_budget *budget, uint32_t shard, int64_t now_ns)
{
    struct mping_pacer *pacer = &budget->pacer;
    uint32_t n = budget->out[shard];

    if (!pacer->rate_pps || !n)
        return;
    pthread_mutex_lock(&budget->lock);
    (void)mping_pacer_allow(pacer, now_ns > pacer->last_ns ? now_ns : pacer->last_ns);
    if (pacer->slice - budget->out_slice[shard] < MPING_PACER_WINDOW)
        pacer->slices[(uint64_t)budget->out_slice[shard] % MPING_PACER_SLICES] -= n;
    else
        pacer->in_window += n;
    pacer->slices[(uint64_t)pacer->slice % MPING_PACER_SLICES] += n;
    budget->out[shard] = 0;
    pthread_mutex_unlock(&budget->lock);
}

/* When the rate will allow it; a shard that could use it earlier is hungry. */
static int64_t paced_ns(struct mping_budget *budget, uint32_t shard, int64_t due_ns)
{
    int64_t next_ns = mping_pacer_next_ns(&budget->pacer);

    if (next_ns < budget->yield_ns[shard])
        next_ns = budget->yield_ns[shard];
    if (next_ns <= due_ns)
        return due_ns;
    note_hungry(budget, shard);
    return next_ns;
}

int64_t mping_budget_next_ns(struct mping_budget *budget, uint32_t shard, int64_t due_ns)
{
    pthread_mutex_lock(&budget->lock);
    if (budget->inflight >= budget->inflight_max) {
        budget->starved |= bit(shard);
        due_ns = INT64_MAX;
    } else if (budget->pacer.rate_pps) {
        due_ns = paced_ns(budget, shard, due_ns);
    }
    pthread_mutex_unlock(&budget->lock);
    return due_ns;
}

uint64_t mping_budget_tell(struct mping_budget *budget, uint32_t shard, uint64_t inflight)
{
    uint64_t released = 0;

    pthread_mutex_lock(&budget->lock);
    note_inflight(budget, shard, inflight);
    if (budget->inflight < budget->inflight_max) {
        released = budget->starved & ~bit(shard);
        budget->starved = 0;
    }
    pthread_mutex_unlock(&budget->lock);
    return released;
}

bool mping_budget_add_target(struct mping_budget *budget)
{
    bool added;

    pthread_mutex_lock(&budget->lock);
    added = !budget->targets_max || budget->targets < budget->targets_max;
    budget->targets += added;
    pthread_mutex_unlock(&budget->lock);
    return added;
}

void mping_budget_drop_target(struct mping_budget *budget)
{
    pthread_mutex_lock(&budget->lock);
    budget->targets--;
    pthread_mutex_unlock(&budget->lock);
}
