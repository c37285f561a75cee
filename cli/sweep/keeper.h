/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the state of a sweep in its file: --resume. */
#ifndef MULTIPING_CLI_SWEEP_KEEPER_H
#define MULTIPING_CLI_SWEEP_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"
#include "process/output.h"
#include "sweep/flight.h"
#include "sweep/state.h"

/* Without a file only `pending` means anything, and is empty. */
struct cli_keeper {
    const char *name; /* of the file, as given; NULL: none is kept */
    char *path;       /* of the file that it leads to */
    int lock_fd;      /* which is locked, as two sweeps would write over each other */
    uint64_t arguments, seed;
    uint64_t *pending; /* places that an earlier run had left, still to be asked */
    size_t pending_n;
    char *text; /* a state that may be written once the output is as far as `mark` */
    size_t text_len;
    uint64_t mark;
    int64_t next_ns;
    int status; /* why it could not begin */
};

/*
 * Reads the file, if there is one, into state, which has the arguments, the targets and a seed;
 * without one it writes it. 0, or -1 after a complaint, with the status set.
 */
int cli_keeper_begin(struct cli_keeper *keeper, const struct cli_settings *settings,
                     struct cli_sweep_state *state);

/* Now and then: takes the state down, or writes what it has taken down, once all results that
 * belong to it have been written to the output. 0 or -errno. */
bool cli_keeper_is_due(const struct cli_keeper *keeper, int64_t now_ns);
int cli_keeper_step(struct cli_keeper *keeper, const struct cli_flight *flight, uint64_t next,
                    const struct cli_sweep_sums *sums, struct app_output *out, int64_t now_ns);

/* Milliseconds until it is due, at most limit_ms; -1 stands for no limit. */
int cli_keeper_wait_ms(const struct cli_keeper *keeper, int64_t now_ns, int limit_ms);

/* At the end: writes the state if it was stopped, else removes the file. 0, or -1 after a
 * complaint. */
int cli_keeper_end(struct cli_keeper *keeper, const struct cli_flight *flight, uint64_t next,
                   const struct cli_sweep_sums *sums, bool stopped);

void cli_keeper_done(struct cli_keeper *keeper);

#endif
