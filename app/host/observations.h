/* SPDX-License-Identifier: Apache-2.0 */
/* The observations of all targets, by their place in the list; made only where they are wanted. */
#ifndef MULTIPING_APP_HOST_OBSERVATIONS_H
#define MULTIPING_APP_HOST_OBSERVATIONS_H

#include <stddef.h>

#include "host/observe.h"

enum {
    APP_OBSERVATION_CHUNK = 4096,
    APP_OBSERVATION_CHUNKS = 1 << 16,
};

/* Zero to begin with. The chunks stay where they are, as other threads look into them. */
struct app_observations {
    size_t window; /* for app_observation_new(); 0: nothing is observed */
    struct app_observation **chunks[APP_OBSERVATION_CHUNKS];
};

/* Makes the one at a place, before events can ask for it. 0, or -1 without memory. */
int app_observations_add(struct app_observations *observations, size_t index);

/* NULL where nothing is observed. Any thread. */
struct app_observation *app_observation_at(const struct app_observations *observations,
                                           size_t index);

void app_observations_done(struct app_observations *observations);

#endif
