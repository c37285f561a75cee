/* SPDX-License-Identifier: Apache-2.0 */
/* Where the values of fields come from that tell of a probe or an event, or stand in every record:
 * one function for each kind of member. */
#ifndef MULTIPING_APP_METRIC_GET_PROBE_H
#define MULTIPING_APP_METRIC_GET_PROBE_H

#include "metric/registry.h"

void cli_get_version(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_type(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_time(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_sent_time(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_target(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_address(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_labels(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_seq(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_verdict(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_event(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_rtt(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_bytes(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_int16(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_peer(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_icmp(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_icmp_info(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_reason(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_error(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_stamp(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_truncated(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_longer(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);
void cli_get_timeout(const struct cli_record *r, const struct cli_field *f, struct cli_value *v);

#endif
