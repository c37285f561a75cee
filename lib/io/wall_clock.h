/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel stamps packets by CLOCK_REALTIME, which anybody may set; the engine lives by
 * CLOCK_MONOTONIC. Converts without being fooled by steps of the wall clock. Pure functions,
 * but for mping_clock_read(). All times are nanoseconds.
 */
#ifndef MPING_IO_WALL_CLOCK_H
#define MPING_IO_WALL_CLOCK_H

#include <stdint.h>

#include <multiping/event.h>

enum {
    /* A packet may wait this long between its stamp and the queue of the socket: softirqs
     * are put off when the processors are busy. */
    MPING_STAMP_SLACK_NS = 50000000,
    /* A socket that is found empty has the clocks measured so often. */
    MPING_STAMP_MEASURE_NS = 1000000,
    /* The kernel switches its stamping on some time after the first socket asks for it;
     * until then it stamps packets as they are read. */
    MPING_STAMP_SETTLE_NS = 1000000000
};

/*
 * What is known of REALTIME - MONOTONIC. Slewing moves both clocks alike, so the offset is
 * constant but for steps: it lies inside every bracket measured since the last one.
 */
struct mping_clock {
    int64_t lo_ns;
    int64_t hi_ns;
    int64_t old_ns;      /* the offset before the last step */
    int64_t stepped_ns;  /* when that was noticed, MONOTONIC; INT64_MIN: there was none */
    int64_t measured_ns; /* when it was measured last, MONOTONIC */
};

/* When a packet can have arrived, MONOTONIC. */
struct mping_stamp_window {
    int64_t dry_ns;       /* the socket was last empty then */
    int64_t now_ns;       /* it has been read by then */
    int64_t user_from_ns; /* stamps from here on were perhaps made by the read itself */
};

/* The first measurement: REALTIME was read as real_ns between MONOTONIC before and after. */
void mping_clock_init(struct mping_clock *clock, int64_t before_ns, int64_t real_ns,
                      int64_t after_ns);

/* One measurement more. A bracket that contradicts those before it means a step. */
void mping_clock_measure(struct mping_clock *clock, int64_t before_ns, int64_t real_ns,
                         int64_t after_ns);

/*
 * When a packet stamped real_ns arrived. MPING_STAMP_KERNEL: so it was. MPING_STAMP_USER:
 * not sure; then ret_mono_ns is not before the arrival and not after window->now_ns.
 */
enum mping_stamp mping_stamp_convert(const struct mping_clock *clock, int64_t real_ns,
                                     const struct mping_stamp_window *window, int64_t *ret_mono_ns);

/* CLOCK_MONOTONIC now. */
int64_t mping_mono_ns(void);

/* Measures once more; returns CLOCK_MONOTONIC now. */
int64_t mping_clock_read(struct mping_clock *clock);

/* Measures for the first time; returns CLOCK_MONOTONIC now. */
int64_t mping_clock_start(struct mping_clock *clock);

#endif
