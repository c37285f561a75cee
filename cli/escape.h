/* SPDX-License-Identifier: Apache-2.0 */
/* The only way in which strings from outside reach a terminal or a log. */
#ifndef MULTIPING_CLI_ESCAPE_H
#define MULTIPING_CLI_ESCAPE_H

#include <stddef.h>

/* The longest text that comes out, without its NUL. */
#define CLI_ESCAPED_MAX 253

/*
 * Writes string so that one record stays one line and nothing acts on a terminal: control
 * characters, invalid UTF-8, whatever is invisible or changes the direction of writing, and
 * the backslash (so that it can be told apart) become \xNN, byte by byte. Cut after whole
 * characters to CLI_ESCAPED_MAX and to out_size (> 0) with the NUL. Returns the length.
 */
size_t cli_escape(char *out, size_t out_size, const char *string);

#endif
