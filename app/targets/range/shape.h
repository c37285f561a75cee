/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be said of all texts that braces stand for without writing any of them out: how short
 * one may be, and how long what stands between two dots.
 */
#ifndef MULTIPING_APP_TARGETS_RANGE_SHAPE_H
#define MULTIPING_APP_TARGETS_RANGE_SHAPE_H

#include <stddef.h>

/* Lengths in bytes; APP_SHAPE_NONE: there is no such text. */
struct app_shape {
    long shortest;
    long undotted; /* the longest without a dot */
    long head;     /* of those with dots: the longest before the first one, */
    long between;  /* between two, */
    long tail;     /* and behind the last one */
};

enum { APP_SHAPE_NONE = -1 };

/* The empty text, and no text at all. */
extern const struct app_shape app_shape_empty, app_shape_nothing;

struct app_shape app_shape_text(const char *text, size_t len);
/* Any of a with any of b behind it. */
struct app_shape app_shape_join(const struct app_shape *a, const struct app_shape *b);
/* Either of them. */
struct app_shape app_shape_either(const struct app_shape *a, const struct app_shape *b);
/* The longest part of any text, between two dots or its ends. */
long app_shape_label_max(const struct app_shape *shape);

#endif
