/* SPDX-License-Identifier: Apache-2.0 */
/* The value of a field in one record, before a format writes it. */
#ifndef MULTIPING_APP_METRIC_VALUE_H
#define MULTIPING_APP_METRIC_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include <multiping/multiping.h>

#include "host/observe.h"
#include "text/text.h"

enum { APP_VALUE_BYTES = 128 }; /* of values that are made when asked for */

enum app_value_type {
    APP_VALUE_NONE,    /* nothing to say here */
    APP_VALUE_TEXT,    /* text, from outside */
    APP_VALUE_NUMBER,  /* number / 10^decimals */
    APP_VALUE_BOOL,    /* number is 0 or 1 */
    APP_VALUE_LABELS,  /* text for app_labels_next() */
    APP_VALUE_OUTAGES, /* observed */
};

/* `text` may point into `memory`, so it is never copied. */
struct app_value {
    enum app_value_type type;
    const char *text;
    int64_t number;
    unsigned decimals;
    const struct app_observed *observed;
    char memory[APP_VALUE_BYTES];
};

/* Of values that are APP_VALUE_NONE so far. NULL, or an address of no family, leaves them so. */
void app_set_text(struct app_value *v, const char *text);
void app_set_number(struct app_value *v, int64_t number, unsigned decimals);
void app_set_addr(struct app_value *v, const struct mping_addr *addr);

/* Adds what all formats write alike, a number or a truth; false, and nothing added, for others. */
bool app_value_add_plain(struct app_text *text, const struct app_value *value);

#endif
