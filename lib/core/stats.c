/* SPDX-License-Identifier: Apache-2.0 */
#include "core/stats.h"

#include <math.h>

#include "base/histogram.h"
#include "base/slab.h"
#include "core/core.h"
#include "core/counters.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"

void mping_count_sent(struct mping_core *core, struct mping_core_target *t)
{
    struct mping_target_extra *extra = mping_target_extra_of(core, t);

    if (extra)
        extra->counters.sent++;
    else
        t->sent++;
    core->totals.sent++;
}

void mping_count_reply(struct mping_core *core, struct mping_core_target *t, int64_t rtt_ns)
{
    struct mping_target_extra *extra = mping_target_extra_of(core, t);

    mping_counters_add_rtt(&core->totals, rtt_ns);
    if (!extra) {
        /* Within the timeout, so it fits: see mping_target_ready(). */
        t->rtt_ns = (uint32_t)rtt_ns;
        t->outcome = MPING_EV_REPLY;
        return;
    }
    mping_counters_add_rtt(&extra->counters, rtt_ns);
    if (extra->histogram)
        mping_histogram_add(extra->histogram, rtt_ns);
}

void mping_count_verdict(struct mping_core *core, struct mping_core_target *t,
                         enum mping_event_type type)
{
    struct mping_target_extra *extra = mping_target_extra_of(core, t);

    mping_counters_add_verdict(&core->totals, type);
    /* A lookup may fail at any time; all others are the verdict of the only probe. */
    if (!extra && type == MPING_EV_RESOLVE_ERROR && (t->outcome || mping_target_pending(core, t))) {
        extra = mping_target_make_extra(core, t);
        if (!extra)
            return;
    }
    if (extra)
        mping_counters_add_verdict(&extra->counters, type);
    else if (type == MPING_EV_LOST)
        t->lost++;
    else
        t->outcome = (uint8_t)type;
}

void mping_core_target_take_back(struct mping_core *core, uint32_t target,
                                 const struct mping_event *event)
{
    struct mping_core_target *t = mping_target_at(core, target);
    struct mping_target_extra *extra = mping_target_extra_of(core, t);

    mping_counters_take_back(&core->totals, event);
    if (!extra) {
        if (t->outcome == MPING_EV_REPLY) {
            t->outcome = MPING_EV_CANCELED;
            t->first_probe = MPING_SLAB_NONE; /* else the RTT, in its place, were taken for one */
        }
        return;
    }
    mping_counters_take_back(&extra->counters, event);
    if (extra->histogram)
        mping_histogram_remove(extra->histogram, event->rtt_ns);
}

void mping_count_extra(struct mping_core *core, struct mping_core_target *t, enum mping_extra kind)
{
    struct mping_target_extra *extra = mping_target_make_extra(core, t);

    mping_counters_add_extra(&core->totals, kind);
    if (!extra)
        return;
    mping_counters_add_extra(&extra->counters, kind);
    if (kind == MPING_EXTRA_LATE)
        extra->excuses = 0; /* the host answers */
}

static void fill(struct mping_stats *stats, const struct mping_counters *c)
{
    *stats = (struct mping_stats){
        .sent = c->sent,
        .received = c->received,
        .lost = c->lost,
        .unreachable = c->unreachable,
        .send_errors = c->send_errors,
        .unknown = c->unknown,
        .canceled = c->canceled,
        .resolve_errors = c->resolve_errors,
        .late = c->late,
        .duplicates = c->duplicates,
        .mismatches = c->mismatches,
        .icmp_errors = c->icmp_errors,
        .rtt_min_ns = c->rtt_min_ns,
        .rtt_max_ns = c->rtt_max_ns,
        .rtt_last_ns = c->rtt_last_ns,
        .rtt_mean_ns = c->rtt_mean_ns,
        .rtt_stddev_ns = c->received ? sqrt(c->rtt_m2 / (double)c->received) : 0,
        .jitter_ns = c->jitter_ns,
        .loss_run = c->loss_run,
        .loss_run_max = c->loss_run_max,
        .truncated = c->truncated,
        .longer = c->longer,
    };
}

/* The middle of a bucket may lie beyond what was really seen. */
static int64_t quantile_ns(const struct mping_target_extra *extra, double share)
{
    int64_t value_ns = mping_histogram_quantile_ns(extra->histogram, share);

    if (value_ns < extra->counters.rtt_min_ns)
        return extra->counters.rtt_min_ns;
    return value_ns > extra->counters.rtt_max_ns ? extra->counters.rtt_max_ns : value_ns;
}

/* Forgets all but the probes still pending. */
static void reset_target(const struct mping_core *core, struct mping_core_target *t)
{
    struct mping_target_extra *extra = mping_target_extra_of(core, t);

    if (extra) {
        extra->counters = (struct mping_counters){.sent = extra->pending};
        if (extra->histogram)
            *extra->histogram = (struct mping_histogram){0};
        return;
    }
    t->first_probe = mping_target_first(t);
    t->sent = t->first_probe != MPING_SLAB_NONE;
    t->lost = 0;
    t->outcome = 0;
}

void mping_core_target_stats(struct mping_core *core, uint32_t target,
                             struct mping_stats *ret_stats, bool reset)
{
    struct mping_core_target *t = mping_target_at(core, target);
    const struct mping_target_extra *extra = mping_target_extra_of(core, t);
    struct mping_counters unpacked;

    if (!extra)
        mping_counters_unpack(t, &unpacked);
    fill(ret_stats, extra ? &extra->counters : &unpacked);
    ret_stats->pending = mping_target_pending(core, t);
    if (extra && extra->histogram) {
        ret_stats->rtt_p50_ns = quantile_ns(extra, 0.50);
        ret_stats->rtt_p90_ns = quantile_ns(extra, 0.90);
        ret_stats->rtt_p95_ns = quantile_ns(extra, 0.95);
        ret_stats->rtt_p99_ns = quantile_ns(extra, 0.99);
    }
    if (reset)
        reset_target(core, t);
}

void mping_core_stats(const struct mping_core *core, struct mping_stats *ret_stats)
{
    fill(ret_stats, &core->totals);
    ret_stats->pending = core->inflight;
    ret_stats->loss_run = ret_stats->loss_run_max = 0; /* of single targets only */
    ret_stats->targets = core->active;
    ret_stats->rx_packets = core->rx_packets;
    ret_stats->rx_drops = core->rx_drops;
    ret_stats->rx_malformed = core->rx_malformed;
    ret_stats->rx_checksum = core->rx_checksum;
    ret_stats->rx_foreign = core->rx_foreign;
    ret_stats->send_retries = core->send_retries;
    ret_stats->ids = (uint64_t)core->ids[0].n + core->ids[1].n;
}
