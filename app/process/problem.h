/* SPDX-License-Identifier: Apache-2.0 */
/* What the program has to say at once: about itself one line on stderr, "multiping: " before it. */
#ifndef MULTIPING_APP_PROCESS_PROBLEM_H
#define MULTIPING_APP_PROCESS_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include <multiping/multiping.h>

#include "text/text.h"

/* Room for one such line. */
enum { APP_COMPLAINT_MAX = 1024 };

/*
 * Writes the line: words of our own around a string from outside, which is escaped. Any of
 * them may be "". Returns -1 to be returned in turn.
 */
int app_complain(const char *before, const char *foreign, const char *after);

/* The same line into a text, with its end, to be written later. */
void app_complaint(struct app_text *text, const char *before, const char *foreign,
                   const char *after);

/* Whether something can be written there without waiting for a reader. */
bool app_takes_more(int fd);

/*
 * Writes everything: 0 or -errno. Where that has to wait for a reader, SIGINT and SIGTERM end
 * the process.
 */
int app_say(int fd, const char *data, size_t len);

/*
 * Why an event tells of trouble, in words: its reason or its error, or for an address on a link
 * that is not there just that. Static string.
 */
const char *app_event_problem(const struct mping_event *event);

#endif
