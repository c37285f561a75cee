/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sans-IO engine: schedule, in-flight probes, matching, timers, verdicts, statistics.
 * It makes no system call, reads no clock and starts no thread; the same seed and the same
 * calls give the same output, byte for byte.
 *
 * One turn of whoever drives it (the session, or the simulator):
 *
 *   1. read every socket dry:  mping_core_rx(), mping_core_rx_error()
 *   2. tell of receive drops:  mping_core_dropped(), at the latest in mping_core_opts.look()
 *   3. let time pass:          mping_core_advance(now)      expires what is due
 *   4. send what is due:       mping_core_poll_tx(), send, mping_core_sent()
 *   5. take the events:        mping_core_event(), mping_core_event_pop()
 *   6. sleep until             mping_core_deadline_ns()
 *
 * now_ns is CLOCK_MONOTONIC and never goes back. Events wait in a ring of fixed size: steps
 * 1, 3 and 4 must not be called with mping_core_event_room() below MPING_CORE_ROOM_MIN;
 * advance stops by itself when the ring is full and goes on at the next call. The other
 * functions add up to four events each.
 */
#ifndef MPING_CORE_CORE_H
#define MPING_CORE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <multiping/event.h>
#include <multiping/stats.h>
#include <multiping/target.h>

#include "core/packet.h"

struct mping_core;

/* "No target". */
#define MPING_CORE_NONE UINT32_MAX
/* "Never": the deadline of an engine with nothing to do. */
#define MPING_TIME_NEVER INT64_MAX
/* Room in the event ring that a batch of MPING_BATCH packets may need at the most. */
enum { MPING_CORE_ROOM_MIN = 4 * MPING_BATCH };
/* A turn that comes later than this after it was due is a stall. */
#define MPING_CORE_STALL_NS INT64_C(100000000)

/*
 * A budget that several cores share. The core that has asked for it by begin() keeps all others
 * from it until end(). Called with mping_core_opts.context.
 */
struct mping_core_budget {
    /* How many probes may leave now, while `inflight` of this core's are out. */
    uint64_t (*begin)(void *context, int64_t now_ns, uint64_t inflight);
    /* n of them have been made; hungry: more would have been, had they been allowed. */
    void (*end)(void *context, uint32_t n, bool hungry);
    /* When begin() may next allow some that will be due at due_ns: not before that, and
     * MPING_TIME_NEVER if the owner will have to tell. */
    int64_t (*next_ns)(void *context, int64_t due_ns);
};

struct mping_core_opts {
    uint64_t seed[2];          /* secret: key of the proof, start of the phases */
    uint64_t targets_max;      /* 0: no limit */
    uint64_t inflight_max;     /* > 0 */
    uint64_t unpaced_inflight; /* probes out at once for targets with interval 0; > 0 */
    uint32_t rate_pps;         /* cap on all sends; 0: none */
    const struct mping_core_budget *budget; /* instead of rate_pps; NULL: none */
    void *context;                          /* comes back from mping_core_place_context() */
    /* Told of larger memory that is about to be filled; NULL: nobody is. */
    void (*fresh)(void *memory, size_t bytes);
    /*
     * Why a probe that left for dst at sent_ns may have got lost on a link of this machine:
     * MPING_REASON_LINK, _TX_DROP, _RX_DROP or _NONE. Asked about probes of up to the last
     * mping_core_link_trouble(), with context; calls nothing of the core. NULL: never.
     */
    enum mping_reason (*link_doubt)(void *context, const struct mping_addr *dst,
                                    const struct mping_tx_opts *tx, int64_t sent_ns);
    /*
     * Reads all counters of what this machine may have dropped and tells of those that have moved:
     * by mping_core_dropped(), _tx_dropped(), _link_trouble() and _suspended(), but calls nothing
     * else of the core. Returns the time before it read the first of them. Called with context
     * before a probe may be judged lost whose deadline is not before the last of these times, be
     * that in advance() or because a late reply has come. NULL: they are always told of in time.
     */
    int64_t (*look)(void *context);
};

/* What belongs to the owner of a target at its place in the core. */
enum { MPING_CORE_OWNED_BYTES = 16 };

/* How a target is pinged. Immutable; owned by the caller and shared by many targets. */
struct mping_profile {
    uint64_t count;         /* 0: without end */
    int64_t interval_ns;    /* 0: window mode; MPING_INTERVAL_MANUAL */
    int64_t timeout_ns;     /* 0: never */
    int64_t first_delay_ns; /* MPING_DELAY_SPREAD or >= 0 */
    double backoff;         /* >= 1.0 */
    uint64_t events;        /* MPING_EVENT_BIT()s to report */
    uint32_t window;        /* 1 to 65,536 */
    uint32_t attempts;      /* 0: off; at most 255; count is 0 then and interval_ns 0 */
    uint32_t re_resolve_every;
    uint32_t flags; /* enum mping_flag */
    uint32_t payload_bytes;
    const uint8_t *tail; /* payload from byte 16 on; NULL if payload_bytes <= 16 */
    uint16_t tail_sum;   /* its Internet checksum part, from mping_icmp_sum() */
    bool pull;           /* events are pulled: sending pauses by mping_core_pause_pull() */
    struct mping_tx_opts tx;
};

