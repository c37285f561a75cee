/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which hosts to show. Terms with blanks between them must all hold; ! before one turns it round:
 *
 *   web              somewhere in host, address or labels, whatever the case
 *   loss>5           a figure: > >= < <= = !=, in percent, ms (or 1.5s, 200us) or counts
 *   state=down       a text column or a label; * and ? stand for anything
 *   addr=10.1.0.0/16 the prefix of an address
 */
#ifndef MULTIPING_CLI_TOP_FILTER_H
#define MULTIPING_CLI_TOP_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "text/text.h"
#include "top/columns.h"

enum {
    TOP_FILTER_MAX = 128, /* bytes */
    TOP_TERMS_MAX = 16,
};

enum top_test { TOP_TEST_TEXT, TOP_TEST_FIGURE, TOP_TEST_MATCH, TOP_TEST_PREFIX, TOP_TEST_LABEL };
enum top_relation { TOP_LESS, TOP_LESS_EQUAL, TOP_EQUAL, TOP_GREATER_EQUAL, TOP_GREATER };

struct top_term {
    enum top_test test;
    bool negated;
    enum top_relation relation; /* of a figure */
    enum top_column_id column;
    double value;
    const char *name; /* of a label; into top_filter.text, as is wanted */
    const char *wanted;
    struct mping_addr prefix;
    int prefix_bits;
};

struct top_filter {
    char text[TOP_FILTER_MAX]; /* cut into strings */
    struct top_term terms[TOP_TERMS_MAX];
    size_t n; /* 0: everything passes */
};

/* 0, or -1 with a few words about it in error, and the filter then passes everything. */
int top_filter_parse(struct top_filter *ret, const char *text, struct app_text *error);

bool top_filter_match(const struct top_filter *filter, const struct top_row *row);

#endif
