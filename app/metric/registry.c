/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/registry.h"

#include <string.h>

#include "metric/get_probe.h"
#include "metric/get_summary.h"

#define PROBE (APP_RECORD_VERDICT | APP_RECORD_EVENT)
#define SUM (APP_RECORD_SUMMARY | APP_RECORD_TOTAL)
#define ONE APP_RECORD_SUMMARY
#define ALL (PROBE | SUM)
#define EVENT_AT(member) offsetof(struct mping_event, member)
#define STATS_AT(member) offsetof(struct mping_stats, member)
#define SEEN_AT(member) offsetof(struct app_observed, member)

const struct app_field app_fields[] = {
    {"v", ALL, false, false, app_get_version, 0, 0},
    {"type", ALL, true, false, app_get_type, 0, 0},
    {"time", ALL, true, false, app_get_time, 0, 0},
    {"sent_time", PROBE, false, false, app_get_sent_time, 0, 0},
    {"target", PROBE | ONE, true, true, app_get_target, 0, 0},
    {"address", PROBE | ONE, true, true, app_get_address, 0, 0},
    {"labels", PROBE | ONE, true, true, app_get_labels, 0, 0},

    {"seq", PROBE, true, false, app_get_seq, 0, 0},
    {"verdict", PROBE, true, false, app_get_verdict, 0, 0},
    {"event", PROBE, true, false, app_get_event, 0, 0},
    {"rtt_ms", PROBE, true, false, app_get_rtt, 0, 6},
    {"rtt_ns", PROBE, false, false, app_get_rtt, 0, 0},
    {"bytes", PROBE, true, false, app_get_bytes, 0, 0},
    {"ttl", PROBE, true, false, app_get_int16, EVENT_AT(ttl), 0},
    {"tos", PROBE, false, false, app_get_int16, EVENT_AT(tos), 0},
    {"source", PROBE, true, false, app_get_peer, EVENT_AT(peer), 0},
    {"local", PROBE, false, false, app_get_peer, EVENT_AT(src), 0},
    {"icmp_type", PROBE, true, false, app_get_icmp, EVENT_AT(icmp_type), 0},
    {"icmp_code", PROBE, true, false, app_get_icmp, EVENT_AT(icmp_code), 0},
    {"icmp_info", PROBE, false, false, app_get_icmp_info, 0, 0},
    {"reason", PROBE, true, false, app_get_reason, 0, 0},
    {"error", PROBE, true, false, app_get_error, 0, 0},
    {"sent_stamp", PROBE, false, false, app_get_stamp, EVENT_AT(tx_stamp), 0},
    {"received_stamp", PROBE, false, false, app_get_stamp, EVENT_AT(rx_stamp), 0},
    {"timeout_ms", PROBE, false, false, app_get_timeout, 0, 6},

    {"targets", APP_RECORD_TOTAL, false, false, app_get_total, offsetof(struct app_record, targets),
     0},
    {"alive", APP_RECORD_TOTAL, false, false, app_get_total, offsetof(struct app_record, alive), 0},
    {"silent", APP_RECORD_TOTAL, false, false, app_get_total, offsetof(struct app_record, silent),
     0},
    {"sent", SUM, true, false, app_get_count, STATS_AT(sent), 0},
    {"received", SUM, true, false, app_get_count, STATS_AT(received), 0},
    {"lost", SUM, true, false, app_get_count, STATS_AT(lost), 0},
    {"unreachable", SUM, true, false, app_get_count, STATS_AT(unreachable), 0},
    {"unknown", SUM, true, false, app_get_count, STATS_AT(unknown), 0},
    {"send_errors", SUM, true, false, app_get_count, STATS_AT(send_errors), 0},
    {"resolve_errors", SUM, true, false, app_get_count, STATS_AT(resolve_errors), 0},
    {"canceled", SUM, true, false, app_get_count, STATS_AT(canceled), 0},
    {"pending", SUM, false, false, app_get_count, STATS_AT(pending), 0},
    {"late", SUM, true, false, app_get_count, STATS_AT(late), 0},
    {"duplicates", SUM, true, false, app_get_count, STATS_AT(duplicates), 0},
    {"mismatches", SUM, true, false, app_get_count, STATS_AT(mismatches), 0},
    {"truncated", PROBE | SUM, true, false, app_get_truncated, STATS_AT(truncated), 0},
    {"longer", PROBE | SUM, true, false, app_get_longer, STATS_AT(longer), 0},
    {"icmp_errors", SUM, false, false, app_get_count, STATS_AT(icmp_errors), 0},
    {"loss_percent", SUM, true, false, app_get_loss, 0, 3},
    {"rtt_min_ms", SUM, true, false, app_get_stats_ns, STATS_AT(rtt_min_ns), 6},
    {"rtt_min_ns", SUM, false, false, app_get_stats_ns, STATS_AT(rtt_min_ns), 0},
    {"rtt_avg_ms", SUM, true, false, app_get_stats_double, STATS_AT(rtt_mean_ns), 6},
    {"rtt_avg_ns", SUM, false, false, app_get_stats_double, STATS_AT(rtt_mean_ns), 0},
    {"rtt_max_ms", SUM, true, false, app_get_stats_ns, STATS_AT(rtt_max_ns), 6},
    {"rtt_max_ns", SUM, false, false, app_get_stats_ns, STATS_AT(rtt_max_ns), 0},
    {"rtt_mdev_ms", SUM, true, false, app_get_stats_double, STATS_AT(rtt_stddev_ns), 6},
    {"rtt_mdev_ns", SUM, false, false, app_get_stats_double, STATS_AT(rtt_stddev_ns), 0},
    {"jitter_rfc3550_ms", ONE, true, false, app_get_jitter, STATS_AT(jitter_ns), 6},
    {"jitter_rfc3550_ns", ONE, false, false, app_get_jitter, STATS_AT(jitter_ns), 0},
    {"rtt_p50_ms", ONE, true, false, app_get_percentile, STATS_AT(rtt_p50_ns), 6},
    {"rtt_p50_ns", ONE, false, false, app_get_percentile, STATS_AT(rtt_p50_ns), 0},
    {"rtt_p90_ms", ONE, true, false, app_get_percentile, STATS_AT(rtt_p90_ns), 6},
    {"rtt_p90_ns", ONE, false, false, app_get_percentile, STATS_AT(rtt_p90_ns), 0},
    {"rtt_p95_ms", ONE, true, false, app_get_percentile, STATS_AT(rtt_p95_ns), 6},
    {"rtt_p95_ns", ONE, false, false, app_get_percentile, STATS_AT(rtt_p95_ns), 0},
    {"rtt_p99_ms", ONE, true, false, app_get_percentile, STATS_AT(rtt_p99_ns), 6},
    {"rtt_p99_ns", ONE, false, false, app_get_percentile, STATS_AT(rtt_p99_ns), 0},

    {"outages", ONE, true, false, app_get_seen, SEEN_AT(outages), 0},
    {"outage_s", ONE, true, false, app_get_outage_s, 0, 9},
    {"outage_longest_s", ONE, true, false, app_get_longest_s, 0, 9},
    {"down", ONE, true, false, app_get_down, 0, 0},
    {"outage_list", ONE, false, false, app_get_outages, 0, 0},
    {"loss_runs", ONE, true, false, app_get_seen, SEEN_AT(loss_runs), 0},
    {"loss_run_max", ONE, true, false, app_get_seen, SEEN_AT(loss_run_max), 0},
    {"reordered", ONE, true, false, app_get_seen, SEEN_AT(reordered), 0},
    {"reply_ttl", ONE, true, false, app_get_seen_ttl, SEEN_AT(ttl), 0},
    {"reply_ttl_before", ONE, false, false, app_get_seen_ttl, SEEN_AT(ttl_before), 0},
    {"ttl_changes", ONE, true, false, app_get_seen, SEEN_AT(ttl_changes), 0},
    {"wrong_source", ONE, true, false, app_get_seen, SEEN_AT(strangers), 0},
    {"wrong_source_address", ONE, false, false, app_get_seen_addr, SEEN_AT(stranger), 0},
    {"address_changes", ONE, true, false, app_get_seen, SEEN_AT(addr_changes), 0},
    {"address_before", ONE, false, false, app_get_seen_addr, SEEN_AT(addr_before), 0},
};

const size_t app_field_count = sizeof(app_fields) / sizeof(app_fields[0]);

const struct app_field *app_field_find(const char *name)
{
    for (size_t i = 0; i < app_field_count; i++) {
        if (strcmp(app_fields[i].name, name) == 0)
            return &app_fields[i];
    }
    return NULL;
}

enum app_need app_field_need(const struct app_field *field)
{
    if (field->get == app_get_percentile)
        return APP_NEED_PERCENTILES;
    if (field->get == app_get_seen || field->get == app_get_seen_ttl ||
        field->get == app_get_seen_addr || field->get == app_get_down ||
        field->get == app_get_outage_s || field->get == app_get_longest_s ||
        field->get == app_get_outages)
        return APP_NEED_OBSERVATION;
    return APP_NEED_NOTHING;
}
