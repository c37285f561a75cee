/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "core/internal.h"

static void add_rtt(struct mping_counters *c, int64_t rtt_ns)
{
    double rtt = (double)rtt_ns, delta = rtt - c->rtt_mean_ns;

    c->received++;
    if (c->received == 1) {
        c->rtt_min_ns = c->rtt_max_ns = rtt_ns;
    } else {
        double change = fabs((double)(rtt_ns - c->rtt_last_ns));

        c->jitter_ns += (change - c->jitter_ns) / 16; /* RFC 3550 section 6.4.1 */
        if (rtt_ns < c->rtt_min_ns)
            c->rtt_min_ns = rtt_ns;
        if (rtt_ns > c->rtt_max_ns)
            c->rtt_max_ns = rtt_ns;
    }
    c->rtt_mean_ns += delta / (double)c->received;
    c->rtt_m2 += delta * (rtt - c->rtt_mean_ns);
    c->rtt_last_ns = rtt_ns;
    c->loss_run = 0;
}

void mping_count_sent(struct mping_core *core, struct mping_core_target *t)
{
    struct mping_more *more = mping_more_of(core, t);

    if (more)
        more->counters.sent++;
    else
        t->sent++;
    core->totals.sent++;
}

void mping_count_reply(struct mping_core *core, struct mping_core_target *t, int64_t rtt_ns)
{
    struct mping_more *more = mping_more_of(core, t);

    add_rtt(&core->totals, rtt_ns);
    if (!more) {
        /* Within the timeout, so it fits: see mping_target_ready(). */
        t->rtt_ns = (uint32_t)rtt_ns;
        t->outcome = MPING_EV_REPLY;
        return;
    }
    add_rtt(&more->counters, rtt_ns);
    if (more->histogram)
        mping_histogram_add(more->histogram, rtt_ns);
}

static void add_verdict(struct mping_counters *c, enum mping_event_type type)
{
    switch (type) {
    case MPING_EV_LOST:
        c->lost++;
        break;
    case MPING_EV_UNREACHABLE:
        c->unreachable++;
        break;
    case MPING_EV_SEND_ERROR:
        c->send_errors++;
        break;
    case MPING_EV_RESOLVE_ERROR:
        c->resolve_errors++;
        break;
    case MPING_EV_CANCELED:
        c->canceled++;
        break;
    default:
        assert(type == MPING_EV_UNKNOWN);
        c->unknown++;
        break;
    }
    if (type != MPING_EV_LOST && type != MPING_EV_UNREACHABLE)
        return;
    if (c->loss_run < UINT32_MAX)
        c->loss_run++;
    if (c->loss_run > c->loss_run_max)
        c->loss_run_max = c->loss_run;
}

void mping_count_verdict(struct mping_core *core, struct mping_core_target *t,
                         enum mping_event_type type)
{
    struct mping_more *more = mping_more_of(core, t);

    add_verdict(&core->totals, type);
    /* A lookup may fail at any time; all others are the verdict of the only probe. */
    if (!more && type == MPING_EV_RESOLVE_ERROR && (t->outcome || mping_target_pending(core, t))) {
        more = mping_target_more(core, t);
        if (!more)
            return;
    }
    if (more)
        add_verdict(&more->counters, type);
    else if (type == MPING_EV_LOST)
        t->lost++;
    else
        t->outcome = (uint8_t)type;
}

static void add_extra(struct mping_counters *c, enum mping_extra extra)
{
    switch (extra) {
    case MPING_EXTRA_LATE:
        c->late++;
        break;
    case MPING_EXTRA_DUPLICATE:
        c->duplicates++;
        break;
    case MPING_EXTRA_MISMATCH:
        c->mismatches++;
        break;
    case MPING_EXTRA_TRUNCATED:
        c->truncated++;
        break;
    case MPING_EXTRA_LONGER:
        c->longer++;
        break;
    default:
        assert(extra == MPING_EXTRA_ICMP_ERROR);
        c->icmp_errors++;
        break;
    }
}

void mping_count_extra(struct mping_core *core, struct mping_core_target *t, enum mping_extra extra)
{
    struct mping_more *more = mping_target_more(core, t);

    add_extra(&core->totals, extra);
    if (!more)
        return;
    add_extra(&more->counters, extra);
    if (extra == MPING_EXTRA_LATE)
        more->excuses = 0; /* the host answers */
}

void mping_counters_unpack(const struct mping_core_target *t, struct mping_counters *ret_counters)
{
    *ret_counters = (struct mping_counters){
        .sent = t->sent,
        .lost = t->lost,
        .loss_run = t->lost,
        .loss_run_max = t->lost,
    };
    if (t->outcome == MPING_EV_REPLY)
        add_rtt(ret_counters, t->rtt_ns);
    else if (t->outcome)
        add_verdict(ret_counters, (enum mping_event_type)t->outcome);
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
static int64_t quantile_ns(const struct mping_more *more, double share)
{
    int64_t value_ns = mping_histogram_quantile_ns(more->histogram, share);

    if (value_ns < more->counters.rtt_min_ns)
        return more->counters.rtt_min_ns;
    return value_ns > more->counters.rtt_max_ns ? more->counters.rtt_max_ns : value_ns;
}

/* Forgets all but the probes still pending. */
static void reset_target(const struct mping_core *core, struct mping_core_target *t)
{
    struct mping_more *more = mping_more_of(core, t);

    if (more) {
        more->counters = (struct mping_counters){.sent = more->pending};
        if (more->histogram)
            *more->histogram = (struct mping_histogram){0};
        return;
    }
    t->first_slot = mping_target_first(t);
    t->sent = t->first_slot != MPING_SLAB_NONE;
    t->lost = 0;
    t->outcome = 0;
}

void mping_core_target_stats(struct mping_core *core, uint32_t target,
                             struct mping_stats *ret_stats, bool reset)
{
    struct mping_core_target *t = mping_target_at(core, target);
    const struct mping_more *more = mping_more_of(core, t);
    struct mping_counters unpacked;

    if (!more)
        mping_counters_unpack(t, &unpacked);
    fill(ret_stats, more ? &more->counters : &unpacked);
    ret_stats->pending = mping_target_pending(core, t);
    if (more && more->histogram) {
        ret_stats->rtt_p50_ns = quantile_ns(more, 0.50);
        ret_stats->rtt_p90_ns = quantile_ns(more, 0.90);
        ret_stats->rtt_p95_ns = quantile_ns(more, 0.95);
        ret_stats->rtt_p99_ns = quantile_ns(more, 0.99);
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
