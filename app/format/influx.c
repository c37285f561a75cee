/* SPDX-License-Identifier: Apache-2.0 */
/*
 * InfluxDB's line protocol: a point per probe at the time it left, per event and per target at
 * the time it is told. What says which target it is are tags, everything else is fields.
 */
#include <string.h>

#include "format/format.h"
#include "targets/labels.h"
#include "text/escape.h"

static const char *measurement_of(enum app_record_kind kind)
{
    switch (kind) {
    case APP_RECORD_VERDICT:
        return "multiping_probe";
    case APP_RECORD_EVENT:
        return "multiping_event";
    case APP_RECORD_SUMMARY:
        return "multiping";
    default:
        return "multiping_total";
    }
}

/*
 * The next character, as it is shown: a control character as a blank, and what is no UTF-8 as
 * U+FFFD. Returns how many bytes it took.
 */
static size_t take(const char *string, char one[static 8])
{
    uint32_t point = 0;
    size_t len = app_utf8_decode((const unsigned char *)string, &point);

    if (len == 0) {
        memcpy(one, "\xef\xbf\xbd", 4);
        return 1;
    }
    memcpy(one, string, len);
    one[len] = '\0';
    if (point < 0x20 || point == 0x7f)
        memcpy(one, " ", 2);
    return len;
}

/*
 * Tag keys, tag values and field keys: commas, equals signs and blanks are escaped. There is no
 * escape for line feeds nor for a backslash at the end, so control characters become blanks and
 * such a backslash is followed by one.
 */
static void add_tag_text(struct app_text *text, const char *string)
{
    char last = '\0';

    while (*string != '\0') {
        char one[8];

        string += take(string, one);
        if (*one == ',' || *one == '=' || *one == ' ')
            app_text_char(text, '\\');
        app_text_add(text, one);
        last = *one;
    }
    if (last == '\\')
        app_text_add(text, "\\ ");
}

static void add_tag(struct app_text *text, const char *prefix, const char *name, const char *value)
{
    if (*value == '\0')
        return; /* a tag cannot be empty */
    app_text_char(text, ',');
    app_text_add(text, prefix);
    add_tag_text(text, name);
    app_text_char(text, '=');
    add_tag_text(text, value);
}

static void add_tags(struct app_text *text, const struct app_record *record)
{
    const char *labels = record->labels, *name, *value;
    char shown[MPING_ADDR_TEXT_MAX];

    if (record->host != NULL)
        add_tag(text, "", "target", record->host);
    if (record->addr.family)
        add_tag(text, "", "address", mping_addr_format(&record->addr, shown, sizeof(shown)));
    while (app_labels_next(&labels, &name, &value)) {
        /* Where the name is that of a tag or field of our own it gets a prefix. */
        add_tag(text, app_field_find(name) ? "label_" : "", name, value);
    }
}

/* Field values in quotation marks: these and the backslash are escaped. */
static void add_string(struct app_text *text, const char *string)
{
    app_text_char(text, '"');
    while (*string != '\0') {
        char one[8];

        string += take(string, one);
        if (*one == '"' || *one == '\\')
            app_text_char(text, '\\');
        app_text_add(text, one);
    }
    app_text_char(text, '"');
}

/* Whole numbers are integers, all others floats: the type of a field must never change. */
static void add_plain(struct app_text *text, const struct app_value *value)
{
    app_value_add_plain(text, value);
    if (value->type == APP_VALUE_NUMBER && value->decimals == 0)
        app_text_char(text, 'i');
}

/* Returns whether there is a field now. */
static bool add_field(struct app_text *text, const struct app_column *column,
                      const struct app_record *record, bool first)
{
    struct app_value value;

    app_column_get(column, record, &value);
    if (value.type != APP_VALUE_TEXT && value.type != APP_VALUE_NUMBER &&
        value.type != APP_VALUE_BOOL)
        return false;
    app_text_char(text, first ? ' ' : ',');
    add_tag_text(text, column->name);
    app_text_char(text, '=');
    if (value.type == APP_VALUE_TEXT)
        add_string(text, value.text);
    else
        add_plain(text, &value);
    return true;
}

static bool is_wanted(const struct app_column *column)
{
    static const char *const never[] = {"v", "type", "time", "sent_time"};

    if (column->field == NULL || column->field->tag)
        return false;
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        if (strcmp(column->name, never[i]) == 0)
            return false;
    }
    return true;
}

static void add_point(const struct app_show *show, struct app_text *text,
                      const struct app_record *record)
{
    const struct mping_event *event = record->event;
    size_t from = text->len;
    bool any = false;

    app_text_add(text, measurement_of(record->kind));
    add_tags(text, record);
    for (size_t i = 0; i < show->columns.n; i++) {
        if (is_wanted(&show->columns.all[i]))
            any = add_field(text, &show->columns.all[i], record, !any) || any;
    }
    if (!any) { /* a point without fields is none */
        text->len = from;
        text->data[from] = '\0';
        return;
    }
    app_text_char(text, ' ');
    app_text_number(text, record->kind == APP_RECORD_VERDICT && event->sent_wall_ns
                              ? event->sent_wall_ns
                              : record->wall_ns);
    app_text_char(text, '\n');
}

static void add_summary(struct app_show *show, struct app_text *text,
                        const struct app_record *record)
{
    add_point(show, text, record);
}

const struct app_format app_format_influx = {
    .name = "influx",
    .shows_events = true,
    .has_fields = true,
    .records = APP_RECORD_VERDICT | APP_RECORD_EVENT | APP_RECORD_SUMMARY | APP_RECORD_TOTAL,
    .passes = 1,
    .event = add_point,
    .summary = add_summary,
    .total = add_point,
};
