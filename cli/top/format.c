/* SPDX-License-Identifier: Apache-2.0 */
#include "top/format.h"

#include <time.h>

#define NS_PER_S INT64_C(1000000000)

void top_format_ms(struct app_text *text, int64_t ns)
{
    uint64_t value = ns > 0 ? (uint64_t)ns : 0, unit_ns = 1000;
    unsigned decimals = 3;

    /* Each step rounds from the full value. */
    while (decimals > 0 && (value + unit_ns / 2) / unit_ns >= 10000) {
        unit_ns *= 10;
        decimals--;
    }
    if ((value + unit_ns / 2) / unit_ns < 100000) {
        app_text_fixed(text, (value + unit_ns / 2) / unit_ns, decimals);
        return;
    }
    app_text_count(text, value / (uint64_t)NS_PER_S);
    app_text_char(text, 's');
}

void top_format_percent(struct app_text *text, double share)
{
    uint64_t hundredths;

    if (share <= 0 || share >= 1) {
        app_text_add(text, share <= 0 ? "0" : "100");
        return;
    }
    hundredths = (uint64_t)(share * 10000 + 0.5);
    if (hundredths == 0)
        hundredths = 1;
    if (hundredths > 9990)
        hundredths = 9990;
    if (hundredths < 1000)
        app_text_fixed(text, hundredths, 2);
    else
        app_text_fixed(text, (hundredths + 5) / 10 > 999 ? 999 : (hundredths + 5) / 10, 1);
}

void top_format_count(struct app_text *text, uint64_t n)
{
    static const char units[] = "kMGT";
    size_t unit = 0;

    if (n < 100000) {
        app_text_count(text, n);
        return;
    }
    for (n /= 1000; n >= 10000 && unit < sizeof(units) - 2; unit++)
        n /= 1000;
    app_text_count(text, n);
    app_text_char(text, units[unit]);
}

/* Two digits and a unit. */
static void add_two(struct app_text *text, int64_t n, char unit)
{
    app_text_char(text, (char)('0' + n / 10 % 10));
    app_text_char(text, (char)('0' + n % 10));
    app_text_char(text, unit);
}

void top_format_span(struct app_text *text, int64_t ns)
{
    int64_t s = ns > 0 ? ns / NS_PER_S : 0;

    if (s < 60) {
        app_text_fixed(text, (uint64_t)(ns > 0 ? ns : 0) / 100000000, 1);
        app_text_char(text, 's');
    } else if (s < 3600) {
        app_text_number(text, s / 60);
        app_text_char(text, 'm');
        add_two(text, s % 60, 's');
    } else if (s < 86400) {
        app_text_number(text, s / 3600);
        app_text_char(text, 'h');
        add_two(text, s / 60 % 60, 'm');
    } else {
        app_text_number(text, s / 86400);
        app_text_char(text, 'd');
        add_two(text, s / 3600 % 24, 'h');
    }
}

void top_format_clock(struct app_text *text, int64_t wall_ns, int64_t now_wall_ns)
{
    time_t then = (time_t)(wall_ns / NS_PER_S), now = (time_t)(now_wall_ns / NS_PER_S);
    struct tm then_tm = {0}, now_tm = {0};
    char shown[32];

    localtime_r(&then, &then_tm);
    localtime_r(&now, &now_tm);
    if (then_tm.tm_yday == now_tm.tm_yday && then_tm.tm_year == now_tm.tm_year)
        app_text_bytes(text, shown, strftime(shown, sizeof(shown), "%H:%M:%S", &then_tm));
    else
        app_text_bytes(text, shown, strftime(shown, sizeof(shown), "%m-%d %H:%M:%S", &then_tm));
}
