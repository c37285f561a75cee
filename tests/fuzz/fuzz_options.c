/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of multiping, and the numbers and durations in it. */
#include <errno.h>
#include <math.h>

#include "fuzz.h"
#include "options.h"
#include "text/number.h"

enum { WORDS_MAX = 24 };

static void check_text(const struct app_text *error)
{
    CHECK(error->len > 0 && error->data[error->len] == '\0');
    for (size_t i = 0; i < error->len; i++)
        CHECK((unsigned char)error->data[i] >= ' ' && error->data[i] != 0x7f);
}

static void check_value(const struct cli_settings *s, const struct cli_option *option)
{
    const char *at = (const char *)s + option->offset;
    int64_t number;
    double decimal;

    switch (option->kind) {
    case CLI_KIND_NUMBER:
    case CLI_KIND_HEX:
    case CLI_KIND_DURATION:
    case CLI_KIND_CHOICE:
        memcpy(&number, at, sizeof(number));
        CHECK(number >= option->min && number <= option->max);
        break;
    case CLI_KIND_DECIMAL:
        memcpy(&decimal, at, sizeof(decimal));
        CHECK(decimal >= (double)option->min && decimal <= (double)option->max);
        break;
    case CLI_KIND_FLAG:
        CHECK(*(const bool *)at);
        break;
    default:
        break;
    }
}

static void check_settings(const struct cli_settings *s, char *const *words, int n)
{
    CHECK(s->operand_count > 0 && s->operand_count < (size_t)n);
    for (size_t i = 0; i < s->operand_count; i++) {
        bool given = false;

        for (int k = 1; k < n; k++)
            given |= s->operands[i] == words[k];
        CHECK(given);
    }
    for (int id = 0; id < CLI_OPT_ID_COUNT; id++)
        if (s->given >> id & 1)
            check_value(s, &cli_options[id]);
}

/* Words separated by NUL. */
static void check_command_line(struct input *in)
{
    char *words[WORDS_MAX + 1], *argv[WORDS_MAX + 1], memory[1024];
    struct app_text error = app_text_init(memory, sizeof(memory));
    struct cli_settings settings;
    int n = 0;

    while (n < WORDS_MAX && (n == 0 || in->left))
        words[n++] = input_string(in, 4096);
    memcpy(argv, words, sizeof(argv[0]) * (size_t)n);
    argv[n] = NULL;
    if (cli_options_parse(&settings, n, argv, &error) < 0) {
        check_text(&error);
    } else {
        CHECK(error.len == 0);
        if (settings.action == CLI_ACTION_PING)
            check_settings(&settings, words, n);
    }
    while (n > 0)
        free(words[--n]);
}

static void check_number(const char *text)
{
    int64_t value = -1, hex = -1;
    int err = app_number_parse(text, &value);
    char *end;

    CHECK(err == 0 || err == -EINVAL || err == -ERANGE);
    if (err == 0) {
        errno = 0;
        CHECK(value == strtoll(text, &end, 10) && !errno && !*end);
        CHECK(app_number_parse_hex(text, &hex) == 0 && hex == value);
    } else if (err == -ERANGE) {
        errno = 0;
        (void)strtoll(text, &end, 10);
        CHECK(errno == ERANGE && !*end);
    } else if (app_number_parse_hex(text, &hex) == 0) {
        CHECK(text[0] == '0' && (text[1] | 0x20) == 'x');
        CHECK((uint64_t)hex == strtoull(text, &end, 16) && !*end);
    }
}

static void check_decimal(const char *text)
{
    double value, theirs;
    char *end;
    int err = app_decimal_parse(text, &value);

    CHECK(err == 0 || err == -EINVAL || err == -ERANGE);
    if (err < 0)
        return;
    theirs = strtod(text, &end);
    CHECK(!*end && value >= 0);
    CHECK(fabs(value - theirs) <= 1e-14 + theirs * 1e-14);
}

/* Seconds as the C library reads them, with the unit that stands behind. */
static void check_duration(const char *text)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"", 1e9},          {"s", 1e9}, {"ms", 1e6}, {"us", 1e3},
                 {"\xc2\xb5s", 1e3}, {"ns", 1},  {"m", 60e9}, {"h", 3600e9}};
    int64_t ns;
    char *end;
    double value;

    if (app_duration_parse(text, &ns) < 0)
        return;
    CHECK(ns >= 0);
    value = strtod(text, &end);
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(end, units[i].name) != 0)
            continue;
        CHECK(fabs(value * units[i].ns - (double)ns) <= 1 + value * units[i].ns * 1e-14);
        CHECK((ns == 0) == (value == 0));
        return;
    }
    CHECK(false); /* a unit that nobody knows */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    char *text;

    if (input_below(&in, 4)) {
        check_command_line(&in);
        return 0;
    }
    text = input_string(&in, 64);
    check_number(text);
    check_decimal(text);
    check_duration(text);
    free(text);
    return 0;
}
