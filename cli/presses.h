/* SPDX-License-Identifier: Apache-2.0 */
/* --manual: each line on standard input, a press of Enter, sends one probe to every target. */
#ifndef MULTIPING_CLI_PRESSES_H
#define MULTIPING_CLI_PRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "targets.h"

struct cli_presses {
    bool listening;       /* for more of them */
    uint64_t n;           /* read so far */
    uint64_t sent;        /* those that all targets have been told of */
    size_t next;          /* the first target that has not been told of the one after */
    size_t targets_ended; /* targets before this one are done with all presses */
    uint64_t verdicts;    /* which their probes have had */
};

/* Reads what standard input has. 0, or -errno; at its end it is not listened to any more. */
int cli_presses_read(struct cli_presses *presses);

/* Tells some targets of what has been read; true if there are more to be told. */
bool cli_presses_send(struct cli_presses *presses, const struct cli_targets *targets);

enum cli_presses_end { CLI_PRESSES_OPEN, CLI_PRESSES_GOING_ON, CLI_PRESSES_OVER };

/*
 * After the last press: whether each target has the verdict of each of its probes, count at most
 * (0: any number), and all of these verdicts, told by now, have come out of the engine: a target
 * that is canceled takes back the replies that still wait for a callback. GOING_ON: not all targets
 * have been looked at yet.
 */
enum cli_presses_end cli_presses_end(struct cli_presses *presses, const struct cli_targets *targets,
                                     uint64_t count, uint64_t told);

#endif
