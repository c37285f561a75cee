/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers targets that a format shows alike, so that no two of them have the same labels. A piece
 * at a time: between two, signals are heard.
 */
#ifndef MULTIPING_CLI_COPIES_H
#define MULTIPING_CLI_COPIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/format.h"
#include "targets.h"

/* Zero to begin with. */
struct cli_copies {
    const struct cli_targets *targets;
    app_look_fn look;
    size_t n, next;    /* targets, and the one that comes next */
    uint32_t *numbers; /* of each: how many before it look the same */
    struct cli_copies_place *places;
    size_t size; /* a power of two */
};

/* Begins with the first n targets. Without memory, or a look, all of them have number 0. */
void cli_copies_begin(struct cli_copies *copies, const struct cli_targets *targets, size_t n,
                      app_look_fn look);

/* Goes on for a few ms. Returns whether there is more. */
bool cli_copies_step(struct cli_copies *copies);

uint32_t cli_copies_number(const struct cli_copies *copies, size_t index);

void cli_copies_done(struct cli_copies *copies);

#endif
