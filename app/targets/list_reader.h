/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of targets, one a line, from files and from standard input. */
#ifndef MULTIPING_APP_TARGETS_LIST_READER_H
#define MULTIPING_APP_TARGETS_LIST_READER_H

#include <stddef.h>

/* The longest line, its comment included. */
enum { APP_LINE_READER_MAX = 4096 };

/*
 * Takes one target with its labels, which are those of app_labels_parse() and labels_len bytes
 * long, NULL and 0 for none. NULL to go on; what is wrong with the host, for people; or "" to
 * stop without a further word.
 */
typedef const char *(*app_target_fn)(void *user, const char *host, const char *labels,
                                     size_t labels_len);

/* Text that arrives in pieces. Set name and end; the rest is zero to begin with. */
struct app_line_reader {
    const char *name; /* for complaints */
    char end;         /* of a line: \n, or NUL */
    unsigned long number;
    size_t len;                           /* of the line that has not ended yet */
    char line[APP_LINE_READER_MAX + 1];   /* room for a NUL behind its host */
    char labels[APP_LINE_READER_MAX + 2]; /* not on the stack, where they are cleared each time */
};

/* Feeds bytes; every whole line that names a target is taken. 0, or -1 after a complaint. */
int app_lines_feed(struct app_line_reader *reader, const char *data, size_t len, app_target_fn take,
                   void *user);

/* The end: takes what is left of a last line without its end. */
int app_lines_end(struct app_line_reader *reader, app_target_fn take, void *user);

/* Reads a whole file whose lines end with `end`. 0, or -1 after a complaint. */
int app_lines_read_file(const char *path, char end, app_target_fn take, void *user);

#endif
