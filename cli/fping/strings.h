/* SPDX-License-Identifier: Apache-2.0 */
/* Strings that live until the end of the run. */
#ifndef MULTIPING_CLI_FPING_STRINGS_H
#define MULTIPING_CLI_FPING_STRINGS_H

#include <stddef.h>

struct fping_strings {
    struct fping_strings_piece *last;
    size_t used; /* of the last piece */
};

/* A copy of len bytes of text, which ends with a zero; NULL without memory. */
const char *fping_strings_add(struct fping_strings *strings, const char *text, size_t len);
void fping_strings_done(struct fping_strings *strings);

#endif
