/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/number.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DURATION_MAX_NS 31557600e9 /* a year */

bool fping_number_parse(const char *text, int base, int64_t *ret_value)
{
    long long value;
    char *end;

    errno = 0;
    value = strtoll(text, &end, base);
    if (errno || end == text || *end)
        return false;
    *ret_value = value;
    return true;
}

bool fping_decimal_parse(const char *text, const char **end, double *ret_value)
{
    char *stop;
    double value = strtod(text, &stop);

    if (stop == text || (*stop && !end) || !isfinite(value) || value < 0)
        return false;
    if (end)
        *end = stop;
    *ret_value = value;
    return true;
}

int64_t fping_duration_ns(double value, double unit_ns)
{
    double ns = value * unit_ns;

    return ns < DURATION_MAX_NS ? llround(ns) : (int64_t)DURATION_MAX_NS;
}

const char *fping_ms(char text[static FPING_MS_TEXT], int64_t ns)
{
    /* Who reads "0.000" takes it for no answer. */
    double ms = ns > 0 && ns < 500 ? 0.001 : (double)ns / 1e6;
    const char *format = ms < 1.0         ? "%.3f"
                         : ms < 10.0      ? "%.2f"
                         : ms < 100.0     ? "%.1f"
                         : ms < 1000000.0 ? "%.0f"
                                          : "%.3e";

    /* The format is one of the literals above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(text, FPING_MS_TEXT, format, ms);
#pragma GCC diagnostic pop
    return text;
}
