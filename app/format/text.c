/* SPDX-License-Identifier: Apache-2.0 */
/* For people: a line per event, a line per target at the end, and one for all of them. */
#include "format/format.h"
#include "format/text_event.h"

/* Colours of ECMA-48 that are told apart on dark and on light grounds. */
#define RED "\x1b[31m"
#define YELLOW "\x1b[33m"
#define MAGENTA "\x1b[35m"
#define PLAIN "\x1b[0m"

static const char *event_color(enum mping_event_type type)
{
    switch (type) {
    case MPING_EV_REPLY:
        return NULL;
    case MPING_EV_LOST:
        return RED;
    case MPING_EV_UNKNOWN:
        return MAGENTA;
    default:
        return YELLOW;
    }
}

/* Puts what was added from `from` on, a line, into a colour. */
static void paint(const struct app_show *show, struct app_text *text, size_t from,
                  const char *color)
{
    char line[APP_LINE_MAX];
    struct app_text copy = app_text_init(line, sizeof(line));

    if (!show->colored || color == NULL || text->len == from)
        return;
    app_text_bytes(&copy, text->data + from, text->len - from - 1);
    text->len = from;
    app_text_add(text, color);
    app_text_bytes(text, copy.data, copy.len);
    app_text_add(text, PLAIN "\n");
}

static void add_event(const struct app_show *show, struct app_text *text,
                      const struct app_record *record)
{
    char line[APP_LINE_MAX];
    struct app_text event = app_text_init(line, sizeof(line));
    size_t from;

    app_event_line(&event, record->event);
    if (event.len == 0)
        return;
    if (record->style != APP_TIME_NONE) {
        app_text_char(text, '[');
        app_stamp_add(text, record->style, record->time_ns);
        app_text_add(text, "] ");
    }
    from = text->len;
    app_text_bytes(text, event.data, event.len);
    paint(show, text, from, event_color(record->event->type));
}

static void add_count(struct app_text *text, const char *what, uint64_t n)
{
    app_text_add(text, what);
    app_text_count(text, n);
}

static void add_if_any(struct app_text *text, const char *what, uint64_t n)
{
    if (n)
        add_count(text, what, n);
}

static int64_t ns_of(double ns)
{
    return ns > 0 ? (int64_t)(ns + 0.5) : 0;
}

/* Round trips with slashes between them. */
static void add_rtts(struct app_text *text, const char *head, const int64_t *ns, size_t n)
{
    app_text_add(text, head);
    for (size_t i = 0; i < n; i++) {
        app_text_add(text, i ? "/" : "");
        app_text_rtt_ms(text, ns[i]);
    }
}

static void add_rtt(struct app_text *text, const struct mping_stats *s, bool percentiles)
{
    const int64_t rtt_ns[] = {s->rtt_min_ns, ns_of(s->rtt_mean_ns), s->rtt_max_ns};
    const int64_t shares_ns[] = {s->rtt_p50_ns, s->rtt_p90_ns, s->rtt_p95_ns, s->rtt_p99_ns};

    add_rtts(text, ", min/avg/max/mdev = ", rtt_ns, 3);
    app_text_char(text, '/');
    app_text_ms(text, ns_of(s->rtt_stddev_ns));
    app_text_add(text, " ms");
    if (percentiles) {
        add_rtts(text, ", p50/p90/p95/p99 = ", shares_ns, 4);
        app_text_add(text, " ms");
    }
}

static void add_stats(struct app_text *text, const struct mping_stats *s, bool percentiles)
{
    uint64_t missed = s->lost + s->unreachable;

    add_count(text, "sent ", s->sent);
    add_count(text, ", received ", s->received);
    add_count(text, ", lost ", s->lost);
    add_count(text, ", unknown ", s->unknown);
    add_count(text, ", errors ", s->send_errors);
    add_if_any(text, ", unreachable ", s->unreachable);
    add_if_any(text, ", unresolved ", s->resolve_errors);
    add_if_any(text, ", canceled ", s->canceled);
    add_if_any(text, ", pending ", s->pending);
    add_if_any(text, ", late ", s->late);
    add_if_any(text, ", duplicates ", s->duplicates);
    add_if_any(text, ", mismatches ", s->mismatches);
    add_if_any(text, ", truncated ", s->truncated);
    add_if_any(text, ", longer ", s->longer);
    app_text_add(text, ", ");
    app_text_percent(text, missed, missed + s->received);
    app_text_add(text, "% loss");
    if (s->received)
        add_rtt(text, s, percentiles);
    app_text_char(text, '\n');
}

/* "2 probes" */
static void add_plural(struct app_text *text, uint64_t n, const char *what)
{
    app_text_count(text, n);
    app_text_char(text, ' ');
    app_text_add(text, what);
    app_text_add(text, n == 1 ? "" : "s");
}

