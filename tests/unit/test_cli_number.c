/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and durations of a command line: exact, or refused. */
#include "text/number.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)

/* What no parser of numbers may take. */
static const char *const rubbish[] = {
    "",
    " ",
    "-",
    "+",
    "-1",
    "+1",
    "-0",
    "1 ",
    " 1",
    "1,5",
    "1e3",
    "1e999",
    "1E9",
    "nan",
    "NaN",
    "inf",
    "infinity",
    "-inf",
    "1.2.3",
    "1..2",
    "x",
    "1x",
    "1\n",
    "\t1",
    "1_0",
    "1'0",
    "0b1",
    "\xd9\xa3",
    "\xc2\xb2",
    "1\xff",
    ".",
    "..",
    "0x",
    "0xg",
    "0x 1",
    "#1",
    "1/2",
    "1:00",
    "1h30m",
    "5 ms",
    "ms",
    "s",
    "1sec",
    "1S",
    "1Ms",
    "1d",
    "1ms1",
    "1mss",
    "1.5.ms",
    "-1ms",
    "1\xb5s",
    "1\xc2\xb5",
    "99999999999999999999x",
    "NULL",
    "'1'",
    "\"1\"",
};

static const struct {
    const char *text;
    int want;
    int64_t value;
} numbers[] = {
    {"0", 0, 0},
    {"1", 0, 1},
    {"007", 0, 7},
    {"00000000000000000000000000000000000000001", 0, 1},
    {"65535", 0, 65535},
    {"9223372036854775806", 0, INT64_MAX - 1},
    {"9223372036854775807", 0, INT64_MAX},
    {"9223372036854775808", -ERANGE, 0},
    {"18446744073709551615", -ERANGE, 0},
    {"18446744073709551616", -ERANGE, 0},
    {"99999999999999999999999999999999999999", -ERANGE, 0},
    {"1.5", -EINVAL, 0},
    {"0x10", -EINVAL, 0},
    {"1ms", -EINVAL, 0},
};

static const struct {
    const char *text;
    int want;
    int64_t value;
} hexes[] = {
    {"0x0", 0, 0},
    {"0xff", 0, 255},
    {"0XFF", 0, 255},
    {"0xFfFfFfFf", 0, UINT32_MAX},
    {"0x7fffffffffffffff", 0, INT64_MAX},
    {"0x8000000000000000", -ERANGE, 0},
    {"0x00000000000000000000001", 0, 1},
    {"10", 0, 10},
    {"010", 0, 10}, /* not octal */
    {"ff", -EINVAL, 0},
    {"0x", -EINVAL, 0},
    {"0x0x1", -EINVAL, 0},
    {"0x-1", -EINVAL, 0},
    {"x1", -EINVAL, 0},
};

static const struct {
    const char *text;
    int want;
    double value;
} decimals[] = {
    {"0", 0, 0},
    {"2", 0, 2},
    {"1.5", 0, 1.5},
    {".5", 0, 0.5},
    {"5.", 0, 5},
    {"1.25", 0, 1.25},
    {"4.999999999999999999999999999999", 0, 5},
    {"999999999999999", 0, 999999999999999},
    {"1000000000000000", -ERANGE, 0},
    {"1ms", -EINVAL, 0},
    {"0x1", -EINVAL, 0},
};

static const struct {
    const char *text;
    int want;
    int64_t ns;
} durations[] = {
    {"0", 0, 0},
    {"0s", 0, 0},
    {"0.0ms", 0, 0},
    {"1", 0, S},
    {"1s", 0, S},
    {"1.5", 0, 1500 * MS},
    {"1.5s", 0, 1500 * MS},
    {".5", 0, 500 * MS},
    {"5.", 0, 5 * S},
    {"10ms", 0, 10 * MS},
    {"0.25ms", 0, 250000},
    {"100us", 0, 100000},
    {"100\xc2\xb5s", 0, 100000},
    {"5ns", 0, 5},
    {"2m", 0, 120 * S},
    {"1h", 0, 3600 * S},
    {"1.5h", 0, 5400 * S},
    {"1.000000001", 0, S + 1},
    {"0.000000001", 0, 1},
    {"1.9999999999", 0, 2 * S - 1},     /* finer is cut off */
    {"0.000000000000001h", -ERANGE, 0}, /* more than nothing is not nothing */
    {"0.0000000001", -ERANGE, 0},
    {"0.5ns", -ERANGE, 0},
    {"1.5ns", 0, 1},
    {"0.1m", 0, 6 * S},
    {"0.001h", 0, 3600 * MS},
    {"0.123456789m", 0, INT64_C(7407407340)},
    {"0.123456789012h", 0, INT64_C(444444440443)},
    {"0.333333333333h", 0, INT64_C(1199999999998)},
    {"9223372036.854775807", 0, INT64_MAX},
    {"9223372036.854775808", -ERANGE, 0},
    {"9223372037", -ERANGE, 0},
    {"9223372036854775807ns", 0, INT64_MAX},
    {"9223372036854775808ns", -ERANGE, 0},
    {"2562047h", 0, INT64_C(2562047) * 3600 * S},
    {"2562048h", -ERANGE, 0},
    {"99999999999999999999h", -ERANGE, 0},
};

