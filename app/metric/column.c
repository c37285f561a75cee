/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/column.h"

#include <stdlib.h>
#include <string.h>

#include "targets/labels.h"

static const char label_prefix[] = "label.";

void app_columns_default(struct app_columns *columns, unsigned records, bool table)
{
    *columns = (struct app_columns){0};
    for (size_t i = 0; i < app_field_count; i++) {
        const struct app_field *field = &app_fields[i];

        if ((field->records & records) && (field->column || !table))
            columns->all[columns->n++] = (struct app_column){field, field->name, NULL};
    }
}

/* The line that says where the field is, or lists what there is. */
static int fail_unknown(const char *name, unsigned records, struct app_text *error)
{
    const struct app_field *field = app_field_find(name);

    app_text_add(error, "--fields: there is no field \"");
    app_text_foreign(error, name);
    if (field != NULL && (field->records & (APP_RECORD_SUMMARY | APP_RECORD_VERDICT))) {
        app_text_add(error, field->records & APP_RECORD_SUMMARY
                                ? "\" here, only with --summary"
                                : "\" here, only without --summary");
        return -1;
    }
    app_text_add(error, "\" here; known are label.NAME");
    for (size_t i = 0; i < app_field_count; i++) {
        if (app_fields[i].records & records) {
            app_text_add(error, ", ");
            app_text_add(error, app_fields[i].name);
        }
    }
    return -1;
}

bool app_columns_have(const struct app_columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->n; i++) {
        if (strcmp(columns->all[i].name, name) == 0)
            return true;
    }
    return false;
}

static int add_column(struct app_columns *columns, const char *name, unsigned records,
                      struct app_text *error)
{
    struct app_column column = {app_field_find(name), name, NULL};
    bool is_label = strncmp(name, label_prefix, sizeof(label_prefix) - 1) == 0;

    if (is_label && name[sizeof(label_prefix) - 1] != '\0')
        column.label = name + sizeof(label_prefix) - 1;
    if (column.label == NULL && (column.field == NULL || !(column.field->records & records)))
        return fail_unknown(name, records, error);
    if (app_columns_have(columns, name)) {
        app_text_add(error, "--fields names \"");
        app_text_foreign(error, name);
        app_text_add(error, "\" twice");
        return -1;
    }
    if (columns->n == APP_COLUMNS_MAX) {
        app_text_add(error, "--fields: too many of them");
        return -1;
    }
    columns->all[columns->n++] = column;
    return 0;
}

int app_columns_parse(struct app_columns *columns, const char *list, unsigned records,
                      struct app_text *error)
{
    *columns = (struct app_columns){.chosen = true, .names = strdup(list)};
    if (columns->names == NULL) {
        app_text_add(error, mping_strerror(MPING_ENOMEM));
        return -1;
    }
    for (char *name = columns->names, *next; name != NULL; name = next) {
        next = strchr(name, ',');
        if (next != NULL)
            *next++ = '\0';
        if (add_column(columns, name, records, error) < 0)
            return -1;
    }
    return 0;
}

void app_columns_done(struct app_columns *columns)
{
    free(columns->names);
    columns->names = NULL;
}

bool app_column_fits(const struct app_column *column, const struct app_record *record)
{
    if (column->label != NULL)
        return record->host != NULL;
    return column->field->records & record->kind;
}

void app_column_get(const struct app_column *column, const struct app_record *record,
                    struct app_value *ret_value)
{
    ret_value->type = APP_VALUE_NONE;
    if (!app_column_fits(column, record))
        return;
    if (column->label == NULL) {
        column->field->get(record, column->field, ret_value);
        return;
    }
    ret_value->text = app_labels_find(record->labels, column->label);
    if (ret_value->text != NULL)
        ret_value->type = APP_VALUE_TEXT;
}
