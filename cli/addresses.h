/* SPDX-License-Identifier: Apache-2.0 */
/* Every address of a name, and not only the best: --all-addresses. */
#ifndef MULTIPING_CLI_ADDRESSES_H
#define MULTIPING_CLI_ADDRESSES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include <multiping/multiping.h>

#include "targets.h"

/* Targets whose names have resolved, and whose other addresses are to be added. */
struct cli_addresses {
    bool wanted;
    pthread_mutex_t lock; /* guards what is below */
    size_t *indices;
    size_t n, cap;
};

void cli_addresses_init(struct cli_addresses *addresses, bool wanted);

/* Takes note of an MPING_EV_RESOLVED; true if cli_addresses_add() is called for. Any thread. */
bool cli_addresses_resolved(struct cli_addresses *addresses, const struct mping_event *event);

/* Whether it is. Any thread. */
bool cli_addresses_is_due(struct cli_addresses *addresses);

/*
 * Adds what is to be added to the targets, each with so many probes sent by hand. 0 or an error.
 * The thread that adds targets.
 */
int cli_addresses_add(struct cli_addresses *addresses, struct cli_targets *targets, uint64_t sends);

void cli_addresses_done(struct cli_addresses *addresses);

#endif
