/* SPDX-License-Identifier: Apache-2.0 */
#include "io/wall_clock.h"

#include <stdbool.h>
#include <time.h>

enum {
    /* Brackets that miss each other by no more than this differ by rounding. */
    ROUNDING_NS = 1000,
    /* Interrupted between its readings, a bracket says little; so wide a one is no measure. */
    WIDE_NS = 10000,
    /* The first brackets decide how good the first stamps are. */
    START_READS = 4
};

static int64_t offset_ns(const struct mping_clock *clock)
{
    return clock->lo_ns + (clock->hi_ns - clock->lo_ns) / 2;
}

static bool is_wide(const struct mping_clock *clock)
{
    return clock->hi_ns - clock->lo_ns > WIDE_NS;
}

void mping_clock_init(struct mping_clock *clock, int64_t before_ns, int64_t real_ns,
                      int64_t after_ns)
{
    clock->lo_ns = real_ns - after_ns;
    clock->hi_ns = real_ns - before_ns;
    clock->old_ns = 0;
    clock->stepped_ns = INT64_MIN;
    clock->measured_ns = after_ns;
}

void mping_clock_measure(struct mping_clock *clock, int64_t before_ns, int64_t real_ns,
                         int64_t after_ns)
{
    int64_t lo_ns = real_ns - after_ns;
    int64_t hi_ns = real_ns - before_ns;

    clock->measured_ns = after_ns;
    if (lo_ns <= clock->hi_ns && hi_ns >= clock->lo_ns) {
        if (lo_ns > clock->lo_ns)
            clock->lo_ns = lo_ns;
        if (hi_ns < clock->hi_ns)
            clock->hi_ns = hi_ns;
        return;
    }
    if (lo_ns > clock->hi_ns + ROUNDING_NS || hi_ns < clock->lo_ns - ROUNDING_NS) {
        clock->old_ns = offset_ns(clock);
        clock->stepped_ns = is_wide(clock) ? INT64_MIN : after_ns;
    }
    clock->lo_ns = lo_ns;
    clock->hi_ns = hi_ns;
}

static bool fits(int64_t mono_ns, const struct mping_stamp_window *window, int64_t error_ns)
{
    return mono_ns >= window->dry_ns - MPING_STAMP_SLACK_NS && mono_ns <= window->now_ns + error_ns;
}

/*
 * Whether a packet may have been stamped before the last step: if so it came before that was
 * noticed, however long it has been waiting to be read since, and the socket was not empty after.
 */
static bool may_be_old(const struct mping_clock *clock, const struct mping_stamp_window *window,
                       int64_t by_old_ns, int64_t error_ns)
{
    return clock->stepped_ns >= window->dry_ns - MPING_STAMP_SLACK_NS &&
           by_old_ns <= clock->stepped_ns + error_ns;
}

enum mping_stamp mping_stamp_convert(const struct mping_clock *clock, int64_t real_ns,
                                     const struct mping_stamp_window *window, int64_t *ret_mono_ns)
{
    int64_t error_ns = clock->hi_ns - clock->lo_ns + ROUNDING_NS;
    bool wide = is_wide(clock);
    int64_t by_new_ns = real_ns - (wide ? clock->lo_ns : offset_ns(clock));
    int64_t by_old_ns = real_ns - clock->old_ns;
    bool new_fits = fits(by_new_ns, window, error_ns);
    bool old_fits =
        may_be_old(clock, window, by_old_ns, error_ns) && fits(by_old_ns, window, error_ns);
    int64_t mono_ns = new_fits ? by_new_ns : by_old_ns;

    if (!new_fits && !old_fits)
        mono_ns = window->now_ns;
    else if (new_fits && old_fits && by_old_ns > by_new_ns)
        mono_ns = by_old_ns; /* stamped before the step or after it? at least not later */
    if (mono_ns > window->now_ns)
        mono_ns = window->now_ns;
    *ret_mono_ns = mono_ns;
    if (new_fits == old_fits || (new_fits && wide) || mono_ns >= window->user_from_ns)
        return MPING_STAMP_USER;
    return MPING_STAMP_KERNEL;
}

static int64_t read_ns(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t mping_mono_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

int64_t mping_clock_read(struct mping_clock *clock)
{
    int64_t before_ns = read_ns(CLOCK_MONOTONIC);
    int64_t real_ns = read_ns(CLOCK_REALTIME);
    int64_t after_ns = read_ns(CLOCK_MONOTONIC);

    mping_clock_measure(clock, before_ns, real_ns, after_ns);
    return after_ns;
}

int64_t mping_clock_start(struct mping_clock *clock)
{
    int64_t before_ns = read_ns(CLOCK_MONOTONIC);
    int64_t real_ns = read_ns(CLOCK_REALTIME);

    mping_clock_init(clock, before_ns, real_ns, read_ns(CLOCK_MONOTONIC));
    for (int i = 1; i < START_READS; i++)
        mping_clock_read(clock);
    return mping_clock_read(clock);
}
