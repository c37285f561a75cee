/* SPDX-License-Identifier: Apache-2.0 */
/* The only way in which strings from outside reach a terminal or a log. */
#ifndef MULTIPING_APP_TEXT_ESCAPE_H
#define MULTIPING_APP_TEXT_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

/* The longest text that comes out, without its NUL. */
#define APP_ESCAPED_MAX 253

/*
 * Writes string so that one record stays one line and nothing acts on a terminal: control
 * characters, invalid UTF-8, whatever is invisible or changes the direction of writing, and
 * the backslash (so that it can be told apart) become \xNN, byte by byte. Cut after whole
 * characters to APP_ESCAPED_MAX and to out_size (> 0) with the NUL. Returns the length.
 */
size_t app_escape(char *out, size_t out_size, const char *string);

/* The longest text that comes out for one character. */
#define APP_ESCAPED_CHAR_MAX 16

/*
 * The same for the first character of a string that is not empty. Returns the length of what is
 * written, without a NUL; *ret_in is how many bytes of the string that took.
 */
size_t app_escape_char(char out[static APP_ESCAPED_CHAR_MAX], const char *string, size_t *ret_in);

/* The length of the UTF-8 character at s (NUL-terminated) and its value; 0 if it is none. */
size_t app_utf8_decode(const unsigned char *s, uint32_t *ret_point);

#endif
