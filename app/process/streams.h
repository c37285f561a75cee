/* SPDX-License-Identifier: Apache-2.0 */
/* What a run of the command talks through: its outputs, and the signals it is told things by. */
#ifndef MULTIPING_APP_PROCESS_STREAMS_H
#define MULTIPING_APP_PROCESS_STREAMS_H

#include <stdbool.h>

#include "process/exit.h"
#include "process/output.h"

struct app_streams {
    struct app_output out, err;
    int signal_fd;    /* tells of SIGINT, SIGTERM and SIGQUIT: see signals.h */
    int wake_fd;      /* the outputs want a look */
    uint64_t written; /* bytes, when it was looked last */
    int64_t moved_ns; /* when a reader has taken something last, or somebody asked for the end */
};

/* 0, or -1 after a complaint. Ends with app_streams_done() in both cases. */
int app_streams_init(struct app_streams *streams);

/* The next signal, 0 if there is none. */
int app_streams_signal(struct app_streams *streams);

void app_streams_clear_wake(struct app_streams *streams);

/* Lets both outputs be written. */
void app_streams_flush(struct app_streams *streams);

/* For poll(): how long until both want to be flushed again, at most limit_ms, -1: no limit. */
int app_streams_wait_ms(struct app_streams *streams, int limit_ms);

/*
 * How long to wait for a reader who takes nothing: -1 for ever, or for a while only if impatient,
 * as somebody has asked for the end; 0 once it is over.
 */
int app_streams_patience_ms(struct app_streams *streams, bool impatient);

/*
 * Writes what is left and waits for that; impatient: only for a while, should nobody read. Returns
 * an exit status: APP_EXIT_OK, or APP_EXIT_SYSTEM after a complaint about what was lost.
 */
int app_streams_finish(struct app_streams *streams, bool impatient);

/* Once finished: a status, but no success where something said on standard error was lost. */
int app_streams_status(struct app_streams *streams, int status);

void app_streams_done(struct app_streams *streams);

#endif
