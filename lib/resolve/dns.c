/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/dns.h"

#include <arpa/nameser.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <multiping/error.h>

#include "base/dlist.h"
#include "resolve/answer.h"
#include "resolve/channel.h"
#include "resolve/fallback.h"
#include "resolve/job.h"
#include "resolve/name.h"
#include "resolve/order.h"
#include "resolve/resolve.h"
#include "resolve/search_list.h"
#include "resolve/state.h"

/* So long the C library would have gone on with the same name, by default. */
#define PATIENCE_NS (10000 * MPING_NS_PER_MS)

static void ask(struct mping_job *job);

/* A server's word on the name: there are addresses, or none, or no such name. */
static bool is_word(const struct mping_question *question)
{
    return question->status == ARES_SUCCESS || question->status == ARES_ENODATA ||
           question->status == ARES_ENOTFOUND;
}

static bool has_status(const struct mping_job *job, int status)
{
    for (unsigned q = 0; q < job->n_questions; q++)
        if (!job->questions[q].is_open && job->questions[q].status == status)
            return true;
    return false;
}

static bool has_addrs(const struct mping_job *job)
{
    return job->questions[0].n + job->questions[1].n > 0;
}

/* All addresses are known that will be; is_half: of one family, as the other is silent. */
static void finish(struct mping_job *job, bool is_half)
{
    int err = mping_answer_merge(job);

    job->err = 0;
    job->reason = MPING_REASON_NONE;
    if (err < 0)
        mping_job_failed(job, err, MPING_REASON_NONE);
    else if (job->n_addrs == 1 ||
             (job->resolver->setup.is_default_order && mping_order_sort(job->addrs, job->n_addrs)))
        mping_job_returned(job);
    else
        mping_fallback_ask(job, is_half ? job->addrs[0].family : job->family);
}

/* Servers have said that there is nothing by this name. */
static void try_next(struct mping_job *job)
{
    bool is_last = job->step + 1 == mping_search_steps(&job->resolver->setup, job->name);

    if (is_last)
        mping_job_failed(job, MPING_ERESOLVE,
                         has_status(job, ARES_ENODATA) ? MPING_REASON_NO_ADDRESS
                                                       : MPING_REASON_NO_SUCH_NAME);
    else if (has_status(job, ARES_ENODATA))
        mping_fallback_ask(job, job->family); /* whether it ends here depends on aliases */
    else {
        job->step++;
        ask(job);
    }
}

/* Not all servers' words. */
static void settle_trouble(struct mping_job *job)
{
    int status = ARES_SUCCESS;
    bool is_silent;

    for (unsigned q = 0; q < job->n_questions; q++)
        if (!is_word(&job->questions[q]))
            status = job->questions[q].status;
    is_silent = status == ARES_ETIMEOUT;
    job->err = mping_answer_error(status, &job->reason);
    if (has_status(job, ARES_ECANCELLED) && !job->resolver->is_refused)
        mping_job_restart(job);
    else if (has_status(job, ARES_ENOMEM) || has_status(job, ARES_EDESTRUCTION) ||
             (is_silent && !has_addrs(job) && mping_dlist_is_empty(&job->queries)))
        mping_job_failed(job, job->err, job->reason);
    else if (is_silent && has_addrs(job))
        finish(job, true);
    else if (is_silent && job->resolver->now_ns - job->asked_ns < PATIENCE_NS)
        ask(job);
    else
        mping_fallback_ask(job, job->family);
}

static void settle(struct mping_job *job)
{
    struct mping_resolver *resolver = job->resolver;
    unsigned n_open = 0, n_words = 0;

    for (unsigned q = 0; q < job->n_questions; q++) {
        n_open += job->questions[q].is_open;
        n_words += !job->questions[q].is_open && is_word(&job->questions[q]);
    }
    if (n_open > 0 && has_addrs(job)) {
        job->half.since_ns = resolver->now_ns;
        mping_dlist_append(&resolver->halves, &job->half.link);
    }
    if (n_open > 0)
        return;
    mping_dlist_remove(&job->half.link);
    if (n_words < job->n_questions)
        settle_trouble(job);
    else if (has_addrs(job))
        finish(job, false);
    else
        try_next(job);
}

static void on_answer(void *arg, int status, int timeouts, unsigned char *data, int len)
{
    struct mping_question *question = arg;
    struct mping_job *job = question->job;

    (void)timeouts;
    question->is_open = false;
    question->status = status;
    job->resolver->n_asked--;
    if (job->in_dns) {
        if (status == ARES_SUCCESS)
            question->status = mping_answer_read(question, data, len);
        settle(job);
    }
    mping_job_unref(job);
}

/* Asks for the name of this step. */
static void ask(struct mping_job *job)
{
    struct mping_resolver *resolver = job->resolver;
    char name[MPING_NAME_MAX + 2];
    unsigned n = job->n_questions;

    if (!mping_search_name(&resolver->setup, job->name, job->step, name, sizeof(name))) {
        mping_fallback_ask(job, job->family);
        return;
    }
    for (unsigned q = 0; q < n; q++) {
        job->questions[q].is_open = true;
        job->questions[q].n = 0;
        free(job->questions[q].addrs);
        job->questions[q].addrs = NULL;
    }
    job->refs += n;
    resolver->n_asked += n;
    for (unsigned q = 0; q < n; q++)
        ares_query(resolver->channel, name, ns_c_in,
                   job->questions[q].family == AF_INET ? ns_t_a : ns_t_aaaa, on_answer,
                   &job->questions[q]);
}

void mping_dns_start(struct mping_job *job)
{
    int err = mping_channel_open(job->resolver);

    if (err == MPING_ENOMEM) {
        mping_job_failed(job, err, MPING_REASON_NONE);
        return;
    }
    if (err < 0) {
        mping_fallback_ask(job, job->family);
        return;
    }
    job->n_questions = 0;
    for (int i = 0; i < 2; i++) {
        int family = i ? AF_INET6 : AF_INET;

        if (job->family == AF_UNSPEC || job->family == family)
            job->questions[job->n_questions++] =
                (struct mping_question){.job = job, .family = family};
    }
    job->step = 0;
    job->in_dns = true;
    ask(job);
}

bool mping_dns_settle_half(struct mping_job *job)
{
    if (mping_dlist_is_empty(&job->half.link))
        return false;
    job->in_dns = false;
    mping_dlist_remove(&job->half.link);
    if (mping_answer_merge(job) < 0) {
        mping_job_failed(job, MPING_ENOMEM, MPING_REASON_NONE);
        return true;
    }
    job->err = 0;
    job->reason = MPING_REASON_NONE;
    (void)mping_order_sort(job->addrs, job->n_addrs); /* else the server's order has to do */
    mping_job_returned(job);
    return true;
}

void mping_dns_age(struct mping_resolver *resolver)
{
    while (!mping_dlist_is_empty(&resolver->halves)) {
        struct mping_half *half = (struct mping_half *)resolver->halves.next;
        struct mping_job *job = half->job;

        if (resolver->now_ns - half->since_ns < MPING_HALF_NS)
            return;
        mping_dlist_remove(&job->half.link);
        job->in_dns = false;
        finish(job, true);
    }
}
