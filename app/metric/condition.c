/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/condition.h"

#include <string.h>

#include "text/number.h"

enum { WORD_MAX = 64 };

static const struct app_metric metrics[] = {
    {"loss", "loss_percent", APP_UNIT_SHARE},
    {"min", "rtt_min_ns", APP_UNIT_TIME},
    {"avg", "rtt_avg_ns", APP_UNIT_TIME},
    {"max", "rtt_max_ns", APP_UNIT_TIME},
    {"mdev", "rtt_mdev_ns", APP_UNIT_TIME},
    {"p50", "rtt_p50_ns", APP_UNIT_TIME},
    {"p90", "rtt_p90_ns", APP_UNIT_TIME},
    {"p95", "rtt_p95_ns", APP_UNIT_TIME},
    {"p99", "rtt_p99_ns", APP_UNIT_TIME},
    {"jitter", "jitter_rfc3550_ns", APP_UNIT_TIME},
    {"sent", "sent", APP_UNIT_COUNT},
    {"received", "received", APP_UNIT_COUNT},
    {"lost", "lost", APP_UNIT_COUNT},
    {"unreachable", "unreachable", APP_UNIT_COUNT},
    {"unknown", "unknown", APP_UNIT_COUNT},
    {"errors", "send_errors", APP_UNIT_COUNT},
    {"unresolved", "resolve_errors", APP_UNIT_COUNT},
    {"late", "late", APP_UNIT_COUNT},
    {"dup", "duplicates", APP_UNIT_COUNT},
    {"mismatches", "mismatches", APP_UNIT_COUNT},
    {"truncated", "truncated", APP_UNIT_COUNT},
    {"longer", "longer", APP_UNIT_COUNT},
    {"loss_run", "loss_run_max", APP_UNIT_COUNT},
    {"outages", "outages", APP_UNIT_COUNT},
    {"outage", "outage_longest_s", APP_UNIT_TIME},
    {"reorder", "reordered", APP_UNIT_COUNT},
    {"ttl_changes", "ttl_changes", APP_UNIT_COUNT},
    {"wrong_source", "wrong_source", APP_UNIT_COUNT},
    {"alive", "alive", APP_UNIT_COUNT},
    {"silent", "silent", APP_UNIT_COUNT},
    {"targets", "targets", APP_UNIT_COUNT},
};

enum { METRIC_COUNT = sizeof(metrics) / sizeof(metrics[0]) };

static const struct {
    const char *sign;
    enum app_comparison comparison;
} signs[] = {
    /* The longer ones first. */
    {">=", APP_IS_MIN}, {"<=", APP_IS_MAX}, {"==", APP_IS}, {"!=", APP_IS_NOT},
    {">", APP_IS_MORE}, {"<", APP_IS_LESS}, {"=", APP_IS},
};

static const char *const unit_hints[] = {
    [APP_UNIT_COUNT] = "a count such as 3, or a share such as 5%",
    [APP_UNIT_SHARE] = "a share such as 5%",
    [APP_UNIT_TIME] = "a time with its unit, such as 50ms",
};

/* Where the parser stands. */
struct parser {
    const char *option;
    const char *at;
    struct app_text *error;
};

static void begin_error(struct parser *p, const char *what, const char *word)
{
    app_text_add(p->error, "--");
    app_text_add(p->error, p->option);
    app_text_add(p->error, ": ");
    app_text_add(p->error, what);
    app_text_add(p->error, "\"");
    app_text_foreign(p->error, word);
    app_text_add(p->error, "\"");
}

static int fail_metric(struct parser *p, const char *word)
{
    begin_error(p, "there is no metric ", word);
    app_text_add(p->error, "; known are");
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        app_text_add(p->error, i ? ", " : " ");
        app_text_add(p->error, metrics[i].name);
    }
    return -1;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip_blanks(struct parser *p)
{
    p->at += strspn(p->at, " \t");
}

/* Takes what is made of these characters; what does not fit into the word is cut. */
static void take_word(struct parser *p, const char *until, char word[static WORD_MAX])
{
    const char *word_at = p->at;
    size_t len = strcspn(p->at, until), shown = len;

    p->at += len;
    while (shown > 0 && is_blank(word_at[shown - 1]))
        shown--;
    if (shown >= WORD_MAX)
        shown = WORD_MAX - 1;
    memcpy(word, word_at, shown);
    word[shown] = '\0';
}

static int take_metric(struct parser *p, struct app_condition *condition)
{
    char word[WORD_MAX];

    take_word(p, "<>=!,", word);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        if (strcmp(metrics[i].name, word) == 0) {
            condition->metric = &metrics[i];
            condition->field = app_field_find(metrics[i].field);
            return 0;
        }
    }
    return fail_metric(p, word);
}

