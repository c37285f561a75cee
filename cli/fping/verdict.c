/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/verdict.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fping/format_text.h"
#include "fping/out.h"
#include "fping/send.h"
#include "fping/status.h"
#include "text/time_style.h"

enum { UNKNOWNS_MAX = 10 }; /* repeats of a ping whose fate is unknown */

static bool is_quiet(const struct fping_run *run)
{
    return run->options->quiet;
}

/*
 * Nothing more is wanted of the host. Its target stays, as a reply may come twice; where
 * there are very many hosts, only those of the last ones.
 */
static void close_host(struct fping_run *run, struct fping_host *host)
{
    struct fping_host **place;

    host->done = true;
    run->open--;
    if (run->open == 0)
        mping_wakeup(run->engine);
    if (run->hosts.n <= FPING_LINGERING_MAX || !run->lingering)
        return;
    place = &run->lingering[run->lingering_at++ % FPING_LINGERING_MAX];
    if (*place) {
        mping_close((*place)->target);
        (*place)->target = NULL;
    }
    *place = host;
}

static struct fping_ping ping_of(const struct fping_run *run, const struct fping_host *host,
                                 uint64_t index, const struct mping_event *event)
{
    struct fping_ping ping = {
        .event = event,
        .name = host->name,
        .index = index,
        .numbers = fping_host_numbers(host, fping_has_tally(run)),
    };

    if (event->received_ns)
        ping.wall_ns = event->sent_wall_ns + (event->received_ns - event->sent_ns);
    else
        ping.wall_ns = app_wall_ns();
    return ping;
}

/* The timeout of a further try: the first one times the factor for each before. */
static int64_t timeout_ns(const struct fping_run *run, uint64_t tries)
{
    double ns = (double)run->options->timeout_ns;

    for (uint64_t i = 0; i < tries && ns < 1e17; i++)
        ns *= run->options->backoff;
    return (int64_t)ns;
}

static void count_total(struct fping_run *run, int64_t rtt_ns)
{
    struct fping_numbers *n = &run->totals.rtts;

    if (!n->received || rtt_ns < n->min_ns)
        n->min_ns = rtt_ns;
    if (!n->received || rtt_ns > n->max_ns)
        n->max_ns = rtt_ns;
    n->total_ns += rtt_ns;
    n->received++;
}

/* 0.0.0.0 and :: stand for this machine, whose answer comes from another address. */
static void tell_source(const struct fping_run *run, const struct fping_host *host,
                        const struct mping_event *event)
{
    if (memcmp(event->peer.ip, host->addr.ip, sizeof(event->peer.ip)) != 0 &&
        event->peer.family == host->addr.family)
        fping_text_other_source(&run->page, &event->peer);
}

static void first_reply(struct fping_run *run, const struct fping_ping *ping)
{
    run->totals.alive++;
    if (run->options->fast_reachable && run->totals.alive >= (uint64_t)run->options->reachable) {
        run->finish = true;
        mping_wakeup(run->engine);
    }
    if (run->options->show_alive)
        fping_text_alive(&run->page, ping);
}

/* Whether that was the last ping of the host. */
static bool is_complete(const struct fping_run *run, const struct fping_host *host)
{
    return run->options->mode == FPING_MODE_COUNT && host->sent >= fping_pings(run);
}

static void on_duplicate(struct fping_run *run, const struct fping_host *host, uint64_t index,
                         const struct mping_event *event)
{
    struct fping_ping ping = ping_of(run, host, index, event);

    if (!fping_has_tally(run))
        fping_text_duplicate(&run->page, &ping);
}

static void on_reply(struct fping_run *run, struct fping_host *host, uint64_t index,
                     const struct mping_event *event)
{
    struct fping_ping ping;

    if (!fping_has_tally(run) && host->received) { /* to an earlier or a later try */
        on_duplicate(run, host, 0, event);
        return;
    }
    host->unknowns = 0;
    fping_host_count(host, fping_has_tally(run), index, event->rtt_ns);
    count_total(run, event->rtt_ns);
    ping = ping_of(run, host, index, event);
    if (run->options->show_pings || (run->options->show_alive && host->received == 1))
        tell_source(run, host, event);
    if (host->received == 1)
        first_reply(run, &ping);
    if (run->options->show_pings)
        run->format->reply(&run->page, &ping);
    if (!fping_has_tally(run) || is_complete(run, host))
        close_host(run, host);
}

