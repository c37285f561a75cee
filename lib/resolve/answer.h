/* SPDX-License-Identifier: Apache-2.0 */
/* What the answers of the DNS, or the failures of getaddrinfo(), mean for a job. */
#ifndef MPING_RESOLVE_ANSWER_H
#define MPING_RESOLVE_ANSWER_H

#include "resolve/gai.h"
#include "resolve/state.h"

/* Reads an answer for the family of the question into it: ARES_*. */
int mping_answer_read(struct mping_question *question, const unsigned char *data, int len);

/*
 * Puts the addresses of all questions into the job, IPv4 first and each address once.
 * 0, MPING_ENOMEM, or MPING_ERESOLVE if there is none.
 */
int mping_answer_merge(struct mping_job *job);

/* What a failure of c-ares means: MPING_ERESOLVE with its reason, or MPING_ENOMEM. */
int mping_answer_error(int ares_status, enum mping_reason *ret_reason);

/* What a failure of getaddrinfo() means, the same; known is what the DNS has said before. */
int mping_answer_gai_error(const struct mping_system_answer *answer, enum mping_reason known,
                           enum mping_reason *ret_reason);

#endif
