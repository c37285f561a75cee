/* SPDX-License-Identifier: Apache-2.0 */
/* Where the values of fields come from that tell of a target or of all: one function for each kind
 * of member. */
#ifndef MULTIPING_APP_METRIC_GET_SUMMARY_H
#define MULTIPING_APP_METRIC_GET_SUMMARY_H

#include "metric/registry.h"

void app_get_total(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_count(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_loss(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_stats_ns(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_stats_double(const struct app_record *r, const struct app_field *f,
                          struct app_value *v);
void app_get_jitter(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_percentile(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_seen(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_seen_ttl(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_seen_addr(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_down(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_outage_s(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_longest_s(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_outages(const struct app_record *r, const struct app_field *f, struct app_value *v);

/* Percent lost of the probes whose outcome is known, in thousandths; -1: there are none. */
int64_t app_loss_thousandths(const struct mping_stats *stats);

/* Whether a percentile was kept. */
bool app_has_percentiles(const struct mping_stats *stats);

#endif
