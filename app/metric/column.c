/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/column.h"

#include <stdlib.h>
#include <string.h>

#include "targets/labels.h"

static const char label_prefix[] = "label.";

void cli_columns_default(struct cli_columns *columns, unsigned records, bool table)
{
    *columns = (struct cli_columns){0};
    for (size_t i = 0; i < cli_field_count; i++) {
        const struct cli_field *field = &cli_fields[i];

        if ((field->records & records) && (field->column || !table))
            columns->all[columns->n++] = (struct cli_column){field, field->name, NULL};
    }
}

/* The line that says where the field is, or lists what there is. */
static int fail_unknown(const char *name, unsigned records, struct cli_text *error)
{
    const struct cli_field *field = cli_field_find(name);

    cli_text_add(error, "--fields: there is no field \"");
    cli_text_foreign(error, name);
    if (field != NULL && (field->records & (CLI_RECORD_SUMMARY | CLI_RECORD_VERDICT))) {
        cli_text_add(error, field->records & CLI_RECORD_SUMMARY
                                ? "\" here, only with --summary"
                                : "\" here, only without --summary");
        return -1;
    }
    cli_text_add(error, "\" here; known are label.NAME");
    for (size_t i = 0; i < cli_field_count; i++) {
        if (cli_fields[i].records & records) {
            cli_text_add(error, ", ");
            cli_text_add(error, cli_fields[i].name);
        }
    }
    return -1;
}

bool cli_columns_have(const struct cli_columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->n; i++) {
        if (strcmp(columns->all[i].name, name) == 0)
            return true;
    }
    return false;
}

static int add_column(struct cli_columns *columns, const char *name, unsigned records,
                      struct cli_text *error)
{
    struct cli_column column = {cli_field_find(name), name, NULL};
    bool is_label = strncmp(name, label_prefix, sizeof(label_prefix) - 1) == 0;

    if (is_label && name[sizeof(label_prefix) - 1] != '\0')
        column.label = name + sizeof(label_prefix) - 1;
    if (column.label == NULL && (column.field == NULL || !(column.field->records & records)))
        return fail_unknown(name, records, error);
    if (cli_columns_have(columns, name)) {
        cli_text_add(error, "--fields names \"");
        cli_text_foreign(error, name);
        cli_text_add(error, "\" twice");
        return -1;
    }
    if (columns->n == CLI_COLUMNS_MAX) {
        cli_text_add(error, "--fields: too many of them");
        return -1;
    }
    columns->all[columns->n++] = column;
    return 0;
}

int cli_columns_parse(struct cli_columns *columns, const char *list, unsigned records,
                      struct cli_text *error)
{
    *columns = (struct cli_columns){.chosen = true, .names = strdup(list)};
    if (columns->names == NULL) {
        cli_text_add(error, mping_strerror(MPING_ENOMEM));
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

void cli_columns_done(struct cli_columns *columns)
{
    free(columns->names);
    columns->names = NULL;
}

bool cli_column_fits(const struct cli_column *column, const struct cli_record *record)
{
    if (column->label != NULL)
        return record->host != NULL;
    return column->field->records & record->kind;
}

void cli_column_get(const struct cli_column *column, const struct cli_record *record,
                    struct cli_value *ret_value)
{
    ret_value->type = CLI_VALUE_NONE;
    if (!cli_column_fits(column, record))
        return;
    if (column->label == NULL) {
        column->field->get(record, column->field, ret_value);
        return;
    }
    ret_value->text = cli_labels_find(record->labels, column->label);
    if (ret_value->text != NULL)
        ret_value->type = CLI_VALUE_TEXT;
}
