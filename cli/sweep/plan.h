/* SPDX-License-Identifier: Apache-2.0 */
/* Which targets a sweep asks, and in what order. */
#ifndef MULTIPING_CLI_SWEEP_PLAN_H
#define MULTIPING_CLI_SWEEP_PLAN_H

#include <stdint.h>

#include "options.h"
#include "range/list.h"
#include "sweep/permutation.h"

struct cli_plan {
    const struct cli_settings *settings;
    struct cli_range_list list; /* of all shards */
    uint64_t count;             /* targets of this one */
    uint64_t arguments;         /* a sum over all that the order depends on, but the seed */
    struct cli_permutation permutation;
    const char *problem; /* of the text that is being read */
};

/*
 * Reads all targets, standard input to its end, and looks whether they may be asked. 0, or -1
 * after a complaint. Ends with cli_plan_done() in both cases.
 */
int cli_plan_make(struct cli_plan *plan, const struct cli_settings *settings);

/* Sets the order. */
void cli_plan_shuffle(struct cli_plan *plan, uint64_t seed);

/* The target at a place < count. Every target is at one place of one shard. */
void cli_plan_at(const struct cli_plan *plan, uint64_t place, struct cli_range_host *ret_host,
                 const char **ret_labels);

void cli_plan_done(struct cli_plan *plan);

#endif
