/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the targets of a run come from: the operands, in their order, and the lists that they
 * name, standard input as the last. Lists are read a piece at a time, so that the first targets
 * are pinged while the others are still being read.
 */
#ifndef MULTIPING_CLI_INPUTS_H
#define MULTIPING_CLI_INPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "options.h"
#include "targets.h"
#include "targets/list_reader.h"

enum { CLI_PIECE_BYTES = 16384 }; /* about a thousand targets: what is sent in one turn */

struct cli_inputs {
    const struct cli_settings *settings;
    struct cli_targets *targets;
    size_t next;         /* the operand after those that have been taken */
    size_t bytes;        /* read so far */
    int fd;              /* of the list being read; -1: there is none, all have ended */
    bool is_stdin;       /* that list is standard input */
    bool has_read_stdin; /* it is not read twice */
    struct app_line_reader reader;
    size_t at, len; /* what has been read from it, and not looked at yet */
    char data[CLI_PIECE_BYTES];
};

/*
 * Adds what is at hand: all operands up to the first list that is long, or slow, or standard input.
 * A mistake so far is met before anything is sent. Ranges that are large are only begun, and lists
 * that nobody writes into yet are not waited for: cli_inputs_take() goes on with them. 0, or -1
 * after a complaint, with the status of the targets set. Ends with cli_inputs_done().
 */
int cli_inputs_begin(struct cli_inputs *inputs, struct cli_targets *targets,
                     const struct cli_settings *settings);

/* Whether there is more to be taken. */
bool cli_inputs_have(const struct cli_inputs *inputs);

/* The descriptor that has to be readable before more can be taken; -1: none. */
int cli_inputs_fd(const struct cli_inputs *inputs);

/* For poll(): how long until more can be taken if not from that, at most limit_ms, -1: no limit. */
int cli_inputs_wait_ms(const struct cli_inputs *inputs, int limit_ms);

/*
 * Adds the next piece, without waiting for it: as little as keeps everything else waiting for a
 * few ms only. 0, or -1 as above.
 */
int cli_inputs_take(struct cli_inputs *inputs);

/* Complains that there are no targets in all of them. Returns -1. */
int cli_inputs_complain_of_none(const struct cli_inputs *inputs);

/* No more is read, nor made of what is pending. */
void cli_inputs_done(struct cli_inputs *inputs);

#endif
