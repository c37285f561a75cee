/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pacer.h"

#define SECOND_NS 1e9

/* Credit for time that passed while packets were waiting; more is given up. */
#define CREDIT_SECONDS 0.1

void mping_pacer_init(struct mping_pacer *pacer, uint32_t rate_pps)
{
    *pacer = (struct mping_pacer){
        .rate_pps = rate_pps,
        .credit = 1,
        .quick = 1,
        .last_ns = INT64_MIN,
    };
}

static double at_most(double value, double limit)
{
    return value < limit ? value : limit;
}

static double at_least_a_burst(double packets)
{
    const double burst = (double)MPING_PACER_BURST;

    return packets > burst ? packets : burst;
}

static double credit_max(const struct mping_pacer *pacer)
{
    return at_least_a_burst(CREDIT_SECONDS * pacer->rate_pps);
}

/* What may go together at full speed: a wake-up for every 32 packets would cost too much. */
static double quick_max(const struct mping_pacer *pacer)
{
    return at_least_a_burst(pacer->rate_pps / 400.0);
}

static void earn(struct mping_pacer *pacer, int64_t now_ns)
{
    double earned;

    if (pacer->last_ns != INT64_MIN) {
        earned = (double)(now_ns - pacer->last_ns) * pacer->rate_pps / SECOND_NS;
        pacer->credit = at_most(pacer->credit + earned, credit_max(pacer));
        pacer->quick = at_most(pacer->quick + 2 * earned, quick_max(pacer));
    }
    pacer->last_ns = now_ns;
}

/* Lets the window slide: slices that have left it no longer count. */
static void slide(struct mping_pacer *pacer, int64_t now_ns)
{
    int64_t slice = now_ns >> MPING_PACER_SLICE_BITS;

    if (slice - pacer->slice >= MPING_PACER_SLICES) {
        for (unsigned i = 0; i < MPING_PACER_SLICES; i++)
            pacer->slices[i] = 0;
        pacer->in_window = 0;
        pacer->slice = slice;
    }
    while (pacer->slice < slice) {
        pacer->slice++;
        uint32_t *left =
            &pacer->slices[(uint64_t)(pacer->slice - MPING_PACER_WINDOW) % MPING_PACER_SLICES];

        pacer->in_window -= *left;
        *left = 0;
    }
}

uint32_t mping_pacer_allow(struct mping_pacer *pacer, int64_t now_ns)
{
    double allowed;
    uint64_t room;

    if (!pacer->rate_pps)
        return UINT32_MAX;
    earn(pacer, now_ns);
    slide(pacer, now_ns);
    room = (uint64_t)pacer->rate_pps + MPING_PACER_BURST - pacer->in_window;
    allowed = at_most(at_most(pacer->credit, pacer->quick), (double)room);
    return allowed >= 1 ? (uint32_t)allowed : 0;
}

void mping_pacer_spend(struct mping_pacer *pacer, uint32_t n, bool hungry)
{
    if (!pacer->rate_pps)
        return;
    pacer->credit -= n;
    pacer->quick -= n;
    pacer->in_window += n;
    pacer->slices[(uint64_t)pacer->slice % MPING_PACER_SLICES] += n;
    if (!hungry)
        pacer->credit = at_most(pacer->credit, 1);
}

int64_t mping_pacer_next_ns(const struct mping_pacer *pacer)
{
    double want = at_most(pacer->rate_pps / 2000.0, MPING_PACER_BURST);
    double short_by, wait_ns;

    if (pacer->last_ns == INT64_MIN)
        return 0;
    if (pacer->in_window >= (uint64_t)pacer->rate_pps + MPING_PACER_BURST)
        return (pacer->slice + 1) << MPING_PACER_SLICE_BITS;
    if (want < 1)
        want = 1;
    short_by = want - pacer->credit;
    if (want - pacer->quick > 2 * short_by)
        short_by = (want - pacer->quick) / 2;
    wait_ns = short_by > 0 ? short_by * SECOND_NS / pacer->rate_pps : 0;
    return pacer->last_ns + (int64_t)wait_ns + 1;
}
