/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/fallback.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <multiping/error.h>

#include "base/address.h"
#include "base/dlist.h"
#include "resolve/answer.h"
#include "resolve/gai.h"
#include "resolve/job.h"
#include "resolve/resolve.h"
#include "resolve/state.h"
#include "resolve/system.h"

static int open_system(struct mping_resolver *resolver)
{
    struct epoll_event event = {.events = EPOLLIN};
    int err;

    if (resolver->system)
        return 0;
    err = mping_system_new(&resolver->system, NULL, NULL);
    if (err < 0)
        return err;
    event.data.fd = mping_system_fd(resolver->system);
    if (epoll_ctl(resolver->epoll_fd, EPOLL_CTL_ADD, event.data.fd, &event) == 0)
        return 0;
    err = errno == ENOMEM || errno == ENOSPC ? MPING_ENOMEM : -errno;
    mping_system_free(resolver->system, NULL);
    resolver->system = NULL;
    return err;
}

void mping_fallback_ask(struct mping_job *job, int family)
{
    struct mping_resolver *resolver = job->resolver;
    int err = open_system(resolver);

    job->in_dns = false;
    mping_dlist_remove(&job->half.link);
    if (err == 0)
        err = mping_system_ask(resolver->system, job->name, family, job);
    if (err == -EAGAIN)
        mping_job_failed(job, MPING_ERESOLVE, MPING_REASON_NO_THREAD);
    else if (err < 0)
        mping_job_failed(job, err, MPING_REASON_NONE);
}

/* Without the scopes that mean nothing. Returns how many are left. */
static size_t keep_each_once(struct mping_addr *addrs, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        size_t same = 0;

        if (!mping_ip6_needs_link(addrs[i].ip))
            addrs[i].scope_id = 0;
        while (same < kept && memcmp(&addrs[same], &addrs[i], sizeof(addrs[i])) != 0)
            same++;
        addrs[same] = addrs[i];
        kept += same == kept;
    }
    return kept;
}

void mping_fallback_take(struct mping_resolver *resolver)
{
    struct mping_system_answer answer;

    while (resolver->system && mping_system_take(resolver->system, &answer)) {
        struct mping_job *job = answer.user;

        free(job->addrs);
        job->addrs = answer.addrs;
        job->n_addrs = keep_each_once(answer.addrs, answer.n);
        job->err = 0;
        if (answer.gai_error)
            job->err = mping_answer_gai_error(&answer, job->reason, &job->reason);
        else
            job->reason = MPING_REASON_NONE;
        mping_job_returned(job);
    }
}
