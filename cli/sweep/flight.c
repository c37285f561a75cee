/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep/flight.h"

#include <stdlib.h>

/* What is kept of the verdict that decides, until the target has ended. */
struct verdict {
    enum mping_event_type type; /* 0: none yet */
    int err;
    uint8_t reason, icmp_type, icmp_code;
    uint32_t icmp_info;
    struct mping_addr peer;
};

struct cli_slot {
    struct cli_flight *flight;
    struct cli_slot *next_free;
    uint64_t place;
    const char *labels;
    struct verdict verdict;
    bool used;
    bool told; /* its fate is known */
};

int cli_flight_init(struct cli_flight *flight, struct mping *engine,
                    const struct mping_target_opts *opts, size_t max)
{
    flight->engine = engine;
    flight->opts = *opts;
    flight->max = max;
    flight->slots = calloc(max, sizeof(*flight->slots));
    return flight->slots != NULL ? 0 : MPING_ENOMEM;
}

/* The more a verdict says about the target the higher; what is lost once and unknown once may
 * well be alive. */
static int weight_of(enum mping_event_type type)
{
    switch (type) {
    case MPING_EV_UNREACHABLE:
        return 5;
    case MPING_EV_UNKNOWN:
        return 4;
    case MPING_EV_LOST:
        return 3;
    case MPING_EV_SEND_ERROR:
        return 2;
    case MPING_EV_RESOLVE_ERROR:
        return 1;
    default:
        return 0;
    }
}

static enum cli_fate fate_of(const struct verdict *verdict)
{
    switch (verdict->type) {
    case MPING_EV_UNREACHABLE:
        return CLI_FATE_UNREACHABLE;
    case MPING_EV_UNKNOWN:
        return CLI_FATE_UNKNOWN;
    case MPING_EV_LOST:
        return CLI_FATE_LOST;
    case MPING_EV_RESOLVE_ERROR:
        return CLI_FATE_UNRESOLVED;
    default:
        return verdict->err == MPING_EEXCLUDED ? CLI_FATE_EXCLUDED : CLI_FATE_SEND_ERROR;
    }
}

static void weigh(struct cli_slot *slot, const struct mping_event *event)
{
    if (weight_of(event->type) <= weight_of(slot->verdict.type))
        return;
    slot->verdict = (struct verdict){
        .type = event->type,
        .err = event->err,
        .reason = event->reason,
        .icmp_type = event->icmp_type,
        .icmp_code = event->icmp_code,
        .icmp_info = event->icmp_info,
        .peer = event->peer,
    };
}

static void tell(struct cli_slot *slot, enum cli_fate fate, const struct mping_event *event)
{
    struct cli_sweep_result result = {
        .fate = fate,
        .host = event->host,
        .labels = slot->labels,
        .event = event,
    };

    slot->told = true;
    slot->flight->tell(slot->flight->user, &result);
}

/* The event that decided, as it was. */
static void tell_verdict(struct cli_slot *slot, const struct mping_event *last)
{
    struct mping_event event = *last;

    event.host = last->host; /* not the copy's own text */
    event.type = slot->verdict.type != 0 ? slot->verdict.type : MPING_EV_SEND_ERROR;
    event.err = slot->verdict.type != 0 ? slot->verdict.err : last->err;
    event.reason = slot->verdict.reason;
    event.icmp_type = slot->verdict.icmp_type;
    event.icmp_code = slot->verdict.icmp_code;
    event.icmp_info = slot->verdict.icmp_info;
    event.peer = slot->verdict.peer;
    tell(slot, fate_of(&slot->verdict), &event);
}

static void release(struct cli_slot *slot)
{
    struct cli_flight *flight = slot->flight;

    slot->used = false;
    slot->next_free = flight->free;
    flight->free = slot;
    flight->n--;
}

static void on_event(const struct mping_event *event, void *user)
{
    struct cli_slot *slot = user;
    struct cli_flight *flight = slot->flight;

    switch (event->type) {
    case MPING_EV_REPLY:
    case MPING_EV_LATE: /* proves as much */
        if (!slot->told)
            tell(slot, CLI_FATE_ALIVE, event);
        break;
    case MPING_EV_FINISHED:
        flight->beside(flight->user, event);
        if (!slot->told)
            tell_verdict(slot, event);
        release(slot);
        break;
    case MPING_EV_SEND_ERROR:
    case MPING_EV_RESOLVE_ERROR:
        flight->beside(flight->user, event);
        weigh(slot, event);
        break;
    default:
        weigh(slot, event);
    }
}

static struct cli_slot *take(struct cli_flight *flight)
{
    struct cli_slot *slot = flight->free;

    if (slot != NULL)
        flight->free = slot->next_free;
    else
        slot = &flight->slots[flight->touched++];
    flight->n++;
    return slot;
}

int cli_flight_add(struct cli_flight *flight, uint64_t place, const struct app_range_host *host,
                   const char *labels)
{
    struct cli_slot *slot = take(flight);
    int err;

    *slot = (struct cli_slot){.flight = flight, .place = place, .labels = labels, .used = true};
    flight->opts.callback = on_event;
    flight->opts.user = slot;
    if (host->addr.family != 0)
        err = mping_add_addr(flight->engine, &host->addr, &flight->opts, NULL);
    else
        err = mping_add(flight->engine, host->name, &flight->opts, NULL);
    if (err < 0)
        release(slot);
    return err;
}

size_t cli_flight_places(const struct cli_flight *flight, uint64_t *ret_places)
{
    size_t n = 0;

    for (size_t i = 0; i < flight->touched; i++) {
        if (flight->slots[i].used && !flight->slots[i].told)
            ret_places[n++] = flight->slots[i].place;
    }
    return n;
}

void cli_flight_done(struct cli_flight *flight)
{
    free(flight->slots);
}
