/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables: CSV (RFC 4180, lines end with LF) with a header, of the probes or with --summary of the
 * targets; and the same with tabs and without a header, for --fields in the text format.
 */
#include <string.h>

#include "format/format.h"
#include "targets/labels.h"

typedef void (*add_fn)(struct app_text *text, const char *string);

/* As in a list of targets: quoted where it must be. */
static void add_label(struct app_text *text, const char *value, add_fn add)
{
    bool quoted = *value == '\0' || strpbrk(value, " \t\"\\#") != NULL;

    if (!quoted) {
        add(text, value);
        return;
    }
    app_text_char(text, '"');
    while (*value != '\0') {
        char part[256];
        size_t len = strcspn(value, "\"\\");

        len = len < sizeof(part) ? len : sizeof(part) - 1;
        memcpy(part, value, len);
        part[len] = '\0';
        add(text, part);
        value += len;
        if (len == 0) {
            app_text_char(text, '\\');
            app_text_char(text, *value++);
        }
    }
    app_text_char(text, '"');
}

static void add_labels(struct app_text *text, const char *labels, add_fn add)
{
    const char *name, *value, *between = "";

    while (app_labels_next(&labels, &name, &value)) {
        app_text_add(text, between);
        add(text, name);
        app_text_char(text, '=');
        add_label(text, value, add);
        between = " ";
    }
}

/* When each of them began, and how long it was. */
static void add_outages(struct app_text *text, const struct app_observed *observed)
{
    for (size_t i = APP_OUTAGES_KEPT; i-- > 0;) {
        const struct app_outage *outage = app_outage_at(observed, i);

        if (outage == NULL)
            continue;
        app_stamp_add(text, APP_TIME_ISO, outage->start_wall_ns);
        app_text_char(text, '+');
        if (outage->end_ns)
            app_text_fixed_short(text, (uint64_t)app_outage_length_ns(outage, 0), 9);
        app_text_add(text, i ? " " : "");
    }
}

static void add_value(struct app_text *text, const struct app_value *value, add_fn add)
{
    if (app_value_add_plain(text, value))
        return;
    if (value->type == APP_VALUE_TEXT)
        add(text, value->text);
    else if (value->type == APP_VALUE_LABELS)
        add_labels(text, value->text, add);
    else if (value->type == APP_VALUE_OUTAGES)
        add_outages(text, value->observed);
}

/* Puts what was added from `from` on into quotation marks if it needs them. */
static void quote(struct app_text *text, size_t from)
{
    size_t marks = 2, at = text->len;
    char *data = text->data;

    if (strpbrk(data + from, ",\"\r\n") == NULL)
        return;
    for (size_t i = from; i < text->len; i++)
        marks += data[i] == '"';
    if (text->len + marks >= text->size) {
        text->len = from;
        return;
    }
    text->len += marks;
    data[text->len] = '\0';
    data[text->len - 1] = '"';
    for (size_t to = text->len - 1; at > from;) {
        data[--to] = data[--at];
        if (data[at] == '"')
            data[--to] = '"';
    }
    data[from] = '"';
}

static void csv_begin(const struct app_show *show, struct app_text *text)
{
    for (size_t i = 0; i < show->columns.n; i++) {
        size_t from;

        app_text_add(text, i ? "," : "");
        from = text->len;
        app_text_utf8(text, show->columns.all[i].name);
        quote(text, from);
    }
    app_text_char(text, '\n');
}

static void csv_row(const struct app_show *show, struct app_text *text,
                    const struct app_record *record)
{
    for (size_t i = 0; i < show->columns.n; i++) {
        struct app_value value;
        size_t from;

        app_text_add(text, i ? "," : "");
        from = text->len;
        app_column_get(&show->columns.all[i], record, &value);
        add_value(text, &value, app_text_utf8);
        quote(text, from);
    }
    app_text_char(text, '\n');
}

static void csv_summary(struct app_show *show, struct app_text *text,
                        const struct app_record *record)
{
    if (show->quiet)
        csv_row(show, text, record);
}

static void fields_row(const struct app_show *show, struct app_text *text,
                       const struct app_record *record)
{
    for (size_t i = 0; i < show->columns.n; i++) {
        struct app_value value;

        app_text_add(text, i ? "\t" : "");
        app_column_get(&show->columns.all[i], record, &value);
        add_value(text, &value, app_text_foreign_whole);
    }
    app_text_char(text, '\n');
}

static void fields_summary(struct app_show *show, struct app_text *text,
                           const struct app_record *record)
{
    if (show->quiet)
        fields_row(show, text, record);
}

const struct app_format app_format_csv = {
    .name = "csv",
    .shows_events = true,
    .has_fields = true,
    .has_time = true,
    .is_table = true,
    .is_document = true,
    .passes = 1,
    .begin = csv_begin,
    .event = csv_row,
    .summary = csv_summary,
};

const struct app_format app_format_fields = {
    .name = "text",
    .shows_events = true,
    .has_fields = true,
    .has_time = true,
    .is_table = true,
    .passes = 1,
    .event = fields_row,
    .summary = fields_summary,
};
