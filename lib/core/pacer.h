/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Caps the rate of all sends. In any window of one second at most rate + 32 packets leave,
 * come what may: the count of the last second is kept in slices of a millisecond. Within
 * that, packets are spread evenly; time lost to a short stall is made up for at no more than
 * twice the rate, time without demand is not saved up.
 */
#ifndef MPING_CORE_PACER_H
#define MPING_CORE_PACER_H

#include <stdbool.h>
#include <stdint.h>

enum {
    MPING_PACER_BURST = 32,      /* packets beyond the rate in any second */
    MPING_PACER_SLICE_BITS = 20, /* slices of 2^20 ns, 1.05 ms */
    MPING_PACER_SLICES = 1024,
    MPING_PACER_WINDOW = 956 /* slices that cover a second wherever it begins */
};

struct mping_pacer {
    uint32_t rate_pps; /* 0: no cap, nothing else matters */
    double credit;     /* packets earned by time and not sent yet */
    double quick;      /* packets allowed by twice the rate */
    int64_t last_ns;   /* up to when both were earned; INT64_MIN: never */
    int64_t slice;     /* the current slice */
    uint64_t in_window;
    uint32_t slices[MPING_PACER_SLICES];
};

void mping_pacer_init(struct mping_pacer *pacer, uint32_t rate_pps);

/* How many packets may leave at now_ns, which must not go back. */
uint32_t mping_pacer_allow(struct mping_pacer *pacer, int64_t now_ns);

/*
 * n packets have left at the time of the last allow. hungry: more would have been sent, had
 * they been allowed.
 */
void mping_pacer_spend(struct mping_pacer *pacer, uint32_t n, bool hungry);

/* When the next packets will be allowed, if none are now. */
int64_t mping_pacer_next_ns(const struct mping_pacer *pacer);

#endif
