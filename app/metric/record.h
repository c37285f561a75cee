/* SPDX-License-Identifier: Apache-2.0 */
/* What a format is given to show, and everything that may be asked of it. */
#ifndef MULTIPING_APP_METRIC_RECORD_H
#define MULTIPING_APP_METRIC_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <multiping/multiping.h>

#include "host/observe.h"
#include "text/time_style.h"

enum app_record_kind {
    APP_RECORD_VERDICT = 1 << 0, /* what became of a probe */
    APP_RECORD_EVENT = 1 << 1,   /* what came beside the verdicts */
    APP_RECORD_SUMMARY = 1 << 2, /* of one target */
    APP_RECORD_TOTAL = 1 << 3,   /* of all targets */
};

/* Everything is borrowed. What a kind of record has nothing to say about is 0 or NULL. */
struct app_record {
    enum app_record_kind kind;
    const char *host;   /* as given; NULL: of all targets */
    const char *labels; /* for app_labels_next(); NULL: none */
    struct mping_addr addr;
    int64_t wall_ns; /* when it happened, CLOCK_REALTIME */
    enum app_time_style style;
    int64_t time_ns; /* the same in that style, see time_style.h */

    const struct mping_event *event; /* verdicts and events */
    int64_t sent_time_ns;            /* when the probe left, in that style; 0: it has not */

    const struct mping_stats *stats;     /* summaries and totals */
    const struct app_observed *observed; /* summaries, where it was asked for */
    int64_t now_ns;                      /* of outages that last, CLOCK_MONOTONIC */
    uint64_t targets, alive;             /* totals: all of them, and those that answered */
    uint64_t silent; /* totals: those that were asked and did not; nothing is known of the rest */
    size_t index;    /* summaries: which of them, from 0 */
    unsigned pass;   /* summaries: which time it is shown, from 0 */
    unsigned copy;   /* documents: how many targets before it have the same host and labels */
};

#endif
