/* SPDX-License-Identifier: Apache-2.0 */
/* The ways to show when something happened. */
#ifndef MULTIPING_APP_TEXT_TIME_STYLE_H
#define MULTIPING_APP_TEXT_TIME_STYLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "text/text.h"

/* In the order of the choices of --time. */
enum app_time_style {
    APP_TIME_NONE,
    APP_TIME_UNIX,     /* seconds since 1970 */
    APP_TIME_ISO,      /* RFC 3339 in UTC */
    APP_TIME_LOCAL,    /* RFC 3339 in the local time zone */
    APP_TIME_RELATIVE, /* seconds since the run began */
    APP_TIME_DELTA,    /* seconds since what was shown before */
};

struct app_stamp {
    enum app_time_style style;
    int64_t start_wall_ns;
    atomic_llong last_wall_ns; /* of what was shown last */
};

/* The clock of the system, CLOCK_REALTIME and CLOCK_MONOTONIC. */
int64_t app_wall_ns(void);
int64_t app_mono_ns(void);

/* The run begins now. */
void app_stamp_init(struct app_stamp *stamp, enum app_time_style style);

/*
 * What app_stamp_add() is to show for a moment; only this remembers it for the next delta. Any
 * thread.
 */
int64_t app_stamp_next(struct app_stamp *stamp, int64_t wall_ns);

/* The same for another moment of the same record: a delta is counted from the start. */
int64_t app_stamp_beside(const struct app_stamp *stamp, int64_t wall_ns);

/* Whether the style is a number, of seconds with nine decimals. */
bool app_stamp_is_number(enum app_time_style style);

/* Adds a value made by one of those above, down to the nanosecond. */
void app_stamp_add(struct app_text *text, enum app_time_style style, int64_t time_ns);

/* A moment in RFC 3339, UTC, down to the millisecond. */
void app_stamp_moment(struct app_text *text, int64_t wall_ns);

#endif
