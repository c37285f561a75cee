/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/range/shape.h"

const struct cli_shape cli_shape_empty = {0, 0, CLI_SHAPE_NONE, CLI_SHAPE_NONE, CLI_SHAPE_NONE};
const struct cli_shape cli_shape_nothing = {CLI_SHAPE_NONE, CLI_SHAPE_NONE, CLI_SHAPE_NONE,
                                            CLI_SHAPE_NONE, CLI_SHAPE_NONE};
static const struct cli_shape letter = {1, 1, CLI_SHAPE_NONE, CLI_SHAPE_NONE, CLI_SHAPE_NONE};
static const struct cli_shape dot = {1, CLI_SHAPE_NONE, 0, CLI_SHAPE_NONE, 0};

static long longer(long a, long b)
{
    return a > b ? a : b;
}

static long sum(long a, long b)
{
    return a == CLI_SHAPE_NONE || b == CLI_SHAPE_NONE ? CLI_SHAPE_NONE : a + b;
}

struct cli_shape cli_shape_join(const struct cli_shape *a, const struct cli_shape *b)
{
    return (struct cli_shape){
        .shortest = sum(a->shortest, b->shortest),
        .undotted = sum(a->undotted, b->undotted),
        .head = longer(a->head, sum(a->undotted, b->head)),
        .between = longer(longer(a->between, b->between), sum(a->tail, b->head)),
        .tail = longer(b->tail, sum(a->tail, b->undotted)),
    };
}

struct cli_shape cli_shape_either(const struct cli_shape *a, const struct cli_shape *b)
{
    long shortest = a->shortest;

    if (shortest == CLI_SHAPE_NONE || (b->shortest != CLI_SHAPE_NONE && b->shortest < shortest))
        shortest = b->shortest;
    return (struct cli_shape){
        .shortest = shortest,
        .undotted = longer(a->undotted, b->undotted),
        .head = longer(a->head, b->head),
        .between = longer(a->between, b->between),
        .tail = longer(a->tail, b->tail),
    };
}

struct cli_shape cli_shape_text(const char *text, size_t len)
{
    struct cli_shape shape = cli_shape_empty;

    for (size_t i = 0; i < len; i++)
        shape = cli_shape_join(&shape, text[i] == '.' ? &dot : &letter);
    return shape;
}

long cli_shape_label_max(const struct cli_shape *shape)
{
    return longer(longer(shape->undotted, shape->between), longer(shape->head, shape->tail));
}
