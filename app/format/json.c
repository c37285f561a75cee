/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Lines: an object per record (RFC 8259), in the fields' order. docs/formats.md */
#include "format/format.h"
#include "targets/labels.h"
#include "text/escape.h"

static void add_escape(struct cli_text *text, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";

    cli_text_add(text, "\\u00");
    cli_text_char(text, digits[c >> 4]);
    cli_text_char(text, digits[c & 0xf]);
}

/* Bytes that are no UTF-8 become U+FFFD, as a JSON text can hold nothing else. */
static void add_string(struct cli_text *text, const char *string)
{
    const unsigned char *s = (const unsigned char *)string;

    cli_text_char(text, '"');
    while (*s != '\0') {
        uint32_t point;
        size_t len = cli_utf8_decode(s, &point);

        if (len == 0) {
            cli_text_add(text, "\xef\xbf\xbd");
            len = 1;
        } else if (*s == '"' || *s == '\\') {
            cli_text_char(text, '\\');
            cli_text_char(text, (char)*s);
        } else if (point < 0x20 || (point >= 0x7f && point < 0xa0)) {
            add_escape(text, (unsigned char)point);
        } else {
            cli_text_bytes(text, (const char *)s, len);
        }
        s += len;
    }
    cli_text_char(text, '"');
}

static void add_labels(struct cli_text *text, const char *labels)
{
    const char *name, *value, *between = "";

    cli_text_char(text, '{');
    while (cli_labels_next(&labels, &name, &value)) {
        cli_text_add(text, between);
        add_string(text, name);
        cli_text_char(text, ':');
        add_string(text, value);
        between = ",";
    }
    cli_text_char(text, '}');
}

static void add_outage(struct cli_text *text, const struct cli_outage *outage)
{
    cli_text_add(text, "{\"start\":\"");
    cli_stamp_add(text, CLI_TIME_ISO, outage->start_wall_ns);
    cli_text_add(text, "\",\"probes\":");
    cli_text_count(text, outage->probes);
    cli_text_add(text, ",\"seconds\":");
    if (outage->end_ns)
        cli_text_fixed_short(text, (uint64_t)cli_outage_length_ns(outage, 0), 9);
    else
        cli_text_add(text, "null");
    cli_text_char(text, '}');
}

static void add_outages(struct cli_text *text, const struct cli_observed *observed)
{
    const struct cli_outage *outage;

    cli_text_char(text, '[');
    for (size_t i = CLI_OUTAGES_KEPT; i-- > 0;) {
        outage = cli_outage_at(observed, i);
        if (outage == NULL)
            continue;
        add_outage(text, outage);
        cli_text_add(text, i ? "," : "");
    }
    cli_text_char(text, ']');
}

static void add_value(struct cli_text *text, const struct cli_value *value)
{
    if (cli_value_add_plain(text, value))
        return;
    if (value->type == CLI_VALUE_TEXT)
        add_string(text, value->text);
    else if (value->type == CLI_VALUE_LABELS)
        add_labels(text, value->text);
    else if (value->type == CLI_VALUE_OUTAGES)
        add_outages(text, value->observed);
    else
        cli_text_add(text, "null");
}

static void add_object(const struct cli_show *show, struct cli_text *text,
                       const struct cli_record *record)
{
    const char *between = "{";
    size_t from = text->len;
    bool any = false;

    for (size_t i = 0; i < show->columns.n; i++) {
        const struct cli_column *column = &show->columns.all[i];
        struct cli_value value;

        if (!cli_column_fits(column, record))
            continue;
        cli_column_get(column, record, &value);
        if (value.type == CLI_VALUE_NONE && !show->columns.chosen)
            continue;
        cli_text_add(text, between);
        add_string(text, column->name);
        cli_text_char(text, ':');
        add_value(text, &value);
        between = ",";
        any = any || value.type != CLI_VALUE_NONE;
    }
    cli_text_add(text, "}\n");
    if (!any) { /* of what was asked for it has nothing */
        text->len = from;
        text->data[from] = '\0';
    }
}

static void add_summary(struct cli_show *show, struct cli_text *text,
                        const struct cli_record *record)
{
    add_object(show, text, record);
}

const struct cli_format cli_format_json = {
    .name = "json",
    .shows_events = true,
    .has_lives = true,
    .has_fields = true,
    .has_time = true,
    .records = CLI_RECORD_VERDICT | CLI_RECORD_EVENT | CLI_RECORD_SUMMARY | CLI_RECORD_TOTAL,
    .passes = 1,
    .event = add_object,
    .summary = add_summary,
    .total = add_object,
};
