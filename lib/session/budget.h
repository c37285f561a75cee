/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the shards of one engine share: its rate, the probes in flight and the number of targets.
 * In each second rate + 32 probes leave at most, whoever sends them. Shards that want more than
 * there is take turns. Time is passed in; any thread.
 */
#ifndef MPING_SESSION_BUDGET_H
#define MPING_SESSION_BUDGET_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/pacer.h"

enum { MPING_SHARDS_MAX = 64 };

struct mping_budget {
    pthread_mutex_t lock;
    struct mping_pacer pacer;
    uint64_t inflight_max;
    uint64_t inflight; /* of all shards, each as it was last told: never too few */
    uint64_t told[MPING_SHARDS_MAX];
    int64_t yield_ns[MPING_SHARDS_MAX]; /* until then it leaves the rate to the others */
    uint64_t hungry;                    /* bits: shards that wanted more than they got */
    uint64_t starved;                   /* bits: shards to tell when the window has room again */
    uint64_t given[MPING_SHARDS_MAX];   /* probes, compared among the hungry ones */
    uint32_t out[MPING_SHARDS_MAX]; /* probes allowed, by the rate, and not known to have left */
    int64_t out_slice[MPING_SHARDS_MAX]; /* of the pacer, when they were */
    uint64_t targets_max;                /* 0: no limit */
    uint64_t targets;
};

void mping_budget_init(struct mping_budget *budget, uint32_t rate_pps, uint64_t inflight_max,
                       uint64_t targets_max);
void mping_budget_done(struct mping_budget *budget);

/* As struct mping_core_budget has them. The budget stays locked from begin to end. */
uint64_t mping_budget_begin(struct mping_budget *budget, uint32_t shard, int64_t now_ns,
                            uint64_t inflight);
void mping_budget_end(struct mping_budget *budget, uint32_t shard, uint32_t n, bool hungry);
/* All of them have left by now_ns: they count from then on, not from when they were allowed. */
void mping_budget_sent(struct mping_budget *budget, uint32_t shard, int64_t now_ns);
int64_t mping_budget_next_ns(struct mping_budget *budget, uint32_t shard, int64_t due_ns);

/* So many are in flight now. Returns the bits of the shards that may send again. */
uint64_t mping_budget_tell(struct mping_budget *budget, uint32_t shard, uint64_t inflight);

/* Counts one target more: false if there are as many as may be. */
bool mping_budget_add_target(struct mping_budget *budget);
void mping_budget_drop_target(struct mping_budget *budget);

#endif
