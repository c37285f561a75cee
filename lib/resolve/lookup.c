/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <multiping/error.h>

#include "base/address.h"

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

void mping_lookup_by_system(struct mping_job *job, int family)
{
    struct mping_resolver *resolver = job->resolver;
    int err = open_system(resolver);

    job->in_dns = false;
    mping_list_remove(&job->half.link);
    if (err == 0)
        err = mping_system_ask(resolver->system, job->name, family, job);
    if (err < 0)
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

void mping_lookup_take(struct mping_resolver *resolver)
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

static void answer_by_hosts(struct mping_job *job, const struct mping_addr *addr)
{
    job->addrs = malloc(sizeof(*addr));
    if (!job->addrs) {
        mping_job_failed(job, MPING_ENOMEM, MPING_REASON_NONE);
        return;
    }
    job->addrs[0] = *addr;
    job->n_addrs = 1;
    mping_job_returned(job);
}

/* Whatever we could not answer as the C library does, it answers. */
static void look_up(struct mping_resolver *resolver, struct mping_job *job)
{
    const struct mping_setup *setup = &resolver->setup;
    enum mping_hosts_found found = MPING_HOSTS_OTHER;
    struct mping_addr addr;

    mping_job_asked(job);
    if (setup->hosts_first)
        found = mping_hosts_find(&setup->hosts, job->name, job->family, &addr);
    if (found == MPING_HOSTS_PLAIN)
        answer_by_hosts(job, &addr);
    else if (found == MPING_HOSTS_OTHER || !setup->then_dns || mping_name_is_special(job->name))
        mping_lookup_by_system(job, job->family);
    else if (!mping_name_is_plain(job->name))
        mping_job_failed(job, MPING_ERESOLVE, MPING_REASON_NOT_A_NAME);
    else
        mping_dns_start(job);
}

bool mping_lookup_has_room(const struct mping_resolver *resolver)
{
    return !mping_list_is_empty(&resolver->waiting) && resolver->n_young < MPING_WINDOW &&
           resolver->n_asked < MPING_ASKED_MAX;
}

void mping_lookup_start(struct mping_resolver *resolver)
{
    int changed;

    if (!mping_lookup_has_room(resolver))
        return;
    changed = mping_setup_update(&resolver->setup);
    if (changed < 0)
        return; /* without memory; again in the next turn */
    if (changed)
        mping_channel_reset(resolver);
    for (int i = 0; i < MPING_START_BATCH && mping_lookup_has_room(resolver); i++)
        look_up(resolver, (struct mping_job *)resolver->waiting.next);
    if (resolver->n_asked && resolver->tick_ns == INT64_MAX)
        resolver->tick_ns = resolver->now_ns + MPING_TICK_NS;
}

static void forgotten(void *user)
{
    mping_job_failed(user, MPING_ERESOLVE, MPING_REASON_NO_ANSWER);
}

void mping_lookup_close(struct mping_resolver *resolver)
{
    mping_channel_close(resolver);
    mping_system_free(resolver->system, forgotten);
    resolver->system = NULL;
    mping_setup_done(&resolver->setup);
}
