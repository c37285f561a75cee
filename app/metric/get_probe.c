/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/get_probe.h"

#include <string.h>

#include "metric/get_summary.h"
#include "text/icmp_text.h"

void cli_get_version(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)r, (void)f;
    cli_set_number(v, CLI_SCHEMA_VERSION, 0);
}

void cli_get_type(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    cli_set_text(v, r->kind == CLI_RECORD_VERDICT   ? "verdict"
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
        cli_set_number(v, time_ns, 9);
        return;
    }
    cli_stamp_add(&text, r->style, time_ns);
    cli_set_text(v, v->memory);
}

void cli_get_time(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    set_time(r, r->time_ns, v);
}

void cli_get_sent_time(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->event->sent_ns)
        set_time(r, r->sent_time_ns, v);
}

void cli_get_target(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    cli_set_text(v, r->host);
}

void cli_get_address(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    cli_set_addr(v, &r->addr);
}

void cli_get_labels(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    cli_set_text(v, r->labels);
    if (r->labels != NULL)
        v->type = CLI_VALUE_LABELS;
}

static bool is_icmp_error(const struct mping_event *event)
{
    return event->type == MPING_EV_UNREACHABLE || event->type == MPING_EV_ICMP_ERROR;
}

void cli_get_seq(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->event->type != MPING_EV_RESOLVED && r->event->type != MPING_EV_FINISHED &&
        r->event->type != MPING_EV_STALE)
        cli_set_number(v, (int64_t)r->event->count, 0);
}

/* The library's name of the event type, blanks replaced. */
static void set_event_name(const struct cli_record *r, struct cli_value *v)
{
    struct cli_text text = cli_text_init(v->memory, sizeof(v->memory));

    cli_text_add(&text, mping_event_name(r->event->type));
    for (char *c = v->memory; *c != '\0'; c++) {
        if (*c == ' ')
            *c = '_';
    }
    cli_set_text(v, v->memory);
}

void cli_get_verdict(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->kind == CLI_RECORD_VERDICT)
        set_event_name(r, v);
}

void cli_get_event(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->kind == CLI_RECORD_EVENT)
        set_event_name(r, v);
}

void cli_get_rtt(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    if (r->event->rtt_ns >= 0)
        cli_set_number(v, r->event->rtt_ns, f->decimals);
}

/* Of the packet that the event is about, if there is one. */
void cli_get_bytes(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->event->received_ns)
        cli_set_number(v, r->event->icmp_bytes, 0);
}

void cli_get_int16(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    int16_t number;

    memcpy(&number, cli_member(r->event, f), sizeof(number));
    if (number >= 0)
        cli_set_number(v, number, 0);
}

void cli_get_peer(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    cli_set_addr(v, cli_member(r->event, f));
}

void cli_get_icmp(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    uint8_t number;

    memcpy(&number, cli_member(r->event, f), sizeof(number));
    if (is_icmp_error(r->event))
        cli_set_number(v, number, 0);
}

void cli_get_icmp_info(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (is_icmp_error(r->event) && r->event->icmp_info)
        cli_set_number(v, r->event->icmp_info, 0);
}

/* In words: why it is not a reply. */
void cli_get_reason(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    const struct mping_event *event = r->event;
    struct cli_text text = cli_text_init(v->memory, sizeof(v->memory));

    (void)f;
    if (is_icmp_error(event)) {
        cli_icmp_text(&text, event->dst.family, event->icmp_type, event->icmp_code,
                      event->icmp_info);
        cli_set_text(v, v->memory);
    } else if (event->reason) {
        cli_set_text(v, mping_reason_text((enum mping_reason)event->reason));
    } else if (event->err) {
        cli_set_text(v, mping_strerror(event->err));
    }
}

void cli_get_error(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    (void)f;
    if (r->event->err)
        cli_set_text(v, mping_err_name(r->event->err));
}

void cli_get_stamp(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    uint8_t stamp;

    memcpy(&stamp, cli_member(r->event, f), sizeof(stamp));
    if (stamp != MPING_STAMP_NONE)
        cli_set_text(v, stamp == MPING_STAMP_KERNEL ? "kernel"
                        : stamp == MPING_STAMP_CALL ? "call"
                                                    : "user");
}

/* Of a probe only what is out of the ordinary, of all of them how many. */
static void get_mark(const struct cli_record *r, const struct cli_field *f, struct cli_value *v,
                     bool marked)
{
    if (r->event == NULL) {
        cli_get_count(r, f, v);
    } else if (marked) {
        v->type = CLI_VALUE_BOOL;
        v->number = 1;
    }
}

void cli_get_truncated(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    get_mark(r, f, v, r->event != NULL && r->event->truncated);
}

void cli_get_longer(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    get_mark(r, f, v, r->event != NULL && r->event->longer);
}

void cli_get_timeout(const struct cli_record *r, const struct cli_field *f, struct cli_value *v)
{
    if (r->event->timeout_ns)
        cli_set_number(v, r->event->timeout_ns, f->decimals);
}
