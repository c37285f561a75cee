/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/range/shape.h"

const struct app_shape app_shape_empty = {0, 0, APP_SHAPE_NONE, APP_SHAPE_NONE, APP_SHAPE_NONE};
const struct app_shape app_shape_nothing = {APP_SHAPE_NONE, APP_SHAPE_NONE, APP_SHAPE_NONE,
                                            APP_SHAPE_NONE, APP_SHAPE_NONE};
static const struct app_shape letter = {1, 1, APP_SHAPE_NONE, APP_SHAPE_NONE, APP_SHAPE_NONE};
static const struct app_shape dot = {1, APP_SHAPE_NONE, 0, APP_SHAPE_NONE, 0};

static long longer(long a, long b)
{
    return a > b ? a : b;
}

static long sum(long a, long b)
{
    return a == APP_SHAPE_NONE || b == APP_SHAPE_NONE ? APP_SHAPE_NONE : a + b;
}

struct app_shape app_shape_join(const struct app_shape *a, const struct app_shape *b)
{
    return (struct app_shape){
        .shortest = sum(a->shortest, b->shortest),
        .undotted = sum(a->undotted, b->undotted),
        .head = longer(a->head, sum(a->undotted, b->head)),
        .between = longer(longer(a->between, b->between), sum(a->tail, b->head)),
        .tail = longer(b->tail, sum(a->tail, b->undotted)),
    };
}

struct app_shape app_shape_either(const struct app_shape *a, const struct app_shape *b)
{
    long shortest = a->shortest;

    if (shortest == APP_SHAPE_NONE || (b->shortest != APP_SHAPE_NONE && b->shortest < shortest))
        shortest = b->shortest;
    return (struct app_shape){
        .shortest = shortest,
        .undotted = longer(a->undotted, b->undotted),
        .head = longer(a->head, b->head),
        .between = longer(a->between, b->between),
        .tail = longer(a->tail, b->tail),
    };
}

struct app_shape app_shape_text(const char *text, size_t len)
{
    struct app_shape shape = app_shape_empty;

    for (size_t i = 0; i < len; i++)
        shape = app_shape_join(&shape, text[i] == '.' ? &dot : &letter);
    return shape;
}

long app_shape_label_max(const struct app_shape *shape)
{
    return longer(longer(shape->undotted, shape->between), longer(shape->head, shape->tail));
}
