/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and durations as people give them on a command line. All return 0, -EINVAL for
 * what is none, or -ERANGE for what does not fit. Nothing is skipped or forgiven: no sign,
 * no blanks, no exponent, no trailing characters.
 */
#ifndef MULTIPING_APP_TEXT_NUMBER_H
#define MULTIPING_APP_TEXT_NUMBER_H

#include <stdint.h>

/* Decimal digits. */
int app_number_parse(const char *text, int64_t *ret_value);

/* Decimal digits, or hexadecimal ones after 0x. */
int app_number_parse_hex(const char *text, int64_t *ret_value);

/* 2, 1.5, .5 */
int app_decimal_parse(const char *text, double *ret_value);

/*
 * 10ms, 1.5s, 2m, 1h, 100us, 5ns; a bare number is seconds. -ERANGE also for more than 0 but
 * less than a nanosecond, because 0 means something else.
 */
int app_duration_parse(const char *text, int64_t *ret_ns);

#endif
