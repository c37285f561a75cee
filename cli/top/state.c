/* SPDX-License-Identifier: Apache-2.0 */
#include "top/state.h"

#include <math.h>

/* Weight of the newest probe in recent_loss. */
#define RECENT (1.0 / 16)

void top_state_init(struct top_state *state, int64_t now_ns)
{
    *state = (struct top_state){.since_ns = now_ns, .ttl = -1};
}

void top_state_reset(struct top_state *state, uint32_t epoch, int64_t now_ns)
{
    struct top_state fresh = {
        .since_ns = now_ns,
        .seen_ns = state->seen_ns,
        .addr = state->addr,
        .note = state->note,
        .epoch = epoch,
        .ttl = state->ttl,
        .condition = TOP_WAIT,
        .ended = state->ended,
        .removed = state->removed,
    };

    if (state->ended)
        fresh.condition = state->condition; /* nothing will tell it again */
    *state = fresh;
}

uint64_t top_state_judged(const struct top_state *state)
{
    return state->received + state->lost + state->unreachable;
}

uint64_t top_state_settled(const struct top_state *state)
{
    return top_state_judged(state) + state->errors + state->unknown;
}

double top_state_loss(const struct top_state *state)
{
    uint64_t judged = top_state_judged(state);

    return judged > 0 ? (double)(state->lost + state->unreachable) / (double)judged : 0;
}

double top_state_stddev_ns(const struct top_state *state)
{
    return state->received > 0 ? sqrt(state->rtt_m2 / (double)state->received) : 0;
}

bool top_state_is_down(const struct top_state *state)
{
    return state->condition == TOP_DOWN || state->condition == TOP_UNREACHABLE;
}

bool top_state_is_bad(const struct top_state *state)
{
    return state->condition >= TOP_DOWN;
}

static void enter(struct top_state *state, enum top_condition condition, int64_t since_ns)
{
    if (state->condition != condition)
        state->since_ns = since_ns;
    state->condition = (uint8_t)condition;
}

/* The first verdict counts whole: a host that never answered is all loss at once. */
static void note_loss(struct top_state *state, double loss)
{
    bool first = top_state_judged(state) + state->errors + state->unresolved == 1;

    state->recent_loss += (loss - state->recent_loss) * (first ? 1 : RECENT);
}

static void note_rtt(struct top_state *state, int64_t rtt_ns)
{
    double rtt = (double)rtt_ns, before = rtt - state->rtt_mean_ns;

    if (state->received == 1 || rtt_ns < state->rtt_min_ns)
        state->rtt_min_ns = rtt_ns;
    if (rtt_ns > state->rtt_max_ns)
        state->rtt_max_ns = rtt_ns;
    if (state->received > 1)
        state->jitter_ns += (fabs(rtt - (double)state->rtt_last_ns) - state->jitter_ns) / 16;
    state->rtt_mean_ns += before / (double)state->received;
    state->rtt_m2 += before * (rtt - state->rtt_mean_ns);
    state->rtt_last_ns = rtt_ns;
}

static void reply(struct top_state *state, const struct mping_event *event, int64_t now_ns)
{
    state->received++;
    note_rtt(state, event->rtt_ns);
    note_loss(state, 0);
    state->run = 0;
    state->seen_ns = event->received_ns > 0 ? event->received_ns : now_ns;
    if (event->ttl >= 0)
        state->ttl = event->ttl;
    enter(state, TOP_UP, state->seen_ns);
}

/* A probe without a reply. An outage began with the first of them. */
static void miss(struct top_state *state, enum top_condition condition, int64_t now_ns)
{
    int64_t since_ns = state->condition == TOP_LOSSY ? state->since_ns : now_ns;

    note_loss(state, 1);
    state->run++;
    if (state->run > state->run_max)
        state->run_max = state->run;
    if (condition == TOP_DOWN && state->run < TOP_DOWN_AFTER)
        condition = TOP_LOSSY;
    enter(state, condition, since_ns);
}

static void verdict(struct top_state *state, const struct mping_event *event, int64_t now_ns)
{
    switch (event->type) {
    case MPING_EV_REPLY:
        reply(state, event, now_ns);
        break;
    case MPING_EV_LOST:
        state->lost++;
        miss(state, TOP_DOWN, now_ns);
        break;
    case MPING_EV_UNREACHABLE:
        state->unreachable++;
        miss(state, TOP_UNREACHABLE, now_ns);
        break;
    case MPING_EV_SEND_ERROR:
        state->errors++;
        note_loss(state, 1);
        enter(state, TOP_ERROR, now_ns);
        break;
    case MPING_EV_RESOLVE_ERROR:
        state->unresolved++;
        note_loss(state, 1);
        enter(state, TOP_UNRESOLVED, now_ns);
        break;
    default:
        state->unknown++; /* says nothing about the host */
    }
    state->verdict = (uint8_t)event->type;
}

void top_state_event(struct top_state *state, const struct mping_event *event, int64_t now_ns)
{
    switch (event->type) {
    case MPING_EV_LATE:
        state->late++;
        break;
    case MPING_EV_DUPLICATE:
        state->duplicates++;
        break;
    case MPING_EV_MISMATCH:
        state->mismatches++;
        break;
    case MPING_EV_RESOLVED:
        state->addr = event->dst;
        break;
    case MPING_EV_FINISHED:
        state->ended = 1;
        break;
    case MPING_EV_REPLY:
    case MPING_EV_LOST:
    case MPING_EV_UNREACHABLE:
    case MPING_EV_SEND_ERROR:
    case MPING_EV_RESOLVE_ERROR:
    case MPING_EV_UNKNOWN:
        verdict(state, event, now_ns);
        break;
    default: /* a probe taken back by the user, a hint that is no verdict */
        break;
    }
}
