/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Builds text in memory of the caller's: numbers always with '.', whatever the locale. What
 * does not fit is cut off; the text is always NUL-terminated.
 */
#ifndef MULTIPING_APP_TEXT_TEXT_H
#define MULTIPING_APP_TEXT_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct app_text {
    char *data;
    size_t size; /* of the memory, > 0 */
    size_t len;  /* without the NUL, < size */
};

/* An empty text in memory of the given size (> 0), which must outlive it. */
struct app_text app_text_init(char *data, size_t size);

void app_text_bytes(struct app_text *text, const char *bytes, size_t len);
void app_text_char(struct app_text *text, char c);
/* For strings of our own; whatever comes from outside goes through app_text_foreign(). */
void app_text_add(struct app_text *text, const char *string);
void app_text_number(struct app_text *text, int64_t value);
void app_text_count(struct app_text *text, uint64_t value);
/* value / 10^decimals with exactly so many decimals (0 to 18): 12345, 3 gives 12.345. */
void app_text_fixed(struct app_text *text, uint64_t value, unsigned decimals);
/* The same without zeros at the end: 1500, 3 gives 1.5. */
void app_text_fixed_short(struct app_text *text, uint64_t value, unsigned decimals);
/* A string from outside, escaped (see escape.h). */
void app_text_foreign(struct app_text *text, const char *string);
/* The same at any length. */
void app_text_foreign_whole(struct app_text *text, const char *string);
/* A string from outside with nothing escaped; bytes that are no UTF-8 become U+FFFD. */
void app_text_utf8(struct app_text *text, const char *string);

/* A round-trip time as ping prints it: 0.021 ms, 1.23 ms, 12.3 ms, 123 ms. Above 0 it is at least
 * 0.001 ms. */
void app_text_rtt(struct app_text *text, int64_t rtt_ns);
/* The same with three decimals always and no unit, for summaries. */
void app_text_rtt_ms(struct app_text *text, int64_t rtt_ns);
/* Milliseconds with three decimals and no unit, of what may well be none. */
void app_text_ms(struct app_text *text, int64_t ns);
/* A duration as people give it: 1 s, 1.5 s, 200 ms, 0.1 ms. */
void app_text_duration(struct app_text *text, int64_t ns);
/*
 * Percent of part in whole, at most three decimals. Only exactly nothing is 0 and only
 * exactly everything is 100. "-" where whole is 0.
 */
void app_text_percent(struct app_text *text, uint64_t part, uint64_t whole);

#endif
