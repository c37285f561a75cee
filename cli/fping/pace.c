/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/pace.h"

#define MS_NS INT64_C(1000000)
#define QUICK_NS MS_NS /* below this, pings leave in groups */
#define QUICK_SLACK_NS (10 * MS_NS)
#define TICK_PINGS 16 /* to wake up costs as much as ten packets */
#define TICK_MAX_NS (5 * MS_NS)
#define SLICE_NS (7 * MS_NS) /* 16 of them: a tenth of a second */

void fping_pace_spend(struct fping_pace *pace, int64_t now_ns)
{
    int64_t slack_ns = pace->interval_ns < QUICK_NS ? QUICK_SLACK_NS : pace->interval_ns;

    if (pace->next_ns < now_ns - slack_ns)
        pace->next_ns = now_ns;
    pace->next_ns += pace->interval_ns;
}

int64_t fping_pace_wake_ns(const struct fping_pace *pace, int64_t due_ns, int64_t now_ns)
{
    int64_t tick_ns = TICK_PINGS * pace->interval_ns;

    if (pace->interval_ns == 0 || pace->interval_ns >= QUICK_NS || due_ns <= now_ns)
        return due_ns;
    if (tick_ns > TICK_MAX_NS)
        tick_ns = TICK_MAX_NS;
    return due_ns < now_ns + tick_ns ? now_ns + tick_ns : due_ns;
}

/* Those that have grown old no longer count. */
static void age(struct fping_young *young, int64_t now_ns)
{
    int64_t slice = now_ns / SLICE_NS;

    if (slice - young->slice > FPING_YOUNG_SLICES)
        young->slice = slice - FPING_YOUNG_SLICES;
    while (young->slice < slice) {
        uint32_t *oldest = &young->slices[++young->slice % FPING_YOUNG_SLICES];

        young->total -= *oldest;
        *oldest = 0;
    }
}

bool fping_young_full(struct fping_young *young, int64_t now_ns)
{
    age(young, now_ns);
    return young->total >= young->max;
}

void fping_young_sent(struct fping_young *young, int64_t now_ns)
{
    age(young, now_ns);
    young->slices[young->slice % FPING_YOUNG_SLICES]++;
    young->total++;
}

void fping_young_answered(struct fping_young *young, int64_t sent_ns)
{
    int64_t slice = sent_ns / SLICE_NS;
    uint32_t *at = &young->slices[slice % FPING_YOUNG_SLICES];

    /* It was noted when it was asked for, perhaps a slice before it left. */
    if (slice > young->slice || slice <= young->slice - FPING_YOUNG_SLICES)
        return;
    if (!*at)
        at = &young->slices[(slice + FPING_YOUNG_SLICES - 1) % FPING_YOUNG_SLICES];
    if (!*at)
        return;
    --*at;
    young->total--;
}

int64_t fping_young_next_ns(const struct fping_young *young)
{
    return (young->slice + 1) * SLICE_NS;
}
