/* SPDX-License-Identifier: Apache-2.0 */
/* The observations of all targets, by their place in the list; made only where they are wanted. */
#ifndef MULTIPING_APP_HOST_OBSERVATIONS_H
#define MULTIPING_APP_HOST_OBSERVATIONS_H

#include <stddef.h>

#include "host/observe.h"

enum {
    CLI_OBSERVATION_CHUNK = 4096,
    CLI_OBSERVATION_CHUNKS = 1 << 16,
};

/* Zero to begin with. The chunks stay where they are, as other threads look into them. */
struct cli_observations {
    size_t window; /* for cli_observation_new(); 0: nothing is observed */
    struct cli_observation **chunks[CLI_OBSERVATION_CHUNKS];
};

/* Makes the one at a place, before events can ask for it. 0, or -1 without memory. */
int cli_observations_add(struct cli_observations *observations, size_t index);

/* NULL where nothing is observed. Any thread. */
struct cli_observation *cli_observation_at(const struct cli_observations *observations,
                                           size_t index);

void cli_observations_done(struct cli_observations *observations);

#endif
