/* SPDX-License-Identifier: Apache-2.0 */
/* Where the values of fields come from that tell of a target or of all: one function for each kind
 * of member. */
#ifndef MULTIPING_APP_METRIC_GET_SUMMARY_H
#define MULTIPING_APP_METRIC_GET_SUMMARY_H

#include "metric/registry.h"

void cli_get_total(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_count(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_loss(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_stats_ns(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_stats_double(const struct cli_record *r, const struct cli_field *f,
                          struct cli_value *v);
void cli_get_jitter(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_percentile(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_seen(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_seen_ttl(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_seen_addr(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_down(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_outage_s(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_longest_s(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_outages(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);

/* Percent lost of the probes whose outcome is known, in thousandths; -1: there are none. */
int64_t cli_loss_thousandths(const struct mping_stats *stats);

/* Whether a percentile was kept. */
bool cli_has_percentiles(const struct mping_stats *stats);

#endif
