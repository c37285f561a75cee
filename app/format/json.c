/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Lines: an object per record (RFC 8259), in the fields' order. docs/formats.md */
#include "format/format.h"
#include "targets/labels.h"
#include "text/escape.h"

static void add_escape(struct app_text *text, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";

    app_text_add(text, "\\u00");
    app_text_char(text, digits[c >> 4]);
    app_text_char(text, digits[c & 0xf]);
}

/* Bytes that are no UTF-8 become U+FFFD, as a JSON text can hold nothing else. */
static void add_string(struct app_text *text, const char *string)
{
    const unsigned char *s = (const unsigned char *)string;

    app_text_char(text, '"');
    while (*s != '\0') {
        uint32_t point;
        size_t len = app_utf8_decode(s, &point);

        if (len == 0) {
            app_text_add(text, "\xef\xbf\xbd");
            len = 1;
        } else if (*s == '"' || *s == '\\') {
            app_text_char(text, '\\');
            app_text_char(text, (char)*s);
        } else if (point < 0x20 || (point >= 0x7f && point < 0xa0)) {
            add_escape(text, (unsigned char)point);
        } else {
            app_text_bytes(text, (const char *)s, len);
        }
        s += len;
    }
    app_text_char(text, '"');
}

static void add_labels(struct app_text *text, const char *labels)
{
    const char *name, *value, *between = "";

    app_text_char(text, '{');
    while (app_labels_next(&labels, &name, &value)) {
        app_text_add(text, between);
        add_string(text, name);
        app_text_char(text, ':');
        add_string(text, value);
        between = ",";
    }
    app_text_char(text, '}');
}

static void add_outage(struct app_text *text, const struct app_outage *outage)
{
    app_text_add(text, "{\"start\":\"");
    app_stamp_add(text, APP_TIME_ISO, outage->start_wall_ns);
    app_text_add(text, "\",\"probes\":");
    app_text_count(text, outage->probes);
    app_text_add(text, ",\"seconds\":");
    if (outage->end_ns)
        app_text_fixed_short(text, (uint64_t)app_outage_length_ns(outage, 0), 9);
    else
        app_text_add(text, "null");
    app_text_char(text, '}');
}

static void add_outages(struct app_text *text, const struct app_observed *observed)
{
    const struct app_outage *outage;

    app_text_char(text, '[');
    for (size_t i = APP_OUTAGES_KEPT; i-- > 0;) {
        outage = app_outage_at(observed, i);
        if (outage == NULL)
            continue;
        add_outage(text, outage);
        app_text_add(text, i ? "," : "");
    }
    app_text_char(text, ']');
}

static void add_value(struct app_text *text, const struct app_value *value)
{
    if (app_value_add_plain(text, value))
        return;
    if (value->type == APP_VALUE_TEXT)
        add_string(text, value->text);
    else if (value->type == APP_VALUE_LABELS)
        add_labels(text, value->text);
    else if (value->type == APP_VALUE_OUTAGES)
        add_outages(text, value->observed);
    else
        app_text_add(text, "null");
}

static void add_object(const struct app_show *show, struct app_text *text,
                       const struct app_record *record)
{
    const char *between = "{";
    size_t from = text->len;
    bool any = false;

    for (size_t i = 0; i < show->columns.n; i++) {
        const struct app_column *column = &show->columns.all[i];
        struct app_value value;

        if (!app_column_fits(column, record))
            continue;
        app_column_get(column, record, &value);
        if (value.type == APP_VALUE_NONE && !show->columns.chosen)
            continue;
        app_text_add(text, between);
        add_string(text, column->name);
        app_text_char(text, ':');
        add_value(text, &value);
        between = ",";
        any = any || value.type != APP_VALUE_NONE;
    }
    app_text_add(text, "}\n");
    if (!any) { /* of what was asked for it has nothing */
        text->len = from;
        text->data[from] = '\0';
    }
}

static void add_summary(struct app_show *show, struct app_text *text,
                        const struct app_record *record)
{
    add_object(show, text, record);
}

const struct app_format app_format_json = {
    .name = "json",
    .shows_events = true,
    .has_lives = true,
    .has_fields = true,
    .has_time = true,
    .records = APP_RECORD_VERDICT | APP_RECORD_EVENT | APP_RECORD_SUMMARY | APP_RECORD_TOTAL,
    .passes = 1,
    .event = add_object,
    .summary = add_summary,
    .total = add_object,
};