int mping_core_new(struct mping_core **ret_core, const struct mping_core_opts *opts);
void mping_core_free(struct mping_core *core); /* NULL is allowed */

/*
 * Gives the core one more ICMP id for a family, to use where one address has several
 * targets or a target moves to a fresh id. The first one is the engine's usual id.
 */
int mping_core_add_id(struct mping_core *core, int family, uint16_t id);
/* How many it has. */
uint32_t mping_core_ids(const struct mping_core *core, int family);
/* Whether one more would help: targets with losses in a row have no fresh id to move to. */
bool mping_core_id_wanted(const struct mping_core *core, int family);
/* Takes all ids of a family away; no target of that family may be left. */
void mping_core_drop_ids(struct mping_core *core, int family);

/*
 * Makes a target without an address: it asks for one at once, see
 * mping_core_resolve_wanted(). owner comes back in events as `target`. NULL: then its place
 * in the core does, MPING_CORE_OWNED_BYTES that are aligned for a pointer, zero at first, and
 * the owner's until mping_core_target_free(); they do not move.
 */
int mping_core_target_new(struct mping_core *core, const struct mping_profile *profile,
                          struct mping_target *owner, int64_t now_ns, uint32_t *ret_target);

/*
 * Gives the target its address, first or new, and lets it send. Probes already out keep
 * theirs. MPING_ENOIDS: every id is taken at this address: add one more and try again.
 */
int mping_core_target_resolved(struct mping_core *core, uint32_t target,
                               const struct mping_addr *addr, int64_t now_ns);

/*
 * Takes a target that has an address to another one, whether it wants a lookup or not; the same
 * results and errors otherwise.
 */
int mping_core_target_move(struct mping_core *core, uint32_t target, const struct mping_addr *addr);

/* An event about its name: MPING_EV_STALE with err and reason, or MPING_EV_RESOLVED. */
void mping_core_target_tell(struct mping_core *core, uint32_t target, enum mping_event_type type,
                            int err, enum mping_reason reason);

/*
 * The lookup failed: one MPING_EV_RESOLVE_ERROR with err and reason; the end of the target
 * without MPING_FLAG_RETRY_RESOLVE.
 */
void mping_core_target_resolve_failed(struct mping_core *core, uint32_t target, int err,
                                      enum mping_reason reason, int64_t now_ns);

/* Ends the target with err, as if canceled. */
void mping_core_target_fail(struct mping_core *core, uint32_t target, int err);

/*
 * No socket leads to its address: its next probe, if there is to be one, is an MPING_EV_SEND_ERROR
 * with err, which ends it. There is room for two events.
 */
void mping_core_target_no_socket(struct mping_core *core, uint32_t target, int err, int64_t now_ns);

/* One probe more now. MPING_EAGAIN: window full. MPING_ECLOSED: ended. */
int mping_core_target_send(struct mping_core *core, uint32_t target, int64_t now_ns);

/* How long probes that leave from now on wait; 0: for ever. 0 or MPING_ENOMEM. */
int mping_core_target_set_timeout(struct mping_core *core, uint32_t target, int64_t timeout_ns);

/*
 * Counts a reply, of which `event` tells, as canceled after all: nobody wants to hear of it any
 * more. The extremes that it was one of stay.
 */
void mping_core_target_take_back(struct mping_core *core, uint32_t target,
                                 const struct mping_event *event);

/* Stops it; advance reports the pending probes as canceled, then MPING_EV_FINISHED. */
void mping_core_target_cancel(struct mping_core *core, uint32_t target);

/*
 * Takes it out of everything at once and without events; pending probes count as canceled.
 * Its place and its note stay; no function but free() takes it any more.
 */
void mping_core_target_detach(struct mping_core *core, uint32_t target);
/* Detaches it, if that has not been done, and frees it. */
void mping_core_target_free(struct mping_core *core, uint32_t target);

/* The target at a place, and the context of its core. */
uint32_t mping_core_place_target(const struct mping_target *place);
void *mping_core_place_context(const struct mping_target *place);
/* A detached target may stand in a list of its own until it is freed. */
void mping_core_detached_push(struct mping_core *core, uint32_t target);
/* Takes the first of that list out: MPING_CORE_NONE if it is empty. */
uint32_t mping_core_detached_pop(struct mping_core *core);
/* The first target, alive or detached, from `from` on, or MPING_CORE_NONE. */
uint32_t mping_core_target_next(const struct mping_core *core, uint32_t from);

