/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a run work on together; run.h tells which they are. */
#ifndef MULTIPING_CLI_FPING_RUN_STATE_H
#define MULTIPING_CLI_FPING_RUN_STATE_H

#include <multiping/multiping.h>

#include "fping/format.h"
#include "fping/host.h"
#include "fping/lookup.h"
#include "fping/options.h"
#include "fping/pace.h"
#include "fping/strings.h"
#include "fping/wanted.h"

enum { FPING_LINGERING_MAX = 65536 }; /* hosts that duplicates are still told of */

/* All hosts in their order, each of which gets one ping. */
struct fping_round {
    size_t position; /* the next host */
    uint64_t n;      /* rounds before */
    int64_t due_ns;  /* when it begins */
    bool idle;       /* none of its hosts wanted a ping so far */
};

/* Events that lines are made of later. */
struct fping_held {
    struct mping_event *events;
    size_t count, size;
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
    struct fping_round round;
    int64_t patience_ns;  /* until then, hosts wait for the names before them */
    uint16_t last_family; /* of the last ping */
    bool blocked;         /* too many replies may come already */

    struct fping_held held;
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

static inline bool fping_has_tally(const struct fping_run *run)
{
    return run->options->mode != FPING_MODE_ALIVE;
}

/* Whether targets of both families mix. */
static inline bool fping_is_mixed(const struct fping_run *run)
{
    return run->hosts.has_v4 && run->hosts.has_v6;
}

/* How many pings a host gets by schedule. */
static inline uint64_t fping_pings(const struct fping_run *run)
{
    return run->options->mode == FPING_MODE_COUNT  ? (uint64_t)run->options->count
           : run->options->mode == FPING_MODE_LOOP ? UINT64_MAX
                                                   : 1;
}

#endif