static int take_comparison(struct parser *p, struct app_condition *condition)
{
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        size_t len = strlen(signs[i].sign);

        if (strncmp(p->at, signs[i].sign, len) == 0) {
            condition->comparison = signs[i].comparison;
            p->at += len;
            return 0;
        }
    }
    begin_error(p, "after ", condition->metric->name);
    app_text_add(p->error, " must stand one of > >= < <= = !=");
    return -1;
}

static bool is_share(char word[static WORD_MAX], double *ret_percent)
{
    size_t len = strlen(word);

    if (len == 0 || word[len - 1] != '%')
        return false;
    word[len - 1] = '\0';
    if (app_decimal_parse(word, ret_percent) == 0)
        return true;
    word[len - 1] = '%';
    return false;
}

/* A bare number is no time here: half of the world would take it for seconds. */
static bool is_time(const char *word, double *ret_ns)
{
    int64_t ns;
    double bare;

    if (app_duration_parse(word, &ns) < 0 || (app_decimal_parse(word, &bare) == 0 && ns != 0))
        return false;
    *ret_ns = (double)ns;
    return true;
}

static int take_value(struct parser *p, struct app_condition *condition)
{
    enum app_metric_unit unit = condition->metric->unit;
    char word[WORD_MAX];

    take_word(p, ",", word);
    condition->unit = unit;
    if (unit != APP_UNIT_TIME && is_share(word, &condition->value)) {
        condition->unit = APP_UNIT_SHARE;
        return 0;
    }
    if (unit == APP_UNIT_COUNT && app_decimal_parse(word, &condition->value) == 0)
        return 0;
    if (unit == APP_UNIT_TIME && is_time(word, &condition->value))
        return 0;
    begin_error(p, "", word);
    app_text_add(p->error, " is no limit for ");
    app_text_add(p->error, condition->metric->name);
    app_text_add(p->error, ": that takes ");
    app_text_add(p->error, unit_hints[unit]);
    return -1;
}

static int take_condition(struct parser *p, struct app_condition *condition)
{
    skip_blanks(p);
    condition->source = p->at;
    if (take_metric(p, condition) < 0 || take_comparison(p, condition) < 0)
        return -1;
    skip_blanks(p);
    if (take_value(p, condition) < 0)
        return -1;
    condition->source_len = (size_t)(p->at - condition->source);
    while (is_blank(condition->source[condition->source_len - 1]))
        condition->source_len--;
    return 0;
}

int app_gate_parse(struct app_gate *gate, const char *option, const char *expression,
                   struct app_text *error)
{
    struct parser p = {option, expression, error};

    *gate = (struct app_gate){.option = option};
    for (;;) {
        if (gate->n == APP_CONDITIONS_MAX) {
            begin_error(&p, "too many conditions from ", p.at);
            return -1;
        }
        if (take_condition(&p, &gate->all[gate->n++]) < 0)
            return -1;
        if (*p.at == '\0')
            return 0;
        p.at++; /* the comma */
    }
}

/* One half of a pair: a limit for a metric, reached or passed. */
static void set_limit(struct app_condition *condition, const char *metric, double value)
{
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        if (strcmp(metrics[i].name, metric) == 0)
            condition->metric = &metrics[i];
    }
    condition->field = app_field_find(condition->metric->field);
    condition->unit = condition->metric->unit;
    condition->comparison = APP_IS_MIN;
    condition->value = value;
}

int app_gate_parse_pair(struct app_gate *gate, const char *option, const char *expression,
                        struct app_text *error)
{
    struct parser p = {option, expression, error};
    char rtt[WORD_MAX], loss[WORD_MAX];
    double ms, percent;

    if (*expression != '.' && (*expression < '0' || *expression > '9'))
        return app_gate_parse(gate, option, expression, error);
    take_word(&p, ",", rtt);
    p.at += *p.at == ',';
    take_word(&p, "", loss);
    if (app_decimal_parse(rtt, &ms) < 0 || !is_share(loss, &percent)) {
        begin_error(&p, "", expression);
        app_text_add(error, " is neither like 100.0,20% nor like avg>100ms,loss>20%");
        return -1;
    }
    *gate = (struct app_gate){.option = option, .n = 2};
    set_limit(&gate->all[0], "avg", ms * 1e6);
    set_limit(&gate->all[1], "loss", percent);
    gate->all[0].source = gate->all[1].source = expression;
    gate->all[0].source_len = gate->all[1].source_len = strlen(expression);
    return 0;
}

bool app_gate_needs(const struct app_gate *gate, enum app_need need)
{
    for (size_t i = 0; i < gate->n; i++) {
        if (app_field_need(gate->all[i].field) == need)
            return true;
    }
    return false;
}

const struct app_condition *app_gate_limit(const struct app_gate *gate, const char *metric)
{
    for (size_t i = 0; i < gate->n; i++) {
        const struct app_condition *c = &gate->all[i];

        if (strcmp(c->metric->name, metric) == 0 && c->unit == c->metric->unit &&
            (c->comparison == APP_IS_MORE || c->comparison == APP_IS_MIN))
            return c;
    }
    return NULL;
}
