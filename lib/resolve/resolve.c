/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <multiping/error.h>

#include "base/dlist.h"
#include "resolve/channel.h"
#include "resolve/deadlines.h"
#include "resolve/dns.h"
#include "resolve/job.h"
#include "resolve/lookup.h"
#include "resolve/name.h"
#include "resolve/state.h"
#include "resolve/system.h"

static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static int library_status;

/* c-ares wants this once per process; it is never taken back, others may use it too. */
static void init_library(void)
{
    library_status = ares_library_init(ARES_LIB_INIT_ALL);
}

static int open_descriptors(struct mping_resolver *resolver)
{
    struct epoll_event event = {.events = EPOLLIN};

    resolver->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    resolver->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    event.data.fd = resolver->event_fd;
    if (resolver->epoll_fd < 0 || resolver->event_fd < 0 ||
        epoll_ctl(resolver->epoll_fd, EPOLL_CTL_ADD, resolver->event_fd, &event) < 0)
        return -errno;
    return 0;
}

int mping_resolver_new(struct mping_resolver **ret_resolver)
{
    struct mping_resolver *resolver;
    int err;

    pthread_once(&library_once, init_library);
    if (library_status != ARES_SUCCESS)
        return MPING_ENOMEM;
    resolver = calloc(1, sizeof(*resolver));
    if (!resolver)
        return MPING_ENOMEM;
    resolver->tick_ns = INT64_MAX;
    mping_dlist_init(&resolver->waiting);
    mping_dlist_init(&resolver->asleep);
    mping_dlist_init(&resolver->young);
    mping_dlist_init(&resolver->halves);
    mping_dlist_init(&resolver->ready);
    mping_dlist_init(&resolver->delivering);
    err = open_descriptors(resolver);
    if (err < 0) {
        mping_resolver_free(resolver);
        return err;
    }
    *ret_resolver = resolver;
    return 0;
}

static void drop_query(struct mping_query *query)
{
    mping_deadlines_remove(&query->job->resolver->deadlines, &query->deadline);
    mping_job_leave(query);
    free(query);
}

static struct mping_query *take_first(struct mping_link *queries)
{
    return (struct mping_query *)mping_dlist_pop(queries);
}

static void drop_all(struct mping_link *queries)
{
    struct mping_query *query;

    while ((query = take_first(queries)))
        drop_query(query);
}

static void drop_jobs(struct mping_link *jobs)
{
    while (!mping_dlist_is_empty(jobs)) {
        struct mping_job *job = (struct mping_job *)jobs->next;
        struct mping_query *query;

        /* The job goes with the last of its queries. */
        for (unsigned refs = job->refs; refs > 0 && (query = take_first(&job->queries)); refs--)
            drop_query(query);
    }
}

/* c-ares takes its sockets out of the set when it closes them: not out of a parent's. */
void mping_resolver_disconnect(struct mping_resolver *resolver)
{
    if (!resolver)
        return;
    close(resolver->epoll_fd);
    close(resolver->event_fd);
    resolver->epoll_fd = resolver->event_fd = -1;
    if (resolver->system && !mping_system_disconnect(resolver->system))
        resolver->system = NULL;
}

void mping_resolver_free(struct mping_resolver *resolver)
{
    if (!resolver)
        return;
    mping_lookup_close(resolver);
    drop_jobs(&resolver->waiting);
    drop_jobs(&resolver->asleep);
    drop_all(&resolver->ready);
    drop_all(&resolver->delivering);
    mping_deadlines_done(&resolver->deadlines);
    if (resolver->epoll_fd >= 0)
        close(resolver->epoll_fd);
    if (resolver->event_fd >= 0)
        close(resolver->event_fd);
    free(resolver);
}

/* Whether process has something to do right away. */
static bool has_work(const struct mping_resolver *resolver)
{
    return !mping_dlist_is_empty(&resolver->ready) || mping_lookup_has_room(resolver);
}

/* event_fd is readable exactly while there is work; what fails is tried again by the next call. */
static void update_event(struct mping_resolver *resolver)
{
    bool set = has_work(resolver);
    uint64_t value = 1;

    if (set == resolver->event_set)
        return;
    if (set ? write(resolver->event_fd, &value, sizeof(value)) == (ssize_t)sizeof(value)
            : read(resolver->event_fd, &value, sizeof(value)) == (ssize_t)sizeof(value))
        resolver->event_set = set;
}

