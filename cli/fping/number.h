/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as fping reads and writes them. Blanks may stand before a number (some programs
 * pass "-B 1" as one argument), nothing may follow it.
 */
#ifndef MULTIPING_CLI_FPING_NUMBER_H
#define MULTIPING_CLI_FPING_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Room for any text of fping_ms(). */
enum { FPING_MS_TEXT = 16 };

/* base 0 takes 0x and a leading 0 for octal. */
bool fping_number_parse(const char *text, int base, int64_t *ret_value);

/* Not below 0, not infinite. end: where the number may end, NULL: only at the end of text. */
bool fping_decimal_parse(const char *text, const char **end, double *ret_value);

/* value times unit_ns, rounded, at most a year. */
int64_t fping_duration_ns(double value, double unit_ns);

/* Milliseconds with three digits: 0.034, 1.23, 45.6, 789, 1.235e+06. Returns text. */
const char *fping_ms(char text[static FPING_MS_TEXT], int64_t ns);

#endif
