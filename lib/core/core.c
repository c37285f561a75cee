/* SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"

#include <stdlib.h>
#include <string.h>

#include <multiping/error.h>

#include "base/hash_index.h"
#include "base/rng.h"
#include "base/slab.h"
#include "core/pacer.h"
#include "core/probes.h"
#include "core/records.h"
#include "core/schedule.h"
#include "core/state.h"
#include "core/target_store.h"
#include "core/wheel.h"

/* Those that may grow large tell of their memory before they fill it. */
static void set_fresh(struct mping_core *core, void (*fresh)(void *memory, size_t bytes))
{
    core->targets.fresh_memory = core->extras.fresh_memory = core->ip6_entries.fresh_memory = fresh;
    core->target_index.fresh_memory = fresh;
}

static int init(struct mping_core *core, const struct mping_core_opts *opts)
{
    core->opts = *opts;
    core->profile_last = core->profile_free = MPING_SLAB_NONE;
    core->rng.state = opts->seed[0] ^ opts->seed[1];
    core->hash_seed = mping_rng_next(&core->rng);
    core->now_ns = core->hold_ns = INT64_MIN;
    core->stall_from_ns = core->stall_to_ns = INT64_MIN;
    core->send_told_ns = MPING_TIME_NEVER;
    core->dropped_ns[0] = core->dropped_ns[1] = core->suspended_ns = INT64_MIN;
    core->link_trouble_ns = core->looked_ns = INT64_MIN;
    core->tx_dropped_ns[0] = core->tx_dropped_ns[1] = INT64_MIN;
    for (unsigned i = 0; i < MPING_CLASSES; i++)
        core->class_timeout_ns[i] = -1;
    mping_pacer_init(&core->pacer, opts->rate_pps);
    if (mping_slab_init(&core->targets, sizeof(struct mping_core_target), MPING_TARGETS_LISTS) <
            0 ||
        mping_slab_init(&core->extras, sizeof(struct mping_target_extra), 1) < 0 ||
        mping_slab_init(&core->ip6_entries, sizeof(struct mping_ip6_entry), 1) < 0 ||
        mping_slab_init(&core->probes, sizeof(struct mping_probe), MPING_PROBES_LISTS) < 0 ||
        mping_slab_init(&core->hints, sizeof(struct mping_hint), 1) < 0)
        return MPING_ENOMEM;
    mping_slab_set_context(&core->targets, core);
    set_fresh(core, opts->fresh);
    mping_wheel_init(&core->schedule, &core->targets, MPING_TARGETS_WHEEL);
    mping_wheel_init(&core->timeouts, &core->probes, MPING_PROBES_WHEEL);
    core->ring = calloc(MPING_EVENT_RING, sizeof(*core->ring));
    core->answers = calloc(MPING_ANSWER_SPANS, sizeof(*core->answers));
    if (!core->ring || !core->answers)
        return MPING_ENOMEM;
    memset(core->answers, 0xff, MPING_ANSWER_SPANS * sizeof(*core->answers)); /* of no time */
    return 0;
}

int mping_core_new(struct mping_core **ret_core, const struct mping_core_opts *opts)
{
    struct mping_core *core = calloc(1, sizeof(*core));

    if (!core)
        return MPING_ENOMEM;
    if (init(core, opts) < 0) {
        mping_core_free(core);
        return MPING_ENOMEM;
    }
    *ret_core = core;
    return 0;
}

static void free_histograms(struct mping_core *core)
{
    for (uint32_t i = 0; i < core->targets.fresh; i++) {
        const struct mping_core_target *t = mping_target_at(core, i);

        if (mping_slab_holds(&core->targets, i) && t->state != MPING_TARGET_FREE &&
            t->extra != MPING_SLAB_NONE)
            free(mping_target_extra_of(core, t)->histogram);
    }
}

void mping_core_free(struct mping_core *core)
{
    if (!core)
        return;
    free_histograms(core);
    mping_slab_done(&core->targets);
    mping_slab_done(&core->extras);
    mping_slab_done(&core->ip6_entries);
    mping_slab_done(&core->probes);
    mping_slab_done(&core->hints);
    mping_hash_done(&core->target_index);
    mping_hash_done(&core->probe_index);
    mping_hash_done(&core->hint_index);
    mping_hash_done(&core->profile_index);
    free(core->profiles);
    free(core->ids[0].ids);
    free(core->ids[1].ids);
    free(core->ring);
    free(core->answers);
    free(core);
}

int64_t mping_core_verdict_ns(struct mping_core *core)
{
    if (mping_list_head(&core->targets, MPING_TARGETS_ENDING) != MPING_SLAB_NONE)
        return 0;
    return mping_probe_deadline_ns(core);
}

int64_t mping_core_deadline_ns(struct mping_core *core)
{
    int64_t send_ns = mping_schedule_deadline_ns(core), expire_ns;

    if (core->send_told_ns == MPING_TIME_NEVER)
        core->send_told_ns = send_ns;
    if (mping_list_head(&core->targets, MPING_TARGETS_ENDING) != MPING_SLAB_NONE ||
        mping_list_head(&core->targets, MPING_TARGETS_RESOLVE) != MPING_SLAB_NONE)
        return 0;
    expire_ns = mping_probe_deadline_ns(core);
    return send_ns < expire_ns ? send_ns : expire_ns;
}

void mping_core_pause_pull(struct mping_core *core, bool pause)
{
    core->pull_paused = pause;
}

uint64_t mping_core_active(const struct mping_core *core)
{
    return core->active;
}

uint64_t mping_core_inflight(const struct mping_core *core)
{
    return core->inflight;
}

uint64_t mping_core_unpaced(const struct mping_core *core)
{
    return core->unpaced;
}

void mping_core_set_wall(struct mping_core *core, int64_t offset_ns)
{
    core->wall_offset_ns = offset_ns;
}

void mping_core_set_unpaced(struct mping_core *core, uint64_t unpaced_inflight)
{
    core->opts.unpaced_inflight = unpaced_inflight ? unpaced_inflight : 1;
}
