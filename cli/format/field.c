/* SPDX-License-Identifier: Apache-2.0 */
#include "field.h"

#include <string.h>

#include "icmp_text.h"

static void set_text(struct cli_value *v, const char *text)
{
    if (text == NULL)
        return;
    v->type = CLI_VALUE_TEXT;
    v->text = text;
}

static void set_number(struct cli_value *v, int64_t number, unsigned decimals)
{
    v->type = CLI_VALUE_NUMBER;
    v->number = number;
    v->decimals = decimals;
}

static void set_addr(struct cli_value *v, const struct mping_addr *addr)
{
    if (addr->family)
        set_text(v, mping_addr_format(addr, v->memory, sizeof(v->memory)));
}

static const void *at(const void *base, const struct cli_field *field)
{
    return (const char *)base + field->offset;
}

static void get_version(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)r, (void)f;
    set_number(v, CLI_SCHEMA_VERSION, 0);
}

static void get_type(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    set_text(v, r->kind == CLI_RECORD_VERDICT   ? "verdict"
                : r->kind == CLI_RECORD_EVENT   ? "event"
                : r->kind == CLI_RECORD_SUMMARY ? "summary"
                                                : "total");
}

static void set_time(const struct cli_record *r, int64_t time_ns, struct cli_value *v)
{
    struct cli_text text = cli_text_init(v->memory, sizeof(v->memory));

    if (r->style == CLI_TIME_NONE)
        return;
    if (cli_stamp_is_number(r->style)) {
        set_number(v, time_ns, 9);
        return;
    }
    cli_stamp_add(&text, r->style, time_ns);
    set_text(v, v->memory);
}

static void get_time(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    set_time(r, r->time_ns, v);
}

static void get_sent_time(const struct cli_record *r, const struct cli_field *f,
                          struct cli_value *v)
{
    (void)f;
    if (r->event->sent_ns)
        set_time(r, r->sent_time_ns, v);
}

static void get_target(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    set_text(v, r->host);
}

static void get_address(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    set_addr(v, &r->addr);
}

static void get_labels(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    set_text(v, r->labels);
    if (r->labels != NULL)
        v->type = CLI_VALUE_LABELS;
}

/* Probes and what is beside them. */

static bool is_icmp_error(const struct mping_event *event)
{
    return event->type == MPING_EV_UNREACHABLE || event->type == MPING_EV_ICMP_ERROR;
}

static void get_seq(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->event->type != MPING_EV_RESOLVED && r->event->type != MPING_EV_FINISHED)
        set_number(v, (int64_t)r->event->count, 0);
}

/* The library's name of the event type, blanks replaced. */
static void set_event_name(const struct cli_record *r, struct cli_value *v)
{
    struct cli_text text = cli_text_init(v->memory, sizeof(v->memory));

    cli_text_add(&text, mping_event_name(r->event->type));
    for (char *c = v->memory; *c != '\0'; c++)
        *c = *c == ' ' ? '_' : *c;
    set_text(v, v->memory);
}

static void get_verdict(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->kind == CLI_RECORD_VERDICT)
        set_event_name(r, v);
}

static void get_event(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->kind == CLI_RECORD_EVENT)
        set_event_name(r, v);
}

static void get_rtt(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    if (r->event->rtt_ns >= 0)
        set_number(v, r->event->rtt_ns, f->decimals);
}

/* Of the packet that the event is about, if there is one. */
static void get_bytes(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->event->received_ns)
        set_number(v, r->event->icmp_bytes, 0);
}

static void get_int16(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    int16_t number;

    memcpy(&number, at(r->event, f), sizeof(number));
    if (number >= 0)
        set_number(v, number, 0);
}

static void get_peer(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    set_addr(v, at(r->event, f));
}

static void get_icmp(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    uint8_t number;

    memcpy(&number, at(r->event, f), sizeof(number));
    if (is_icmp_error(r->event))
        set_number(v, number, 0);
}

static void get_icmp_info(const struct cli_record *r, const struct cli_field *f,
                          struct cli_value *v)
{
    (void)f;
    if (is_icmp_error(r->event) && r->event->icmp_info)
        set_number(v, r->event->icmp_info, 0);
}