/* In the words of the system, which is all that fping knows. */
static const char *send_error_text(int err)
{
    if (err == MPING_EBROADCAST)
        err = -EACCES;
    else if (err == MPING_ELINK)
        err = -ENETUNREACH;
    else if (err == MPING_EOTHERLINK)
        err = -EINVAL;
    return mping_strerror(err);
}

static void not_sent(struct fping_run *run, struct fping_host *host, uint64_t index, int err)
{
    if (host->done)
        return;
    if (err == MPING_ENOMEM) { /* our own trouble, which says nothing of the host */
        run->status = FPING_NO_MEMORY;
        return;
    }
    if (err == MPING_ENOTSUP) /* timestamps by a ping socket: what the kernel says to fping */
        err = -EINVAL;
    if (run->options->verbose)
        fping_text_send_error(&run->page, host->name, send_error_text(err));
    fping_host_count(host, fping_has_tally(run), index, -1);
    if (!fping_has_tally(run) || is_complete(run, host))
        close_host(run, host);
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

void fping_verdict_not_sent(struct fping_run *run, struct fping_host *host, int err)
{
    say_refused(run, host, err);
    not_sent(run, host, host->sent, err);
    fping_out_flush(run->page.out);
}

/* After a timeout in alive mode: the next try, or the end. */
static void try_again(struct fping_run *run, struct fping_host *host)
{
    int err;

    if (host->sent > (uint64_t)run->options->retries) {
        close_host(run, host);
        return;
    }
    err = fping_send_retry(run, host, timeout_ns(run, host->sent));
    if (err < 0)
        fping_verdict_not_sent(run, host, err);
}

static void on_timeout(struct fping_run *run, struct fping_host *host, uint64_t index,
                       const struct mping_event *event)
{
    if (host->done)
        return; /* alive mode: an earlier try was answered late */
    host->unknowns = 0;
    fping_host_count(host, fping_has_tally(run), index, -1);
    run->totals.timeouts++;
    if (run->options->show_pings) {
        struct fping_ping ping = ping_of(run, host, index, event);

        ping.wall_ns = app_wall_ns();
        run->format->timeout(&run->page, &ping);
    }
    if (!fping_has_tally(run))
        try_again(run, host);
    else if (is_complete(run, host))
        close_host(run, host);
}

/* We may have missed the reply: the ping does not count and is made again. */
static void on_unknown(struct fping_run *run, struct fping_host *host, uint64_t index,
                       const struct mping_event *event)
{
    const struct fping_wanted wanted = {.host = host, .index = index, .again = true};

    if (host->done)
        return;
    if (host->unknowns >= UNKNOWNS_MAX) {
        on_timeout(run, host, index, event);
        return;
    }
    host->unknowns++;
    if (!fping_wanteds_push(&run->wanteds, &wanted))
        run->status = FPING_NO_MEMORY;
    mping_wakeup(run->engine);
}

/* A reply to an earlier try may still be in time for the one that is out. */
static void on_late(struct fping_run *run, struct fping_host *host, uint64_t index,
                    const struct mping_event *event)
{
    if (!fping_has_tally(run) && !host->done && event->rtt_ns <= timeout_ns(run, host->sent))
        on_reply(run, host, index, event);
}

static void on_icmp_error(struct fping_run *run, const struct fping_host *host,
                          const struct mping_event *event)
{
    struct fping_ping ping = ping_of(run, host, 0, event);

    run->totals.other_icmp++;
    if (!is_quiet(run))
        fping_text_icmp_error(&run->page, &ping);
}

void fping_verdict(struct fping_run *run, const struct mping_event *event)
{
    struct fping_host *host = event->user;
    uint64_t index = fping_has_tally(run) ? fping_host_index(host, event->count) : 0;

    switch (event->type) {
    case MPING_EV_REPLY:
        run->totals.received++;
        on_reply(run, host, index, event);
        break;
    case MPING_EV_LATE:
        run->totals.received++;
        on_late(run, host, index, event);
        break;
    case MPING_EV_DUPLICATE:
        run->totals.received++;
        on_duplicate(run, host, index, event);
        break;
    case MPING_EV_LOST:
    case MPING_EV_UNREACHABLE:
        on_timeout(run, host, index, event);
        break;
    case MPING_EV_UNKNOWN:
        on_unknown(run, host, index, event);
        break;
    case MPING_EV_SEND_ERROR:
        not_sent(run, host, index, event->err);
        break;
    case MPING_EV_ICMP_ERROR:
        on_icmp_error(run, host, event);
        break;
    default:
        break;
    }
}
