/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "model.h"

static void add(struct sums *s, enum mping_event_type type, int64_t rtt_ns)
{
    s->verdicts[type]++;
    if (type == MPING_EV_REPLY) {
        CHECK(s->rtts_n < RTTS_MAX);
        s->rtts[s->rtts_n++] = rtt_ns;
        s->run = 0;
    }
    if (type == MPING_EV_LOST || type == MPING_EV_UNREACHABLE)
        s->run++;
    if (s->run > s->run_max)
        s->run_max = s->run;
}

void sums_verdict(struct target *t, enum mping_event_type type, int64_t rtt_ns)
{
    add(&t->sums, type, rtt_ns);
    add(&model.sums, type, rtt_ns);
}

static bool is_near(double a, double b)
{
    return fabs(a - b) <= 1 + fabs(b) * 1e-9;
}

/* From all RTTs, one after the other. */
static void check_rtts(const struct sums *s, const struct mping_stats *stats)
{
    double sum = 0, squares = 0, jitter = 0, mean, n = (double)s->rtts_n;
    int64_t min_ns = INT64_MAX, max_ns = 0;

    for (size_t i = 0; i < s->rtts_n; i++) {
        sum += (double)s->rtts[i];
        min_ns = s->rtts[i] < min_ns ? s->rtts[i] : min_ns;
        max_ns = s->rtts[i] > max_ns ? s->rtts[i] : max_ns;
        if (i > 0)
            jitter += (fabs((double)(s->rtts[i] - s->rtts[i - 1])) - jitter) / 16;
    }
    if (!s->rtts_n) {
        CHECK(stats->rtt_min_ns == 0 && stats->rtt_max_ns == 0 && stats->rtt_stddev_ns == 0);
        return;
    }
    mean = sum / n;
    for (size_t i = 0; i < s->rtts_n; i++)
        squares += ((double)s->rtts[i] - mean) * ((double)s->rtts[i] - mean);
    CHECK(stats->rtt_min_ns == min_ns && stats->rtt_max_ns == max_ns);
    CHECK(stats->rtt_last_ns == s->rtts[s->rtts_n - 1]);
    CHECK(is_near(stats->rtt_mean_ns, mean) && is_near(stats->jitter_ns, jitter));
    CHECK(fabs(stats->rtt_stddev_ns - sqrt(squares / n)) <= 1 + mean * 1e-6);
}

static void check(const struct sums *s, const struct mping_stats *stats, uint64_t pending)
{
    const uint64_t *v = s->verdicts;

    CHECK(stats->sent == s->sent && stats->pending == pending);
    CHECK(stats->received == v[MPING_EV_REPLY] && stats->lost == v[MPING_EV_LOST]);
    CHECK(stats->unreachable == v[MPING_EV_UNREACHABLE]);
    CHECK(stats->send_errors == v[MPING_EV_SEND_ERROR]);
    CHECK(stats->unknown == v[MPING_EV_UNKNOWN] && stats->canceled == v[MPING_EV_CANCELED]);
    CHECK(stats->resolve_errors == v[MPING_EV_RESOLVE_ERROR]);
    CHECK(stats->late == s->late && stats->duplicates == s->duplicates);
    CHECK(stats->truncated == s->truncated && stats->longer == s->longer);
    CHECK(stats->mismatches == s->mismatches && stats->icmp_errors == s->icmp_errors);
    check_rtts(s, stats);
}

static void check_percentiles(const struct target *t, const struct mping_stats *stats)
{
    bool wanted = t->profile->flags & MPING_FLAG_HISTOGRAM && t->sums.rtts_n;

    CHECK((stats->rtt_p99_ns >= stats->rtt_min_ns) || !wanted);
    CHECK(stats->rtt_p50_ns <= stats->rtt_p90_ns && stats->rtt_p90_ns <= stats->rtt_p95_ns);
    CHECK(stats->rtt_p95_ns <= stats->rtt_p99_ns && stats->rtt_p99_ns <= stats->rtt_max_ns);
}

void sums_check(struct target *t, bool reset)
{
    struct mping_stats stats;

    mping_core_target_stats(model.core, t->handle, &stats, reset);
    check(&t->sums, &stats, t->pending);
    CHECK(stats.loss_run == t->sums.run && stats.loss_run_max == t->sums.run_max);
    check_percentiles(t, &stats);
    CHECK(mping_core_target_finished(model.core, t->handle) == t->finished);
    CHECK(mping_core_target_pending(model.core, t->handle) == t->pending + t->backlog);
    CHECK(mping_core_target_err(model.core, t->handle) == t->err);
    if (reset) {
        memset(&t->sums, 0, sizeof(t->sums));
        t->sums.sent = t->pending;
    }
}

void sums_check_all(void)
{
    uint64_t pending = 0, active = 0;
    struct mping_stats stats;

    for (size_t i = 0; i < TARGETS_MAX; i++) {
        if (!model.targets[i].used)
            continue;
        sums_check(&model.targets[i], false);
        pending += model.targets[i].pending;
        active += !model.targets[i].finished;
    }
    mping_core_stats(model.core, &stats);
    check(&model.sums, &stats, pending);
    CHECK(stats.targets == active && mping_core_inflight(model.core) == pending);
    CHECK(stats.rx_packets == model.rx_packets && stats.rx_drops == model.rx_drops);
    CHECK(stats.rx_malformed == model.rx_malformed && stats.rx_checksum == model.rx_checksum);
    CHECK(stats.rx_foreign == model.rx_foreign && stats.send_retries == model.send_retries);
}
