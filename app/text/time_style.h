/* SPDX-License-Identifier: Apache-2.0 */
/* The ways to show when something happened. */
#ifndef MULTIPING_APP_TEXT_TIME_STYLE_H
#define MULTIPING_APP_TEXT_TIME_STYLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "text/text.h"

/* In the order of the choices of --time. */
enum cli_time_style {
    CLI_TIME_NONE,
    CLI_TIME_UNIX,     /* seconds since 1970 */
    CLI_TIME_ISO,      /* RFC 3339 in UTC */
    CLI_TIME_LOCAL,    /* RFC 3339 in the local time zone */
    CLI_TIME_RELATIVE, /* seconds since the run began */
    CLI_TIME_DELTA,    /* seconds since what was shown before */
};

struct cli_stamp {
    enum cli_time_style style;
    int64_t start_wall_ns;
    atomic_llong last_wall_ns; /* of what was shown last */
};

/* The clock of the system, CLOCK_REALTIME and CLOCK_MONOTONIC. */
int64_t cli_wall_ns(void);
int64_t cli_mono_ns(void);

/* The run begins now. */
void cli_stamp_init(struct cli_stamp *stamp, enum cli_time_style style);

/*
 * What cli_stamp_add() is to show for a moment; only this remembers it for the next delta. Any
 * thread.
 */
int64_t cli_stamp_next(struct cli_stamp *stamp, int64_t wall_ns);

/* The same for another moment of the same record: a delta is counted from the start. */
int64_t cli_stamp_beside(const struct cli_stamp *stamp, int64_t wall_ns);

/* Whether the style is a number, of seconds with nine decimals. */
bool cli_stamp_is_number(enum cli_time_style style);

/* Adds a value made by one of those above, down to the nanosecond. */
void cli_stamp_add(struct cli_text *text, enum cli_time_style style, int64_t time_ns);

/* A moment in RFC 3339, UTC, down to the millisecond. */
void cli_stamp_moment(struct cli_text *text, int64_t wall_ns);

#endif
