/* SPDX-License-Identifier: Apache-2.0 */
/* Where the values of fields come from: the functions of their table, one for each kind of member.
 */
#ifndef MULTIPING_CLI_FORMAT_GET_H
#define MULTIPING_CLI_FORMAT_GET_H

#include "field.h"

/* Of values that are CLI_VALUE_NONE so far. NULL, or an address of no family, leaves them so. */
void cli_set_text(struct cli_value *v, const char *text);
void cli_set_number(struct cli_value *v, int64_t number, unsigned decimals);
void cli_set_addr(struct cli_value *v, const struct mping_addr *addr);

/* The member of a struct that the field is about. */
const void *cli_member(const void *base, const struct cli_field *field);

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

#endif
