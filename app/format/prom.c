/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text format of Prometheus, version 0.0.4: a snapshot at the end. All samples of a family
 * stand together, so the targets are gone through once for each. Base units: seconds, ratios.
 */
#include <string.h>

#include "format/format.h"
#include "metric/get_summary.h"
#include "targets/labels.h"
#include "text/escape.h"

enum family_kind {
    KIND_FIELD,     /* of a number */
    KIND_UP,        /* whether it has answered */
    KIND_QUANTILES, /* of the RTT */
};

/* All are gauges: each run begins at 0 anew, and what rate() makes of such counters is wrong. */
/* NOLINTNEXTLINE(*.performance.Padding): in the order in which a row reads. */
struct family {
    const char *name;
    const char *help;
    enum family_kind kind;
    const char *field;
    unsigned decimals; /* of the field's number in the unit of the family */
};

static const struct family families[] = {
    {"multiping_up", "Whether the target has answered (1) or only been silent (0).", KIND_UP, NULL,
     0},
    {"multiping_probes_sent", "Probes handed to the kernel.", KIND_FIELD, "sent", 0},
    {"multiping_probes_received", "Probes answered in time.", KIND_FIELD, "received", 0},
    {"multiping_probes_lost", "Probes without an answer.", KIND_FIELD, "lost", 0},
    {"multiping_probes_unreachable", "Probes that an ICMP error answered.", KIND_FIELD,
     "unreachable", 0},
    {"multiping_probes_unknown", "Probes whose answer may have been missed on this side.",
     KIND_FIELD, "unknown", 0},
    {"multiping_probes_canceled", "Probes still out at the end.", KIND_FIELD, "canceled", 0},
    {"multiping_send_errors", "Probes that the system refused to send.", KIND_FIELD, "send_errors",
     0},
    {"multiping_resolve_errors", "Lookups of the name that failed.", KIND_FIELD, "resolve_errors",
     0},
    {"multiping_late_replies", "Answers after the timeout.", KIND_FIELD, "late", 0},
    {"multiping_duplicate_replies", "Further answers to an answered probe.", KIND_FIELD,
     "duplicates", 0},
    {"multiping_mismatched_replies", "Packets that look like answers but are none.", KIND_FIELD,
     "mismatches", 0},
    {"multiping_loss_ratio", "Share of the probes lost or unreachable, 0 to 1.", KIND_FIELD,
     "loss_percent", 5},
    {"multiping_rtt_quantile_seconds", "Round-trip time that this share of the probes keeps to.",
     KIND_QUANTILES, NULL, 0},
    {"multiping_rtt_avg_seconds", "The mean round-trip time.", KIND_FIELD, "rtt_avg_ns", 9},
    {"multiping_rtt_min_seconds", "The shortest round-trip time.", KIND_FIELD, "rtt_min_ns", 9},
    {"multiping_rtt_max_seconds", "The longest round-trip time.", KIND_FIELD, "rtt_max_ns", 9},
    {"multiping_rtt_mdev_seconds", "Standard deviation of the round-trip times.", KIND_FIELD,
     "rtt_mdev_ns", 9},
    {"multiping_jitter_rfc3550_seconds", "Jitter as in RFC 3550, section 6.4.1.", KIND_FIELD,
     "jitter_rfc3550_ns", 9},
    {"multiping_loss_run_max", "The most probes lost in a row.", KIND_FIELD, "loss_run_max", 0},
    {"multiping_outages", "Times that two or more probes were lost in a row.", KIND_FIELD,
     "outages", 0},
    {"multiping_outage_seconds", "Time spent in outages.", KIND_FIELD, "outage_s", 9},
    {"multiping_reordered_replies", "Answers overtaken by later ones.", KIND_FIELD, "reordered", 0},
    {"multiping_reply_ttl", "TTL or hop limit of the last answer.", KIND_FIELD, "reply_ttl", 0},
    {"multiping_ttl_changes", "Changes of the answers' TTL.", KIND_FIELD, "ttl_changes", 0},
    {"multiping_wrong_source", "Answers sent by another address.", KIND_FIELD, "wrong_source", 0},
    {"multiping_address_changes", "Changes of the name's address.", KIND_FIELD, "address_changes",
     0},
    {"multiping_truncated_replies", "Answers shorter than their probes.", KIND_FIELD, "truncated",
     0},
    {"multiping_longer_replies", "Answers with more than their probes.", KIND_FIELD, "longer", 0},
};

