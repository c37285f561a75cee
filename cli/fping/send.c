/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "fping/fping.h"
#include "fping/run.h"

enum {
    GROUP_MAX = 128, /* then the engine gets its turn */
};

#define NEVER_NS INT64_MAX

static bool grow(struct fping_wanteds *q)
{
    size_t size = q->size ? 2 * q->size : 64;
    struct fping_wanted *items = malloc(size * sizeof(*items));

    if (!items)
        return false;
    for (size_t i = 0; i < q->n; i++)
        items[i] = q->items[(q->head + i) & (q->size - 1)];
    free(q->items);
    q->items = items;
    q->size = size;
    q->head = 0;
    return true;
}

void fping_send_want(struct fping_run *run, struct fping_host *host, uint64_t index, bool again)
{
    struct fping_wanteds *q = &run->wanteds;

    if (q->n == q->size && !grow(q)) {
        run->status = FPING_NO_MEMORY;
        return;
    }
    q->items[(q->head + q->n++) & (q->size - 1)] =
        (struct fping_wanted){.host = host, .index = index, .again = again};
}

/*
 * No packet could be tried: what is shown of the host would not tell, least of all with -q. Of
 * timestamps by a ping socket fping says no more than that the argument is invalid.
 */
static void say_refused(struct fping_run *run, const struct fping_host *host, int err)
{
    if (err == MPING_ENOMEM || err == MPING_ENOTSUP || err == run->refused_err)
        return;
    run->refused_err = err; /* the first host stands for all */
    (void)fprintf(stderr, "%s: %s: %s\n", run->options->program, host->name,
                  mping_errmsg(run->engine));
}

static void hand_over(struct fping_run *run, struct fping_host *host, int64_t now_ns)
{
    int err = 0;

    run->totals.sent++;
    run->last_family = host->addr.family;
    fping_young_sent(&run->young, now_ns);
    if (!host->target) {
        struct mping_target_opts *opts = &run->target_opts[host->addr.family == AF_INET6];

        opts->user = host;
        err = mping_add_addr(run->engine, &host->addr, opts, &host->target);
    }
    if (err == 0)
        err = mping_send(host->target);
    if (err < 0) {
        say_refused(run, host, err);
        fping_verdict_not_sent(run, host, err);
    }
}

void fping_send_retry(struct fping_run *run, struct fping_host *host, int64_t timeout_ns)
{
    int64_t now_ns = fping_now_ns();

    mping_set_timeout(host->target, timeout_ns);
    fping_pace_spend(&run->pace, now_ns);
    hand_over(run, host, now_ns);
}

/* Sends the oldest ping out of turn. */
static void send_wanted(struct fping_run *run, int64_t now_ns)
{
    struct fping_wanteds *q = &run->wanteds;
    struct fping_wanted wanted = q->items[q->head];

    q->head = (q->head + 1) & (q->size - 1);
    q->n--;
    if (wanted.host->done || (!wanted.again && wanted.host->asked))
        return;
    if (wanted.again && fping_has_tally(run) && !fping_host_repeat(wanted.host, wanted.index)) {
        run->status = FPING_NO_MEMORY;
        return;
    }
    wanted.host->asked += !wanted.again;
    fping_pace_spend(&run->pace, now_ns);
    hand_over(run, wanted.host, now_ns);
}

/* The next host of the round that wants a ping; NULL: none, or not yet. */
static struct fping_host *look_for_next(struct fping_run *run, int64_t now_ns)
{
    uint64_t pings = fping_pings(run);

    for (; run->position < run->hosts.n; run->position++) {
        struct fping_host *host = fping_hosts_at(&run->hosts, run->position);

        if (host->state == FPING_HOST_READY && !host->done && host->asked < pings)
            return host;
        if (host->state != FPING_HOST_NAMED)
            continue;
        if (now_ns < run->patience_ns)
            return NULL; /* most names are known at once: their order is kept */
        host->passed = true;
    }
    return NULL;
}

static bool is_over(const struct fping_run *run)
{
    return run->position == run->hosts.n;
}

/* On to the next round, unless there is none. */
static void start_round(struct fping_run *run, int64_t now_ns)
{
    int64_t period_ns = run->options->period_ns;

    run->position = 0;
    run->round++;
    run->round_idle = true;
    run->round_due_ns += period_ns;
    if (run->round_due_ns < now_ns - period_ns)
        run->round_due_ns = now_ns - period_ns;
}

/* Sends one ping if it is due: returns now_ns then, else when it will be. */
static int64_t send_next(struct fping_run *run, int64_t now_ns)
{
    struct fping_host *host;
    int64_t due_ns;

    if (run->wanteds.n && run->pace.next_ns > now_ns)
        return run->pace.next_ns;
    if (run->wanteds.n) {
        send_wanted(run, now_ns);
        return now_ns;
    }
    host = look_for_next(run, now_ns);
    if (!host && is_over(run) && fping_has_tally(run) && !run->round_idle) {
        start_round(run, now_ns);
        host = look_for_next(run, now_ns);
    }
    if (!host)
        return is_over(run) ? NEVER_NS : run->patience_ns;
    if (run->totals.sent == 0)
        run->round_due_ns = now_ns;
    due_ns = run->round_due_ns > run->pace.next_ns ? run->round_due_ns : run->pace.next_ns;
    if (due_ns > now_ns)
        return due_ns;
    host->asked++;
    run->position++;
    run->round_idle = false;
    fping_pace_spend(&run->pace, now_ns);
    hand_over(run, host, now_ns);
    return now_ns;
}

/* Of the next ping by schedule, where that is known; else of the last one. */
static uint16_t next_family(const struct fping_run *run)
{
    const struct fping_host *host;

    if (run->position >= run->hosts.n)
        return run->last_family;
    host = fping_hosts_at(&run->hosts, run->position);
    return host->state == FPING_HOST_READY ? host->addr.family : run->last_family;
}

int64_t fping_send_due(struct fping_run *run)
{
    int64_t now_ns = fping_now_ns(), due_ns = now_ns;

    if (run->options->source_error)
        return NEVER_NS; /* it ends once all names are known */
    for (int i = 0; i < GROUP_MAX && due_ns <= now_ns && run->status < 0; i++) {
        if (i > 0 && next_family(run) != run->last_family)
            return now_ns; /* a group leaves through one socket: so pings keep their order */
        if (fping_young_full(&run->young, now_ns)) {
            run->blocked = true;
            return fping_young_next_ns(&run->young);
        }
        due_ns = send_next(run, now_ns);
    }
    return fping_pace_wake_ns(&run->pace, due_ns, now_ns);
}
