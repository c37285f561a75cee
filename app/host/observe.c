/* SPDX-License-Identifier: Apache-2.0 */
#include "host/observe.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WINDOW_MIN = 64, WINDOW_MAX = 1024 };

struct app_observation {
    pthread_mutex_t lock; /* guards what is below; its only rivals are readers */
    struct app_observed seen;
    struct app_outage run; /* the losses in a row up to `judged`; probes 0: none */
    uint64_t newest_reply; /* number of the latest probe that was answered, and 1; 0: none */
    uint64_t judged;       /* probes before this one have been put in order */
    uint64_t end;          /* one past the latest probe known */
    uint64_t first;        /* the results before this probe have been forgotten */
    size_t window;
    uint32_t *results; /* window of them, behind sent_ns */
    int64_t sent_ns[]; /* window of them: of each probe by its number */
};

size_t app_observation_window(const struct mping_target_opts *opts)
{
    uint64_t n = opts->window;

    if (opts->interval_ns > 0)
        n = (uint64_t)(opts->timeout_ns / opts->interval_ns) + 2;
    if (n > WINDOW_MAX || opts->timeout_ns == 0)
        return WINDOW_MAX;
    return n < WINDOW_MIN ? WINDOW_MIN : (size_t)n;
}

struct app_observation *app_observation_new(size_t window)
{
    const size_t each = sizeof(int64_t) + sizeof(uint32_t);
    struct app_observation *o = calloc(1, sizeof(*o) + window * each);

    if (o == NULL)
        return NULL;
    if (pthread_mutex_init(&o->lock, NULL) != 0) {
        free(o);
        return NULL;
    }
    o->window = window;
    o->results = (uint32_t *)&o->sent_ns[window];
    o->seen.ttl = o->seen.ttl_before = -1;
    return o;
}

void app_observation_free(struct app_observation *o)
{
    if (o == NULL)
        return;
    pthread_mutex_destroy(&o->lock);
    free(o);
}

static void end_outage(struct app_observed *seen, int64_t end_ns)
{
    struct app_outage *outage = &seen->recent[(seen->outages - 1) % APP_OUTAGES_KEPT];
    int64_t length_ns;

    outage->end_ns = end_ns;
    length_ns = app_outage_length_ns(outage, end_ns);
    seen->outages_ns += length_ns;
    if (seen->longest.probes == 0 || length_ns > app_outage_length_ns(&seen->longest, end_ns))
        seen->longest = *outage;
    seen->down = false;
}

static void judge_reply(struct app_observation *o, int64_t sent_ns)
{
    if (o->seen.down)
        end_outage(&o->seen, sent_ns);
    o->run.probes = 0;
    o->seen.loss_run = 0;
}

/* wall_ns: what to add to a monotonic time for the other clock. */
static void judge_loss(struct app_observation *o, int64_t sent_ns, int64_t wall_ns)
{
    struct app_observed *seen = &o->seen;

    if (o->run.probes == 0) {
        o->run.start_ns = sent_ns;
        o->run.start_wall_ns = sent_ns + wall_ns;
        seen->loss_runs++;
    }
    o->run.last_ns = sent_ns;
    o->run.probes++;
    seen->loss_run = o->run.probes;
    if (seen->loss_run > seen->loss_run_max)
        seen->loss_run_max = seen->loss_run;
    if (o->run.probes < APP_OUTAGE_PROBES)
        return;
    seen->outages += !seen->down;
    seen->down = true;
    seen->recent[(seen->outages - 1) % APP_OUTAGES_KEPT] = o->run;
}

/* Puts the next probe in order. */
static void judge(struct app_observation *o, int64_t wall_ns)
{
    size_t at = o->judged++ % o->window;
    uint32_t result = o->results[at];

    if (result <= APP_RESULT_RTT_MAX)
        judge_reply(o, o->sent_ns[at]);
    else if (result == APP_RESULT_LOST || result == APP_RESULT_UNREACHABLE)
        judge_loss(o, o->sent_ns[at], wall_ns);
}

/* Makes room for probe `count` and all before it, whose verdicts are waited for. */
static void reach(struct app_observation *o, uint64_t count, int64_t wall_ns)
{
    while (o->judged < o->end && count - o->judged >= o->window)
        judge(o, wall_ns);
    if (count - o->end >= o->window) /* all that was known has left the window */
        o->judged = o->end = o->first = count - o->window + 1;
    for (; o->end <= count; o->end++)
        o->results[o->end % o->window] = APP_RESULT_PENDING;
    if (o->end - o->first > o->window)
        o->first = o->end - o->window;
}

static void take_verdict(struct app_observation *o, const struct mping_event *event,
                         uint32_t result)
{
    int64_t wall_ns = event->sent_wall_ns - event->sent_ns;

    if (event->count >= o->end)
        reach(o, event->count, wall_ns);
    if (event->count < o->first)
        return; /* long forgotten */
    o->results[event->count % o->window] = result;
    o->sent_ns[event->count % o->window] = event->sent_ns;
    while (o->judged < o->end && o->results[o->judged % o->window] != APP_RESULT_PENDING)
        judge(o, wall_ns);
}

