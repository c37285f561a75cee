/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The targets that are being asked: a table of fixed size, in which each target has a slot from
 * when it is added to the engine until its last event.
 */
#ifndef MULTIPING_CLI_SWEEP_FLIGHT_H
#define MULTIPING_CLI_SWEEP_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <multiping/multiping.h>

#include "sweep/result.h"
#include "targets/range/range.h"

struct cli_slot;

/* Told of each target when its fate is known. */
typedef void (*cli_fate_fn)(void *user, const struct cli_sweep_result *result);

/* Told of send errors, of names that do not resolve, and of targets that end. */
typedef void (*cli_beside_fn)(void *user, const struct mping_event *event);

struct cli_flight {
    struct mping *engine;
    struct mping_target_opts opts;
    cli_fate_fn tell;
    cli_beside_fn beside;
    void *user;
    struct cli_slot *slots;
    struct cli_slot *free;
    size_t n, max, touched; /* in use; how many there are; how many have ever been used */
};

/* Options are those of each target. 0 or MPING_ENOMEM. Ends with cli_flight_done(). */
int cli_flight_init(struct cli_flight *flight, struct mping *engine,
                    const struct mping_target_opts *opts, size_t max);

static inline bool cli_flight_is_full(const struct cli_flight *flight)
{
    return flight->n == flight->max;
}

/* Asks the target at a place of the plan; there must be room. 0 or the error of mping_add(). */
int cli_flight_add(struct cli_flight *flight, uint64_t place, const struct app_range_host *host,
                   const char *labels);

/* The places of all whose fate is not known, into room for n of them; returns how many. */
size_t cli_flight_places(const struct cli_flight *flight, uint64_t *ret_places);

/* To be called once the engine has been freed, or is idle. */
void cli_flight_done(struct cli_flight *flight);

#endif
