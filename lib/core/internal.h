/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the core, shared by its files:
 *
 *   core.c     making and freeing, deadlines
 *   target.c   the table of targets and their life
 *   ident.c    ICMP ids, and the proof that a reply is ours
 *   slot.c     the table of probes: in flight, and remembered for a while after
 *   send.c     schedule, building, what became of a send
 *   receive.c  matching replies and errors
 *   verdict.c  verdicts, expiry, the passing of time
 *   events.c   the ring of events
 *   stats.c    counters
 */
#ifndef MPING_CORE_INTERNAL_H
#define MPING_CORE_INTERNAL_H

#include "base/hash_index.h"
#include "base/histogram.h"
#include "base/rng.h"
#include "base/slab.h"
#include "core/core.h"
#include "core/icmp.h"
#include "core/key.h"
#include "core/pacer.h"
#include "core/wheel.h"

enum {
    MPING_CLASSES = 16,          /* distinct timeouts that have a FIFO of their own */
    MPING_REMEMBERED_MAX = 1 << 18, /* probes remembered after their verdict */
    MPING_EVENT_RING = 1024,     /* events waiting, a power of two */
    MPING_LOSSES_TO_MOVE = 3,    /* losses in a row after which a target takes a fresh id */
    MPING_FRESH_IDS = 8,         /* ids that such targets take turns at */
    MPING_SEND_RETRIES = 500,    /* of one probe, about a second, until a full buffer is final */
};

#define MPING_RETRY_NS INT64_C(2000000)         /* pause after a full buffer */
#define MPING_ERROR_PAUSE_NS INT64_C(10000000)  /* pause after a send error at interval 0 */
#define MPING_REMEMBER_NS INT64_C(10000000000)  /* how long probes are remembered */

/* Lists of the slab of slots. */
enum {
    MPING_SLOTS_CLASS = 0,                             /* by timeout class, in order of deadline */
    MPING_SLOTS_REMEMBERED = MPING_CLASSES,            /* in order of verdicts */
    MPING_SLOTS_WHEEL = MPING_SLOTS_REMEMBERED + 1,    /* all other timeouts */
    MPING_SLOTS_LISTS = MPING_SLOTS_WHEEL + MPING_WHEEL_LISTS
};

/* Lists of the slab of targets. */
enum {
    MPING_TARGETS_RESOLVE,  /* want their name looked up */
    MPING_TARGETS_BLOCKED,  /* due, but too much is out already */
    MPING_TARGETS_PAUSED,   /* due, but their events are not being pulled */
    MPING_TARGETS_ENDING,   /* canceled, with verdicts to give */
    MPING_TARGETS_WHEEL,    /* waiting for their time */
    MPING_TARGETS_LISTS = MPING_TARGETS_WHEEL + MPING_WHEEL_LISTS
};

enum mping_slot_state {
    MPING_SLOT_FREE,
    MPING_SLOT_SENDING,  /* handed out by poll_tx, not reported by sent */
    MPING_SLOT_INFLIGHT,
    MPING_SLOT_ANSWERED, /* verdict reply, remembered */
    MPING_SLOT_MISSED    /* any other verdict, remembered */
};

/* One probe. */
struct mping_slot {
    struct mping_node node; /* due_ns: the deadline; remembered: when to forget */
    struct mping_key key;   /* where it went */
    int64_t sent_ns;
    uint64_t count;
    uint32_t target;
    uint32_t generation;    /* of the target: it may have been freed since */
    uint32_t next, prev;    /* in flight, of the same target, in order of sending */
    uint32_t hint;          /* ICMP error seen: its place in hints, or MPING_SLAB_NONE */
    uint16_t id;
    uint8_t state;          /* enum mping_slot_state */
    uint8_t attempt;
    uint8_t tx_stamp;       /* enum mping_stamp */
    uint32_t originate_ms;  /* MPING_FLAG_TIMESTAMP: the time that stands in it */
};

/* An ICMP error that becomes the verdict unless a reply comes in time. */
struct mping_hint {
    struct mping_node node;
    struct mping_addr from;
    int64_t received_ns;
    uint32_t info;
    uint8_t type, code, rx_stamp;
};

struct mping_counters {
    uint64_t sent, received, lost, unreachable, send_errors, unknown, canceled, resolve_errors;
    uint64_t late, duplicates, mismatches, icmp_errors;
    uint64_t loss_run, loss_run_max;
    int64_t rtt_min_ns, rtt_max_ns, rtt_last_ns;
    double rtt_mean_ns, rtt_m2, jitter_ns; /* m2: sum of squared distances (Welford 1962) */
};

