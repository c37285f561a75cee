/* SPDX-License-Identifier: Apache-2.0 */
#include "host/observations.h"

#include <stdlib.h>

int cli_observations_add(struct cli_observations *observations, size_t index)
{
    struct cli_observation ***chunk;
    struct cli_observation *made;

    if (observations->window == 0)
        return 0;
    if (index / CLI_OBSERVATION_CHUNK >= CLI_OBSERVATION_CHUNKS)
        return -1;
    chunk = &observations->chunks[index / CLI_OBSERVATION_CHUNK];
    if (*chunk == NULL)
        *chunk = calloc(CLI_OBSERVATION_CHUNK, sizeof(struct cli_observation *));
    if (*chunk == NULL)
        return -1;
    made = cli_observation_new(observations->window);
    if (made == NULL)
        return -1;
    /* There is one already where adding the target itself has failed. */
    cli_observation_free((*chunk)[index % CLI_OBSERVATION_CHUNK]);
    (*chunk)[index % CLI_OBSERVATION_CHUNK] = made;
    return 0;
}

struct cli_observation *cli_observation_at(const struct cli_observations *observations,
                                           size_t index)
{
    struct cli_observation *const *chunk = NULL;

    if (index / CLI_OBSERVATION_CHUNK < CLI_OBSERVATION_CHUNKS)
        chunk = observations->chunks[index / CLI_OBSERVATION_CHUNK];
    return chunk != NULL ? chunk[index % CLI_OBSERVATION_CHUNK] : NULL;
}

void cli_observations_done(struct cli_observations *observations)
{
    for (size_t i = 0; i < CLI_OBSERVATION_CHUNKS; i++) {
        struct cli_observation **chunk = observations->chunks[i];

        for (size_t j = 0; chunk != NULL && j < CLI_OBSERVATION_CHUNK; j++)
            cli_observation_free(chunk[j]);
        free(chunk);
        observations->chunks[i] = NULL;
    }
}