static void add_addr(struct app_text *text, const struct mping_addr *addr)
{
    char shown[MPING_ADDR_TEXT_MAX];

    app_text_add(text, mping_addr_format(addr, shown, sizeof(shown)));
}

static void add_outage(struct app_text *text, const struct app_outage *outage, int64_t now_ns)
{
    int64_t length_ms = app_outage_length_ns(outage, now_ns) / 1000000;

    app_text_add(text, "  outage since ");
    app_stamp_moment(text, outage->start_wall_ns);
    app_text_add(text, outage->end_ns ? " for " : " which lasts, by now for ");
    app_text_duration(text, length_ms * 1000000);
    app_text_add(text, ", ");
    add_plural(text, outage->probes, "probe");
    app_text_char(text, '\n');
}

static void add_outages(struct app_text *text, const struct app_record *record)
{
    const struct app_observed *seen = record->observed;

    if (seen->outages > APP_OUTAGES_KEPT) {
        add_count(text, "  outages ", seen->outages);
        app_text_add(text, ", the longest for ");
        app_text_duration(text, app_observed_longest_ns(seen, record->now_ns) / 1000000 * 1000000);
        app_text_add(text, "; the last of them:\n");
    }
    for (size_t i = APP_OUTAGES_KEPT; i-- > 0;) {
        const struct app_outage *outage = app_outage_at(seen, i);

        if (outage != NULL)
            add_outage(text, outage, record->now_ns);
    }
}

static void add_jitter(struct app_text *text, const struct mping_stats *s)
{
    if (s->received < 2)
        return;
    app_text_add(text, "  jitter ");
    app_text_ms(text, ns_of(s->jitter_ns));
    app_text_add(text, " ms (RFC 3550)\n");
}

static void add_runs(struct app_text *text, const struct app_observed *seen)
{
    if (seen->loss_runs == 0)
        return;
    app_text_add(text, "  losses in ");
    add_plural(text, seen->loss_runs, "run");
    app_text_add(text, ", the longest of ");
    add_plural(text, seen->loss_run_max, "probe");
    app_text_char(text, '\n');
}

/* "changed 3 times, last from " */
static void add_changes(struct app_text *text, const char *what, uint64_t n)
{
    app_text_add(text, what);
    add_plural(text, n, "time");
    app_text_add(text, ", last from ");
}

static void add_moment(struct app_text *text, int64_t wall_ns)
{
    app_text_add(text, " at ");
    app_stamp_moment(text, wall_ns);
    app_text_char(text, '\n');
}

/* Only what there is to tell. */
static void add_observed(struct app_text *text, const struct app_record *record)
{
    const struct app_observed *seen = record->observed;

    add_jitter(text, record->stats);
    add_runs(text, seen);
    add_outages(text, record);
    if (seen->reordered) {
        add_count(text, "  reordered ", seen->reordered);
        app_text_char(text, '\n');
    }
    if (seen->ttl_changes) {
        add_changes(text, "  TTL changed ", seen->ttl_changes);
        app_text_number(text, seen->ttl_before);
        add_count(text, " to ", (uint64_t)seen->ttl);
        add_moment(text, seen->ttl_changed_wall_ns);
    }
    if (seen->strangers) {
        app_text_add(text, "  answered by another address ");
        add_plural(text, seen->strangers, "time");
        app_text_add(text, ", last by ");
        add_addr(text, &seen->stranger);
        app_text_char(text, '\n');
    }
    if (seen->addr_changes) {
        add_changes(text, "  address changed ", seen->addr_changes);
        add_addr(text, &seen->addr_before);
        app_text_add(text, " to ");
        add_addr(text, &seen->addr);
        add_moment(text, seen->addr_changed_wall_ns);
    }
}

static const char *stats_color(const struct mping_stats *s)
{
    if (s->lost + s->unreachable == 0)
        return s->unknown ? MAGENTA : NULL;
    return s->received ? YELLOW : RED;
}

static void add_summary(struct app_show *show, struct app_text *text,
                        const struct app_record *record)
{
    size_t from = text->len;

    app_line_host(text, record->host, &record->addr);
    app_text_add(text, ": ");
    add_stats(text, record->stats, show->percentiles);
    paint(show, text, from, stats_color(record->stats));
    if (show->stats && record->observed != NULL)
        add_observed(text, record);
}

static void add_total(const struct app_show *show, struct app_text *text,
                      const struct app_record *record)
{
    size_t from = text->len;

    add_count(text, "total: ", record->targets);
    app_text_add(text, record->targets == 1 ? " target, " : " targets, ");
    add_stats(text, record->stats, false);
    paint(show, text, from, stats_color(record->stats));
}

const struct app_format app_format_text = {
    .name = "text",
    .shows_events = true,
    .has_time = true,
    .passes = 1,
    .event = add_event,
    .summary = add_summary,
    .total = add_total,
};
