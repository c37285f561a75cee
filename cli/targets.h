/* SPDX-License-Identifier: Apache-2.0 */
/* The targets of a run: where they come from, and their handles. */
#ifndef MULTIPING_CLI_TARGETS_H
#define MULTIPING_CLI_TARGETS_H

#include <stdbool.h>
#include <stddef.h>

#include <multiping/multiping.h>

#include "host/observations.h"
#include "options.h"
#include "targets/labels.h"
#include "targets/pending.h"

struct app_seen;

enum {
    CLI_TARGETS_MANY = 1000000, /* more take so much memory that a sweep is worth a word */
    CLI_LABEL_CHUNK = 4096,
    CLI_HOST_TEXT_MAX = 256, /* longer than any name of the DNS */
    CLI_LABEL_CHUNKS = 1 << 16,
};

struct cli_targets {
    struct mping *engine;
    struct mping_target_opts opts; /* for each of them; `user` is what cli_target_index() reads */
    struct mping_target **all;     /* in the order given */
    size_t n, cap;
    const char **labels[CLI_LABEL_CHUNKS]; /* of each target, in chunks that stay where they are */
    struct app_label_store label_store;
    struct app_observations observations; /* of each target, in the same order */
    struct app_seen *seen;                /* to name each but once; NULL: nobody minds */
    bool excluding;                       /* the engine excludes addresses */
    uint64_t excluded;                    /* targets left out for it */
    bool refused;                         /* a range is not pinged, which has been told */
    struct app_pending pending;           /* ranges that cli_targets_make() goes on with */
    struct app_origin origin;             /* of what is added, for complaints that come later */
    size_t now_max;  /* what would make more targets than this at once becomes pending instead */
    size_t max;      /* no more are made; 0: as many as there are */
    bool left_out;   /* there would have been more than max */
    size_t mark;     /* a target whose first probe tells whether the engine keeps up */
    int64_t mark_ns; /* when that must have left, CLOCK_MONOTONIC; 0: there is none */
    int status;      /* why adding has failed, for exit */
};

/* For the engine's targets, whose options are set. Ends with cli_targets_done(). 0 or -1. */
int cli_targets_init(struct cli_targets *targets, struct mping *engine,
                     const struct cli_settings *settings);

/* Adds what a text stands for: a app_target_fn, with the status of the list set if it fails. */
const char *cli_targets_add(void *list, const char *text, const char *labels, size_t labels_len);

/*
 * Makes up to n targets of what is pending. 0, or -1 after a complaint with the status of the list
 * set. now_ns is CLOCK_MONOTONIC.
 */
int cli_targets_make(struct cli_targets *targets, size_t n, int64_t now_ns);

/*
 * Whether targets are made faster than they are pinged, and the next ones have to wait: as many as
 * would fill the memory may come before the first of them is due.
 */
bool cli_targets_is_ahead(struct cli_targets *targets, int64_t now_ns);

/* Whether there are, or will be, more than CLI_TARGETS_MANY. */
bool cli_targets_are_many(const struct cli_targets *targets);

/*
 * Adds an address, under the name host if that is not NULL, unless it is excluded or there
 * already. 0 or an error.
 */
int cli_targets_add_as(struct cli_targets *targets, const char *host, const struct mping_addr *addr,
                       const char *labels, size_t labels_len);

/* The index in `all` of the target that an event is about. From any callback, on any thread. */
size_t cli_target_index(const struct mping_event *event);

/* The host of a target, in text or kept by the library; "" without memory for it. Copied where it
 * fits: a million of them should not stay. */
const char *cli_target_host(const struct cli_targets *targets, size_t index,
                            char text[CLI_HOST_TEXT_MAX]);

/* The labels of a target, for app_labels_next(); NULL: it has none. Any thread. */
const char *cli_target_labels(const struct cli_targets *targets, size_t index);

/* The value of one of its labels, NULL if it has no such label. Any thread. */
const char *cli_target_label(const struct cli_targets *targets, size_t index, const char *name);

/* Cancels up to n targets from `next` on, which is to be given next: at most n at a time. */
size_t cli_targets_cancel(struct cli_targets *targets, size_t next, size_t n);

/* The exit status that the statistics of all come to. */
int cli_targets_status(const struct cli_targets *targets);

/* Closes them all and frees the table. */
void cli_targets_done(struct cli_targets *targets);

#endif