static void take_reply(struct app_observation *o, const struct mping_event *event)
{
    struct app_observed *seen = &o->seen;
    int64_t rtt_us = event->rtt_ns / 1000;

    if (event->count < o->newest_reply)
        seen->reordered++;
    else
        o->newest_reply = event->count + 1;
    if (event->ttl >= 0 && seen->ttl >= 0 && event->ttl != seen->ttl) {
        seen->ttl_before = seen->ttl;
        seen->ttl_changes++;
        seen->ttl_changed_wall_ns = event->sent_wall_ns + event->rtt_ns;
    }
    if (event->ttl >= 0)
        seen->ttl = event->ttl;
    take_verdict(o, event, rtt_us < APP_RESULT_RTT_MAX ? (uint32_t)rtt_us : APP_RESULT_RTT_MAX);
}

static void take_addr(struct app_observed *seen, const struct mping_event *event)
{
    if (seen->addr.family && memcmp(&seen->addr, &event->dst, sizeof(seen->addr)) != 0) {
        struct timespec now = {0};

        clock_gettime(CLOCK_REALTIME, &now);
        seen->addr_before = seen->addr;
        seen->addr_changes++;
        seen->addr_changed_wall_ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
    }
    seen->addr = event->dst;
}

/* What has no verdict by now gets none. */
static void finish(struct app_observation *o)
{
    while (o->judged < o->end)
        judge(o, 0);
}

static void note_failure(struct app_observed *seen, const struct mping_event *event)
{
    seen->failure = (struct app_failure){
        .type = event->type,
        .err = event->err,
        .family = event->peer.family,
        .reason = event->reason,
        .icmp_type = event->icmp_type,
        .icmp_code = event->icmp_code,
        .icmp_info = event->icmp_info,
    };
}

static void take(struct app_observation *o, const struct mping_event *event)
{
    switch (event->type) {
    case MPING_EV_REPLY:
        take_reply(o, event);
        break;
    case MPING_EV_LOST:
        take_verdict(o, event, APP_RESULT_LOST);
        break;
    case MPING_EV_UNREACHABLE:
        note_failure(&o->seen, event);
        take_verdict(o, event, APP_RESULT_UNREACHABLE);
        break;
    case MPING_EV_UNKNOWN:
        note_failure(&o->seen, event);
        take_verdict(o, event, APP_RESULT_UNKNOWN);
        break;
    case MPING_EV_SEND_ERROR:
    case MPING_EV_RESOLVE_ERROR:
        note_failure(&o->seen, event);
        take_verdict(o, event, APP_RESULT_FAILED);
        break;
    case MPING_EV_CANCELED:
        take_verdict(o, event, APP_RESULT_CANCELED);
        break;
    case MPING_EV_MISMATCH:
        if (event->reason == MPING_REASON_SOURCE) {
            o->seen.strangers++;
            o->seen.stranger = event->peer;
        }
        break;
    case MPING_EV_RESOLVED:
        take_addr(&o->seen, event);
        break;
    case MPING_EV_FINISHED:
        finish(o);
        break;
    default:
        break;
    }
}

void app_observe(struct app_observation *o, const struct mping_event *event)
{
    if (o == NULL)
        return;
    pthread_mutex_lock(&o->lock);
    take(o, event);
    pthread_mutex_unlock(&o->lock);
}

void app_observation_get(struct app_observation *o, struct app_observed *ret_observed)
{
    pthread_mutex_lock(&o->lock);
    *ret_observed = o->seen;
    pthread_mutex_unlock(&o->lock);
}

size_t app_observation_last(struct app_observation *o, uint32_t *ret_results, size_t n)
{
    uint64_t have;

    pthread_mutex_lock(&o->lock);
    have = o->end - o->first;
    n = n < have ? n : (size_t)have;
    for (size_t i = 0; i < n; i++)
        ret_results[i] = o->results[(o->end - n + i) % o->window];
    pthread_mutex_unlock(&o->lock);
    return n;
}

void app_observation_reset(struct app_observation *o)
{
    pthread_mutex_lock(&o->lock);
    o->seen = (struct app_observed){
        .ttl = o->seen.ttl,
        .ttl_before = -1,
        .addr = o->seen.addr,
    };
    o->run.probes = 0;
    o->first = o->judged;
    pthread_mutex_unlock(&o->lock);
}

const struct app_outage *app_outage_at(const struct app_observed *observed, size_t i)
{
    if (i >= APP_OUTAGES_KEPT || i >= observed->outages)
        return NULL;
    return &observed->recent[(observed->outages - 1 - i) % APP_OUTAGES_KEPT];
}

int64_t app_outage_length_ns(const struct app_outage *outage, int64_t now_ns)
{
    return (outage->end_ns ? outage->end_ns : now_ns) - outage->start_ns;
}

/* 0 while no outage lasts. */
static int64_t present_ns(const struct app_observed *observed, int64_t now_ns)
{
    const struct app_outage *newest = app_outage_at(observed, 0);

    return observed->down && newest ? app_outage_length_ns(newest, now_ns) : 0;
}

int64_t app_observed_outage_ns(const struct app_observed *observed, int64_t now_ns)
{
    return observed->outages_ns + present_ns(observed, now_ns);
}

int64_t app_observed_longest_ns(const struct app_observed *observed, int64_t now_ns)
{
    int64_t present = present_ns(observed, now_ns);
    int64_t longest = observed->longest.probes ? app_outage_length_ns(&observed->longest, 0) : 0;

    return present > longest ? present : longest;
}