enum mping_target_state {
    MPING_TARGET_FREE,
    MPING_TARGET_RESOLVING, /* no address, or a new one wanted before the next probe */
    MPING_TARGET_ACTIVE,
    MPING_TARGET_STOPPED,   /* sends no more, waits for its last verdicts */
    MPING_TARGET_ENDING,    /* canceled */
    MPING_TARGET_FINISHED
};

struct mping_core_target {
    struct mping_node node; /* due_ns: in schedule time */
    struct mping_key key;
    const struct mping_profile *profile;
    struct mping_target *owner;
    struct mping_histogram *histogram; /* NULL: none */
    uint64_t count;       /* number of the next probe */
    int64_t timeout_ns;   /* of probes to come */
    int64_t next_due_ns;  /* of the schedule, when manual probes have had their turn */
    uint32_t first_slot, last_slot; /* in flight, oldest and newest */
    uint32_t pending;     /* how many those are, and those being sent */
    uint32_t backlog;     /* manual probes asked for and not sent yet */
    uint32_t generation;  /* how often the place has been used */
    uint32_t id_index;
    int err;              /* why it ended */
    uint16_t id;
    uint16_t retries;     /* of the next probe, because buffers were full */
    uint8_t state;        /* enum mping_target_state */
    uint8_t attempt;      /* attempts mode: of the next probe */
    uint8_t losses;       /* in a row, with this id */
    bool has_addr;
    bool indexed;         /* its address and id are in target_index */
    bool fresh_addr;      /* looked up for this very probe */
    bool done;            /* no further probe is wanted */
    struct mping_counters counters;
};

/* The ids of one family. */
struct mping_ids {
    uint16_t *ids;
    uint32_t n, cap;
    bool more_wanted; /* a target would like to move, and there is none left to move to */
};

struct mping_core {
    struct mping_core_opts opts;
    uint64_t hash_seed;
    struct mping_rng rng;

    struct mping_slab targets;
    struct mping_hash_index target_index; /* by address and id */
    struct mping_wheel schedule;          /* in schedule time: now_ns - skew_ns */
    struct mping_pacer pacer;
    struct mping_ids ids[2];              /* IPv4, IPv6 */
    int64_t skew_ns;                      /* time lost in stalls, which is not caught up */
    int64_t wall_offset_ns;               /* CLOCK_REALTIME - CLOCK_MONOTONIC */
    int64_t hold_ns;                      /* no sends before: a buffer was full */
    int64_t send_told_ns;                 /* when it first wanted to send, of the deadlines told
                                             since the last advance */
    uint64_t active;                      /* targets not finished */
    bool pull_paused;

    struct mping_slab slots;
    struct mping_slab hints;
    struct mping_hash_index slot_index;   /* by address, id and seq */
    struct mping_wheel timeouts;          /* those without a class */
    int64_t class_timeout_ns[MPING_CLASSES];
    uint64_t inflight;
    uint64_t unpaced;                     /* of these: of targets with interval 0 */
    uint32_t remembered;

    int64_t now_ns;                       /* of the last advance; INT64_MIN: none yet */
    int64_t stall_from_ns, stall_to_ns;   /* deadlines in (from, to] were slept through */
    int64_t dropped_ns[2];                /* packets of the family were lost up to then */
    int64_t suspended_ns;

    struct mping_event *ring;
    uint32_t ring_head, ring_tail;        /* taken from head, added at tail */

    struct mping_counters totals;
    uint64_t rx_packets, rx_drops, rx_malformed, rx_checksum, rx_foreign, send_retries;
};

static inline struct mping_core_target *mping_target_at(const struct mping_core *core,
                                                        uint32_t target)
{
    return mping_slab_at(&core->targets, target);
}

static inline struct mping_slot *mping_slot_at(const struct mping_core *core, uint32_t slot)
{
    return mping_slab_at(&core->slots, slot);
}

static inline struct mping_hint *mping_hint_at(const struct mping_core *core, uint32_t hint)
{
    return mping_slab_at(&core->hints, hint);
}

static inline uint16_t mping_slot_seq(const struct mping_slot *slot)
{
    return (uint16_t)slot->count;
}

/* 0 for IPv4, 1 for IPv6. */
static inline unsigned mping_family_index(int family)
{
    return family == AF_INET6;
}

/* ident.c */
uint32_t mping_ident_hash(const struct mping_core *core, const struct mping_key *key,
                          uint16_t id, uint16_t seq);
/* The target pinging that address with that id, or MPING_CORE_NONE. */
uint32_t mping_ident_find(const struct mping_core *core, const struct mping_key *key,
                          uint16_t id);
