/* SPDX-License-Identifier: Apache-2.0 */
#include "top/filter.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "targets/labels.h"
#include "targets/range/range.h"
#include "text/escape.h"
#include "text/number.h"

static const struct {
    const char *sign;
    enum top_relation relation;
    bool negated;
} signs[] = {
    {">=", TOP_GREATER_EQUAL, false}, {"<=", TOP_LESS_EQUAL, false}, {"!=", TOP_EQUAL, true},
    {">", TOP_GREATER, false},        {"<", TOP_LESS, false},        {"=", TOP_EQUAL, false},
};

static int fail(struct app_text *error, const char *what, const char *about)
{
    app_text_add(error, what);
    app_text_foreign(error, about);
    return -1;
}

static enum top_column_id find_column(const char *name)
{
    for (int i = 0; i < TOP_COL_COUNT; i++) {
        if (strcasecmp(top_columns[i].name, name) == 0)
            return (enum top_column_id)i;
    }
    return TOP_COL_COUNT;
}

/* "5", "5%", "1.5s", "200us": into the column's own unit. */
static int parse_figure(enum top_unit unit, char *text, double *ret)
{
    size_t len = strlen(text);
    int64_t ns;

    if (unit == TOP_UNIT_SHARE && len > 0 && text[len - 1] == '%')
        text[len - 1] = '\0';
    if (app_decimal_parse(text, ret) == 0) {
        if (unit == TOP_UNIT_SHARE)
            *ret /= 100;
        if (unit == TOP_UNIT_NS)
            *ret *= 1e6;
        if (unit == TOP_UNIT_SPAN)
            *ret *= 1e9;
        return 0;
    }
    if ((unit != TOP_UNIT_NS && unit != TOP_UNIT_SPAN) || app_duration_parse(text, &ns) < 0)
        return -1;
    *ret = (double)ns;
    return 0;
}

/* "10.1.0.0/16"; false if it is anything else. */
static bool parse_prefix(struct top_term *term, const char *text)
{
    unsigned bits;

    if (strchr(text, '/') == NULL || app_range_network(text, &term->prefix, &bits) != NULL)
        return false;
    term->prefix_bits = (int)bits;
    return true;
}

/* A term with a relation in it: name, sign, value. */
static int parse_relation(struct top_term *term, char *name, size_t sign, char *value,
                          struct app_text *error)
{
    enum top_relation relation = signs[sign].relation;

    term->negated ^= signs[sign].negated;
    term->relation = relation;
    term->column = find_column(name);
    term->wanted = value;
    term->name = name;
    if (term->column < TOP_COL_COUNT && top_columns[term->column].unit != TOP_UNIT_TEXT) {
        term->test = TOP_TEST_FIGURE;
        return parse_figure(top_columns[term->column].unit, value, &term->value) < 0
                   ? fail(error, "this is no figure: ", value)
                   : 0;
    }
    if (relation != TOP_EQUAL)
        return fail(error, "no figure goes by the name ", name);
    if (term->column == TOP_COL_ADDRESS && parse_prefix(term, value))
        term->test = TOP_TEST_PREFIX;
    else
        term->test = term->column < TOP_COL_COUNT ? TOP_TEST_MATCH : TOP_TEST_LABEL;
    return 0;
}

static int parse_term(struct top_term *term, char *text, struct app_text *error)
{
    size_t at = strcspn(text, "<>=!"), i;

    if (text[0] == '!' && text[1] != '=') {
        term->negated = true;
        text++;
        at = strcspn(text, "<>=!");
    }
    for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        size_t len = strlen(signs[i].sign);

        if (at > 0 && strncmp(text + at, signs[i].sign, len) == 0) {
            text[at] = '\0';
            return parse_relation(term, text, i, text + at + len, error);
        }
    }
    term->test = TOP_TEST_TEXT;
    term->wanted = text;
    return *text != '\0' ? 0 : fail(error, "! stands before nothing", "");
}

int top_filter_parse(struct top_filter *ret, const char *text, struct app_text *error)
{
    char *rest = ret->text, *word;

    *ret = (struct top_filter){0};
    if (strlen(text) >= sizeof(ret->text))
        return fail(error, "the filter is too long", "");
    memcpy(ret->text, text, strlen(text) + 1);
    while ((word = strtok_r(rest, " ", &rest)) != NULL) {
        struct top_term term = {0};
        int r = ret->n < TOP_TERMS_MAX ? parse_term(&term, word, error)
                                       : fail(error, "too many terms", "");

        if (r < 0) {
            ret->n = 0;
            return -1;
        }
        ret->terms[ret->n++] = term;
    }
    return 0;
}

static bool compare_figure(const struct top_term *term, double value)
{
    /* What is shown rounded is meant when it is asked for. */
    double near = fabs(term->value) * 1e-9;

    if (isnan(value))
        return false;
    switch (term->relation) {
    case TOP_LESS:
        return value < term->value - near;
    case TOP_LESS_EQUAL:
        return value <= term->value + near;
    case TOP_GREATER:
        return value > term->value + near;
    case TOP_GREATER_EQUAL:
        return value >= term->value - near;
    default:
        return fabs(value - term->value) <= near;
    }
}

static bool has_prefix(const struct top_term *term, const struct mping_addr *addr)
{
    int whole = term->prefix_bits / 8, rest = term->prefix_bits % 8;

    if (addr->family != term->prefix.family ||
        memcmp(addr->ip, term->prefix.ip, (size_t)whole) != 0)
        return false;
    return rest == 0 || ((addr->ip[whole] ^ term->prefix.ip[whole]) >> (8 - rest)) == 0;
}

static bool contains(const struct top_term *term, const struct top_row *row)
{
    const struct top_host *host = top_model_host(row->model, row->host);
    const char *cursor = host->labels, *name, *value;
    char addr[MPING_ADDR_TEXT_MAX];

    if (strcasestr(host->name, term->wanted) != NULL)
        return true;
    if (row->state.addr.family != 0 &&
        strcasestr(mping_addr_format(&row->state.addr, addr, sizeof(addr)), term->wanted) != NULL)
        return true;
    while (app_labels_next(&cursor, &name, &value)) {
        if (strcasestr(value, term->wanted) != NULL)
            return true;
    }
    return false;
}

static bool matches(const char *wanted, const char *text)
{
    return text != NULL && fnmatch(wanted, text, FNM_CASEFOLD) == 0;
}

static bool holds(const struct top_term *term, const struct top_row *row)
{
    const struct top_host *host = top_model_host(row->model, row->host);
    char data[APP_ESCAPED_MAX + 1];
    struct app_text text = app_text_init(data, sizeof(data));

    switch (term->test) {
    case TOP_TEST_FIGURE:
        return compare_figure(term, top_columns[term->column].value(row));
    case TOP_TEST_MATCH:
        top_column_text(&text, term->column, row);
        return matches(term->wanted, text.data) ||
               (term->column == TOP_COL_STATE && !row->state.removed &&
                top_state_is_down(&row->state) && matches(term->wanted, "down"));
    case TOP_TEST_PREFIX:
        return has_prefix(term, &row->state.addr);
    case TOP_TEST_LABEL:
        return matches(term->wanted, app_labels_find(host->labels, term->name));
    default:
        return contains(term, row);
    }
}

bool top_filter_match(const struct top_filter *filter, const struct top_row *row)
{
    for (size_t i = 0; i < filter->n; i++) {
        if (holds(&filter->terms[i], row) == filter->terms[i].negated)
            return false;
    }
    return true;
}
