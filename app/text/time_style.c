/* SPDX-License-Identifier: Apache-2.0 */
#include "text/time_style.h"

#include <time.h>

#define NS_PER_S INT64_C(1000000000)

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now = {0};

    clock_gettime(clock, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t app_wall_ns(void)
{
    return clock_ns(CLOCK_REALTIME);
}

int64_t app_mono_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

void app_stamp_init(struct app_stamp *stamp, enum app_time_style style)
{
    stamp->style = style;
    stamp->start_wall_ns = app_wall_ns();
    atomic_init(&stamp->last_wall_ns, stamp->start_wall_ns);
    tzset();
}

int64_t app_stamp_next(struct app_stamp *stamp, int64_t wall_ns)
{
    if (stamp->style == APP_TIME_DELTA)
        return wall_ns - atomic_exchange(&stamp->last_wall_ns, wall_ns);
    return app_stamp_beside(stamp, wall_ns);
}

int64_t app_stamp_beside(const struct app_stamp *stamp, int64_t wall_ns)
{
    if (stamp->style == APP_TIME_RELATIVE || stamp->style == APP_TIME_DELTA)
        return wall_ns - stamp->start_wall_ns;
    return wall_ns;
}

bool app_stamp_is_number(enum app_time_style style)
{
    return style != APP_TIME_ISO && style != APP_TIME_LOCAL;
}

static void add_two(struct app_text *text, long value, char before)
{
    app_text_char(text, before);
    app_text_char(text, (char)('0' + value / 10 % 10));
    app_text_char(text, (char)('0' + value % 10));
}

static void add_fraction(struct app_text *text, int64_t ns, unsigned decimals)
{
    app_text_char(text, '.');
    for (int64_t unit = NS_PER_S / 10; decimals > 0; decimals--, unit /= 10)
        app_text_char(text, (char)('0' + ns / unit % 10));
}

static void add_zone(struct app_text *text, long offset_s)
{
    long minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;

    add_two(text, minutes / 60, offset_s < 0 ? '-' : '+');
    add_two(text, minutes % 60, ':');
}

static void add_rfc3339(struct app_text *text, int64_t wall_ns, bool local, unsigned decimals)
{
    time_t s = (time_t)(wall_ns / NS_PER_S);
    struct tm tm = {0};

    if (local)
        localtime_r(&s, &tm);
    else
        gmtime_r(&s, &tm);
    app_text_number(text, tm.tm_year + 1900);
    add_two(text, tm.tm_mon + 1, '-');
    add_two(text, tm.tm_mday, '-');
    add_two(text, tm.tm_hour, 'T');
    add_two(text, tm.tm_min, ':');
    add_two(text, tm.tm_sec, ':');
    add_fraction(text, wall_ns % NS_PER_S, decimals);
    if (local)
        add_zone(text, tm.tm_gmtoff);
    else
        app_text_char(text, 'Z');
}

void app_stamp_add(struct app_text *text, enum app_time_style style, int64_t time_ns)
{
    if (!app_stamp_is_number(style)) {
        add_rfc3339(text, time_ns, style == APP_TIME_LOCAL, 9);
        return;
    }
    if (time_ns < 0)
        app_text_char(text, '-');
    app_text_fixed(text, time_ns < 0 ? 0 - (uint64_t)time_ns : (uint64_t)time_ns, 9);
}

void app_stamp_moment(struct app_text *text, int64_t wall_ns)
{
    add_rfc3339(text, wall_ns, false, 3);
}
