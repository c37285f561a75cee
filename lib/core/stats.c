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

void mping_count_reply(struct mping_core *core, struct mping_core_target *target,
                       int64_t rtt_ns)
{
    add_rtt(&target->counters, rtt_ns);
    add_rtt(&core->totals, rtt_ns);
    if (target->histogram)
        mping_histogram_add(target->histogram, rtt_ns);
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
    case MPING_EV_UNKNOWN:
        c->unknown++;
        break;
    default:
        break;
    }
    if (type != MPING_EV_LOST && type != MPING_EV_UNREACHABLE)
        return;
    if (++c->loss_run > c->loss_run_max)
        c->loss_run_max = c->loss_run;
}

void mping_count_verdict(struct mping_core *core, struct mping_core_target *target,
                         enum mping_event_type type)
{
    add_verdict(&target->counters, type);
    add_verdict(&core->totals, type);
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
    };
}

/* The middle of a bucket may lie beyond what was really seen. */
static int64_t quantile_ns(const struct mping_core_target *t, double share)
{
    int64_t value_ns = mping_histogram_quantile_ns(t->histogram, share);

    if (value_ns < t->counters.rtt_min_ns)
        return t->counters.rtt_min_ns;
    return value_ns > t->counters.rtt_max_ns ? t->counters.rtt_max_ns : value_ns;
}

void mping_core_target_stats(struct mping_core *core, uint32_t target,
                             struct mping_stats *ret_stats, bool reset)
{
    struct mping_core_target *t = mping_target_at(core, target);

    fill(ret_stats, &t->counters);
    ret_stats->pending = t->pending;
    if (t->histogram) {
        ret_stats->rtt_p50_ns = quantile_ns(t, 0.50);
        ret_stats->rtt_p90_ns = quantile_ns(t, 0.90);
        ret_stats->rtt_p95_ns = quantile_ns(t, 0.95);
        ret_stats->rtt_p99_ns = quantile_ns(t, 0.99);
    }
    if (!reset)
        return;
    t->counters = (struct mping_counters){.sent = t->pending};
    if (t->histogram)
        *t->histogram = (struct mping_histogram){0};
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
