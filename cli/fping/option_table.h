/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of fping's options. */
#ifndef MULTIPING_CLI_FPING_OPTION_TABLE_H
#define MULTIPING_CLI_FPING_OPTION_TABLE_H

#include "fping/options.h"

/* What taking an option leads to. */
enum fping_taken {
    FPING_TAKEN,
    FPING_USAGE,   /* the value is wrong: show the help text */
    FPING_REFUSED, /* a complaint has been made */
    FPING_HELP,
    FPING_SHOW_VERSION
};

struct fping_option {
    const char *name;     /* NULL: none */
    char letter;          /* 0: none */
    bool output;          /* stands in the second part of the help */
    const char *argument; /* what the help calls it; NULL: takes none */
    enum fping_taken (*take)(struct fping_options *options, const struct fping_option *option,
                             const char *argument);
    size_t field;     /* offset in struct fping_options */
    int64_t min, max; /* of numbers */
    const char *help; /* lines; NULL: not shown */
};

extern const struct fping_option fping_option_table[];
extern const size_t fping_option_count;

#endif
