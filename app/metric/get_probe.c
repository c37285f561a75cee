/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/get_probe.h"

#include <string.h>

#include "metric/get_summary.h"
#include "text/icmp_text.h"

void app_get_version(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)r, (void)f;
    app_set_number(v, APP_SCHEMA_VERSION, 0);
}

void app_get_type(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    app_set_text(v, r->kind == APP_RECORD_VERDICT   ? "verdict"
                    : r->kind == APP_RECORD_EVENT   ? "event"
                    : r->kind == APP_RECORD_SUMMARY ? "summary"
                                                    : "total");
}

static void set_time(const struct app_record *r, int64_t time_ns, struct app_value *v)
{
    struct app_text text = app_text_init(v->memory, sizeof(v->memory));

    if (r->style == APP_TIME_NONE)
        return;
    if (app_stamp_is_number(r->style)) {
        app_set_number(v, time_ns, 9);
        return;
    }
    app_stamp_add(&text, r->style, time_ns);
    app_set_text(v, v->memory);
}

void app_get_time(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    set_time(r, r->time_ns, v);
}

void app_get_sent_time(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    if (r->event->sent_ns)
        set_time(r, r->sent_time_ns, v);
}

void app_get_target(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    app_set_text(v, r->host);
}

void app_get_address(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    app_set_addr(v, &r->addr);
}

void app_get_labels(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    app_set_text(v, r->labels);
    if (r->labels != NULL)
        v->type = APP_VALUE_LABELS;
}

static bool is_icmp_error(const struct mping_event *event)
{
    return event->type == MPING_EV_UNREACHABLE || event->type == MPING_EV_ICMP_ERROR;
}

void app_get_seq(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    if (r->event->type != MPING_EV_RESOLVED && r->event->type != MPING_EV_FINISHED &&
        r->event->type != MPING_EV_STALE)
        app_set_number(v, (int64_t)r->event->count, 0);
}

/* The library's name of the event type, blanks replaced. */
static void set_event_name(const struct app_record *r, struct app_value *v)
{
    struct app_text text = app_text_init(v->memory, sizeof(v->memory));

    app_text_add(&text, mping_event_name(r->event->type));
    for (char *c = v->memory; *c != '\0'; c++) {
        if (*c == ' ')
            *c = '_';
    }
    app_set_text(v, v->memory);
}

void app_get_verdict(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    if (r->kind == APP_RECORD_VERDICT)
        set_event_name(r, v);
}

void app_get_event(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    if (r->kind == APP_RECORD_EVENT)
        set_event_name(r, v);
}

void app_get_rtt(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    if (r->event->rtt_ns >= 0)
        app_set_number(v, r->event->rtt_ns, f->decimals);
}

/* Of the packet that the event is about, if there is one. */
void app_get_bytes(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    if (r->event->received_ns)
        app_set_number(v, r->event->icmp_bytes, 0);
}

void app_get_int16(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    int16_t number;

    memcpy(&number, app_member(r->event, f), sizeof(number));
    if (number >= 0)
        app_set_number(v, number, 0);
}

void app_get_peer(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    app_set_addr(v, app_member(r->event, f));
}

void app_get_icmp(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    uint8_t number;

    memcpy(&number, app_member(r->event, f), sizeof(number));
    if (is_icmp_error(r->event))
        app_set_number(v, number, 0);
}

void app_get_icmp_info(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    if (is_icmp_error(r->event) && r->event->icmp_info)
        app_set_number(v, r->event->icmp_info, 0);
}

/* In words: why it is not a reply. */
void app_get_reason(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    const struct mping_event *event = r->event;
    struct app_text text = app_text_init(v->memory, sizeof(v->memory));

    (void)f;
    if (is_icmp_error(event)) {
        app_icmp_text(&text, event->dst.family, event->icmp_type, event->icmp_code,
                      event->icmp_info);
        app_set_text(v, v->memory);
    } else if (event->reason) {
        app_set_text(v, mping_reason_text((enum mping_reason)event->reason));
    } else if (event->err) {
        app_set_text(v, mping_strerror(event->err));
    }
}

void app_get_error(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    (void)f;
    if (r->event->err)
        app_set_text(v, mping_err_name(r->event->err));
}

void app_get_stamp(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    uint8_t stamp;

    memcpy(&stamp, app_member(r->event, f), sizeof(stamp));
    if (stamp != MPING_STAMP_NONE)
        app_set_text(v, stamp == MPING_STAMP_KERNEL ? "kernel"
                        : stamp == MPING_STAMP_CALL ? "call"
                                                    : "user");
}

/* Of a probe only what is out of the ordinary, of all of them how many. */
static void get_mark(const struct app_record *r, const struct app_field *f, struct app_value *v,
                     bool marked)
{
    if (r->event == NULL) {
        app_get_count(r, f, v);
    } else if (marked) {
        v->type = APP_VALUE_BOOL;
        v->number = 1;
    }
}

void app_get_truncated(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    get_mark(r, f, v, r->event != NULL && r->event->truncated);
}

void app_get_longer(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    get_mark(r, f, v, r->event != NULL && r->event->longer);
}

void app_get_timeout(const struct app_record *r, const struct app_field *f, struct app_value *v)
{
    if (r->event->timeout_ns)
        app_set_number(v, r->event->timeout_ns, f->decimals);
}
