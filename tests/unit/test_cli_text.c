/* SPDX-License-Identifier: Apache-2.0 */
/* Text as the command prints it: numbers, units, rounding, and never beyond its memory. */
#include "text/text.h"

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static char memory[512];

static struct app_text fresh(void)
{
    return app_text_init(memory, sizeof(memory));
}

static void is(const struct app_text *text, const char *want, const char *what)
{
    ok(strcmp(text->data, want) == 0 && text->len == strlen(want), "%s: \"%s\"", what, text->data);
}

static void test_numbers(void)
{
    static const struct {
        int64_t value;
        const char *want;
    } rows[] = {
        {0, "0"},
        {-1, "-1"},
        {9, "9"},
        {10, "10"},
        {-1000000, "-1000000"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    struct app_text text;

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        text = fresh();
        app_text_number(&text, rows[r].value);
        is(&text, rows[r].want, "a number");
    }
    text = fresh();
    app_text_count(&text, UINT64_MAX);
    is(&text, "18446744073709551615", "the largest count");
}

static void test_fixed(void)
{
    static const struct {
        uint64_t value;
        unsigned decimals;
        const char *want, *want_short;
    } rows[] = {
        {0, 0, "0", "0"},
        {0, 3, "0.000", "0"},
        {1, 3, "0.001", "0.001"},
        {12345, 3, "12.345", "12.345"},
        {1500, 3, "1.500", "1.5"},
        {1000, 3, "1.000", "1"},
        {1000, 0, "1000", "1000"},
        {100, 1, "10.0", "10"},
        {UINT64_MAX, 0, "18446744073709551615", "18446744073709551615"},
        {UINT64_MAX, 18, "18.446744073709551615", "18.446744073709551615"},
        {1, 18, "0.000000000000000001", "0.000000000000000001"},
        {1, 99, "0.000000000000000001", "0.000000000000000001"},
    };

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct app_text text = fresh();

        app_text_fixed(&text, rows[r].value, rows[r].decimals);
        is(&text, rows[r].want, "fixed");
        text = fresh();
        app_text_fixed_short(&text, rows[r].value, rows[r].decimals);
        is(&text, rows[r].want_short, "without zeros at the end");
    }
}

static void test_rtt(void)
{
    static const struct {
        int64_t rtt_ns;
        const char *want;
    } rows[] = {
        {INT64_MIN, "0.000 ms"},
        {-1, "0.000 ms"},
        {0, "0.000 ms"},
        {1, "0.001 ms"}, /* no answer takes no time */
        {499, "0.001 ms"},
        {500, "0.001 ms"},
        {21000, "0.021 ms"},
        {999499, "0.999 ms"},
        {999500, "1.00 ms"},
        {999999, "1.00 ms"},
        {1234567, "1.23 ms"},
        {9994999, "9.99 ms"},
        {9995000, "10.0 ms"},
        {12345678, "12.3 ms"},
        {99950000, "100 ms"},
        {99949999, "99.9 ms"},
        {123456789, "123 ms"},
        {INT64_C(1999999999), "2000 ms"},
        {INT64_C(3600000000000), "3600000 ms"},
        {INT64_MAX, "9223372036855 ms"},
    };

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct app_text text = fresh();

        app_text_rtt(&text, rows[r].rtt_ns);
        is(&text, rows[r].want, "a round trip");
    }
}

static void test_rtt_ms(void)
{
    static const struct {
        int64_t rtt_ns;
        const char *want;
    } rows[] = {
        {INT64_MIN, "0.000"},    {0, "0.000"},    {1, "0.001"},
        {300, "0.001"},          {499, "0.001"},  {500, "0.001"},
        {1499, "0.001"},         {1500, "0.002"}, {100000, "0.100"},
        {999999999, "1000.000"},
    };

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct app_text text = fresh();

        app_text_rtt_ms(&text, rows[r].rtt_ns);
        is(&text, rows[r].want, "a round trip in ms");
    }
}

