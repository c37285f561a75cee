/* SPDX-License-Identifier: Apache-2.0 */
/* Which targets a sweep asks, and in what order. */
#ifndef MULTIPING_CLI_SWEEP_PLAN_H
#define MULTIPING_CLI_SWEEP_PLAN_H

#include <stdint.h>

#include <multiping/multiping.h>

#include "options.h"
#include "targets/permutation.h"
#include "targets/range/list.h"

struct cli_plan {
    const struct cli_settings *settings;
    struct app_range_list list; /* of all shards */
    uint64_t count;             /* targets of this one */
    uint64_t arguments;         /* a sum over all that the order depends on, but the seed */
    struct app_permutation permutation;
    int family;          /* that targets must have, AF_UNSPEC: any */
    uint64_t left_out;   /* targets that are never asked: told already */
    const char *problem; /* of the text that is being read */
    const char *mild;    /* why its targets are never asked, which stops nothing else */
};

/*
 * Reads all targets, standard input to its end, and looks whether they may be asked. 0, or -1
 * after a complaint. Those that never are get a line each text, and stop the rest only if there is
 * no rest. With opts of the targets, engine says which addresses are one (--unique).
 * Ends with cli_plan_done() in both cases.
 */
int cli_plan_make(struct cli_plan *plan, const struct cli_settings *settings, struct mping *engine,
                  const struct mping_target_opts *opts);

/* Sets the order. */
void cli_plan_shuffle(struct cli_plan *plan, uint64_t seed);

/* The target at a place < count. Every target is at one place of one shard. */
void cli_plan_at(const struct cli_plan *plan, uint64_t place, struct app_range_host *ret_host,
                 const char **ret_labels);

void cli_plan_done(struct cli_plan *plan);

#endif
