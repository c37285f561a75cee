/* SPDX-License-Identifier: Apache-2.0 */
#include "text/text.h"

#include <string.h>

#include "text/escape.h"

enum {
    DIGITS_MAX = 20, /* of a uint64_t */
    DECIMALS_MAX = 18,
};

#define NS_PER_S INT64_C(1000000000)

struct app_text app_text_init(char *data, size_t size)
{
    struct app_text text = {.data = data, .size = size};

    data[0] = '\0';
    return text;
}

void app_text_bytes(struct app_text *text, const char *bytes, size_t len)
{
    size_t room = text->size - 1 - text->len;

    if (len > room)
        len = room;
    memcpy(text->data + text->len, bytes, len);
    text->len += len;
    text->data[text->len] = '\0';
}

void app_text_char(struct app_text *text, char c)
{
    app_text_bytes(text, &c, 1);
}

void app_text_add(struct app_text *text, const char *string)
{
    app_text_bytes(text, string, strlen(string));
}

/* The decimal digits of value, at least `width` of them, at the end of digits. */
static size_t to_digits(char digits[static DIGITS_MAX], uint64_t value, size_t width)
{
    size_t n = 0;

    while (value > 0 || n < width) {
        n++;
        digits[DIGITS_MAX - n] = (char)('0' + value % 10);
        value /= 10;
    }
    return n;
}

void app_text_count(struct app_text *text, uint64_t value)
{
    char digits[DIGITS_MAX];
    size_t n = to_digits(digits, value, 1);

    app_text_bytes(text, digits + DIGITS_MAX - n, n);
}

void app_text_number(struct app_text *text, int64_t value)
{
    if (value < 0)
        app_text_char(text, '-');
    app_text_count(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

static void add_fixed(struct app_text *text, uint64_t value, size_t decimals, size_t shown)
{
    char digits[DIGITS_MAX];
    size_t n = to_digits(digits, value, decimals + 1);
    const char *point = digits + DIGITS_MAX - decimals;

    app_text_bytes(text, digits + DIGITS_MAX - n, n - decimals);
    if (shown > 0) {
        app_text_char(text, '.');
        app_text_bytes(text, point, shown);
    }
}

void app_text_fixed(struct app_text *text, uint64_t value, unsigned decimals)
{
    if (decimals > DECIMALS_MAX)
        decimals = DECIMALS_MAX;
    add_fixed(text, value, decimals, decimals);
}

void app_text_fixed_short(struct app_text *text, uint64_t value, unsigned decimals)
{
    while (decimals > 0 && value % 10 == 0) {
        value /= 10;
        decimals--;
    }
    app_text_fixed(text, value, decimals);
}

void app_text_foreign(struct app_text *text, const char *string)
{
    char escaped[APP_ESCAPED_MAX + 1];

    size_t len = app_escape(escaped, sizeof(escaped), string);

    app_text_bytes(text, escaped, len);
}

void app_text_foreign_whole(struct app_text *text, const char *string)
{
    while (*string != '\0') {
        char one[APP_ESCAPED_CHAR_MAX];
        size_t in, len = app_escape_char(one, string, &in);

        app_text_bytes(text, one, len);
        string += in;
    }
}

void app_text_utf8(struct app_text *text, const char *string)
{
    while (*string != '\0') {
        uint32_t point;
        size_t len = app_utf8_decode((const unsigned char *)string, &point);

        if (len > 0)
            app_text_bytes(text, string, len);
        else
            app_text_add(text, "\xef\xbf\xbd");
        string += len > 0 ? len : 1;
    }
}

/*
 * In units, rounded; no answer takes no time, so some time never reads as none: readers take 0 for
 * a probe that was not answered.
 */
static uint64_t in_units(int64_t ns, uint64_t unit_ns)
{
    uint64_t units = ns > 0 ? ((uint64_t)ns + unit_ns / 2) / unit_ns : 0;

    return units == 0 && ns > 0 ? 1 : units;
}

/*
 * Four significant digits, never more than three decimals. Each step rounds from the full
 * value, so that 999.9996 us is "1.00 ms" and not "1.000 ms".
 */
void app_text_rtt(struct app_text *text, int64_t rtt_ns)
{
    uint64_t unit_ns = 1000;
    unsigned decimals = 3;

    while (decimals > 0 && in_units(rtt_ns, unit_ns) >= 1000) {
        unit_ns *= 10;
        decimals--;
    }
    app_text_fixed(text, in_units(rtt_ns, unit_ns), decimals);
    app_text_add(text, " ms");
}

void app_text_rtt_ms(struct app_text *text, int64_t rtt_ns)
{
    app_text_fixed(text, in_units(rtt_ns, 1000), 3);
}

void app_text_ms(struct app_text *text, int64_t ns)
{
    app_text_fixed(text, ns > 0 ? ((uint64_t)ns + 500) / 1000 : 0, 3);
}

void app_text_duration(struct app_text *text, int64_t ns)
{
    if (ns >= NS_PER_S) {
        app_text_fixed_short(text, (uint64_t)ns, 9);
        app_text_add(text, " s");
    } else {
        app_text_fixed_short(text, ns > 0 ? (uint64_t)ns : 0, 6);
        app_text_add(text, " ms");
    }
}

void app_text_percent(struct app_text *text, uint64_t part, uint64_t whole)
{
    uint64_t thousandths;

    if (whole == 0) {
        app_text_char(text, '-');
        return;
    }
    thousandths = (uint64_t)((double)part / (double)whole * 100000.0 + 0.5);
    if (thousandths == 0 && part > 0)
        thousandths = 1;
    if (thousandths >= 100000)
        thousandths = part < whole ? 99999 : 100000;
    app_text_fixed_short(text, thousandths, 3);
}