static void test_times(void)
{
    static const struct {
        int64_t ns;
        const char *ms, *duration;
    } rows[] = {
        {INT64_MIN, "0.000", "0 ms"},
        {0, "0.000", "0 ms"},
        {1, "0.000", "0.000001 ms"},
        {500, "0.001", "0.0005 ms"},
        {100000, "0.100", "0.1 ms"},
        {200000000, "200.000", "200 ms"},
        {999999999, "1000.000", "999.999999 ms"},
        {1000000000, "1000.000", "1 s"},
        {1500000000, "1500.000", "1.5 s"},
        {INT64_C(60000000001), "60000.000", "60.000000001 s"},
        {INT64_MAX, "9223372036854.776", "9223372036.854775807 s"},
    };

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct app_text text = fresh();

        app_text_ms(&text, rows[r].ns);
        is(&text, rows[r].ms, "milliseconds");
        text = fresh();
        app_text_duration(&text, rows[r].ns);
        is(&text, rows[r].duration, "a duration");
    }
}

static void test_percent(void)
{
    static const struct {
        uint64_t part, whole;
        const char *want;
    } rows[] = {
        {0, 0, "-"},
        {5, 0, "-"},
        {0, 1, "0"},
        {1, 1, "100"},
        {1, 2, "50"},
        {1, 3, "33.333"},
        {2, 3, "66.667"},
        {1, 1000, "0.1"},
        {1, 1000000, "0.001"},
        {1, UINT64_MAX, "0.001"}, /* some is never none */
        {999999, 1000000, "99.999"},
        {UINT64_MAX - 1, UINT64_MAX, "99.999"}, /* nor is it all */
        {UINT64_MAX, UINT64_MAX, "100"},
        {3, 2, "100"},
        {0, UINT64_MAX, "0"},
    };

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct app_text text = fresh();

        app_text_percent(&text, rows[r].part, rows[r].whole);
        is(&text, rows[r].want, "percent");
    }
}

/* Everything there is, into memory of every size: a beginning of the whole, NUL behind it. */
static void add_all(struct app_text *text)
{
    app_text_add(text, "name ");
    app_text_char(text, '[');
    app_text_foreign(text, "h\xc3\xb6st\x1b");
    app_text_number(text, INT64_MIN);
    app_text_rtt(text, 1234567);
    app_text_percent(text, 1, 3);
    app_text_duration(text, 1500000000);
    app_text_bytes(text, "a\0b", 3);
    app_text_bytes(text, "", 0);
}

static void test_sizes(void)
{
    struct app_text whole = fresh();
    unsigned wrong = 0;

    add_all(&whole);
    for (size_t size = 1; size <= whole.len + 5; size++) {
        char *data = malloc(size);
        size_t len = size - 1 < whole.len ? size - 1 : whole.len;
        struct app_text text;

        if (!data)
            abort();
        text = app_text_init(data, size);
        wrong += text.len != 0 || *data != '\0';
        add_all(&text);
        wrong += text.len != len || memcmp(data, whole.data, len) != 0 || data[len] != '\0';
        free(data);
    }
    ok(wrong == 0, "cut to memory of any size, always with its NUL (%u wrong)", wrong);
}

/* A locale with a decimal comma, if there is one here, changes nothing. */
static void test_locale(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "C.UTF-8"};
    struct app_text text = fresh();
    bool set = false;

    for (unsigned i = 0; i < 4 && !set; i++)
        set = setlocale(LC_ALL, names[i]) != NULL;
    app_text_rtt(&text, 1234567);
    is(&text, "1.23 ms", "in whatever locale");
    setlocale(LC_ALL, "C");
}

int main(void)
{
    test_numbers();
    test_fixed();
    test_rtt();
    test_rtt_ms();
    test_times();
    test_percent();
    test_sizes();
    test_locale();
    return done_testing();
}
