/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/format_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fping/format_icmp.h"
#include "fping/number.h"
#include "fping/out.h"

#define SECOND_NS INT64_C(1000000000)
#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

void fping_time_text(char *text, size_t size, enum fping_time_format format, int64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / SECOND_NS);
    struct tm local;
    size_t len = 0;

    localtime_r(&seconds, &local);
    switch (format) {
    case FPING_TIME_CTIME:
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-y2k" /* fping's choice of format */
        len = strftime(text, size, "%c", &local);
#pragma GCC diagnostic pop
        break;
    case FPING_TIME_ISO:
        len = strftime(text, size, "%Y-%m-%dT%T%z", &local);
        break;
    case FPING_TIME_RFC3339:
        len = strftime(text, size, "%Y-%m-%d %H:%M:%S", &local);
        break;
    default:
        len = (size_t)snprintf(text, size, "%.5f", (double)wall_ns / 1e9);
    }
    if (len == 0 || len >= size)
        text[0] = '\0';
}

/* "[time] " as -D puts it before a line, or nothing. */
static const char *stamp(const struct fping_page *page, char *text, size_t size, int64_t wall_ns)
{
    size_t len;

    text[0] = '\0';
    if (!page->options->timestamp)
        return text;
    text[0] = '[';
    fping_time_text(text + 1, size - 3, page->options->time_format, wall_ns);
    len = strlen(text);
    memcpy(text + len, "] ", 3);
    return text;
}

/* " (TOS 0)", " (TTL unknown)". */
static size_t add_field(char *text, size_t size, const char *name, int value)
{
    if (value < 0)
        return (size_t)snprintf(text, size, " (%s unknown)", name);
    return (size_t)snprintf(text, size, " (%s %d)", name, value);
}

/* What may be asked for behind a reply. */
static const char *extras(const struct fping_page *page, const struct fping_ping *ping, char *text,
                          size_t size)
{
    const struct fping_options *o = page->options;
    const struct mping_event *e = ping->event;
    char ms[FPING_MS_TEXT];
    size_t len = 0;

    text[0] = '\0';
    if (o->icmp_timestamp)
        len += (size_t)snprintf(
            text, size, "%s timestamps: Originate=%u Receive=%u Transmit=%u Localreceive=%u",
            o->mode == FPING_MODE_ALIVE && o->alive ? "" : ",", e->icmp_originate_ms,
            e->icmp_receive_ms, e->icmp_transmit_ms, (unsigned)(ping->wall_ns / 1000000 % DAY_MS));
    if (o->print_tos)
        len += add_field(text + len, size - len, "TOS", e->tos);
    if (o->print_ttl)
        len += add_field(text + len, size - len, "TTL", e->ttl);
    if (o->elapsed && !o->show_pings)
        (void)snprintf(text + len, size - len, " (%s ms)", fping_ms(ms, e->rtt_ns));
    return text;
}

static const char *mean(const struct fping_numbers *n, char text[static FPING_MS_TEXT])
{
    return n->received ? fping_ms(text, n->total_ns / (int64_t)n->received) : "NaN";
}

static void text_reply(const struct fping_page *page, const struct fping_ping *ping)
{
    char when[80], rtt[FPING_MS_TEXT], avg[FPING_MS_TEXT], more[200];

    fping_out_print(page->out, FPING_STDOUT,
                    "%s%-*s : [%" PRIu64 "], %u bytes, %s ms (%s avg, %" PRIu64 "%% loss)%s\n",
                    stamp(page, when, sizeof(when), ping->wall_ns), page->width, ping->name,
                    ping->index, ping->event->icmp_bytes, fping_ms(rtt, ping->event->rtt_ns),
                    mean(&ping->numbers, avg), fping_loss(&ping->numbers),
                    extras(page, ping, more, sizeof(more)));
}

static void text_timeout(const struct fping_page *page, const struct fping_ping *ping)
{
    char when[80], avg[FPING_MS_TEXT];

    fping_out_print(page->out, FPING_STDOUT,
                    "%s%-*s : [%" PRIu64 "], timed out (%s avg, %" PRIu64 "%% loss)\n",
                    stamp(page, when, sizeof(when), ping->wall_ns), page->width, ping->name,
                    ping->index, mean(&ping->numbers, avg), fping_loss(&ping->numbers));
}

void fping_text_alive(const struct fping_page *page, const struct fping_ping *ping)
{
    char more[200];

    fping_out_print(page->out, FPING_STDOUT, "%s%s%s\n", ping->name,
                    page->options->verbose ? " is alive" : "",
                    extras(page, ping, more, sizeof(more)));
}

void fping_text_unreachable(const struct fping_page *page, const char *name)
{
    fping_out_print(page->out, FPING_STDOUT, "%s%s\n", name,
                    page->options->verbose ? " is unreachable" : "");
}

void fping_text_duplicate(const struct fping_page *page, const struct fping_ping *ping)
{
    char rtt[FPING_MS_TEXT];

    fping_out_print(page->out, FPING_STDERR, "%s : duplicate for [%" PRIu64 "], %u bytes, %s ms\n",
                    ping->name, ping->index, ping->event->icmp_bytes,
                    fping_ms(rtt, ping->event->rtt_ns));
}

void fping_text_icmp_error(const struct fping_page *page, const struct fping_ping *ping)
{
    char text[600];
    size_t len = fping_icmp_text(text, sizeof(text) - 1, ping->event, ping->name);

    text[len++] = '\n';
    fping_out_bytes(page->out, FPING_STDERR, text, len);
}

