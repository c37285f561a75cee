/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run of fping from the first target to the exit status:
 *
 *   targets.c  the table of targets, and their addresses as they become known
 *   send.c     which ping leaves when
 *   verdict.c  what became of each
 *   report.c   lists on the way and at the end
 *   run.c      the loop around them
 */
#ifndef MULTIPING_CLI_FPING_RUN_H
#define MULTIPING_CLI_FPING_RUN_H

#include <multiping/multiping.h>

#include "fping/format.h"
#include "fping/host.h"
#include "fping/lookup.h"
#include "fping/options.h"
#include "fping/pace.h"

enum { FPING_LINGERING_MAX = 65536 }; /* hosts that duplicates are still told of */

/* A ping out of turn. */
struct fping_wanted {
    struct fping_host *host;
    uint64_t index;
    bool again; /* it repeats one whose fate is unknown */
};

/* First in, first out. */
struct fping_wanteds {
    struct fping_wanted *items;
    size_t head, n, size; /* size: a power of two */
};

struct fping_run {
    const struct fping_options *options;
    const struct fping_format *format;
    struct fping_page page;
    struct mping *engine;
    struct mping_target_opts target_opts[2]; /* IPv4, IPv6 */

    struct fping_hosts hosts;
    struct fping_strings strings;
    struct fping_lookups lookups;
    size_t open; /* hosts of which something is wanted */
    bool named;  /* every name has been looked up */

    struct fping_pace pace;
    struct fping_young young;
    struct fping_wanteds wanteds;
    size_t position; /* in the round: the next host */
    uint64_t round;
    int64_t round_due_ns; /* when the round begins */
    int64_t patience_ns;  /* until then, hosts wait for the names before them */
    bool round_idle;      /* no host of the round wanted a ping so far */
    uint16_t last_family; /* of the last ping */
    bool blocked;         /* too many replies may come already */

    struct mping_event *held; /* events that lines are made of later */
    size_t held_count, held_size;
    struct fping_host **lingering; /* done, but still listening for duplicates */
    size_t lingering_at;

    struct fping_totals totals;
    int64_t start_ns;
    int64_t report_ns; /* when the next report is due; 0: never */
    bool netdata_begun;
    bool finish;     /* -X has been met */
    int status;      /* why it cannot go on; -1: it can */
    int refused_err; /* why pings could not be tried, as last said */
};

/* CLOCK_MONOTONIC and CLOCK_REALTIME. */
int64_t fping_now_ns(void);
int64_t fping_wall_ns(void);

static inline bool fping_has_tally(const struct fping_run *run)
{
    return run->options->mode != FPING_MODE_ALIVE;
}

/* How many pings a host gets by schedule. */
static inline uint64_t fping_pings(const struct fping_run *run)
{
    return run->options->mode == FPING_MODE_COUNT  ? (uint64_t)run->options->count
           : run->options->mode == FPING_MODE_LOOP ? UINT64_MAX
                                                   : 1;
}

/* targets.c */
/* Gathers the targets and starts their lookups: -1, or the status to exit with. */
int fping_targets_gather(struct fping_run *run);
/* Takes up what has been found out about names since the last call. */
void fping_targets_absorb(struct fping_run *run);

/* send.c */
/* Sends what is due. Returns when to come again. */
int64_t fping_send_due(struct fping_run *run);
/* A further try in alive mode, at once. */
void fping_send_retry(struct fping_run *run, struct fping_host *host, int64_t timeout_ns);
/* Puts a ping in front of all others. */
void fping_send_want(struct fping_run *run, struct fping_host *host, uint64_t index, bool again);

/* verdict.c */
void fping_verdict(struct fping_run *run, const struct mping_event *event);
/* The ping could not even be handed to the engine. */
void fping_verdict_not_sent(struct fping_run *run, struct fping_host *host, int err);

/* report.c */
void fping_report_interval(struct fping_run *run);
/* SIGQUIT: as an interval's end, whatever the format. */
void fping_report_snapshot(struct fping_run *run);
/* The end. Returns the exit status. */
int fping_report_finish(struct fping_run *run);

/* run.c */
/* Makes lines of the events that have been held, in the order of their arrival. */
void fping_run_release(struct fping_run *run);
/* -1: nothing more to do for the moment; else the status to exit with. */
int fping_run(const struct fping_options *options, struct mping *engine);

#endif
