/* SPDX-License-Identifier: Apache-2.0 */
#include "text/number.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    int64_t ns;
} units[] = {
    {"", INT64_C(1000000000)}, {"s", INT64_C(1000000000)},   {"ms", INT64_C(1000000)},
    {"us", INT64_C(1000)},     {"\xc2\xb5s", INT64_C(1000)}, /* micro sign */
    {"ns", INT64_C(1)},        {"m", INT64_C(60000000000)},  {"h", INT64_C(3600000000000)},
};

/* The value of c as a digit of the base (10 or 16), -1 if it is none. */
static int digit_value(char c, int base)
{
    int value = -1;

    if (c >= '0' && c <= '9')
        value = c - '0';
    else if (c >= 'a' && c <= 'f')
        value = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F')
        value = c - 'A' + 10;
    return value < base ? value : -1;
}

static int parse_base(const char *text, int base, int64_t *ret_value)
{
    int64_t value = 0;

    if (*text == '\0')
        return -EINVAL;
    /* Judged to its end before it is called too large: "99999999999999999999x" is no number. */
    for (const char *s = text; *s != '\0'; s++) {
        if (digit_value(*s, base) < 0)
            return -EINVAL;
    }
    for (; *text != '\0'; text++) {
        int digit = digit_value(*text, base);

        if (value > (INT64_MAX - digit) / base)
            return -ERANGE;
        value = value * base + digit;
    }
    *ret_value = value;
    return 0;
}

int app_number_parse(const char *text, int64_t *ret_value)
{
    return parse_base(text, 10, ret_value);
}

int app_number_parse_hex(const char *text, int64_t *ret_value)
{
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return parse_base(text + 2, 16, ret_value);
    return parse_base(text, 10, ret_value);
}

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* Where the fraction of a decimal number begins and how long both parts are. */
struct decimal {
    const char *whole;
    size_t whole_len;
    const char *fraction;
    size_t fraction_len;
    const char *rest;
};

static int split_decimal(const char *text, struct decimal *ret)
{
    ret->whole = text;
    ret->whole_len = count_digits(text);
    ret->fraction = text + ret->whole_len;
    ret->fraction_len = 0;
    if (*ret->fraction == '.') {
        ret->fraction++;
        ret->fraction_len = count_digits(ret->fraction);
    }
    ret->rest = ret->fraction + ret->fraction_len;
    return ret->whole_len + ret->fraction_len > 0 ? 0 : -EINVAL;
}

int app_decimal_parse(const char *text, double *ret_value)
{
    struct decimal d;
    double value = 0;
    double scale = 1;

    if (split_decimal(text, &d) < 0 || *d.rest != '\0')
        return -EINVAL;
    if (d.whole_len > 15)
        return -ERANGE;
    for (size_t i = 0; i < d.whole_len; i++)
        value = value * 10 + (d.whole[i] - '0');
    for (size_t i = 0; i < d.fraction_len && i < 15; i++) {
        scale *= 10;
        value += (d.fraction[i] - '0') / scale;
    }
    *ret_value = value;
    return 0;
}

static int find_unit(const char *name, int64_t *ret_ns)
{
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(name, units[i].name) == 0) {
            *ret_ns = units[i].ns;
            return 0;
        }
    }
    return -EINVAL;
}

static int whole_ns(const struct decimal *d, int64_t unit_ns, int64_t *ret_ns)
{
    int64_t value = 0;

    for (size_t i = 0; i < d->whole_len; i++) {
        int digit = d->whole[i] - '0';

        if (value > (INT64_MAX / unit_ns - digit) / 10)
            return -ERANGE;
        value = value * 10 + digit;
    }
    *ret_ns = value * unit_ns;
    return 0;
}

/*
 * Exact down to the nanosecond; what is finer is cut off. From the last digit to the first:
 * so each division passes on all that can still matter, also where the unit is no power of ten.
 */
static int64_t fraction_ns(const struct decimal *d, int64_t unit_ns, bool *ret_nonzero)
{
    int64_t ns = 0;

    for (size_t i = d->fraction_len; i-- > 0;) {
        int digit = d->fraction[i] - '0';

        ns = (ns + digit * unit_ns) / 10;
        *ret_nonzero = *ret_nonzero || digit != 0;
    }
    return ns;
}

int app_duration_parse(const char *text, int64_t *ret_ns)
{
    struct decimal d;
    int64_t unit_ns;
    int64_t whole;
    int64_t fraction;
    bool nonzero = false;

    if (split_decimal(text, &d) < 0 || find_unit(d.rest, &unit_ns) < 0)
        return -EINVAL;
    if (whole_ns(&d, unit_ns, &whole) < 0)
        return -ERANGE;
    fraction = fraction_ns(&d, unit_ns, &nonzero);
    if (fraction > INT64_MAX - whole || (nonzero && whole + fraction == 0))
        return -ERANGE;
    *ret_ns = whole + fraction;
    return 0;
}
