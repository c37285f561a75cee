/* SPDX-License-Identifier: Apache-2.0 */
/* Every address of a name, and not only the best: --all-addresses. */
#ifndef MULTIPING_CLI_SPREAD_H
#define MULTIPING_CLI_SPREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include <multiping/multiping.h>

struct cli_targets;

/* Targets whose names have resolved, and whose other addresses are to be added. */
struct cli_spread {
    bool wanted;
    pthread_mutex_t lock; /* guards what is below */
    size_t *indices;
    size_t n, cap;
};

void cli_spread_init(struct cli_spread *spread, bool wanted);

/* Takes note of an MPING_EV_RESOLVED; true if cli_spread_add() is called for. Any thread. */
bool cli_spread_resolved(struct cli_spread *spread, const struct mping_event *event);

/* Whether it is. Any thread. */
bool cli_spread_is_due(struct cli_spread *spread);

/*
 * Adds what is to be added to the targets, each with so many probes sent by hand. 0 or an error.
 * The thread that adds targets.
 */
int cli_spread_add(struct cli_spread *spread, struct cli_targets *targets, uint64_t sends);

void cli_spread_done(struct cli_spread *spread);

#endif
