/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/get_summary.h"

#include <string.h>

void app_get_total(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    uint64_t number;

    memcpy(&number, app_member(r, f), sizeof(number));
    app_set_number(v, (int64_t)number, 0);
}

void app_get_count(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    uint64_t number;

    memcpy(&number, app_member(r->stats, f), sizeof(number));
    app_set_number(v, (int64_t)number, 0);
}

int64_t app_loss_thousandths(const struct mping_stats *stats)
{
    uint64_t missed = stats->lost + stats->unreachable, judged = missed + stats->received;
    int64_t thousandths;

    if (judged == 0)
        return -1;
    thousandths = (int64_t)((double)missed / (double)judged * 100000.0 + 0.5);
    if (thousandths == 0 && missed > 0)
        return 1;
    return thousandths >= 100000 && missed < judged ? 99999 : thousandths;
}

void app_get_loss(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    int64_t thousandths = app_loss_thousandths(r->stats);

    if (thousandths >= 0)
        app_set_number(v, thousandths, f->decimals);
}

void app_get_stats_ns(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    int64_t ns;

    memcpy(&ns, app_member(r->stats, f), sizeof(ns));
    if (r->stats->received)
        app_set_number(v, ns, f->decimals);
}

void app_get_stats_double(const struct app_record *r, const struct app_field *f,
                          struct app_value *v)
{
    double ns;

    memcpy(&ns, app_member(r->stats, f), sizeof(ns));
    if (r->stats->received)
        app_set_number(v, (int64_t)(ns + 0.5), f->decimals);
}

void app_get_jitter(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    if (r->stats->received > 1)
        app_get_stats_double(r, f, v);
}

bool app_has_percentiles(const struct mping_stats *stats)
{
    return stats->rtt_p99_ns > 0;
}

void app_get_percentile(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    if (app_has_percentiles(r->stats))
        app_get_stats_ns(r, f, v);
}

void app_get_seen(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    uint64_t number;

    if (r->observed == NULL)
        return;
    memcpy(&number, app_member(r->observed, f), sizeof(number));
    app_set_number(v, (int64_t)number, 0);
}

void app_get_seen_ttl(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    int32_t number = -1;

    if (r->observed != NULL)
        memcpy(&number, app_member(r->observed, f), sizeof(number));
    if (number >= 0)
        app_set_number(v, number, 0);
}

void app_get_seen_addr(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    if (r->observed != NULL)
        app_set_addr(v, app_member(r->observed, f));
}

void app_get_down(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    if (r->observed == NULL)
        return;
    v->type = APP_VALUE_BOOL;
    v->number = r->observed->down;
}

void app_get_outage_s(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    if (r->observed != NULL)
        app_set_number(v, app_observed_outage_ns(r->observed, r->now_ns), f->decimals);
}

void app_get_longest_s(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    if (r->observed != NULL)
        app_set_number(v, app_observed_longest_ns(r->observed, r->now_ns), f->decimals);
}

void app_get_outages(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    if (r->observed == NULL || r->observed->outages == 0)
        return;
    v->type = APP_VALUE_OUTAGES;
    v->observed = r->observed;
}