enum {
    FAMILY_COUNT = sizeof(families) / sizeof(families[0]),
    NAME_MAX_BYTES = 4096 + 8, /* of a label: it comes from one line */
};

static void add_label(struct app_text *text, const char *between, const char *name)
{
    app_text_add(text, between);
    app_text_add(text, name);
    app_text_char(text, '=');
}

/* Backslash, quotation mark and line feed are escaped; all else must be UTF-8. */
static void add_value(struct app_text *text, const char *value)
{
    app_text_char(text, '"');
    while (*value != '\0') {
        uint32_t point = 0;
        size_t len = app_utf8_decode((const unsigned char *)value, &point);

        if (point == '\\' || point == '"' || point == '\n') {
            app_text_char(text, '\\');
            app_text_char(text, (char)(point == '\n' ? 'n' : *value));
        } else if (len > 0) {
            app_text_bytes(text, value, len);
        } else {
            app_text_add(text, "\xef\xbf\xbd");
        }
        value += len > 0 ? len : 1;
    }
    app_text_char(text, '"');
}

static bool is_reserved(const char *label)
{
    static const char *const reserved[] = {"target", "address", "copy", "quantile", "le"};

    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (strcmp(label, reserved[i]) == 0)
            return true;
    }
    return label[0] == '_' && label[1] == '_';
}

/* [a-zA-Z_][a-zA-Z0-9_]*, and not one of our own. */
static void label_name(struct app_text *name, const char *label)
{
    app_text_add(name, is_reserved(label) ? "label_" : "");
    for (; *label != '\0'; label++)
        app_text_char(name, (char)(*label == '-' || *label == '.' ? '_' : *label));
}

/* Whether a label before this one has the same name here: "a-b" and "a.b" do. */
static bool is_taken(const char *labels, const char *until, const char *name)
{
    const char *other, *value;

    while (app_labels_next(&labels, &other, &value) && other != until) {
        char memory[NAME_MAX_BYTES];
        struct app_text text = app_text_init(memory, sizeof(memory));

        label_name(&text, other);
        if (strcmp(memory, name) == 0)
            return true;
    }
    return false;
}

static void add_own_labels(struct app_text *text, const char *labels)
{
    const char *cursor = labels, *label, *value;

    while (app_labels_next(&cursor, &label, &value)) {
        char memory[NAME_MAX_BYTES];
        struct app_text name = app_text_init(memory, sizeof(memory));

        label_name(&name, label);
        if (is_taken(labels, label, memory))
            continue;
        add_label(text, ",", memory);
        add_value(text, value);
    }
}

/* The label behind `after` in the order of its name here, into name; NULL: there is none. */
static const char *next_label(const char *labels, const char *after, struct app_text *name)
{
    const char *cursor = labels, *label, *value, *found = NULL;
    char memory[NAME_MAX_BYTES];

    while (app_labels_next(&cursor, &label, &value)) {
        struct app_text text = app_text_init(memory, sizeof(memory));

        label_name(&text, label);
        if (strcmp(memory, after) <= 0 || (found != NULL && strcmp(memory, name->data) >= 0))
            continue;
        found = value;
        name->len = 0;
        app_text_add(name, memory);
    }
    return found;
}

/* Target and labels, whatever their order: that does not tell series apart. Of labels with the same
 * name here the first one counts, as it does where they are shown. */
static void look(struct app_text *text, const char *host, const char *labels)
{
    char memory[2][NAME_MAX_BYTES] = {"", ""};
    const char *value;
    int n = 0;

    add_value(text, host);
    for (;; n = !n) {
        struct app_text name = app_text_init(memory[n], sizeof(memory[n]));

        value = next_label(labels, memory[!n], &name);
        if (value == NULL)
            return;
        add_label(text, ",", memory[n]);
        add_value(text, value);
    }
}

