/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of one host at one moment, and how an event changes it. Pure. */
#ifndef MULTIPING_CLI_TOP_STATE_H
#define MULTIPING_CLI_TOP_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include <multiping/multiping.h>

#include "top/share.h"

enum {
    TOP_DOWN_AFTER = 3, /* probes in a row without a reply */
};

enum top_condition {
    TOP_WAIT,        /* no verdict yet */
    TOP_UP,          /* the last probe was answered */
    TOP_LOSSY,       /* the last one or two were not */
    TOP_DOWN,        /* the last three or more were not */
    TOP_UNREACHABLE, /* likewise, and somebody says why */
    TOP_ERROR,       /* the system refuses to send */
    TOP_UNRESOLVED,  /* the name has no address */
    TOP_CONDITION_COUNT
};

/* Times are CLOCK_MONOTONIC; counts are of probes, since the beginning or the last reset. */
struct top_state {
    struct top_version version;
    uint64_t received, lost, unreachable, errors, unknown, unresolved;
    uint64_t late, duplicates, mismatches;
    int64_t rtt_min_ns, rtt_max_ns, rtt_last_ns;
    double rtt_mean_ns, rtt_m2; /* Welford: m2 is the sum of squared differences */
    double jitter_ns;           /* RFC 3550 section 6.4.1 */
    double recent_loss;         /* 0 to 1, of about the last 16 probes */
    int64_t since_ns;           /* when the condition began: the first loss of those in a row */
    int64_t seen_ns;            /* when the last reply came; 0: none has */
    struct mping_addr addr;     /* family 0: none yet */
    uint64_t results;           /* written into the ring */
    uint32_t run, run_max;      /* probes in a row without a reply, now and at most */
    uint32_t note;              /* number of the latest note about the host; 0: none */
    uint32_t epoch;             /* the reset that these figures have seen */
    int16_t ttl;                /* of the last reply; -1: none */
    uint8_t condition;          /* enum top_condition */
    uint8_t verdict;            /* type of the last verdict, 0: none */
    uint8_t ended;              /* no more probes */
    uint8_t removed;            /* by the user */
    uint8_t padding[2];
};

_Static_assert(sizeof(struct top_state) % 8 == 0, "it is copied word by word");

/* Nothing known, at the given time. */
void top_state_init(struct top_state *state, int64_t now_ns);

/* Counts start again; what the host is like stays. */
void top_state_reset(struct top_state *state, uint32_t epoch, int64_t now_ns);

/* Takes in one event of the host. */
void top_state_event(struct top_state *state, const struct mping_event *event, int64_t now_ns);

/* Probes that have a verdict, and those of them that say something about the host. */
uint64_t top_state_settled(const struct top_state *state);
uint64_t top_state_judged(const struct top_state *state);

/* Lost and unreachable among those that say something, 0 to 1; 0 without any. */
double top_state_loss(const struct top_state *state);

double top_state_stddev_ns(const struct top_state *state);

/* What "down" says everywhere: the last probes were not answered, or a router says why. */
bool top_state_is_down(const struct top_state *state);

/* Whether there is nothing to expect of it: it is down, has no address, or cannot be sent to. */
bool top_state_is_bad(const struct top_state *state);

#endif
