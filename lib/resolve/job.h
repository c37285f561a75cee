/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs, from the first query that wants them to the last one that needs them. */
#ifndef MPING_RESOLVE_JOB_H
#define MPING_RESOLVE_JOB_H

#include <stddef.h>

#include "resolve/resolve.h"
#include "resolve/state.h"

/* The job for a name: one that can be shared, or a new one. NULL: out of memory. */
struct mping_job *mping_job_get(struct mping_resolver *resolver, const char *name, int family);

/* A job of its own for a name, to begin later. NULL: out of memory. */
struct mping_job *mping_job_asleep(struct mping_resolver *resolver, const char *name, int family);
void mping_job_wake(struct mping_job *job);

/* A job that is answered already; addrs are copied. NULL: out of memory. */
struct mping_job *mping_job_answered(struct mping_resolver *resolver, int err,
                                     enum mping_reason reason, const struct mping_addr *addrs,
                                     size_t n);

void mping_job_join(struct mping_job *job, struct mping_query *query);
/* Takes the query out of whatever list it is in; the job ends if nobody needs it any more. */
void mping_job_leave(struct mping_query *query);

void mping_job_unref(struct mping_job *job);
/* The job is being looked up from now on. */
void mping_job_asked(struct mping_job *job);
/* It is not any more, and has to be all over again. */
void mping_job_restart(struct mping_job *job);
/* The lookup is over, by what the job says: its queries are ready. */
void mping_job_returned(struct mping_job *job);
/* The same, without an address. */
void mping_job_failed(struct mping_job *job, int err, enum mping_reason reason);
/* Takes those that have become old out of the window. */
void mping_jobs_age(struct mping_resolver *resolver);

/* Moves a query to the ready ones. */
void mping_query_ready(struct mping_query *query, int err, enum mping_reason reason);

#endif
