/* SPDX-License-Identifier: Apache-2.0 */
/*
 * While the view has the terminal, what is said on standard error would spoil the picture. It is
 * kept, if standard error is that terminal, and said afterwards.
 */
#ifndef MULTIPING_CLI_TOP_ASIDE_H
#define MULTIPING_CLI_TOP_ASIDE_H

#include <stdbool.h>
#include <stddef.h>

enum { TOP_ASIDE_BYTES = 16384 };

struct top_aside {
    int stderr_fd; /* the true one, -1: nothing is kept */
    int read_fd;
    size_t len;
    char kept[TOP_ASIDE_BYTES]; /* the first of it */
};

/* Begins. 0 or -errno. */
int top_aside_begin(struct top_aside *aside);

/* Takes what has been said; the last line of it into ret (size bytes), false if there is none. */
bool top_aside_take(struct top_aside *aside, char *ret, size_t size);

/* Standard error is itself again, and all that was kept is said. */
void top_aside_end(struct top_aside *aside);

#endif