/* quantile: NULL for none. */
static void add_labels(struct app_text *text, const struct app_record *record, const char *quantile)
{
    char shown[MPING_ADDR_TEXT_MAX];

    add_label(text, "{", "target");
    add_value(text, record->host);
    if (record->addr.family) {
        add_label(text, ",", "address");
        add_value(text, mping_addr_format(&record->addr, shown, sizeof(shown)));
    }
    if (record->copy > 0) {
        add_label(text, ",", "copy");
        app_text_char(text, '"');
        app_text_count(text, record->copy);
        app_text_char(text, '"');
    }
    add_own_labels(text, record->labels);
    if (quantile != NULL) {
        add_label(text, ",", "quantile");
        add_value(text, quantile);
    }
    app_text_add(text, "} ");
}

static void add_head(struct app_text *text, const struct family *family)
{
    app_text_add(text, "# HELP ");
    app_text_add(text, family->name);
    app_text_char(text, ' ');
    app_text_add(text, family->help);
    app_text_add(text, "\n# TYPE ");
    app_text_add(text, family->name);
    app_text_add(text, " gauge\n");
}

/* One sample of a field's number, if there is one; in a unit of 10^decimals. */
static void add_sample(struct app_text *text, const struct family *family,
                       const struct app_record *record)
{
    const struct app_field *field = app_field_find(family->field);
    struct app_value value = {.type = APP_VALUE_NONE};

    field->get(record, field, &value);
    if (value.type != APP_VALUE_NUMBER)
        return;
    app_text_add(text, family->name);
    add_labels(text, record, NULL);
    value.decimals = family->decimals;
    app_value_add_plain(text, &value);
    app_text_char(text, '\n');
}

static void add_up(struct app_text *text, const struct family *family,
                   const struct app_record *record)
{
    const struct mping_stats *s = record->stats;

    if (s->received + s->lost + s->unreachable == 0)
        return; /* nobody can tell */
    app_text_add(text, family->name);
    add_labels(text, record, NULL);
    app_text_add(text, s->received ? "1\n" : "0\n");
}

static void add_seconds(struct app_text *text, uint64_t ns)
{
    app_text_fixed_short(text, ns, 9);
    app_text_char(text, '\n');
}

static void add_quantiles(struct app_text *text, const struct family *family,
                          const struct app_record *record)
{
    const struct mping_stats *s = record->stats;
    const struct {
        const char *quantile;
        int64_t ns;
    } quantiles[] = {
        {"0.5", s->rtt_p50_ns},
        {"0.9", s->rtt_p90_ns},
        {"0.95", s->rtt_p95_ns},
        {"0.99", s->rtt_p99_ns},
    };

    for (size_t i = 0; app_has_percentiles(s) && i < sizeof(quantiles) / sizeof(quantiles[0]);
         i++) {
        app_text_add(text, family->name);
        add_labels(text, record, quantiles[i].quantile);
        add_seconds(text, (uint64_t)quantiles[i].ns);
    }
}

static void prom_summary(struct app_show *show, struct app_text *text,
                         const struct app_record *record)
{
    const struct family *family = &families[record->pass];

    (void)show;
    if (record->index == 0)
        add_head(text, family);
    if (family->kind == KIND_UP)
        add_up(text, family, record);
    else if (family->kind == KIND_QUANTILES)
        add_quantiles(text, family, record);
    else
        add_sample(text, family, record);
}

static void add_gauge(struct app_text *text, const char *name, const char *help, uint64_t value)
{
    const struct family family = {name, help, KIND_FIELD, NULL, 0};

    add_head(text, &family);
    app_text_add(text, name);
    app_text_char(text, ' ');
    app_text_count(text, value);
    app_text_char(text, '\n');
}

static void prom_total(const struct app_show *show, struct app_text *text,
                       const struct app_record *record)
{
    (void)show;
    add_gauge(text, "multiping_targets", "Targets of this run.", record->targets);
    add_gauge(text, "multiping_targets_alive", "Targets that have answered.", record->alive);
}

const struct app_format app_format_prom = {
    .name = "prom",
    .is_document = true,
    .look = look,
    .passes = FAMILY_COUNT,
    .summary = prom_summary,
    .total = prom_total,
};
