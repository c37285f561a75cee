/* SPDX-License-Identifier: Apache-2.0 */
#include "format/text_event.h"

#include <string.h>

#include "text/icmp_text.h"

static void add_addr(struct app_text *text, const struct mping_addr *addr)
{
    char shown[MPING_ADDR_TEXT_MAX];

    app_text_foreign(text, mping_addr_format(addr, shown, sizeof(shown)));
}

void app_line_host(struct app_text *text, const char *host, const struct mping_addr *addr)
{
    char shown[MPING_ADDR_TEXT_MAX] = "";

    if (addr->family)
        mping_addr_format(addr, shown, sizeof(shown));
    app_text_foreign(text, host ? host : shown); /* without memory there is only the address */
    if (!host || !shown[0] || strcmp(shown, host) == 0)
        return;
    app_text_add(text, " (");
    app_text_foreign(text, shown);
    app_text_char(text, ')');
}

/* "what host (address): icmp_seq=N", as every line begins. */
static void begin(struct app_text *text, const char *what, const struct mping_event *event)
{
    app_text_add(text, what);
    app_line_host(text, event->host, &event->dst);
    app_text_add(text, ": icmp_seq=");
    app_text_count(text, event->count);
}

static void add_rtt(struct app_text *text, const struct mping_event *event)
{
    app_text_add(text, " time=");
    app_text_rtt(text, event->rtt_ns);
}

/* What is out of the ordinary about a true reply. */
static void add_marks(struct app_text *text, const struct mping_event *event)
{
    if (event->truncated)
        app_text_add(text, " (truncated)");
    if (event->longer)
        app_text_add(text, " (longer than sent)");
}

static void add_reply(struct app_text *text, const struct mping_event *event, const char *note)
{
    app_text_count(text, event->icmp_bytes);
    begin(text, " bytes from ", event);
    if (event->ttl >= 0) {
        app_text_add(text, " ttl=");
        app_text_number(text, event->ttl);
    }
    add_rtt(text, event);
    add_marks(text, event);
    app_text_add(text, note);
}

static void add_lost(struct app_text *text, const struct mping_event *event)
{
    begin(text, "no reply from ", event);
    app_text_add(text, " timeout=");
    app_text_duration(text, event->timeout_ns);
}

static void add_error(struct app_text *text, const struct mping_event *event)
{
    app_text_add(text, "From ");
    add_addr(text, &event->peer);
    app_text_add(text, ": icmp_seq=");
    app_text_count(text, event->count);
    app_text_char(text, ' ');
    app_icmp_text(text, event->dst.family, event->icmp_type, event->icmp_code, event->icmp_info);
    app_text_add(text, " (");
    add_addr(text, &event->dst);
    app_text_char(text, ')');
}

static void add_unknown(struct app_text *text, const struct mping_event *event)
{
    begin(text, "unknown outcome for ", event);
    app_text_add(text, " (");
    app_text_add(text, mping_reason_text((enum mping_reason)event->reason));
    app_text_char(text, ')');
}

static void add_mismatch(struct app_text *text, const struct mping_event *event)
{
    begin(text, "wrong reply for ", event);
    app_text_add(text, " (");
    app_text_add(text, mping_reason_text((enum mping_reason)event->reason));
    app_text_add(text, ") from ");
    add_addr(text, &event->peer);
}

void app_event_line(struct app_text *text, const struct mping_event *event)
{
    switch (event->type) {
    case MPING_EV_REPLY:
        add_reply(text, event, "");
        break;
    case MPING_EV_DUPLICATE:
        add_reply(text, event, " (DUP!)");
        break;
    case MPING_EV_LATE:
        begin(text, "late reply from ", event);
        add_rtt(text, event);
        add_marks(text, event);
        app_text_add(text, " (after its verdict)");
        break;
    case MPING_EV_LOST:
        add_lost(text, event);
        break;
    case MPING_EV_ICMP_ERROR:
        add_error(text, event);
        break;
    case MPING_EV_UNKNOWN:
        add_unknown(text, event);
        break;
    case MPING_EV_MISMATCH:
        add_mismatch(text, event);
        break;
    default: /* unreachable was announced by its ICMP error; for send errors see trouble.h */
        return;
    }
    app_text_char(text, '\n');
}
