/* SPDX-License-Identifier: Apache-2.0 */
/* The fields and labels that a format shows, in order: all, or those of --fields. */
#ifndef MULTIPING_APP_METRIC_COLUMN_H
#define MULTIPING_APP_METRIC_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "metric/record.h"
#include "metric/registry.h"
#include "metric/value.h"
#include "text/text.h"

enum {
    APP_COLUMNS_MAX = 128,
    APP_BEGIN_MAX = 8192, /* room for the names of all columns */
};

/* A field, or one label; the name of the label is that of the field's then. */
struct app_column {
    const struct app_field *field; /* NULL: a label */
    const char *name;
    const char *label;
};

/* Those to show, in order. */
struct app_columns {
    size_t n;
    bool chosen; /* by --fields: they are shown even if they have nothing to say */
    char *names; /* memory of the columns' */
    struct app_column all[APP_COLUMNS_MAX];
};

/* All fields of these kinds of record, or only those that are columns of a table by default. */
void app_columns_default(struct app_columns *columns, unsigned records, bool table);

/*
 * "target,rtt_ms,label.site": only these, all of which a record of these kinds may have. 0, or -1
 * with one line about it in error.
 */
int app_columns_parse(struct app_columns *columns, const char *list, unsigned records,
                      struct app_text *error);
void app_columns_done(struct app_columns *columns);

/* Whether a field is among them. */
bool app_columns_have(const struct app_columns *columns, const char *name);

/* Whether such a record has such a column at all. */
bool app_column_fits(const struct app_column *column, const struct app_record *record);

void app_column_get(const struct app_column *column, const struct app_record *record,
                    struct app_value *ret_value);

#endif