/* Gives the target an id for its (new) address: 0, MPING_ENOIDS or MPING_ENOMEM. */
int mping_ident_assign(struct mping_core *core, uint32_t target, const struct mping_key *key);
/* Forgets its address and id. */
void mping_ident_release(struct mping_core *core, uint32_t target);
/* Moves it to another id, if there is one; else asks for one. */
void mping_ident_move(struct mping_core *core, uint32_t target);
/* The first 16 bytes of payload: proof and tag. */
void mping_ident_write(const struct mping_core *core, const struct mping_slot *slot,
                       uint8_t bytes[MPING_PROOF_BYTES + MPING_TAG_BYTES]);
/* The target that a payload's tag names, if it is alive; else MPING_CORE_NONE. */
uint32_t mping_ident_tagged(const struct mping_core *core, const struct mping_icmp *icmp);

/* slot.c */
/* A slot for the target's next probe: MPING_SLAB_NONE when out of memory. */
uint32_t mping_slot_new(struct mping_core *core, uint32_t target);
/* Where a probe is in flight or remembered, or MPING_SLAB_NONE. */
uint32_t mping_slot_find(const struct mping_core *core, const struct mping_key *key, uint16_t id,
                         uint16_t seq);
/* It has left: waits for timeout_ns (0: for ever). */
void mping_slot_launch(struct mping_core *core, uint32_t slot, int64_t timeout_ns);
/* It has its verdict: remembered, until forgotten for age or number. */
void mping_slot_settle(struct mping_core *core, uint32_t slot, enum mping_slot_state state,
                       int64_t now_ns);
/* Frees it, whatever its state. */
void mping_slot_drop(struct mping_core *core, uint32_t slot);
/* Forgets what is old, some of it. */
void mping_slot_forget(struct mping_core *core, int64_t now_ns);
/* The next slot whose deadline lies before now_ns, or MPING_SLAB_NONE. */
uint32_t mping_slot_expired(struct mping_core *core, int64_t now_ns);
int64_t mping_slot_deadline_ns(struct mping_core *core);

/* events.c */
/* A new event at the end of the ring, or NULL if the target does not want that type. */
struct mping_event *mping_event_new(struct mping_core *core,
                                    const struct mping_core_target *target,
                                    enum mping_event_type type);
/* The same about a probe. */
struct mping_event *mping_event_of(struct mping_core *core, const struct mping_slot *slot,
                                   enum mping_event_type type);
/* Fills in what the packet says about itself. */
void mping_event_packet(struct mping_event *event, const struct mping_rx *rx,
                        const struct mping_icmp *icmp);

/* verdict.c */
/* Gives a probe in flight its verdict. event fields beyond type come back to be filled in. */
struct mping_event *mping_verdict(struct mping_core *core, uint32_t slot,
                                  enum mping_event_type type, enum mping_reason reason,
                                  int64_t now_ns);
/* The verdict for a probe whose time is up. */
void mping_verdict_expired(struct mping_core *core, uint32_t slot, int64_t now_ns);
/* The reply has come in time. */
struct mping_event *mping_verdict_reply(struct mping_core *core, uint32_t slot, int64_t rtt_ns,
                                        int64_t now_ns);
/* A send failed for good; the slot goes. */
void mping_verdict_send_error(struct mping_core *core, uint32_t slot, int err, int64_t now_ns);

/* target.c */
/* How long a probe that leaves now waits; 0: for ever. */
int64_t mping_target_timeout_ns(const struct mping_core_target *t, uint8_t attempt);
/* Puts the target where it belongs now: into the schedule, or nowhere. */
void mping_target_schedule(struct mping_core *core, uint32_t target);
/* Ends it if nothing is left to do or to wait for. */
void mping_target_settle(struct mping_core *core, uint32_t target);
/* No further probes; err as the reason, 0 if it is simply done. */
void mping_target_stop(struct mping_core *core, uint32_t target, int err);
/* One probe has been made, or not made for want of an address: on to the next. */
void mping_target_advance(struct mping_core *core, uint32_t target, int64_t now_ns);
/* What its profile makes of a verdict: the next attempt, the next of a flood, or the end. */
void mping_target_judged(struct mping_core *core, uint32_t target, enum mping_event_type type,
                         int64_t now_ns);
/* Undoes mping_target_advance(): the probe could not be sent now and is due again at due_ns. */
void mping_target_retry(struct mping_core *core, uint32_t target, int64_t due_ns);
/* Links a slot to, and unlinks it from, those pending of its target. */
void mping_target_add_slot(struct mping_core *core, uint32_t slot);
void mping_target_remove_slot(struct mping_core *core, uint32_t slot);
static inline int64_t mping_schedule_ns(const struct mping_core *core, int64_t now_ns)
{
    return now_ns - core->skew_ns;
}

/* stats.c */
void mping_count_reply(struct mping_core *core, struct mping_core_target *target,
                       int64_t rtt_ns);
void mping_count_verdict(struct mping_core *core, struct mping_core_target *target,
                         enum mping_event_type type);

#endif