void fping_text_other_source(const struct fping_page *page, const struct mping_addr *source)
{
    char text[MPING_ADDR_TEXT_MAX];

    fping_out_print(page->out, FPING_STDERR, " [<- %s]",
                    mping_addr_format(source, text, sizeof(text)));
}

void fping_text_send_error(const struct fping_page *page, const char *name, const char *why)
{
    fping_out_print(page->out, FPING_STDERR, "%s: error while sending ping: %s\n", name, why);
}

void fping_text_enough(const struct fping_page *page, uint64_t required, uint64_t reachable)
{
    fping_out_print(page->out, FPING_STDOUT,
                    "%s hosts reachable (required: %" PRIu64 ", reachable: %" PRIu64 ")\n",
                    reachable >= required ? "Enough" : "Not enough", required, reachable);
}

static void blank_line(const struct fping_page *page)
{
    if (page->options->verbose || page->options->show_pings)
        fping_out_print(page->out, FPING_STDERR, "\n");
}

/* -C: the time of each ping that has had its fate, or "-". */
static void text_times(const struct fping_page *page, const struct fping_host *host)
{
    char text[FPING_MS_TEXT];

    fping_out_print(page->out, FPING_STDERR, "%-*s :", page->width, host->name);
    for (uint64_t i = 0; i < host->sent; i++) {
        int64_t rtt_ns = host->tally->rtts_ns[i];

        fping_out_print(page->out, FPING_STDERR, " %s", rtt_ns < 0 ? "-" : fping_ms(text, rtt_ns));
    }
    fping_out_print(page->out, FPING_STDERR, "\n");
}

static void text_numbers(const struct fping_page *page, const char *name,
                         const struct fping_numbers *n)
{
    char outage[64] = "", times[80] = "", min[FPING_MS_TEXT], avg[FPING_MS_TEXT],
         max[FPING_MS_TEXT];

    if (page->options->outage)
        (void)snprintf(outage, sizeof(outage), ", outage(ms) = %" PRId64,
                       fping_outage_ms(n, page->options->period_ns));
    if (n->received)
        (void)snprintf(times, sizeof(times), ", min/avg/max = %s/%s/%s", fping_ms(min, n->min_ns),
                       mean(n, avg), fping_ms(max, n->max_ns));
    fping_out_print(page->out, FPING_STDERR,
                    "%-*s : xmt/rcv/%%loss = %" PRIu64 "/%" PRIu64 "/%" PRIu64 "%%%s%s\n",
                    page->width, name, n->sent, n->received, fping_loss(n), outage, times);
}

static void text_summary(const struct fping_page *page, const struct fping_host *host)
{
    const struct fping_numbers numbers = fping_host_numbers(host, true);

    if (page->options->vcount)
        text_times(page, host);
    else
        text_numbers(page, host->name, &numbers);
}

static void text_interval_head(const struct fping_page *page, int64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / SECOND_NS);
    struct tm local;

    localtime_r(&seconds, &local);
    blank_line(page);
    fping_out_print(page->out, FPING_STDERR, "[%02d:%02d:%02d]\n", local.tm_hour, local.tm_min,
                    local.tm_sec);
}

static void text_interval(const struct fping_page *page, const struct fping_host *host,
                          const struct fping_numbers *numbers, int64_t wall_ns)
{
    (void)wall_ns;
    text_numbers(page, host->name, numbers);
}

static void text_totals(const struct fping_page *page, const struct fping_totals *t)
{
    const struct fping_numbers *n = &t->rtts;
    int64_t avg_ns = n->received ? n->total_ns / (int64_t)n->received : 0;
    char min[FPING_MS_TEXT], avg[FPING_MS_TEXT], max[FPING_MS_TEXT];

    fping_out_print(page->out, FPING_STDERR,
                    "\n"
                    " %7" PRIu64 " targets\n"
                    " %7" PRIu64 " alive\n"
                    " %7" PRIu64 " unreachable\n"
                    " %7" PRIu64 " unknown addresses\n"
                    "\n"
                    " %7" PRIu64 " timeouts (waiting for response)\n"
                    " %7" PRIu64 " ICMP Echos sent\n"
                    " %7" PRIu64 " ICMP Echo Replies received\n"
                    " %7" PRIu64 " other ICMP received\n"
                    "\n",
                    t->targets, t->alive, t->unreachable, t->unknown_names, t->timeouts, t->sent,
                    t->received, t->other_icmp);
    fping_out_print(page->out, FPING_STDERR,
                    " %s ms (min round trip time)\n"
                    " %s ms (avg round trip time)\n"
                    " %s ms (max round trip time)\n"
                    " %12.3f sec (elapsed real time)\n"
                    "\n",
                    fping_ms(min, n->min_ns), fping_ms(avg, avg_ns), fping_ms(max, n->max_ns),
                    (double)t->elapsed_ns / 1e9);
}

void fping_text_bad_name(const struct fping_page *page, const char *name, const char *why)
{
    if (!page->options->quiet)
        fping_out_print(page->out, FPING_STDERR, "%s: %s\n", name, why);
}

static void text_no_warning(const struct fping_page *page, const char *name, const char *why)
{
    (void)page;
    (void)name;
    (void)why;
}

const struct fping_format fping_text_format = {
    .reply = text_reply,
    .timeout = text_timeout,
    .summary_head = blank_line,
    .summary = text_summary,
    .interval_head = text_interval_head,
    .interval = text_interval,
    .totals = text_totals,
    .warning = text_no_warning,
};
