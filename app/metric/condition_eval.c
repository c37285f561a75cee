/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "metric/condition.h"

enum { SOURCE_MAX = 128 };

/* "sent" and the like are told of targets and of all: they are asked of each target. */
bool cli_condition_fits(const struct cli_condition *condition, const struct cli_record *record)
{
    bool of_targets = condition->field->records & CLI_RECORD_SUMMARY;

    return record->kind == (of_targets ? CLI_RECORD_SUMMARY : CLI_RECORD_TOTAL);
}

/* The metric in the unit of the condition's value. */
static enum cli_answer measure(const struct cli_condition *c, const struct cli_record *record,
                               double *ret_value)
{
    const struct mping_stats *s = record->stats;
    bool judged = s->received + s->lost + s->unreachable > 0;
    struct cli_value value = {.type = CLI_VALUE_NONE};
    uint64_t whole;

    c->field->get(record, c->field, &value);
    if (value.type != CLI_VALUE_NUMBER) {
        if (judged && s->received > 0)
            return CLI_ANSWER_NO; /* such as the jitter of one reply */
        *ret_value = HUGE_VAL;
        return judged ? CLI_ANSWER_YES : CLI_ANSWER_UNKNOWN;
    }
    *ret_value = (double)value.number / pow(10, value.decimals);
    if (c->metric->unit == CLI_UNIT_TIME && value.decimals == 9)
        *ret_value = (double)value.number;
    if (c->metric->unit != CLI_UNIT_COUNT || c->unit == CLI_UNIT_COUNT)
        return CLI_ANSWER_YES;
    whole = record->kind == CLI_RECORD_TOTAL ? record->targets : s->sent;
    if (whole == 0)
        return CLI_ANSWER_UNKNOWN;
    *ret_value = *ret_value * 100 / (double)whole;
    return CLI_ANSWER_YES;
}

static bool compare(double value, enum cli_comparison comparison, double limit)
{
    switch (comparison) {
    case CLI_IS_MORE:
        return value > limit;
    case CLI_IS_MIN:
        return value >= limit;
    case CLI_IS_LESS:
        return value < limit;
    case CLI_IS_MAX:
        return value <= limit;
    case CLI_IS:
        return value >= limit && value <= limit;
    default:
        return value < limit || value > limit;
    }
}

enum cli_answer cli_condition_ask(const struct cli_condition *condition,
                                  const struct cli_record *record)
{
    double value = 0;
    enum cli_answer known = measure(condition, record, &value);

    if (known != CLI_ANSWER_YES)
        return known;
    return compare(value, condition->comparison, condition->value) ? CLI_ANSWER_YES : CLI_ANSWER_NO;
}

static void add_measured(struct cli_text *text, const struct cli_condition *c, double value)
{
    if (c->unit == CLI_UNIT_TIME) {
        cli_text_duration(text, (int64_t)value);
        return;
    }
    cli_text_fixed_short(text, (uint64_t)(value * 1000 + 0.5), 3);
    cli_text_add(text, c->unit == CLI_UNIT_SHARE ? "%" : "");
}

void cli_condition_explain(const struct cli_condition *c, const struct cli_gate *gate,
                           const struct cli_record *record, struct cli_text *text)
{
    char source[SOURCE_MAX] = "";
    size_t len = c->source_len < SOURCE_MAX ? c->source_len : SOURCE_MAX - 1;
    double value = 0;

    memcpy(source, c->source, len);
    source[len] = '\0';
    cli_text_add(text, c->metric->name);
    if (measure(c, record, &value) == CLI_ANSWER_UNKNOWN) {
        cli_text_add(text, " is not known");
    } else {
        cli_text_add(text, " is ");
        if (isinf(value))
            cli_text_add(text, "without end, as nothing was answered");
        else
            add_measured(text, c, value);
    }
    cli_text_add(text, ", and --");
    cli_text_add(text, gate->option);
    cli_text_add(text, " says ");
    cli_text_foreign(text, source);
}
