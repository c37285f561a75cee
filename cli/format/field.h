/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be told of a probe, an event, a target or all of them, by name: the keys of JSON, the
 * columns of CSV, the fields of InfluxDB, and the words of --fields. docs/formats.md tells what
 * each one means; a name never changes its meaning.
 */
#ifndef MULTIPING_CLI_FORMAT_FIELD_H
#define MULTIPING_CLI_FORMAT_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"
#include "text.h"

enum {
    CLI_SCHEMA_VERSION = 1, /* raised when a field goes or changes, not when one is added */
    CLI_COLUMNS_MAX = 128,
    CLI_VALUE_BYTES = 128, /* of values that are made when asked for */
    CLI_BEGIN_MAX = 8192,  /* room for the names of all columns */
};

enum cli_value_type {
    CLI_VALUE_NONE,    /* nothing to say here */
    CLI_VALUE_TEXT,    /* text, from outside */
    CLI_VALUE_NUMBER,  /* number / 10^decimals */
    CLI_VALUE_BOOL,    /* number is 0 or 1 */
    CLI_VALUE_LABELS,  /* text for cli_labels_next() */
    CLI_VALUE_OUTAGES, /* observed */
};

/* `text` may point into `memory`, so it is never copied. */
struct cli_value {
    enum cli_value_type type;
    const char *text;
    int64_t number;
    unsigned decimals;
    const struct cli_observed *observed;
    char memory[CLI_VALUE_BYTES];
};

struct cli_field {
    const char *name;
    unsigned records; /* enum cli_record_kind: those that may have it */
    bool column;      /* of a table by default */
    bool tag;         /* says which target it is, not how it is doing */
    void (*get)(const struct cli_record *record, const struct cli_field *field,
                struct cli_value *ret_value);
    size_t offset;     /* of the member that get() shows */
    unsigned decimals; /* of the number that it makes */
};

/* A field, or one label; the name of the label is that of the field's then. */
struct cli_column {
    const struct cli_field *field; /* NULL: a label */
    const char *name;
    const char *label;
};

extern const struct cli_field cli_fields[];
extern const size_t cli_field_count;

/* What must be kept of a target for it, beside the library's counters. */
enum cli_need { CLI_NEED_NOTHING, CLI_NEED_PERCENTILES, CLI_NEED_OBSERVATION };
enum cli_need cli_field_need(const struct cli_field *field);

/* NULL: there is none of this name. */
const struct cli_field *cli_field_find(const char *name);

/* Those to show, in order. */
struct cli_columns {
    size_t n;
    bool chosen; /* by --fields: they are shown even if they have nothing to say */
    char *names; /* memory of the columns' */
    struct cli_column all[CLI_COLUMNS_MAX];
};

/* All fields of these kinds of record, or only those that are columns of a table by default. */
void cli_columns_default(struct cli_columns *columns, unsigned records, bool table);

/*
 * "target,rtt_ms,label.site": only these, all of which a record of these kinds may have. 0, or -1
 * with one line about it in error.
 */
int cli_columns_parse(struct cli_columns *columns, const char *list, unsigned records,
                      struct cli_text *error);
void cli_columns_done(struct cli_columns *columns);

/* Whether a field is among them. */
bool cli_columns_have(const struct cli_columns *columns, const char *name);

/* Whether such a record has such a column at all. */
bool cli_column_fits(const struct cli_column *column, const struct cli_record *record);

void cli_column_get(const struct cli_column *column, const struct cli_record *record,
                    struct cli_value *ret_value);

/* Adds what all formats write alike, a number or a truth; false, and nothing added, for others. */
bool cli_value_add_plain(struct cli_text *text, const struct cli_value *value);

/* Percent lost of the probes whose outcome is known, in thousandths; -1: there are none. */
int64_t cli_loss_thousandths(const struct mping_stats *stats);

/* Whether a percentile was kept. */
bool cli_has_percentiles(const struct mping_stats *stats);

#endif
