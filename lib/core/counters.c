/* SPDX-License-Identifier: Apache-2.0 */
#include "core/counters.h"

#include <math.h>

#include "core/records.h"

void mping_counters_add_rtt(struct mping_counters *c, int64_t rtt_ns)
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

void mping_counters_take_back(struct mping_counters *c, const struct mping_event *event)
{
    double rtt = (double)event->rtt_ns, before = c->rtt_mean_ns;

    if (c->received == 0)
        return; /* counted before they were reset */
    c->received--;
    c->canceled++;
    c->truncated -= event->truncated && c->truncated > 0;
    c->longer -= event->longer && c->longer > 0;
    if (c->received == 0) {
        c->rtt_min_ns = c->rtt_max_ns = c->rtt_last_ns = 0;
        c->rtt_mean_ns = c->rtt_m2 = c->jitter_ns = 0;
        return;
    }
    c->rtt_mean_ns += (before - rtt) / (double)c->received;
    if (c->rtt_mean_ns < (double)c->rtt_min_ns)
        c->rtt_mean_ns = (double)c->rtt_min_ns;
    if (c->rtt_mean_ns > (double)c->rtt_max_ns)
        c->rtt_mean_ns = (double)c->rtt_max_ns;
    c->rtt_m2 -= (rtt - before) * (rtt - c->rtt_mean_ns);
    if (c->rtt_m2 < 0)
        c->rtt_m2 = 0;
}

void mping_counters_add_verdict(struct mping_counters *c, enum mping_event_type type)
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

void mping_counters_add_extra(struct mping_counters *c, enum mping_extra kind)
{
    switch (kind) {
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
        assert(kind == MPING_EXTRA_ICMP_ERROR);
        c->icmp_errors++;
        break;
    }
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
        mping_counters_add_rtt(ret_counters, t->rtt_ns);
    else if (t->outcome)
        mping_counters_add_verdict(ret_counters, (enum mping_event_type)t->outcome);
}