/*
 * Room for one pointer of the owner's, for those few targets that need it: NULL, without
 * `make`, if it has never been asked for, or when out of memory.
 */
void **mping_core_target_note(struct mping_core *core, uint32_t target, bool make);

bool mping_core_target_finished(const struct mping_core *core, uint32_t target);
/* Why it ended. */
int mping_core_target_err(const struct mping_core *core, uint32_t target);
const struct mping_profile *mping_core_target_profile(const struct mping_core *core,
                                                      uint32_t target);
uint32_t mping_core_target_pending(const struct mping_core *core, uint32_t target);
/* Its id, or MPING_EAGAIN while it has no address. */
int mping_core_target_id(const struct mping_core *core, uint32_t target);
int mping_core_target_addr(const struct mping_core *core, uint32_t target,
                           struct mping_addr *ret_addr);

/* The next target that wants its name looked up, or MPING_CORE_NONE; asks once per lookup. */
uint32_t mping_core_resolve_wanted(struct mping_core *core);
struct mping_target *mping_core_target_owner(const struct mping_core *core, uint32_t target);

/* Builds up to n probes due by now_ns (n <= MPING_BATCH); each must come back by sent(). */
size_t mping_core_poll_tx(struct mping_core *core, int64_t now_ns, struct mping_tx *tx, size_t n);
/*
 * What became of them, in the same order. Where one has met a full buffer, those behind it of
 * its family have, too.
 */
void mping_core_sent(struct mping_core *core, int64_t now_ns, const struct mping_tx *tx, size_t n);

/* Takes in n received datagrams (n <= MPING_BATCH). */
void mping_core_rx(struct mping_core *core, const struct mping_rx *rx, size_t n);
/* Takes in one ICMP error that the kernel has taken apart. */
void mping_core_rx_error(struct mping_core *core, const struct mping_rx_error *error);

/*
 * Some packets of a family were dropped on receiving, at some time up to now_ns: probes
 * that were out then and stay unanswered become unknown.
 */
void mping_core_dropped(struct mping_core *core, int family, uint64_t packets, int64_t now_ns);
/*
 * Some packets of a family that seemed to have left were dropped on their way out, at some time
 * up to now_ns: likewise.
 */
void mping_core_tx_dropped(struct mping_core *core, int family, int64_t now_ns);
/*
 * Links of this machine were away or have dropped packets, or its backlog has, at some time up to
 * now_ns. Which probes that may have hit is asked when they are judged: mping_core_opts.link_doubt.
 * After three in a row of a target that only drops excuse the next one is lost, if another target
 * has answered a probe that met the same drops meanwhile.
 */
void mping_core_link_trouble(struct mping_core *core, int64_t now_ns);
/* The machine was suspended: what is out and stays unanswered becomes unknown. */
void mping_core_suspended(struct mping_core *core, int64_t now_ns);

/* All that arrived by now_ns has been handed in: expires probes, ends targets. */
void mping_core_advance(struct mping_core *core, int64_t now_ns);

/*
 * When advance next gives verdicts, lost or canceled: all that has arrived by then is handed in
 * before. Now or earlier means at once.
 */
int64_t mping_core_verdict_ns(struct mping_core *core);
/* When the core next has work without new input: now or earlier means at once. */
int64_t mping_core_deadline_ns(struct mping_core *core);

/* CLOCK_REALTIME - CLOCK_MONOTONIC, for the timestamps of targets that ask for some. */
void mping_core_set_wall(struct mping_core *core, int64_t offset_ns);

/* Changes mping_core_opts.unpaced_inflight; 0 counts as 1. */
void mping_core_set_unpaced(struct mping_core *core, uint64_t unpaced_inflight);

/* Targets with profile.pull stop sending (and go on). */
void mping_core_pause_pull(struct mping_core *core, bool pause);

/* The oldest event, NULL if there is none; valid until popped. host and user are not set. */
struct mping_event *mping_core_event(struct mping_core *core);
void mping_core_event_pop(struct mping_core *core);
size_t mping_core_event_room(const struct mping_core *core);

void mping_core_target_stats(struct mping_core *core, uint32_t target,
                             struct mping_stats *ret_stats, bool reset);
void mping_core_stats(const struct mping_core *core, struct mping_stats *ret_stats);
/* Targets that have not finished; probes waiting for their verdict. */
uint64_t mping_core_active(const struct mping_core *core);
uint64_t mping_core_inflight(const struct mping_core *core);
/* The part of these that belongs to targets with interval 0. */
uint64_t mping_core_unpaced(const struct mping_core *core);

#endif
