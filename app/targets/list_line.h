/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand in a list of targets. */
#ifndef MULTIPING_APP_TARGETS_LIST_LINE_H
#define MULTIPING_APP_TARGETS_LIST_LINE_H

#include <stddef.h>

enum {
    APP_HOST_MAX = 254, /* the longest name of a host: 253 characters and a final dot */
    APP_LABEL_MAX = 63, /* between two dots of a name */
};

/* NULL if host may be handed to the library, else what is wrong with it, for people. */
const char *app_host_problem(const char *host, size_t len);

/* A target, and the text behind it, which app_labels_parse() reads. Both lie in the line. */
struct app_target_line {
    const char *host;
    size_t host_len; /* 0: there is none */
    const char *rest;
    size_t rest_len;
};

/*
 * Finds the target in a line (without its end): blanks around it and a comment after it are
 * left out. Returns NULL or what is wrong with the line.
 */
const char *app_target_line(const char *line, size_t len, struct app_target_line *ret);

#endif
