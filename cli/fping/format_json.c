/* SPDX-License-Identifier: Apache-2.0 */
/* An object per line, with the blanks and the order of keys that fping has. */
#include "fping/format_json.h"

#include <inttypes.h>
#include <string.h>

#include "fping/format_text.h"
#include "fping/number.h"
#include "fping/out.h"

enum { NAME_MAX_BYTES = 1600 }; /* 255 bytes as \u00XX */

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

/* A string between quotes, as RFC 8259 wants it. */
static const char *quoted(char text[static NAME_MAX_BYTES], const char *string)
{
    size_t len = 0;

    for (; *string && len < NAME_MAX_BYTES - 7; string++) {
        unsigned char c = (unsigned char)*string;

        if (c == '"' || c == '\\') {
            text[len++] = '\\';
            text[len++] = (char)c;
        } else if (c < 0x20) {
            len += (size_t)snprintf(text + len, 7, "\\u%04x", c);
        } else {
            text[len++] = (char)c;
        }
    }
    text[len] = '\0';
    return text;
}

static void open_object(const struct fping_page *page, const char *key)
{
    fping_out_print(page->out, FPING_STDOUT, "{\"%s\": {", key);
}

static void add_time(const struct fping_page *page, int64_t wall_ns)
{
    char when[80];

    if (!page->options->timestamp)
        return;
    fping_time_text(when, sizeof(when), page->options->time_format, wall_ns);
    fping_out_print(page->out, FPING_STDOUT, "\"timestamp\": \"%s\", ", when);
}

static void add_host(const struct fping_page *page, const char *name)
{
    char text[NAME_MAX_BYTES];

    fping_out_print(page->out, FPING_STDOUT, "\"host\": \"%s\"", quoted(text, name));
}

static void add_numbers(const struct fping_page *page, const struct fping_numbers *n)
{
    char text[FPING_MS_TEXT];

    fping_out_print(page->out, FPING_STDOUT,
                    ", \"xmt\": %" PRIu64 ", \"rcv\": %" PRIu64 ", \"loss\": %" PRIu64, n->sent,
                    n->received, fping_loss(n));
    if (page->options->outage)
        fping_out_print(page->out, FPING_STDOUT, ", \"outage(ms)\": %" PRId64,
                        fping_outage_ms(n, page->options->period_ns));
    if (n->received) {
        fping_out_print(page->out, FPING_STDOUT, ", \"rttMin\": %s", fping_ms(text, n->min_ns));
        fping_out_print(page->out, FPING_STDOUT, ", \"rttAvg\": %s",
                        fping_ms(text, n->total_ns / (int64_t)n->received));
        fping_out_print(page->out, FPING_STDOUT, ", \"rttMax\": %s", fping_ms(text, n->max_ns));
    }
}

static void add_extras(const struct fping_page *page, const struct fping_ping *ping)
{
    const struct fping_options *o = page->options;
    const struct mping_event *e = ping->event;

    if (o->icmp_timestamp)
        fping_out_print(page->out, FPING_STDOUT,
                        ", \"timestamps\": {\"originate\": %u, \"receive\": %u, "
                        "\"transmit\": %u, \"localreceive\": %u}",
                        e->icmp_originate_ms, e->icmp_receive_ms, e->icmp_transmit_ms,
                        (unsigned)(ping->wall_ns / 1000000 % DAY_MS));
    if (o->print_tos)
        fping_out_print(page->out, FPING_STDOUT, ", \"tos\": %d", e->tos);
    if (o->print_ttl)
        fping_out_print(page->out, FPING_STDOUT, ", \"ttl\": %d", e->ttl);
}

static void close_object(const struct fping_page *page)
{
    fping_out_print(page->out, FPING_STDOUT, "}}\n");
}

static void json_reply(const struct fping_page *page, const struct fping_ping *ping)
{
    char text[FPING_MS_TEXT];

    open_object(page, "resp");
    add_time(page, ping->wall_ns);
    add_host(page, ping->name);
    fping_out_print(page->out, FPING_STDOUT, ", \"seq\": %" PRIu64 ", \"size\": %u, \"rtt\": %s",
                    ping->index, ping->event->icmp_bytes, fping_ms(text, ping->event->rtt_ns));
    add_extras(page, ping);
    close_object(page);
}

