/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted of one target, or of all of them. */
#ifndef MPING_CORE_COUNTERS_H
#define MPING_CORE_COUNTERS_H

#include "core/records.h"

/* What comes on top of the verdicts. */
enum mping_extra {
    MPING_EXTRA_LATE,
    MPING_EXTRA_DUPLICATE,
    MPING_EXTRA_MISMATCH,
    MPING_EXTRA_ICMP_ERROR,
    MPING_EXTRA_TRUNCATED,
    MPING_EXTRA_LONGER
};

/* A reply in time: RTT extremes, mean, variance and jitter (RFC 3550, section 6.4.1). */
void mping_counters_add_rtt(struct mping_counters *c, int64_t rtt_ns);
/* Such a reply counts as canceled after all, as far as the figures remember. */
void mping_counters_take_back(struct mping_counters *c, const struct mping_event *event);
/* Any other verdict. */
void mping_counters_add_verdict(struct mping_counters *c, enum mping_event_type type);
void mping_counters_add_extra(struct mping_counters *c, enum mping_extra kind);
/* The counters of a target that has no mping_target_extra. */
void mping_counters_unpack(const struct mping_core_target *t, struct mping_counters *ret_counters);

#endif
