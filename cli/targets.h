/* SPDX-License-Identifier: Apache-2.0 */
/* The targets of a run: where they come from, and their handles. */
#ifndef MULTIPING_CLI_TARGETS_H
#define MULTIPING_CLI_TARGETS_H

#include <stdbool.h>
#include <stddef.h>

#include <multiping/multiping.h>

#include "labels.h"
#include "observations.h"
#include "options.h"
#include "spread.h"

struct cli_seen;

enum {
    CLI_TARGETS_MAX = 1 << 25, /* of one range: beyond that only a sweep goes */
    CLI_LABEL_CHUNK = 4096,
    CLI_LABEL_CHUNKS = 1 << 16,
};

struct cli_targets {
    struct mping *engine;
    struct mping_target_opts opts; /* for each of them; `user` is what cli_target_index() reads */
    struct mping_target **all;     /* in the order given */
    size_t n, cap;
    const char **labels[CLI_LABEL_CHUNKS]; /* of each target, in chunks that stay where they are */
    struct cli_label_store label_store;
    struct cli_observations observations; /* of each target, in the same order */
    struct cli_seen *seen;                /* to name each but once; NULL: nobody minds */
    bool excluding;                       /* the engine excludes addresses */
    uint64_t excluded;                    /* targets left out for it */
    struct cli_spread spread;
    int status; /* why adding has failed, for exit */
};

/* For the engine's targets, whose options are set. Ends with cli_targets_done(). 0 or -1. */
int cli_targets_init(struct cli_targets *targets, struct mping *engine,
                     const struct cli_settings *settings);

/* Adds what a text stands for: a cli_target_fn, with the status of the list set if it fails. */
const char *cli_targets_add(void *list, const char *text, const char *labels, size_t labels_len);

/*
 * Adds an address, under the name host if that is not NULL, unless it is excluded or there
 * already. 0 or an error.
 */
int cli_targets_add_as(struct cli_targets *targets, const char *host, const struct mping_addr *addr,
                       const char *labels, size_t labels_len);

/* The index in `all` of the target that an event is about. From any callback, on any thread. */
size_t cli_target_index(const struct mping_event *event);

/* The labels of a target, for cli_labels_next(); NULL: it has none. Any thread. */
const char *cli_target_labels(const struct cli_targets *targets, size_t index);

/* The value of one of its labels, NULL if it has no such label. Any thread. */
const char *cli_target_label(const struct cli_targets *targets, size_t index, const char *name);

void cli_targets_cancel(struct cli_targets *targets);

/* The exit status that the statistics of all come to. */
int cli_targets_status(const struct cli_targets *targets);

/* Closes them all and frees the table. */
void cli_targets_done(struct cli_targets *targets);

#endif
