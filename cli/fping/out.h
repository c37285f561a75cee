/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Standard output and standard error as one sequence. What is written comes out in exactly
 * the order of the calls, whatever the two lead to, so that a merged stream reads as fping's.
 * A thread does the writing: a slow reader holds up nothing but memory, up to a limit.
 */
#ifndef MULTIPING_CLI_FPING_OUT_H
#define MULTIPING_CLI_FPING_OUT_H

#include <stdbool.h>
#include <stddef.h>

struct fping_out;

/* The file descriptors. */
enum fping_stream { FPING_STDOUT = 1, FPING_STDERR = 2 };

/* NULL without memory. Writes nothing before it is released. */
struct fping_out *fping_out_new(void);

/* Appends text. Waits only if the reader is further behind than memory should hold. */
void fping_out_bytes(struct fping_out *out, enum fping_stream stream, const char *data, size_t len);
void fping_out_print(struct fping_out *out, enum fping_stream stream, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Before the release: what has been kept so far comes after what is written from now on. */
void fping_out_set_aside(struct fping_out *out);

/* From now on flush really does: until then all is kept. */
void fping_out_release(struct fping_out *out);

/* Lets what has been appended be written. */
void fping_out_flush(struct fping_out *out);

/* Writes the rest and frees. 0, or the errno of the first write that failed. */
int fping_out_free(struct fping_out *out);

/* Says on standard error that output is lost. Returns the exit status for that. */
int fping_write_error(const char *program, int error);

#endif
