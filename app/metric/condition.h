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

enum { CLI_CONDITIONS_MAX = 32 };

enum cli_metric_unit { CLI_UNIT_COUNT, CLI_UNIT_SHARE, CLI_UNIT_TIME };

enum cli_comparison { CLI_IS_MORE, CLI_IS_MIN, CLI_IS_LESS, CLI_IS_MAX, CLI_IS, CLI_IS_NOT };

struct cli_metric {
    const char *name;
    const char *field; /* that holds it */
    enum cli_metric_unit unit;
};

struct cli_condition {
    const struct cli_metric *metric;
    const struct cli_field *field; /* that holds the metric */
    enum cli_metric_unit unit;     /* of value */
    enum cli_comparison comparison;
    double value;       /* a count, percent, or ns */
    const char *source; /* as it was written, source_len bytes of the command line */
    size_t source_len;
};

struct cli_gate {
    const char *option; /* where it was given; NULL: it was not */
    size_t n;
    struct cli_condition all[CLI_CONDITIONS_MAX];
};

enum cli_answer {
    CLI_ANSWER_NO,
    CLI_ANSWER_YES,
    CLI_ANSWER_UNKNOWN, /* nothing is known of the metric that could be compared */
};

/* 0, or -1 with one line about it in error. The expression must outlive the gate. */
int cli_gate_parse(struct cli_gate *gate, const char *option, const char *expression,
                   struct cli_text *error);

/* The same in the manner of check_ping too: "100.0,20%" are RTT in ms and loss, from there on. */
int cli_gate_parse_pair(struct cli_gate *gate, const char *option, const char *expression,
                        struct cli_text *error);

bool cli_gate_needs(const struct cli_gate *gate, enum cli_need need);

/* Whether a condition is about such a record: of one target, or of all. */
bool cli_condition_fits(const struct cli_condition *condition, const struct cli_record *record);

/* What a condition that fits comes to. RTTs are infinite where every probe was lost. */
enum cli_answer cli_condition_ask(const struct cli_condition *condition,
                                  const struct cli_record *record);

/* "loss is 12.5 %, and --fail-if says loss>5%" */
void cli_condition_explain(const struct cli_condition *condition, const struct cli_gate *gate,
                           const struct cli_record *record, struct cli_text *text);

/* The limit that a gate has for a metric, as with "loss>5%"; NULL: none. */
const struct cli_condition *cli_gate_limit(const struct cli_gate *gate, const char *metric);

#endif
