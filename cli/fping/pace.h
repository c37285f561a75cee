/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the next ping may leave: one every interval, on the average exactly, whatever the
 * delays of waking up. What a short delay has held back is made up for, a long one is not.
 */
#ifndef MULTIPING_CLI_FPING_PACE_H
#define MULTIPING_CLI_FPING_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum { FPING_YOUNG_SLICES = 16 };

struct fping_pace {
    int64_t interval_ns;
    int64_t next_ns; /* the next ping may not leave before */
};

/* A ping leaves now. */
void fping_pace_spend(struct fping_pace *pace, int64_t now_ns);
/*
 * When to wake up for a ping that is due at due_ns: where pings follow each other quickly,
 * not for each of them.
 */
int64_t fping_pace_wake_ns(const struct fping_pace *pace, int64_t due_ns, int64_t now_ns);

/*
 * Pings of the last tenth of a second that have had no reply. Their replies may all come at
 * once, so there should be no more of them than the receive buffers hold.
 */
struct fping_young {
    uint32_t slices[FPING_YOUNG_SLICES]; /* by the time of sending */
    int64_t slice;                       /* the newest */
    uint32_t total;
    uint32_t max;
};

bool fping_young_full(struct fping_young *young, int64_t now_ns);
void fping_young_sent(struct fping_young *young, int64_t now_ns);
void fping_young_answered(struct fping_young *young, int64_t sent_ns);
/* When the oldest of them no longer count. */
int64_t fping_young_next_ns(const struct fping_young *young);

#endif