static void json_timeout(const struct fping_page *page, const struct fping_ping *ping)
{
    open_object(page, "timeout");
    add_time(page, ping->wall_ns);
    add_host(page, ping->name);
    fping_out_print(page->out, FPING_STDOUT, ", \"seq\": %" PRIu64, ping->index);
    close_object(page);
}

static void json_no_head(const struct fping_page *page)
{
    (void)page;
}

static void json_times(const struct fping_page *page, const struct fping_host *host)
{
    char text[FPING_MS_TEXT];

    open_object(page, "vSum");
    add_host(page, host->name);
    fping_out_print(page->out, FPING_STDOUT, ", \"values\": [");
    for (uint64_t i = 0; i < host->sent; i++) {
        int64_t rtt_ns = host->tally->rtts_ns[i];

        fping_out_print(page->out, FPING_STDOUT, "%s%s", i ? ", " : "",
                        rtt_ns < 0 ? "null" : fping_ms(text, rtt_ns));
    }
    fping_out_print(page->out, FPING_STDOUT, "]");
    close_object(page);
}

static void json_summary(const struct fping_page *page, const struct fping_host *host)
{
    const struct fping_numbers numbers = fping_host_numbers(host, true);

    if (page->options->vcount) {
        json_times(page, host);
        return;
    }
    open_object(page, "summary");
    add_host(page, host->name);
    add_numbers(page, &numbers);
    close_object(page);
}

static void json_no_interval_head(const struct fping_page *page, int64_t wall_ns)
{
    (void)page;
    (void)wall_ns;
}

static void json_interval(const struct fping_page *page, const struct fping_host *host,
                          const struct fping_numbers *numbers, int64_t wall_ns)
{
    open_object(page, "intSum");
    fping_out_print(page->out, FPING_STDOUT, "\"time\": %" PRId64 ",", wall_ns / 1000000000);
    add_host(page, host->name);
    add_numbers(page, numbers);
    close_object(page);
}

static void json_totals(const struct fping_page *page, const struct fping_totals *t)
{
    const struct fping_numbers *n = &t->rtts;
    int64_t avg_ns = n->received ? n->total_ns / (int64_t)n->received : 0;
    char min[FPING_MS_TEXT], avg[FPING_MS_TEXT], max[FPING_MS_TEXT];

    open_object(page, "stats");
    fping_out_print(page->out, FPING_STDOUT,
                    "\"targets\": %" PRIu64 ", \"alive\": %" PRIu64 ", \"unreachable\": %" PRIu64
                    ", \"unknownAddresses\": %" PRIu64 ", \"timeouts\": %" PRIu64
                    ", \"icmpEchosSent\": %" PRIu64 ", \"icmpEchoRepliesReceived\": %" PRIu64
                    ", \"otherIcmpReceived\": %" PRIu64,
                    t->targets, t->alive, t->unreachable, t->unknown_names, t->timeouts, t->sent,
                    t->received, t->other_icmp);
    fping_out_print(page->out, FPING_STDOUT,
                    ", \"rttMin\": %s, \"rttAvg\": %s, \"rttMax\": %s, \"elapsed\": %.3f",
                    fping_ms(min, n->min_ns), fping_ms(avg, avg_ns), fping_ms(max, n->max_ns),
                    (double)t->elapsed_ns / 1e9);
    close_object(page);
}

static void json_warning(const struct fping_page *page, const char *name, const char *why)
{
    char text[NAME_MAX_BYTES];

    open_object(page, "warning");
    add_host(page, name);
    fping_out_print(page->out, FPING_STDOUT, ", \"message\": \"%s\"", quoted(text, why));
    close_object(page);
}

const struct fping_format fping_json_format = {
    .reply = json_reply,
    .timeout = json_timeout,
    .summary_head = json_no_head,
    .summary = json_summary,
    .interval_head = json_no_interval_head,
    .interval = json_interval,
    .totals = json_totals,
    .warning = json_warning,
};