static void test_numbers(void)
{
    for (unsigned r = 0; r < sizeof(numbers) / sizeof(numbers[0]); r++) {
        int64_t value = -77;
        int got = app_number_parse(numbers[r].text, &value);

        ok(got == numbers[r].want && value == (got < 0 ? -77 : numbers[r].value),
           "number \"%s\": %d, %lld", numbers[r].text, got, (long long)value);
    }
    for (unsigned r = 0; r < sizeof(hexes) / sizeof(hexes[0]); r++) {
        int64_t value = -77;
        int got = app_number_parse_hex(hexes[r].text, &value);

        ok(got == hexes[r].want && value == (got < 0 ? -77 : hexes[r].value),
           "hexadecimal \"%s\": %d, %lld", hexes[r].text, got, (long long)value);
    }
}

static void test_decimals(void)
{
    for (unsigned r = 0; r < sizeof(decimals) / sizeof(decimals[0]); r++) {
        double value = -77;
        int got = app_decimal_parse(decimals[r].text, &value);

        ok(got == decimals[r].want &&
               fabs(value - (got < 0 ? -77 : decimals[r].value)) < 1e-12 * (1 + fabs(value)),
           "decimal \"%s\": %d, %g", decimals[r].text, got, value);
    }
}

static void test_durations(void)
{
    for (unsigned r = 0; r < sizeof(durations) / sizeof(durations[0]); r++) {
        int64_t ns = -77;
        int got = app_duration_parse(durations[r].text, &ns);

        ok(got == durations[r].want && ns == (got < 0 ? -77 : durations[r].ns),
           "duration \"%s\": %d, %lld ns", durations[r].text, got, (long long)ns);
    }
}

static void test_rubbish(void)
{
    unsigned taken = 0;

    for (unsigned r = 0; r < sizeof(rubbish) / sizeof(rubbish[0]); r++) {
        int64_t value;
        double decimal;
        unsigned before = taken;

        taken += app_number_parse(rubbish[r], &value) != -EINVAL;
        taken += app_number_parse_hex(rubbish[r], &value) != -EINVAL;
        taken += app_decimal_parse(rubbish[r], &decimal) != -EINVAL;
        taken += app_duration_parse(rubbish[r], &value) != -EINVAL;
        if (taken != before)
            diag("taken: \"%s\"", rubbish[r]);
    }
    ok(taken == 0, "rubbish is no number of any kind (%u taken)", taken);
}

/* All whole nanoseconds that a text can name exactly come back as they are. */
static void test_round_trips(void)
{
    uint64_t state = 43;
    unsigned wrong = 0;

    for (unsigned n = 0; n < 100000; n++) {
        char text[64];
        int64_t want, ns = -1;

        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        want = (int64_t)(state >> (1 + n % 60)) + 1;
        snprintf(text, sizeof(text), "%lld.%09llds", (long long)(want / S), (long long)(want % S));
        wrong += app_duration_parse(text, &ns) != 0 || ns != want;
        snprintf(text, sizeof(text), "%lld.%06lldms", (long long)(want / MS),
                 (long long)(want % MS));
        wrong += app_duration_parse(text, &ns) != 0 || ns != want;
        snprintf(text, sizeof(text), "%lldns", (long long)want);
        wrong += app_duration_parse(text, &ns) != 0 || ns != want;
    }
    ok(wrong == 0, "100,000 durations in s, ms and ns are exact (%u are not)", wrong);
}

/* A megabyte of digits is refused at once, or is what it says. */
static void test_long(void)
{
    static char text[1 << 20];
    int64_t value;
    double decimal;

    memset(text, '9', sizeof(text) - 1);
    ok(app_number_parse(text, &value) == -ERANGE && app_duration_parse(text, &value) == -ERANGE &&
           app_decimal_parse(text, &decimal) == -ERANGE,
       "a million nines are too many");
    memset(text, '0', sizeof(text) - 1);
    ok(app_number_parse(text, &value) == 0 && value == 0, "a million zeros are none");
    text[1] = '.';
    text[sizeof(text) - 2] = '1';
    ok(app_duration_parse(text, &value) == -ERANGE, "and one behind them is not nothing");
}

int main(void)
{
    test_numbers();
    test_decimals();
    test_durations();
    test_rubbish();
    test_round_trips();
    test_long();
    return done_testing();
}
