/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the core was told, in order, and up to which of its events it had spoken then. Events
 * may be taken out of the core much later; with the journal the oracle can still judge each
 * by what the core knew when it spoke.
 */
#ifndef MPING_SIM_JOURNAL_H
#define MPING_SIM_JOURNAL_H

#include <multiping/event.h>

#include "world.h"

enum step_kind {
    STEP_RX,       /* one packet of a batch */
    STEP_RX_ERROR, /* one of the error queue */
    STEP_DROPPED,
    STEP_SUSPENDED,
    STEP_ADVANCE,
    STEP_POLL, /* one probe made */
    STEP_SENT, /* what became of it */
    STEP_ADDRESS,
    STEP_NO_ADDRESS,
    STEP_CANCEL,
    STEP_FREE,
};

struct step {
    enum step_kind kind;
    bool last;     /* of its batch: the events up to events_end are about it */
    bool full;     /* STEP_ADVANCE: no room was left for more events */
    bool again;    /* STEP_SENT: to be tried again */
    bool asked;    /* STEP_NO_ADDRESS: a probe was waiting for it */
    bool v6;       /* STEP_DROPPED */
    uint8_t stamp; /* STEP_RX: enum mping_stamp of stamp_ns */
    uint16_t id;   /* STEP_POLL */
    int err;       /* STEP_SENT, STEP_CANCEL */
    uint32_t target;
    uint32_t host; /* STEP_ADDRESS, STEP_POLL */
    uint64_t count;
    int64_t now_ns;
    int64_t stamp_ns;    /* STEP_RX: when it is said to have come */
    int64_t late_ns;     /* STEP_ADVANCE: by how much the driver came too late */
    uint64_t events_end; /* events that the core had made when the call returned */
    struct happening packet;
};

struct journal {
    struct step *steps; /* a ring */
    size_t steps_head, steps_n, steps_cap;
    struct mping_event *events; /* a ring: taken from the core, not judged yet */
    size_t events_head, events_n, events_cap;
    uint64_t events_taken;  /* from the core */
    uint64_t events_judged; /* by the oracle */
};

void journal_init(struct journal *journal);
void journal_done(struct journal *journal);
/* Adds a step of a batch; it counts from journal_close() on. */
void journal_add(struct journal *journal, struct step step);
/* The call that took the steps since the last close has returned. */
void journal_close(struct journal *journal, uint64_t events_end);
void journal_event(struct journal *journal, const struct mping_event *event);

/* The nth step from the oldest on, NULL if there are fewer. */
struct step *journal_step(struct journal *journal, size_t n);
/* The nth event not judged, NULL if there are fewer. */
struct mping_event *journal_event_at(struct journal *journal, size_t n);
void journal_drop_steps(struct journal *journal, size_t n);
void journal_drop_events(struct journal *journal, size_t n);

#endif
