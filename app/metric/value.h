/* SPDX-License-Identifier: Apache-2.0 */
/* The value of a field in one record, before a format writes it. */
#ifndef MULTIPING_APP_METRIC_VALUE_H
#define MULTIPING_APP_METRIC_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include <multiping/multiping.h>

#include "host/observe.h"
#include "text/text.h"

enum { CLI_VALUE_BYTES = 128 }; /* of values that are made when asked for */

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

/* Of values that are CLI_VALUE_NONE so far. NULL, or an address of no family, leaves them so. */
void cli_set_text(struct cli_value *v, const char *text);
void cli_set_number(struct cli_value *v, int64_t number, unsigned decimals);
void cli_set_addr(struct cli_value *v, const struct mping_addr *addr);

/* Adds what all formats write alike, a number or a truth; false, and nothing added, for others. */
bool cli_value_add_plain(struct cli_text *text, const struct cli_value *value);

#endif
