/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong, in words: for mping_errmsg(). */
#ifndef MPING_SESSION_ERRMSG_H
#define MPING_SESSION_ERRMSG_H

#include <stdint.h>

enum { MPING_ERRMSG_BYTES = 256 };

struct mping;

/* Notes it, with the engine's lock; returns err. */
int mping_fail(struct mping *m, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same without the lock. */
int mping_refuse(struct mping *m, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* MPING_EBUSY: it is not possible inside a callback. */
int mping_fail_busy(struct mping *m);
/* Forgets the last one, so that the next function tells whether something has been said since. */
void mping_fail_begin(struct mping *m);
/* Notes the text of err unless there is one already; returns err. Both with the lock. */
int mping_fail_unsaid(struct mping *m, int err);
/* Where there is no engine to keep it: for this thread. */
int mping_fail_new(int err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes which field has which value, and what it may have; returns err. */
int mping_complain(char text[MPING_ERRMSG_BYTES], int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* 0, or MPING_EINVAL with a complaint. also: what else it may be, "" if nothing. */
int mping_check_range(char text[MPING_ERRMSG_BYTES], const char *field, int64_t value, int64_t min,
                      int64_t max, const char *also);
int mping_check_family(char text[MPING_ERRMSG_BYTES], const char *field, int family);

#endif
