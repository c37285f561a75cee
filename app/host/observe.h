/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the library does not count: outages, runs of losses, reordering, and changes of TTL and
 * address of one target, from its events. The memory is fixed when it is made.
 *
 * Verdicts come in the order in which they fall, a loss later by its timeout than the replies
 * around it. They are put back into the order of the probes within a window; a verdict that comes
 * after its probe has left the window belongs to no run and no outage.
 *
 * Each function may be called by any thread; events of one target one after the other.
 */
#ifndef MULTIPING_APP_HOST_OBSERVE_H
#define MULTIPING_APP_HOST_OBSERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <multiping/multiping.h>

enum {
    APP_OUTAGE_PROBES = 2, /* lost in a row are an outage; one alone is a loss */
    APP_OUTAGES_KEPT = 8,  /* the last ones, each with its start and length */
};

/* Of an answered probe its RTT in us, at most APP_RESULT_RTT_MAX; else one of these. */
enum app_result {
    APP_RESULT_RTT_MAX = 0x7fffffef,
    APP_RESULT_PENDING,     /* no verdict yet */
    APP_RESULT_LOST,        /* MPING_EV_LOST */
    APP_RESULT_UNREACHABLE, /* MPING_EV_UNREACHABLE */
    APP_RESULT_UNKNOWN,     /* MPING_EV_UNKNOWN */
    APP_RESULT_FAILED,      /* MPING_EV_SEND_ERROR, MPING_EV_RESOLVE_ERROR */
    APP_RESULT_CANCELED,    /* MPING_EV_CANCELED */
};

/* Probes lost or unreachable in a row, those whose outcome cannot be told left out. */
struct app_outage {
    int64_t start_ns;      /* when the first of them left, CLOCK_MONOTONIC */
    int64_t start_wall_ns; /* the same, CLOCK_REALTIME */
    int64_t end_ns;        /* when the first answered one left; 0: it lasts */
    int64_t last_ns;       /* when the last of them left */
    uint64_t probes;
};

/* What became of a probe that was not answered, as its event told; type 0: there was none. */
struct app_failure {
    enum mping_event_type type; /* unreachable, unknown, or an error of sending or resolving */
    int err;
    uint16_t family; /* of who sent the ICMP error */
    uint8_t reason, icmp_type, icmp_code;
    uint32_t icmp_info;
};

/* All but the last results. Times are ns, walls CLOCK_REALTIME and 0 for never. */
struct app_observed {
    uint64_t outages;   /* the newest is recent[(outages - 1) % APP_OUTAGES_KEPT] */
    int64_t outages_ns; /* the length of all that have ended */
    bool down;          /* the newest lasts */
    struct app_outage recent[APP_OUTAGES_KEPT];
    struct app_outage longest; /* of those that have ended; probes 0: none has */

    uint64_t loss_runs;    /* of any length */
    uint64_t loss_run;     /* the present one */
    uint64_t loss_run_max; /* the longest one */

    uint64_t reordered; /* replies in time that came after the reply to a later probe (RFC 4737) */

    int32_t ttl; /* of the last reply; -1: not known */
    int32_t ttl_before;
    uint64_t ttl_changes;
    int64_t ttl_changed_wall_ns;

    struct app_failure failure; /* the last probe that was not answered and has a reason */

    uint64_t strangers; /* right replies by another address; the last of these: */
    struct mping_addr stranger;

    struct mping_addr addr; /* family 0: not known */
    struct mping_addr addr_before;
    uint64_t addr_changes;
    int64_t addr_changed_wall_ns;
};

struct app_observation;

/*
 * The events that it needs; opts.events must hold them. A target without them has
 * only what the library counts.
 */
#define APP_OBSERVED_EVENTS                                       \
    (MPING_EVENTS_VERDICTS | MPING_EVENT_BIT(MPING_EV_MISMATCH) | \
     MPING_EVENT_BIT(MPING_EV_RESOLVED) | MPING_EVENT_BIT(MPING_EV_FINISHED))

/* The window for targets with such options: as many probes as may wait for a verdict at once. */
size_t app_observation_window(const struct mping_target_opts *opts);

/* Makes one that puts verdicts in order within `window` probes, > 0. NULL: no memory. */
struct app_observation *app_observation_new(size_t window);
void app_observation_free(struct app_observation *observation);

/* Takes in an event of the target. NULL is allowed. Never blocks for long, allocates nothing. */
void app_observe(struct app_observation *observation, const struct mping_event *event);

/* Copies what is known by now. */
void app_observation_get(struct app_observation *observation, struct app_observed *ret_observed);

/* Copies the results of the last n probes, enum app_result, oldest first; returns how many. */
size_t app_observation_last(struct app_observation *observation, uint32_t *ret_results, size_t n);

/* Forgets everything but the window, the TTL and the address. */
void app_observation_reset(struct app_observation *observation);

/* The i-th newest outage, 0 the newest; NULL if so many are not kept. Lives as long as observed. */
const struct app_outage *app_outage_at(const struct app_observed *observed, size_t i);

/* From its first probe to the first answered one, or to now_ns (CLOCK_MONOTONIC) if it lasts. */
int64_t app_outage_length_ns(const struct app_outage *outage, int64_t now_ns);

/* The length of all outages, and of the longest, with the one that lasts. */
int64_t app_observed_outage_ns(const struct app_observed *observed, int64_t now_ns);
int64_t app_observed_longest_ns(const struct app_observed *observed, int64_t now_ns);

#endif
