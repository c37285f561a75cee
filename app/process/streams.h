/* SPDX-License-Identifier: Apache-2.0 */
/* What a run of the command talks through: its outputs, and the signals it is told things by. */
#ifndef MULTIPING_APP_PROCESS_STREAMS_H
#define MULTIPING_APP_PROCESS_STREAMS_H

#include <stdbool.h>

#include "process/exit.h"
#include "process/output.h"

struct cli_streams {
    struct cli_output out, err;
    int signal_fd;    /* tells of SIGINT, SIGTERM and SIGQUIT: see signals.h */
    int wake_fd;      /* the outputs want a look */
    uint64_t written; /* bytes, when it was looked last */
    int64_t moved_ns; /* when a reader has taken something last, or somebody asked for the end */
};

/* 0, or -1 after a complaint. Ends with cli_streams_done() in both cases. */
int cli_streams_init(struct cli_streams *streams);

/* The next signal, 0 if there is none. */
int cli_streams_signal(struct cli_streams *streams);

void cli_streams_clear_wake(struct cli_streams *streams);

/* Lets both outputs be written. */
void cli_streams_flush(struct cli_streams *streams);

/* For poll(): how long until both want to be flushed again, at most limit_ms, -1: no limit. */
int cli_streams_wait_ms(struct cli_streams *streams, int limit_ms);

/*
 * How long to wait for a reader who takes nothing: -1 for ever, or for a while only if impatient,
 * as somebody has asked for the end; 0 once it is over.
 */
int cli_streams_patience_ms(struct cli_streams *streams, bool impatient);

/*
 * Writes what is left and waits for that; impatient: only for a while, should nobody read. Returns
 * an exit status: CLI_EXIT_OK, or CLI_EXIT_SYSTEM after a complaint about what was lost.
 */
int cli_streams_finish(struct cli_streams *streams, bool impatient);

/* Once finished: a status, but no success where something said on standard error was lost. */
int cli_streams_status(struct cli_streams *streams, int status);

void cli_streams_done(struct cli_streams *streams);

#endif
