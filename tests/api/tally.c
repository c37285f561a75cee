/* SPDX-License-Identifier: Apache-2.0 */
#include "tally.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tally *tally_new(size_t n)
{
    struct tally *tally = calloc(n, sizeof(*tally));

    if (!tally)
        abort();
    return tally;
}

void tally_opts(struct mping_target_opts *opts, struct tally *tally)
{
    mping_target_opts_init(opts, sizeof(*opts));
    opts->callback = tally_event;
    opts->user = tally;
}

static void broke(struct tally *tally, const char *promise)
{
    const char *none = NULL;

    atomic_compare_exchange_strong(&tally->broken, &none, promise);
}

static bool is_verdict(enum mping_event_type type)
{
    return type >= MPING_EV_REPLY && type <= MPING_EV_UNKNOWN;
}

static bool same_addr(const struct mping_addr *a, const struct mping_addr *b)
{
    return a->family == b->family && a->scope_id == b->scope_id &&
           memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

static bool err_fits(const struct mping_event *event)
{
    switch (event->type) {
    case MPING_EV_REPLY:
        return event->err == 0;
    case MPING_EV_LOST:
        return event->err == MPING_ETIMEDOUT;
    case MPING_EV_UNREACHABLE:
        return event->err == MPING_EICMP;
    case MPING_EV_SEND_ERROR:
        return (event->err < 0 && event->err > -4096) || event->err == MPING_EEXCLUDED ||
               event->err == MPING_ELINK || event->err == MPING_EBROADCAST ||
               event->err == MPING_EOTHERLINK;
    case MPING_EV_RESOLVE_ERROR:
        return event->err == MPING_ERESOLVE;
    case MPING_EV_CANCELED:
        return event->err == MPING_ECANCELED;
    case MPING_EV_UNKNOWN:
        return event->err == MPING_EUNKNOWN || event->err == MPING_ESEQWRAP;
    default:
        return true;
    }
}

static void watch_reply(struct tally *tally, const struct mping_event *event)
{
    if (!same_addr(&event->peer, &event->dst))
        broke(tally, "a reply from another address");
    if (event->sent_ns <= 0 || event->received_ns < event->sent_ns)
        broke(tally, "a reply received before the probe was sent");
    if (event->rtt_ns != event->received_ns - event->sent_ns)
        broke(tally, "rtt is not received - sent");
}

static void watch_verdict(struct tally *tally, const struct mping_event *event)
{
    uint8_t bit = (uint8_t)(1u << event->count % 8);

    atomic_fetch_add(&tally->verdicts, 1);
    if (event->seq != event->count % 65536)
        broke(tally, "seq is not count modulo 65,536");
    if (event->count < TALLY_PROBES && !tally->shared) {
        if (tally->judged[event->count / 8] & bit)
            broke(tally, "a second verdict for one probe");
        tally->judged[event->count / 8] |= bit;
    }
    if (event->type == MPING_EV_REPLY)
        watch_reply(tally, event);
    else if (event->rtt_ns != -1)
        broke(tally, "a probe without reply has an rtt");
    if (event->type == MPING_EV_UNKNOWN && event->reason != MPING_REASON_SEQ_WRAP)
        atomic_fetch_add(&tally->stalls, 1);
}

static void keep(struct tally *tally, const struct mping_event *event)
{
    if (!tally->shared)
        tally->last[event->type] = *event;
    atomic_fetch_add(&tally->n[event->type], 1);
}

void tally_event(const struct mping_event *event, void *user)
{
    struct tally *tally = user;

    if (atomic_fetch_add(&tally->inside, 1) != 0 && !tally->shared)
        broke(tally, "two callbacks of one target at once");
    if (event->user != user)
        broke(tally, "event.user is not opts.user");
    if (atomic_load(&tally->closed))
        broke(tally, "an event after mping_close()");
    if (atomic_load(&tally->n[MPING_EV_FINISHED]) && !tally->shared)
        broke(tally, "an event after FINISHED");
    if (!err_fits(event))
        broke(tally, "err does not fit the type");
    if (is_verdict(event->type) && event->type != MPING_EV_RESOLVE_ERROR)
        watch_verdict(tally, event);
    if ((int)event->type > 0 && (int)event->type < TALLY_TYPES)
        keep(tally, event);
    else
        broke(tally, "an unknown event type");
    if (tally->hook)
        tally->hook(tally, event);
    atomic_fetch_sub(&tally->inside, 1);
}

const char *stats_problem(const struct mping_stats *stats)
{
    static _Thread_local char text[256];

    if (stats->sent == stats->received + stats->lost + stats->unreachable + stats->send_errors +
                           stats->unknown + stats->canceled + stats->pending)
        return NULL;
    snprintf(text, sizeof(text),
             "sent %ju != received %ju + lost %ju + unreachable %ju + send errors %ju + "
             "unknown %ju + canceled %ju + pending %ju",
             (uintmax_t)stats->sent, (uintmax_t)stats->received, (uintmax_t)stats->lost,
             (uintmax_t)stats->unreachable, (uintmax_t)stats->send_errors,
             (uintmax_t)stats->unknown, (uintmax_t)stats->canceled, (uintmax_t)stats->pending);
    return text;
}

/* The counter that goes with an event type, NULL if there is none. */
static const uint64_t *counter_of(const struct mping_stats *stats, enum mping_event_type type)
{
    switch (type) {
    case MPING_EV_REPLY:
        return &stats->received;
    case MPING_EV_LOST:
        return &stats->lost;
    case MPING_EV_UNREACHABLE:
        return &stats->unreachable;
    case MPING_EV_SEND_ERROR:
        return &stats->send_errors;
    case MPING_EV_RESOLVE_ERROR:
        return &stats->resolve_errors;
    case MPING_EV_CANCELED:
        return &stats->canceled;
    case MPING_EV_UNKNOWN:
        return &stats->unknown;
    case MPING_EV_LATE:
        return &stats->late;
    case MPING_EV_DUPLICATE:
        return &stats->duplicates;
    case MPING_EV_MISMATCH:
        return &stats->mismatches;
    case MPING_EV_ICMP_ERROR:
        return &stats->icmp_errors;
    default:
        return NULL;
    }
}

static const char *compare(struct tally *tally, const struct mping_stats *stats)
{
    static _Thread_local char text[128];

    for (unsigned type = 0; type < TALLY_TYPES; type++) {
        const uint64_t *counter = counter_of(stats, (enum mping_event_type)type);
        unsigned long events = atomic_load(&tally->n[type]);

        if (!counter || *counter == events)
            continue;
        snprintf(text, sizeof(text), "%s: counter %ju, events %lu",
                 mping_event_name((enum mping_event_type)type), (uintmax_t)*counter, events);
        return text;
    }
    return NULL;
}

const char *tally_problem(struct tally *tally, struct mping_target *target)
{
    const char *broken = atomic_load(&tally->broken);
    struct mping_stats stats;

    if (broken || !target)
        return broken;
    if (mping_target_stats(target, &stats, sizeof(stats), 0) != 0)
        return "no counters";
    broken = stats_problem(&stats);
    return broken ? broken : compare(tally, &stats);
}

const char *engine_problem(struct mping *engine)
{
    struct mping_stats stats;

    if (mping_engine_stats(engine, &stats, sizeof(stats)) != 0)
        return "no counters";
    if (stats.pending != 0)
        return "the engine still waits for verdicts";
    if (stats.targets != 0)
        return "the engine still has active targets";
    return stats_problem(&stats);
}