/* In words: why it is not a reply. */
static void get_reason(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    const struct mping_event *event = r->event;
    struct cli_text text = cli_text_init(v->memory, sizeof(v->memory));

    (void)f;
    if (is_icmp_error(event)) {
        cli_icmp_text(&text, event->dst.family, event->icmp_type, event->icmp_code,
                      event->icmp_info);
        set_text(v, v->memory);
    } else if (event->reason) {
        set_text(v, mping_reason_text((enum mping_reason)event->reason));
    } else if (event->err) {
        set_text(v, mping_strerror(event->err));
    }
}

static void get_error(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->event->err)
        set_text(v, mping_err_name(r->event->err));
}

static void get_stamp(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    uint8_t stamp;

    memcpy(&stamp, at(r->event, f), sizeof(stamp));
    if (stamp != MPING_STAMP_NONE)
        set_text(v, stamp == MPING_STAMP_KERNEL ? "kernel" : "user");
}

static void get_timeout(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    if (r->event->timeout_ns)
        set_number(v, r->event->timeout_ns, f->decimals);
}

/* Summaries. */

static void get_total(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    uint64_t number;

    memcpy(&number, at(r, f), sizeof(number));
    set_number(v, (int64_t)number, 0);
}

static void get_silent(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    set_number(v, (int64_t)(r->targets - r->alive), f->decimals);
}

static void get_count(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    uint64_t number;

    memcpy(&number, at(r->stats, f), sizeof(number));
    set_number(v, (int64_t)number, 0);
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

static void get_loss(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    int64_t thousandths = cli_loss_thousandths(r->stats);

    if (thousandths >= 0)
        set_number(v, thousandths, f->decimals);
}

static void get_stats_ns(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    int64_t ns;

    memcpy(&ns, at(r->stats, f), sizeof(ns));
    if (r->stats->received)
        set_number(v, ns, f->decimals);
}

static void get_stats_double(const struct cli_record *r, const struct cli_field *f,
                             struct cli_value *v)
{
    double ns;

    memcpy(&ns, at(r->stats, f), sizeof(ns));
    if (r->stats->received)
        set_number(v, (int64_t)(ns + 0.5), f->decimals);
}

static void get_jitter(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    if (r->stats->received > 1)
        get_stats_double(r, f, v);
}

bool cli_has_percentiles(const struct mping_stats *stats)
{
    return stats->rtt_p99_ns > 0;
}

static void get_percentile(const struct cli_record *r, const struct cli_field *f,
                           struct cli_value *v)
{
    if (cli_has_percentiles(r->stats))
        get_stats_ns(r, f, v);
}

/* What was observed. */

static void get_seen(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    uint64_t number;

    if (r->observed == NULL)
        return;
    memcpy(&number, at(r->observed, f), sizeof(number));
    set_number(v, (int64_t)number, 0);
}

static void get_seen_ttl(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    int32_t number = -1;

    if (r->observed != NULL)
        memcpy(&number, at(r->observed, f), sizeof(number));
    if (number >= 0)
        set_number(v, number, 0);
}

static void get_seen_addr(const struct cli_record *r, const struct cli_field *f,
                          struct cli_value *v)
{
    if (r->observed != NULL)
        set_addr(v, at(r->observed, f));
}

static void get_down(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->observed == NULL)
        return;
    v->type = CLI_VALUE_BOOL;
    v->number = r->observed->down;
}

static void get_outage_s(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    if (r->observed != NULL)
        set_number(v, cli_observed_outage_ns(r->observed, r->now_ns), f->decimals);
}

static void get_longest_s(const struct cli_record *r, const struct cli_field *f,
                          struct cli_value *v)
{
    if (r->observed != NULL)
        set_number(v, cli_observed_longest_ns(r->observed, r->now_ns), f->decimals);
}

static void get_outages(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->observed == NULL || r->observed->outages == 0)
        return;
    v->type = CLI_VALUE_OUTAGES;
    v->observed = r->observed;
}

