/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/send.h"

#include <sys/socket.h>

#include "fping/status.h"
#include "text/time_style.h"

#define NEVER_NS INT64_MAX

/* 0, or why the engine did not take the ping. */
static int hand_over(struct fping_run *run, struct fping_host *host, int64_t now_ns)
{
    int err = 0;

    fping_pace_spend(&run->pace, now_ns);
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
    return err < 0 ? err : 0;
}

int fping_send_retry(struct fping_run *run, struct fping_host *host, int64_t timeout_ns)
{
    int64_t now_ns = app_mono_ns();

    mping_set_timeout(host->target, timeout_ns);
    return hand_over(run, host, now_ns);
}

/* The oldest ping out of turn. */
static struct fping_step send_wanted(struct fping_run *run, int64_t now_ns)
{
    struct fping_wanted wanted = fping_wanteds_pop(&run->wanteds);
    const struct fping_step none = {.due_ns = now_ns};

    if (wanted.host->done || (!wanted.again && wanted.host->asked))
        return none;
    if (wanted.again && fping_has_tally(run) && !fping_host_repeat(wanted.host, wanted.index)) {
        run->status = FPING_NO_MEMORY;
        return none;
    }
    wanted.host->asked += !wanted.again;
    return (struct fping_step){
        .due_ns = now_ns,
        .host = wanted.host,
        .err = hand_over(run, wanted.host, now_ns),
    };
}

/* The next host of the round that wants a ping; NULL: none, or not yet. */
static struct fping_host *look_for_next(struct fping_run *run, int64_t now_ns)
{
    uint64_t pings = fping_pings(run);

    for (; run->round.position < run->hosts.n; run->round.position++) {
        struct fping_host *host = fping_hosts_at(&run->hosts, run->round.position);

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
    return run->round.position == run->hosts.n;
}

/* On to the next round, unless there is none. */
static void start_round(struct fping_run *run, int64_t now_ns)
{
    int64_t period_ns = run->options->period_ns;

    run->round.position = 0;
    run->round.n++;
    run->round.idle = true;
    run->round.due_ns += period_ns;
    if (run->round.due_ns < now_ns - period_ns)
        run->round.due_ns = now_ns - period_ns;
}

/* The next ping by schedule. */
static struct fping_step send_scheduled(struct fping_run *run, int64_t now_ns)
{
    struct fping_host *host = look_for_next(run, now_ns);
    int64_t due_ns;

    if (!host && is_over(run) && fping_has_tally(run) && !run->round.idle) {
        start_round(run, now_ns);
        host = look_for_next(run, now_ns);
    }
    if (!host)
        return (struct fping_step){.due_ns = is_over(run) ? NEVER_NS : run->patience_ns};
    if (run->totals.sent == 0)
        run->round.due_ns = now_ns;
    due_ns = run->round.due_ns > run->pace.next_ns ? run->round.due_ns : run->pace.next_ns;
    if (due_ns > now_ns)
        return (struct fping_step){.due_ns = due_ns};
    host->asked++;
    run->round.position++;
    run->round.idle = false;
    return (struct fping_step){
        .due_ns = now_ns,
        .host = host,
        .err = hand_over(run, host, now_ns),
    };
}

struct fping_step fping_send_next(struct fping_run *run, int64_t now_ns)
{
    if (run->wanteds.n && run->pace.next_ns > now_ns)
        return (struct fping_step){.due_ns = run->pace.next_ns};
    return run->wanteds.n ? send_wanted(run, now_ns) : send_scheduled(run, now_ns);
}

/* Of the next ping by schedule, where that is known; else of the last one. */
static uint16_t next_family(const struct fping_run *run)
{
    const struct fping_host *host;

    if (run->round.position >= run->hosts.n)
        return run->last_family;
    host = fping_hosts_at(&run->hosts, run->round.position);
    return host->state == FPING_HOST_READY ? host->addr.family : run->last_family;
}

bool fping_send_switches_family(const struct fping_run *run)
{
    return next_family(run) != run->last_family;
}
