/* SPDX-License-Identifier: Apache-2.0 */
#include "host/observations.h"

#include <stdlib.h>

int app_observations_add(struct app_observations *observations, size_t index)
{
    struct app_observation ***chunk;
    struct app_observation *made;

    if (observations->window == 0)
        return 0;
    if (index / APP_OBSERVATION_CHUNK >= APP_OBSERVATION_CHUNKS)
        return -1;
    chunk = &observations->chunks[index / APP_OBSERVATION_CHUNK];
    if (*chunk == NULL)
        *chunk = calloc(APP_OBSERVATION_CHUNK, sizeof(struct app_observation *));
    if (*chunk == NULL)
        return -1;
    made = app_observation_new(observations->window);
    if (made == NULL)
        return -1;
    /* There is one already where adding the target itself has failed. */
    app_observation_free((*chunk)[index % APP_OBSERVATION_CHUNK]);
    (*chunk)[index % APP_OBSERVATION_CHUNK] = made;
    return 0;
}

struct app_observation *app_observation_at(const struct app_observations *observations,
                                           size_t index)
{
    struct app_observation *const *chunk = NULL;

    if (index / APP_OBSERVATION_CHUNK < APP_OBSERVATION_CHUNKS)
        chunk = observations->chunks[index / APP_OBSERVATION_CHUNK];
    return chunk != NULL ? chunk[index % APP_OBSERVATION_CHUNK] : NULL;
}

void app_observations_done(struct app_observations *observations)
{
    for (size_t i = 0; i < APP_OBSERVATION_CHUNKS; i++) {
        struct app_observation **chunk = observations->chunks[i];

        for (size_t j = 0; chunk != NULL && j < APP_OBSERVATION_CHUNK; j++)
            app_observation_free(chunk[j]);
        free(chunk);
        observations->chunks[i] = NULL;
    }
}
