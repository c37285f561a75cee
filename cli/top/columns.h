/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The columns of the table: how each is shown, what it is sorted by, and the name by which a
 * filter knows it. One row of a table each.
 */
#ifndef MULTIPING_CLI_TOP_COLUMNS_H
#define MULTIPING_CLI_TOP_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

#include "text/text.h"
#include "top/model.h"

enum top_column_id {
    TOP_COL_WORST, /* not shown: what the table is sorted by at first */
    TOP_COL_HOST,
    TOP_COL_ADDRESS,
    TOP_COL_STATE,
    TOP_COL_FOR,
    TOP_COL_LOSS,
    TOP_COL_RECENT,
    TOP_COL_SENT,
    TOP_COL_LOST,
    TOP_COL_RUN,
    TOP_COL_RUN_MAX,
    TOP_COL_UNKNOWN,
    TOP_COL_ERRORS,
    TOP_COL_LAST,
    TOP_COL_AVG,
    TOP_COL_BEST,
    TOP_COL_WORST_RTT,
    TOP_COL_STDDEV,
    TOP_COL_JITTER,
    TOP_COL_P50,
    TOP_COL_P95,
    TOP_COL_P99,
    TOP_COL_TTL,
    TOP_COL_LATE,
    TOP_COL_DUPLICATES,
    TOP_COL_MISMATCHES,
    TOP_COL_COUNT
};

/* One host as a column sees it. */
struct top_row {
    const struct top_model *model;
    uint32_t host;
    int64_t now_ns;
    struct top_state state;
};

enum top_unit {
    TOP_UNIT_TEXT,
    TOP_UNIT_COUNT,
    TOP_UNIT_SHARE, /* 0 to 1, shown in percent */
    TOP_UNIT_NS,    /* shown in ms */
    TOP_UNIT_SPAN   /* ns, shown as a duration */
};

struct top_column {
    const char *title; /* NULL: never shown */
    const char *name;  /* in filters */
    const char *help;
    int width;
    enum top_unit unit;
    bool descending; /* the first time it is sorted by: worst first */
    /* The figure; NAN where there is none. Not for text. */
    double (*value)(const struct top_row *row);
};

extern const struct top_column top_columns[TOP_COL_COUNT];

/* Reads the host's state for a row. */
void top_row_load(struct top_row *row, const struct top_model *model, uint32_t host,
                  int64_t now_ns);

/* What a cell of the table holds. */
void top_column_text(struct app_text *text, enum top_column_id column, const struct top_row *row);

/* Orders rows by it, ascending; equal keys of text columns are to be compared as text. */
uint64_t top_column_key(enum top_column_id column, const struct top_row *row);

/* "up", "down", ... at most five columns. */
const char *top_condition_name(const struct top_state *state);

#endif
