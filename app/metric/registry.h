/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be told of a probe, an event, a target or all of them, by name: the keys of JSON, the
 * columns of CSV, the fields of InfluxDB, and the words of --fields. docs/formats.md tells what
 * each one means; a name never changes its meaning.
 */
#ifndef MULTIPING_APP_METRIC_REGISTRY_H
#define MULTIPING_APP_METRIC_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metric/record.h"
#include "metric/value.h"
#include "text/text.h"

enum { APP_SCHEMA_VERSION = 1 }; /* raised when a field goes or changes, not when one is added */

struct app_field {
    const char *name;
    unsigned records; /* enum app_record_kind: those that may have it */
    bool column;      /* of a table by default */
    bool tag;         /* says which target it is, not how it is doing */
    void (*get)(const struct app_record *record, const struct app_field *field,
                struct app_value *ret_value);
    size_t offset;     /* of the member that get() shows */
    unsigned decimals; /* of the number that it makes */
};

/* The member of a struct that the field is about. */
static inline const void *app_member(const void *base, const struct app_field *field)
{
    return (const char *)base + field->offset;
}

extern const struct app_field app_fields[];
extern const size_t app_field_count;

/* What must be kept of a target for it, beside the library's counters. */
enum app_need { APP_NEED_NOTHING, APP_NEED_PERCENTILES, APP_NEED_OBSERVATION };
enum app_need app_field_need(const struct app_field *field);

/* NULL: there is none of this name. */
const struct app_field *app_field_find(const char *name);

#endif
