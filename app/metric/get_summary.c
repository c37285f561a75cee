/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/get_summary.h"

#include <string.h>

void cli_get_total(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    uint64_t number;

    memcpy(&number, cli_member(r, f), sizeof(number));
    cli_set_number(v, (int64_t)number, 0);
}

void cli_get_count(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    uint64_t number;

    memcpy(&number, cli_member(r->stats, f), sizeof(number));
    cli_set_number(v, (int64_t)number, 0);
}

int64_t cli_loss_thousandths(const struct mping_stats *stats)
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

void cli_get_loss(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    int64_t thousandths = cli_loss_thousandths(r->stats);

    if (thousandths >= 0)
        cli_set_number(v, thousandths, f->decimals);
}

void cli_get_stats_ns(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    int64_t ns;

    memcpy(&ns, cli_member(r->stats, f), sizeof(ns));
    if (r->stats->received)
        cli_set_number(v, ns, f->decimals);
}

void cli_get_stats_double(const struct cli_record *r, const struct cli_field *f,
                          struct cli_value *v)
{
    double ns;

    memcpy(&ns, cli_member(r->stats, f), sizeof(ns));
    if (r->stats->received)
        cli_set_number(v, (int64_t)(ns + 0.5), f->decimals);
}

void cli_get_jitter(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    if (r->stats->received > 1)
        cli_get_stats_double(r, f, v);
}

bool cli_has_percentiles(const struct mping_stats *stats)
{
    return stats->rtt_p99_ns > 0;
}

void cli_get_percentile(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    if (cli_has_percentiles(r->stats))
        cli_get_stats_ns(r, f, v);
}

void cli_get_seen(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    uint64_t number;

    if (r->observed == NULL)
        return;
    memcpy(&number, cli_member(r->observed, f), sizeof(number));
    cli_set_number(v, (int64_t)number, 0);
}

void cli_get_seen_ttl(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    int32_t number = -1;

    if (r->observed != NULL)
        memcpy(&number, cli_member(r->observed, f), sizeof(number));
    if (number >= 0)
        cli_set_number(v, number, 0);
}

void cli_get_seen_addr(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    if (r->observed != NULL)
        cli_set_addr(v, cli_member(r->observed, f));
}

void cli_get_down(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->observed == NULL)
        return;
    v->type = CLI_VALUE_BOOL;
    v->number = r->observed->down;
}

void cli_get_outage_s(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    if (r->observed != NULL)
        cli_set_number(v, cli_observed_outage_ns(r->observed, r->now_ns), f->decimals);
}

void cli_get_longest_s(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    if (r->observed != NULL)
        cli_set_number(v, cli_observed_longest_ns(r->observed, r->now_ns), f->decimals);
}

void cli_get_outages(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->observed == NULL || r->observed->outages == 0)
        return;
    v->type = CLI_VALUE_OUTAGES;
    v->observed = r->observed;
}
