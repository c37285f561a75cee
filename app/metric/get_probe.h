/* SPDX-License-Identifier: Apache-2.0 */
/* Where the values of fields come from that tell of a probe or an event, or stand in every record:
 * one function for each kind of member. */
#ifndef MULTIPING_APP_METRIC_GET_PROBE_H
#define MULTIPING_APP_METRIC_GET_PROBE_H

#include "metric/registry.h"

void app_get_version(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_type(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_time(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_sent_time(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_target(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_address(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_labels(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_seq(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_verdict(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_event(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_rtt(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_bytes(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_int16(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_peer(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_icmp(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_icmp_info(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_reason(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_error(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_stamp(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_truncated(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_longer(const struct app_record *r, const struct app_field *f, struct app_value *v);
void app_get_timeout(const struct app_record *r, const struct app_field *f, struct app_value *v);

#endif
