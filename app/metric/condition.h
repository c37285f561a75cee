/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions on results, for scripts: "loss>5%,p95>50ms" holds where one of them does. Each is a
 * metric, one of > >= < <= = == !=, and a number with the unit of the metric: % for a share, ns
 * to h for a time, none for a count. Most are about a target, a few about all of them.
 */
#ifndef MULTIPING_APP_METRIC_CONDITION_H
#define MULTIPING_APP_METRIC_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "metric/registry.h"
#include "text/text.h"

enum { APP_CONDITIONS_MAX = 32 };

enum app_metric_unit { APP_UNIT_COUNT, APP_UNIT_SHARE, APP_UNIT_TIME };

enum app_comparison { APP_IS_MORE, APP_IS_MIN, APP_IS_LESS, APP_IS_MAX, APP_IS, APP_IS_NOT };

struct app_metric {
    const char *name;
    const char *field; /* that holds it */
    enum app_metric_unit unit;
};

struct app_condition {
    const struct app_metric *metric;
    const struct app_field *field; /* that holds the metric */
    enum app_metric_unit unit;     /* of value */
    enum app_comparison comparison;
    double value;       /* a count, percent, or ns */
    const char *source; /* as it was written, source_len bytes of the command line */
    size_t source_len;
};

struct app_gate {
    const char *option; /* where it was given; NULL: it was not */
    size_t n;
    struct app_condition all[APP_CONDITIONS_MAX];
};

enum app_answer {
    APP_ANSWER_NO,
    APP_ANSWER_YES,
    APP_ANSWER_UNKNOWN, /* nothing is known of the metric that could be compared */
};

/* 0, or -1 with one line about it in error. The expression must outlive the gate. */
int app_gate_parse(struct app_gate *gate, const char *option, const char *expression,
                   struct app_text *error);

/* The same in the manner of check_ping too: "100.0,20%" are RTT in ms and loss, from there on. */
int app_gate_parse_pair(struct app_gate *gate, const char *option, const char *expression,
                        struct app_text *error);

bool app_gate_needs(const struct app_gate *gate, enum app_need need);

/* Whether a condition is about such a record: of one target, or of all. */
bool app_condition_fits(const struct app_condition *condition, const struct app_record *record);

/* What a condition that fits comes to. RTTs are infinite where every probe was lost. */
enum app_answer app_condition_ask(const struct app_condition *condition,
                                  const struct app_record *record);

/* "loss is 12.5 %, and --fail-if says loss>5%" */
void app_condition_explain(const struct app_condition *condition, const struct app_gate *gate,
                           const struct app_record *record, struct app_text *text);

/* The limit that a gate has for a metric, as with "loss>5%"; NULL: none. */
const struct app_condition *app_gate_limit(const struct app_gate *gate, const char *metric);

#endif
