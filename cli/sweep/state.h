/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far a sweep is, in a file, so that it can be stopped and go on: the arguments as a sum, the
 * seed, the next place in the order, those before it that are still out, and the sums so far.
 */
#ifndef MULTIPING_CLI_SWEEP_STATE_H
#define MULTIPING_CLI_SWEEP_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sweep/sums.h"

struct cli_sweep_state {
    uint64_t arguments; /* what the order depends on, but the seed */
    uint64_t seed;
    uint64_t next; /* places before it are done, but for those pending */
    uint64_t *pending;
    size_t pending_n;
    struct cli_sweep_sums sums;
};

/*
 * Reads a file. 1; 0 if there is none, or an empty one; or -1 with *ret_problem, for people. Free
 * what it holds with cli_sweep_state_done().
 */
int cli_sweep_state_read(struct cli_sweep_state *ret_state, const char *path,
                         const char **ret_problem);

void cli_sweep_state_done(struct cli_sweep_state *state);

/* The state as text, which is the caller's to free; NULL without memory. */
char *cli_sweep_state_text(const struct cli_sweep_state *state, size_t *ret_len);

/*
 * Takes the file for this process alone, and makes it if there is none. Returns a descriptor that
 * holds the lock, with *ret_real the file that links lead to, which is the caller's to free; or
 * -1 with *ret_problem.
 */
int cli_sweep_state_lock(const char *path, char **ret_real, const char **ret_problem);

/*
 * Puts a text into the file's place at once: whoever reads it finds the old one or the new one.
 * sync: also after a failure of power. The lock goes over to the new file: *lock_fd is replaced.
 * 0 or -errno.
 */
int cli_sweep_state_write(const char *path, const char *text, size_t len, bool sync, int *lock_fd);

#endif
