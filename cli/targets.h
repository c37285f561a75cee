/* SPDX-License-Identifier: Apache-2.0 */
/* The targets of a run: where they come from, and their handles. */
#ifndef MULTIPING_CLI_TARGETS_H
#define MULTIPING_CLI_TARGETS_H

#include <stdbool.h>
#include <stddef.h>

#include <multiping/multiping.h>

#include "labels.h"
#include "options.h"

enum {
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
    int status; /* why adding has failed, for exit */
};

/*
 * Looks at the operands without reading their lists. 0, or -1 after a complaint.
 * *ret_family: AF_INET or AF_INET6 if only such sockets can be needed, else AF_UNSPEC.
 */
int cli_targets_check(const struct cli_settings *settings, int *ret_family);

/* Whether standard input is one of the lists. */
bool cli_targets_from_stdin(const struct cli_settings *settings);

/* Adds one: a cli_target_fn. 0, or -1 after a complaint, with the status of the list set. */
int cli_targets_add(void *list, const char *host, const char *labels, size_t labels_len);

/* The index in `all` of the target that an event is about. From any callback, on any thread. */
size_t cli_target_index(const struct mping_event *event);

/* The labels of a target, for cli_labels_next(); NULL: it has none. Any thread. */
const char *cli_target_labels(const struct cli_targets *targets, size_t index);

/* The value of one of its labels, NULL if it has no such label. Any thread. */
const char *cli_target_label(const struct cli_targets *targets, size_t index, const char *name);

/* Adds the operands and what is in their files, all but standard input. Likewise. */
int cli_targets_add_operands(struct cli_targets *targets, const struct cli_settings *settings);

void cli_targets_cancel(struct cli_targets *targets);

/* The exit status that the statistics of all come to. */
int cli_targets_status(const struct cli_targets *targets);

/* Closes them all and frees the table. */
void cli_targets_done(struct cli_targets *targets);

#endif
