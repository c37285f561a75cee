/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/lookup.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <multiping/error.h>

#include "base/dlist.h"
#include "resolve/channel.h"
#include "resolve/dns.h"
#include "resolve/fallback.h"
#include "resolve/hosts.h"
#include "resolve/job.h"
#include "resolve/name.h"
#include "resolve/resolve.h"
#include "resolve/setup.h"
#include "resolve/state.h"
#include "resolve/system.h"

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
        mping_fallback_ask(job, job->family);
    else if (!mping_name_is_plain(job->name))
        mping_job_failed(job, MPING_ERESOLVE, MPING_REASON_NOT_A_NAME);
    else
        mping_dns_start(job);
}

bool mping_lookup_has_room(const struct mping_resolver *resolver)
{
    return !mping_dlist_is_empty(&resolver->waiting) && resolver->n_young < MPING_WINDOW &&
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