/* The job that will have the answer, or has it; NULL without memory. */
static struct mping_job *find_job(struct mping_resolver *resolver,
                                  const struct mping_query_opts *lookup)
{
    const char *name = lookup->name;
    int family = lookup->family;
    struct mping_addr addr;
    size_t n = 0;

    if (!*name || strlen(name) >= NI_MAXHOST)
        return mping_job_answered(resolver, MPING_ERESOLVE, MPING_REASON_NOT_A_NAME, NULL, 0);
    if (!mping_name_is_numeric(name, family, &addr, &n))
        return lookup->delay_ns > 0 ? mping_job_asleep(resolver, name, family)
                                    : mping_job_get(resolver, name, family);
    if (n == 0)
        return mping_job_answered(resolver, MPING_ERESOLVE, MPING_REASON_NO_ADDRESS, NULL, 0);
    return mping_job_answered(resolver, 0, MPING_REASON_NONE, &addr, n);
}

static int64_t later(int64_t now_ns, int64_t ns)
{
    return ns < INT64_MAX - now_ns ? now_ns + ns : INT64_MAX;
}

int mping_resolver_query(struct mping_resolver *resolver, const struct mping_query_opts *lookup,
                         int64_t now_ns, struct mping_query **ret_query)
{
    struct mping_query *query = calloc(1, sizeof(*query));
    struct mping_job *job = query ? find_job(resolver, lookup) : NULL;

    if (!job) {
        free(query);
        return MPING_ENOMEM;
    }
    mping_dlist_init(&query->link);
    query->done = lookup->done;
    query->user = lookup->user;
    query->deadline.owner = query;
    query->timeout_ns = lookup->timeout_ns;
    query->deadline.at_ns =
        later(now_ns, lookup->delay_ns > 0 ? lookup->delay_ns : lookup->timeout_ns);
    mping_job_join(job, query);
    if (job->state == MPING_JOB_ANSWERED) {
        mping_query_ready(query, job->err, job->reason);
    } else if (mping_deadlines_add(&resolver->deadlines, &query->deadline) < 0) {
        drop_query(query);
        return MPING_ENOMEM;
    }
    update_event(resolver);
    *ret_query = query;
    return 0;
}

void mping_resolver_cancel(struct mping_resolver *resolver, struct mping_query *query)
{
    drop_query(query);
    update_event(resolver);
}

int mping_resolver_fd(const struct mping_resolver *resolver)
{
    return resolver->epoll_fd;
}

int64_t mping_resolver_deadline_ns(const struct mping_resolver *resolver)
{
    const struct mping_deadline *first = mping_deadlines_first(&resolver->deadlines);

    if (resolver->event_set || has_work(resolver))
        return 0;
    return first && first->at_ns < resolver->tick_ns ? first->at_ns : resolver->tick_ns;
}

/* The lookup begins. */
static void wake(struct mping_resolver *resolver, struct mping_query *query)
{
    mping_deadlines_remove(&resolver->deadlines, &query->deadline);
    query->deadline.at_ns = later(resolver->now_ns, query->timeout_ns);
    if (mping_deadlines_add(&resolver->deadlines, &query->deadline) < 0)
        mping_query_ready(query, MPING_ENOMEM, MPING_REASON_NONE);
    else
        mping_job_wake(query->job);
}

static void expire(struct mping_resolver *resolver)
{
    struct mping_deadline *first;

    while ((first = mping_deadlines_first(&resolver->deadlines)) &&
           first->at_ns <= resolver->now_ns) {
        struct mping_query *query = first->owner;

        if (query->job->state == MPING_JOB_ASLEEP)
            wake(resolver, query);
        else if (!mping_dns_settle_half(query->job))
            mping_query_ready(query, MPING_ERESOLVE, MPING_REASON_NO_ANSWER);
    }
}

/* Those that become ready meanwhile, by what the callbacks do, wait for the next round. */
static void deliver(struct mping_resolver *resolver, size_t max)
{
    struct mping_query *query;

    while (max-- > 0 && (query = take_first(&resolver->ready)))
        mping_dlist_append(&resolver->delivering, &query->link);
    while ((query = take_first(&resolver->delivering))) {
        struct mping_job *job = query->job;

        query->done(query->user, query->err, query->reason, job->addrs, job->n_addrs);
        mping_job_leave(query);
        free(query);
    }
}

void mping_resolver_process(struct mping_resolver *resolver, int64_t now_ns, size_t max)
{
    resolver->now_ns = now_ns;
    mping_channel_process(resolver);
    mping_jobs_age(resolver);
    mping_dns_age(resolver);
    expire(resolver);
    mping_lookup_start(resolver);
    mping_channel_give_up(resolver);
    deliver(resolver, max);
    update_event(resolver);
}
