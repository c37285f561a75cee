/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/job.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <multiping/error.h>

#include "base/dlist.h"
#include "resolve/deadlines.h"
#include "resolve/name.h"
#include "resolve/resolve.h"
#include "resolve/state.h"

static int compare_jobs(const void *left, const void *right)
{
    const struct mping_job *a = left;
    const struct mping_job *b = right;

    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    return strcmp(a->name, b->name);
}

static void stop_sharing(struct mping_job *job)
{
    if (job->shared)
        tdelete(job, &job->resolver->shared, compare_jobs);
    job->shared = false;
}

static struct mping_job *new_job(struct mping_resolver *resolver, const char *name)
{
    size_t len = strlen(name) + 1;
    struct mping_job *job = calloc(1, sizeof(*job) + len);

    if (!job)
        return NULL;
    job->resolver = resolver;
    mping_dlist_init(&job->link);
    mping_dlist_init(&job->half.link);
    job->half.job = job;
    mping_dlist_init(&job->queries);
    memcpy(job->name, name, len);
    mping_name_fold(job->name);
    return job;
}

static void free_job(struct mping_job *job)
{
    stop_sharing(job);
    mping_dlist_remove(&job->link);
    mping_dlist_remove(&job->half.link);
    for (unsigned q = 0; q < job->n_questions; q++)
        free(job->questions[q].addrs);
    free(job->addrs);
    free(job);
}

void mping_job_unref(struct mping_job *job)
{
    if (--job->refs == 0)
        free_job(job);
}

struct mping_job *mping_job_get(struct mping_resolver *resolver, const char *name, int family)
{
    struct mping_job *job = new_job(resolver, name);
    struct mping_job **found;

    if (!job)
        return NULL;
    job->family = family;
    found = tsearch(job, &resolver->shared, compare_jobs);
    if (!found || *found != job) {
        free_job(job);
        return found ? *found : NULL;
    }
    job->shared = true;
    job->state = MPING_JOB_WAITING;
    mping_dlist_append(&resolver->waiting, &job->link);
    return job;
}

struct mping_job *mping_job_asleep(struct mping_resolver *resolver, const char *name, int family)
{
    struct mping_job *job = new_job(resolver, name);

    if (!job)
        return NULL;
    job->family = family;
    job->state = MPING_JOB_ASLEEP;
    mping_dlist_append(&resolver->asleep, &job->link);
    return job;
}

void mping_job_wake(struct mping_job *job)
{
    mping_dlist_remove(&job->link);
    job->state = MPING_JOB_WAITING;
    mping_dlist_append(&job->resolver->waiting, &job->link);
}

struct mping_job *mping_job_answered(struct mping_resolver *resolver, int err,
                                     enum mping_reason reason, const struct mping_addr *addrs,
                                     size_t n)
{
    struct mping_job *job = new_job(resolver, "");

    if (!job)
        return NULL;
    job->state = MPING_JOB_ANSWERED;
    job->err = err;
    job->reason = reason;
    if (n == 0)
        return job;
    job->addrs = calloc(n, sizeof(*addrs));
    if (!job->addrs) {
        free_job(job);
        return NULL;
    }
    memcpy(job->addrs, addrs, n * sizeof(*addrs));
    job->n_addrs = n;
    return job;
}

void mping_job_join(struct mping_job *job, struct mping_query *query)
{
    query->job = job;
    job->refs++;
    mping_dlist_append(&job->queries, &query->link);
}

void mping_job_leave(struct mping_query *query)
{
    struct mping_job *job = query->job;

    mping_dlist_remove(&query->link);
    query->job = NULL;
    /* A later query shall not depend on a request that nobody has wanted for a while. */
    if (mping_dlist_is_empty(&job->queries))
        stop_sharing(job);
    mping_job_unref(job);
}

void mping_job_asked(struct mping_job *job)
{
    struct mping_resolver *resolver = job->resolver;

    mping_dlist_remove(&job->link);
    job->state = MPING_JOB_YOUNG;
    job->asked_ns = resolver->now_ns;
    job->refs++;
    mping_dlist_append(&resolver->young, &job->link);
    resolver->n_young++;
}

static void leave_window(struct mping_job *job)
{
    mping_dlist_remove(&job->link);
    mping_dlist_remove(&job->half.link);
    if (job->state == MPING_JOB_YOUNG)
        job->resolver->n_young--;
    job->in_dns = false;
}

void mping_job_restart(struct mping_job *job)
{
    leave_window(job);
    job->state = MPING_JOB_ANSWERED;
    if (!mping_dlist_is_empty(&job->queries)) {
        job->state = MPING_JOB_WAITING;
        mping_dlist_append(&job->resolver->waiting, &job->link);
    }
    mping_job_unref(job);
}

void mping_job_returned(struct mping_job *job)
{
    leave_window(job);
    stop_sharing(job);
    job->state = MPING_JOB_ANSWERED;
    while (!mping_dlist_is_empty(&job->queries))
        mping_query_ready((struct mping_query *)job->queries.next, job->err, job->reason);
    mping_job_unref(job);
}

void mping_job_failed(struct mping_job *job, int err, enum mping_reason reason)
{
    job->err = err;
    job->reason = reason;
    job->n_addrs = 0;
    mping_job_returned(job);
}

void mping_jobs_age(struct mping_resolver *resolver)
{
    while (!mping_dlist_is_empty(&resolver->young)) {
        struct mping_job *job = (struct mping_job *)resolver->young.next;

        if (resolver->now_ns - job->asked_ns < MPING_YOUNG_NS)
            return;
        mping_dlist_remove(&job->link);
        stop_sharing(job);
        job->state = MPING_JOB_OLD;
        resolver->n_young--;
    }
}

void mping_query_ready(struct mping_query *query, int err, enum mping_reason reason)
{
    struct mping_resolver *resolver = query->job->resolver;

    mping_deadlines_remove(&resolver->deadlines, &query->deadline);
    mping_dlist_remove(&query->link);
    query->err = err;
    query->reason = reason;
    mping_dlist_append(&resolver->ready, &query->link);
}
