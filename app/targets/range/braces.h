/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Braces as in the shell: {a,b,c}, {1..9}, {01..10}, {a..f}, {1..9..2}, several and nested.
 * Unlike there, braces that stand for nothing are an error and not text.
 */
#ifndef MULTIPING_APP_TARGETS_RANGE_BRACES_H
#define MULTIPING_APP_TARGETS_RANGE_BRACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app_braces;

/* NULL with *ret_problem, for people, if it cannot be read. Free it with app_braces_free(). */
struct app_braces *app_braces_read(const char *text, const char **ret_problem);

/* How many texts it stands for, at most APP_RANGE_MAX. */
uint64_t app_braces_count(const struct app_braces *braces);

/* Whether any of them has a character that only networks and ranges have. */
bool app_braces_have_ranges(const struct app_braces *braces);

/* Writes the text at index i < count into APP_HOST_MAX + 1 bytes. */
void app_braces_at(const struct app_braces *braces, uint64_t i, char *ret_text);

void app_braces_free(struct app_braces *braces);

#endif
