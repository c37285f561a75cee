/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be said of all texts that braces stand for without writing any of them out: how short
 * one may be, and how long what stands between two dots.
 */
#ifndef MULTIPING_APP_TARGETS_RANGE_SHAPE_H
#define MULTIPING_APP_TARGETS_RANGE_SHAPE_H

#include <stddef.h>

/* Lengths in bytes; CLI_SHAPE_NONE: there is no such text. */
struct cli_shape {
    long shortest;
    long undotted; /* the longest without a dot */
    long head;     /* of those with dots: the longest before the first one, */
    long between;  /* between two, */
    long tail;     /* and behind the last one */
};

enum { CLI_SHAPE_NONE = -1 };

/* The empty text, and no text at all. */
extern const struct cli_shape cli_shape_empty, cli_shape_nothing;

struct cli_shape cli_shape_text(const char *text, size_t len);
/* Any of a with any of b behind it. */
struct cli_shape cli_shape_join(const struct cli_shape *a, const struct cli_shape *b);
/* Either of them. */
struct cli_shape cli_shape_either(const struct cli_shape *a, const struct cli_shape *b);
/* The longest part of any text, between two dots or its ends. */
long cli_shape_label_max(const struct cli_shape *shape);

#endif
