/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "metric/condition.h"

enum { SOURCE_MAX = 128 };

/* "sent" and the like are told of targets and of all: they are asked of each target. */
bool app_condition_fits(const struct app_condition *condition, const struct app_record *record)
{
    bool of_targets = condition->field->records & APP_RECORD_SUMMARY;

    return record->kind == (of_targets ? APP_RECORD_SUMMARY : APP_RECORD_TOTAL);
}

/* The metric in the unit of the condition's value. */
static enum app_answer measure(const struct app_condition *c, const struct app_record *record,
                               double *ret_value)
{
    const struct mping_stats *s = record->stats;
    bool judged = s->received + s->lost + s->unreachable > 0;
    struct app_value value = {.type = APP_VALUE_NONE};
    uint64_t whole;

    c->field->get(record, c->field, &value);
    if (value.type != APP_VALUE_NUMBER) {
        if (judged && s->received > 0)
            return APP_ANSWER_NO; /* such as the jitter of one reply */
        *ret_value = HUGE_VAL;
        return judged ? APP_ANSWER_YES : APP_ANSWER_UNKNOWN;
    }
    *ret_value = (double)value.number / pow(10, value.decimals);
    if (c->metric->unit == APP_UNIT_TIME && value.decimals == 9)
        *ret_value = (double)value.number;
    if (c->metric->unit != APP_UNIT_COUNT || c->unit == APP_UNIT_COUNT)
        return APP_ANSWER_YES;
    whole = record->kind == APP_RECORD_TOTAL ? record->targets : s->sent;
    if (whole == 0)
        return APP_ANSWER_UNKNOWN;
    *ret_value = *ret_value * 100 / (double)whole;
    return APP_ANSWER_YES;
}

static bool compare(double value, enum app_comparison comparison, double limit)
{
    switch (comparison) {
    case APP_IS_MORE:
        return value > limit;
    case APP_IS_MIN:
        return value >= limit;
    case APP_IS_LESS:
        return value < limit;
    case APP_IS_MAX:
        return value <= limit;
    case APP_IS:
        return value >= limit && value <= limit;
    default:
        return value < limit || value > limit;
    }
}

enum app_answer app_condition_ask(const struct app_condition *condition,
                                  const struct app_record *record)
{
    double value = 0;
    enum app_answer known = measure(condition, record, &value);

    if (known != APP_ANSWER_YES)
        return known;
    return compare(value, condition->comparison, condition->value) ? APP_ANSWER_YES : APP_ANSWER_NO;
}

static void add_measured(struct app_text *text, const struct app_condition *c, double value)
{
    if (c->unit == APP_UNIT_TIME) {
        app_text_duration(text, (int64_t)value);
        return;
    }
    app_text_fixed_short(text, (uint64_t)(value * 1000 + 0.5), 3);
    app_text_add(text, c->unit == APP_UNIT_SHARE ? "%" : "");
}

void app_condition_explain(const struct app_condition *c, const struct app_gate *gate,
                           const struct app_record *record, struct app_text *text)
{
    char source[SOURCE_MAX] = "";
    size_t len = c->source_len < SOURCE_MAX ? c->source_len : SOURCE_MAX - 1;
    double value = 0;

    memcpy(source, c->source, len);
    source[len] = '\0';
    app_text_add(text, c->metric->name);
    if (measure(c, record, &value) == APP_ANSWER_UNKNOWN) {
        app_text_add(text, " is not known");
    } else {
        app_text_add(text, " is ");
        if (isinf(value))
            app_text_add(text, "without end, as nothing was answered");
        else
            add_measured(text, c, value);
    }
    app_text_add(text, ", and --");
    app_text_add(text, gate->option);
    app_text_add(text, " says ");
    app_text_foreign(text, source);
}