#define PROBE (CLI_RECORD_VERDICT | CLI_RECORD_EVENT)
#define SUM (CLI_RECORD_SUMMARY | CLI_RECORD_TOTAL)
#define ONE CLI_RECORD_SUMMARY
#define ALL (PROBE | SUM)
#define EVENT_AT(member) offsetof(struct mping_event, member)
#define STATS_AT(member) offsetof(struct mping_stats, member)
#define SEEN_AT(member) offsetof(struct cli_observed, member)

const struct cli_field cli_fields[] = {
    {"v", ALL, false, false, get_version, 0, 0},
    {"type", ALL, true, false, get_type, 0, 0},
    {"time", ALL, true, false, get_time, 0, 0},
    {"sent_time", PROBE, false, false, get_sent_time, 0, 0},
    {"target", ALL, true, true, get_target, 0, 0},
    {"address", PROBE | ONE, true, true, get_address, 0, 0},
    {"labels", PROBE | ONE, true, true, get_labels, 0, 0},

    {"seq", PROBE, true, false, get_seq, 0, 0},
    {"verdict", PROBE, true, false, get_verdict, 0, 0},
    {"event", PROBE, true, false, get_event, 0, 0},
    {"rtt_ms", PROBE, true, false, get_rtt, 0, 6},
    {"rtt_ns", PROBE, false, false, get_rtt, 0, 0},
    {"bytes", PROBE, true, false, get_bytes, 0, 0},
    {"ttl", PROBE, true, false, get_int16, EVENT_AT(ttl), 0},
    {"tos", PROBE, false, false, get_int16, EVENT_AT(tos), 0},
    {"source", PROBE, true, false, get_peer, EVENT_AT(peer), 0},
    {"local", PROBE, false, false, get_peer, EVENT_AT(src), 0},
    {"icmp_type", PROBE, true, false, get_icmp, EVENT_AT(icmp_type), 0},
    {"icmp_code", PROBE, true, false, get_icmp, EVENT_AT(icmp_code), 0},
    {"icmp_info", PROBE, false, false, get_icmp_info, 0, 0},
    {"reason", PROBE, true, false, get_reason, 0, 0},
    {"error", PROBE, true, false, get_error, 0, 0},
    {"sent_stamp", PROBE, false, false, get_stamp, EVENT_AT(tx_stamp), 0},
    {"received_stamp", PROBE, false, false, get_stamp, EVENT_AT(rx_stamp), 0},
    {"timeout_ms", PROBE, false, false, get_timeout, 0, 6},

    {"targets", CLI_RECORD_TOTAL, false, false, get_total, offsetof(struct cli_record, targets), 0},
    {"alive", CLI_RECORD_TOTAL, false, false, get_total, offsetof(struct cli_record, alive), 0},
    {"silent", CLI_RECORD_TOTAL, false, false, get_silent, 0, 0},
    {"sent", SUM, true, false, get_count, STATS_AT(sent), 0},
    {"received", SUM, true, false, get_count, STATS_AT(received), 0},
    {"lost", SUM, true, false, get_count, STATS_AT(lost), 0},
    {"unreachable", SUM, true, false, get_count, STATS_AT(unreachable), 0},
    {"unknown", SUM, true, false, get_count, STATS_AT(unknown), 0},
    {"send_errors", SUM, true, false, get_count, STATS_AT(send_errors), 0},
    {"resolve_errors", SUM, true, false, get_count, STATS_AT(resolve_errors), 0},
    {"canceled", SUM, true, false, get_count, STATS_AT(canceled), 0},
    {"late", SUM, true, false, get_count, STATS_AT(late), 0},
    {"duplicates", SUM, true, false, get_count, STATS_AT(duplicates), 0},
    {"mismatches", SUM, true, false, get_count, STATS_AT(mismatches), 0},
    {"icmp_errors", SUM, false, false, get_count, STATS_AT(icmp_errors), 0},
    {"loss_percent", SUM, true, false, get_loss, 0, 3},
    {"rtt_min_ms", SUM, true, false, get_stats_ns, STATS_AT(rtt_min_ns), 6},
    {"rtt_min_ns", SUM, false, false, get_stats_ns, STATS_AT(rtt_min_ns), 0},
    {"rtt_avg_ms", SUM, true, false, get_stats_double, STATS_AT(rtt_mean_ns), 6},
    {"rtt_avg_ns", SUM, false, false, get_stats_double, STATS_AT(rtt_mean_ns), 0},
    {"rtt_max_ms", SUM, true, false, get_stats_ns, STATS_AT(rtt_max_ns), 6},
    {"rtt_max_ns", SUM, false, false, get_stats_ns, STATS_AT(rtt_max_ns), 0},
    {"rtt_mdev_ms", SUM, true, false, get_stats_double, STATS_AT(rtt_stddev_ns), 6},
    {"rtt_mdev_ns", SUM, false, false, get_stats_double, STATS_AT(rtt_stddev_ns), 0},
    {"jitter_rfc3550_ms", ONE, true, false, get_jitter, STATS_AT(jitter_ns), 6},
    {"jitter_rfc3550_ns", ONE, false, false, get_jitter, STATS_AT(jitter_ns), 0},
    {"rtt_p50_ms", ONE, true, false, get_percentile, STATS_AT(rtt_p50_ns), 6},
    {"rtt_p50_ns", ONE, false, false, get_percentile, STATS_AT(rtt_p50_ns), 0},
    {"rtt_p90_ms", ONE, true, false, get_percentile, STATS_AT(rtt_p90_ns), 6},
    {"rtt_p90_ns", ONE, false, false, get_percentile, STATS_AT(rtt_p90_ns), 0},
    {"rtt_p95_ms", ONE, true, false, get_percentile, STATS_AT(rtt_p95_ns), 6},
    {"rtt_p95_ns", ONE, false, false, get_percentile, STATS_AT(rtt_p95_ns), 0},
    {"rtt_p99_ms", ONE, true, false, get_percentile, STATS_AT(rtt_p99_ns), 6},
    {"rtt_p99_ns", ONE, false, false, get_percentile, STATS_AT(rtt_p99_ns), 0},

    {"outages", ONE, true, false, get_seen, SEEN_AT(outages), 0},
    {"outage_s", ONE, true, false, get_outage_s, 0, 9},
    {"outage_longest_s", ONE, true, false, get_longest_s, 0, 9},
    {"down", ONE, true, false, get_down, 0, 0},
    {"outage_list", ONE, false, false, get_outages, 0, 0},
    {"loss_runs", ONE, true, false, get_seen, SEEN_AT(loss_runs), 0},
    {"loss_run_max", ONE, true, false, get_seen, SEEN_AT(loss_run_max), 0},
    {"reordered", ONE, true, false, get_seen, SEEN_AT(reordered), 0},
    {"reply_ttl", ONE, true, false, get_seen_ttl, SEEN_AT(ttl), 0},
    {"reply_ttl_before", ONE, false, false, get_seen_ttl, SEEN_AT(ttl_before), 0},
    {"ttl_changes", ONE, true, false, get_seen, SEEN_AT(ttl_changes), 0},
    {"wrong_source", ONE, true, false, get_seen, SEEN_AT(strangers), 0},
    {"wrong_source_address", ONE, false, false, get_seen_addr, SEEN_AT(stranger), 0},
    {"address_changes", ONE, true, false, get_seen, SEEN_AT(addr_changes), 0},
    {"address_before", ONE, false, false, get_seen_addr, SEEN_AT(addr_before), 0},
};

const size_t cli_field_count = sizeof(cli_fields) / sizeof(cli_fields[0]);

const struct cli_field *cli_field_find(const char *name)
{
    for (size_t i = 0; i < cli_field_count; i++) {
        if (strcmp(cli_fields[i].name, name) == 0)
            return &cli_fields[i];
    }
    return NULL;
}

enum cli_need cli_field_need(const struct cli_field *field)
{
    if (field->get == get_percentile)
        return CLI_NEED_PERCENTILES;
    if (field->get == get_seen || field->get == get_seen_ttl || field->get == get_seen_addr ||
        field->get == get_down || field->get == get_outage_s || field->get == get_longest_s ||
        field->get == get_outages)
        return CLI_NEED_OBSERVATION;
    return CLI_NEED_NOTHING;
}
