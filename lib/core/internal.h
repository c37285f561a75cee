/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the core, shared by its files:
 *
 *   core.c     making and freeing, deadlines
 *   target.c   the life of targets
 *   place.c    where targets lie, what they share and what only some of them need
 *   ident.c    ICMP ids, and the proof that a reply is ours
 *   slot.c     the table of probes: in flight, and remembered for a while after
 *   schedule.c when targets send
 *   send.c     building, what became of a send
 *   receive.c  matching replies and errors
 *   doubt.c    whether a probe that was not answered is lost
 *   verdict.c  verdicts, expiry, the passing of time
 *   events.c   the ring of events
 *   stats.c    counters
 *   inspect.c  what a target says of itself
 */
#ifndef MPING_CORE_INTERNAL_H
#define MPING_CORE_INTERNAL_H

#include <assert.h>

#include "base/hash_index.h"
#include "base/histogram.h"
#include "base/rng.h"
#include "base/slab.h"
#include "core/core.h"
#include "core/icmp.h"
#include "core/key.h"
#include "core/pacer.h"
#include "core/records.h"
#include "core/wheel.h"

enum {
    MPING_CLASSES = 16,                 /* distinct timeouts that have a FIFO of their own */
    MPING_REMEMBERED_MAX = 1 << 16,     /* probes remembered after their verdict */
    MPING_FORGET_MAX = 2 * MPING_BATCH, /* of them: forgotten for their age in one turn */
    MPING_EVENT_RING = 1024,            /* events waiting, a power of two */
    MPING_LOSSES_TO_MOVE = 3,           /* losses in a row after which a target takes a fresh id */
    MPING_FRESH_IDS = 8,                /* ids that such targets take turns at */
    MPING_ANSWER_SPANS = 1024,          /* of time that answers are known of: the last 34 s */
    MPING_SEND_RETRIES = 500, /* of one probe, about a second, until a full buffer is final */
};

#define MPING_RETRY_NS INT64_C(2000000)        /* pause after a full buffer */
#define MPING_ERROR_PAUSE_NS INT64_C(10000000) /* pause after a send error at interval 0 */
#define MPING_REMEMBER_NS INT64_C(10000000000) /* how long probes are remembered */

/* Lists of the slab of slots. */
enum {
    MPING_SLOTS_CLASS = 0,                          /* by timeout class, in order of deadline */
    MPING_SLOTS_REMEMBERED = MPING_CLASSES,         /* in order of verdicts */
    MPING_SLOTS_WHEEL = MPING_SLOTS_REMEMBERED + 1, /* all other timeouts */
    MPING_SLOTS_LISTS = MPING_SLOTS_WHEEL + MPING_WHEEL_LISTS
};

/* Lists of the slab of targets. */
enum {
    MPING_TARGETS_RESOLVE,  /* want their name looked up */
    MPING_TARGETS_BLOCKED,  /* due, but too much is out already */
    MPING_TARGETS_PAUSED,   /* due, but their events are not being pulled */
    MPING_TARGETS_ENDING,   /* canceled, with verdicts to give */
    MPING_TARGETS_DETACHED, /* their owner's list */
    MPING_TARGETS_WHEEL,    /* waiting for their time */
    MPING_TARGETS_LISTS = MPING_TARGETS_WHEEL + MPING_WHEEL_LISTS
};

struct mping_core {
    struct mping_core_opts opts;
    uint64_t hash_seed;
    struct mping_rng rng;

    struct mping_slab targets;
    struct mping_slab mores;
    struct mping_slab wides;
    struct mping_profile_use *profiles;
    uint32_t profile_count, profile_cap, profile_last, profile_free;
    struct mping_hash_index profile_index; /* by pointer */
    struct mping_hash_index target_index;  /* by address and id */
    struct mping_wheel schedule;           /* in schedule time: now_ns - skew_ns */
    struct mping_pacer pacer;
    struct mping_ids ids[2]; /* IPv4, IPv6 */
    int64_t skew_ns;         /* time lost in stalls, which is not caught up */
    int64_t wall_offset_ns;  /* CLOCK_REALTIME - CLOCK_MONOTONIC */
    int64_t hold_ns;         /* no sends before: a buffer was full */
    int64_t send_told_ns;    /* when it first wanted to send, of the deadlines told since the
                                last advance */
    uint64_t active;         /* targets not finished */
    uint64_t spread;         /* targets made since there was none */
    bool pull_paused;

    struct mping_slab slots;
    struct mping_slab hints;
    struct mping_hash_index slot_index; /* by address, id and seq */
    struct mping_hash_index hint_index; /* by slot */
    struct mping_wheel timeouts;        /* those without a class */
    int64_t class_timeout_ns[MPING_CLASSES];
    uint64_t inflight;
    uint64_t unpaced; /* of these: of targets with interval 0 */
    uint32_t remembered;

    int64_t now_ns;                     /* of the last advance; INT64_MIN: none yet */
    int64_t stall_from_ns, stall_to_ns; /* deadlines in (from, to] were slept through */
    int64_t dropped_ns[2];              /* packets of the family were lost up to then */
    int64_t tx_dropped_ns[2];           /* likewise on their way out */
    int64_t suspended_ns;
    int64_t looked_ns;             /* opts.look() has told of all drops up to then */
    int64_t link_trouble_ns;       /* opts.link_doubt() is asked about what left by then */
    struct mping_answers *answers; /* by span of time, MPING_ANSWER_SPANS of them */

    struct mping_event *ring;
    uint32_t ring_head, ring_tail; /* taken from head, added at tail */

    struct mping_counters totals;
    uint64_t rx_packets, rx_drops, rx_malformed, rx_checksum, rx_foreign, send_retries;
};

static inline struct mping_core_target *mping_target_at(const struct mping_core *core,
                                                        uint32_t target)
{
    return mping_slab_at_sized(&core->targets, target, sizeof(struct mping_core_target));
}

static inline struct mping_slot *mping_slot_at(const struct mping_core *core, uint32_t slot)
{
    return mping_slab_at_sized(&core->slots, slot, sizeof(struct mping_slot));
}

static inline struct mping_hint *mping_hint_at(const struct mping_core *core, uint32_t hint)
{
    return mping_slab_at(&core->hints, hint);
}

static inline uint16_t mping_slot_seq(const struct mping_slot *slot)
{
    return (uint16_t)slot->count;
}

/* When it left, as far as is known by now: see receive.c. */
static inline int64_t mping_slot_sent_ns(const struct mping_slot *slot)
{
    return slot->sent_ns - (slot->tx_stamp == MPING_STAMP_CALL ? slot->early * MPING_EARLY_NS : 0);
}

/* Where the probe went. */
static inline struct mping_key mping_slot_key(const struct mping_slot *slot)
{
    struct mping_key key = slot->key;

    if (slot->noted)
        key.words[0] = 0;
    return key;
}

/* IPv4: notes what the payload of the probe begins with. */
static inline void mping_slot_set_note(struct mping_slot *slot, const uint8_t bytes[8])
{
    memcpy(&slot->key.words[0], bytes, sizeof(slot->key.words[0]));
    slot->noted = 1;
}

/* NULL: it needs none so far. */
static inline struct mping_more *mping_more_of(const struct mping_core *core,
                                               const struct mping_core_target *t)
{
    return t->more == MPING_SLAB_NONE
               ? NULL
               : mping_slab_at_sized(&core->mores, t->more, sizeof(struct mping_more));
}

static inline const struct mping_profile *mping_profile_of(const struct mping_core *core,
                                                           const struct mping_core_target *t)
{
    return core->profiles[t->profile].profile;
}

static inline struct mping_key mping_target_key(const struct mping_core *core,
                                                const struct mping_core_target *t)
{
    if (t->wide)
        return ((const struct mping_wide *)mping_slab_at(&core->wides, t->addr))->key;
    return mping_key_of_ip4(t->addr);
}

static inline uint16_t mping_target_ident(const struct mping_core *core,
                                          const struct mping_core_target *t)
{
    return core->ids[t->wide].ids[t->id_index];
}

static inline uint64_t mping_target_count(const struct mping_core *core,
                                          const struct mping_core_target *t)
{
    const struct mping_more *more = mping_more_of(core, t);

    return (more ? (uint64_t)more->count_high << 32 : 0) | t->count;
}

/*
 * The number of a probe of a living target, which has not made 2^31 more since. It may lie
 * ahead of the next one while probes that met full buffers are taken back.
 */
static inline uint64_t mping_slot_count(const struct mping_core *core,
                                        const struct mping_core_target *t,
                                        const struct mping_slot *slot)
{
    uint64_t next = mping_target_count(core, t);

    return next + (uint64_t)(int32_t)(slot->count - (uint32_t)next);
}

static inline uint32_t mping_target_backlog(const struct mping_core *core,
                                            const struct mping_core_target *t)
{
    const struct mping_more *more = mping_more_of(core, t);

    return more ? more->backlog : 0;
}

/* Attempts mode: which try its next probe is. */
static inline uint8_t mping_target_attempt(const struct mping_core *core,
                                           const struct mping_core_target *t)
{
    if (!mping_profile_of(core, t)->attempts)
        return 0;
    return t->count < UINT8_MAX ? (uint8_t)t->count : UINT8_MAX;
}

static inline bool mping_target_alive(const struct mping_core_target *t)
{
    return t->state >= MPING_TARGET_RESOLVING;
}

/* The oldest pending slot or MPING_SLAB_NONE. */
static inline uint32_t mping_target_first(const struct mping_core_target *t)
{
    return t->outcome == MPING_EV_REPLY ? MPING_SLAB_NONE : t->first_slot;
}

static inline uint32_t mping_target_pending(const struct mping_core *core,
                                            const struct mping_core_target *t)
{
    const struct mping_more *more = mping_more_of(core, t);

    return more ? more->pending : mping_target_first(t) != MPING_SLAB_NONE;
}

/* 0 for IPv4, 1 for IPv6. */
static inline unsigned mping_family_index(int family)
{
    return family == AF_INET6;
}

/* place.c */
/* The number of a profile, counting one target more: MPING_SLAB_NONE when out of memory. */
uint32_t mping_profile_enter(struct mping_core *core, const struct mping_profile *profile);
void mping_profile_leave(struct mping_core *core, uint32_t profile);
/* Gives the target what it needs beyond its first probe: NULL when out of memory. */
struct mping_more *mping_target_more(struct mping_core *core, struct mping_core_target *t);
/* Makes sure that a further probe can be made and counted: 0 or MPING_ENOMEM. */
int mping_target_ready(struct mping_core *core, struct mping_core_target *t);
/* Sets its address: 0 or MPING_ENOMEM. */
int mping_target_set_key(struct mping_core *core, struct mping_core_target *t,
                         const struct mping_key *key);
/* Lets its address go. */
void mping_target_drop_key(struct mping_core *core, struct mping_core_target *t);

/* ident.c */
/* Where a probe is indexed: hidden from the world, and not slower than it must be. */
static inline uint32_t mping_ident_hash(const struct mping_core *core, const struct mping_key *key,
                                        uint16_t id, uint16_t seq)
{
    /* But for the last two bits of the address, which make neighbours of neighbours. */
    const uint64_t last = UINT64_C(3) << 56;
    uint64_t high = MPING_LE64(key->words[0]), low = MPING_LE64(key->words[1]);
    uint64_t x = ((low & ~last) ^ core->hash_seed) * UINT64_C(0xff51afd7ed558ccd);
    uint64_t y = (high ^ core->hash_seed >> 7) * UINT64_C(0xc4ceb9fe1a85ec53);

    x ^= x >> 32;
    y ^= y >> 29;
    x += y + ((uint64_t)id << 16 | seq) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return ((uint32_t)(x >> 32) & ~UINT32_C(3)) | (uint32_t)((low & last) >> 56);
}
/* The target pinging that address with that id, or MPING_CORE_NONE. */
uint32_t mping_ident_find(const struct mping_core *core, const struct mping_key *key, uint16_t id);
/* Gives the target an id for its (new) address: 0, MPING_ENOIDS or MPING_ENOMEM. */
int mping_ident_assign(struct mping_core *core, uint32_t target, const struct mping_key *key);
/* Forgets its address and id. */
void mping_ident_release(struct mping_core *core, uint32_t target);
/* Moves it to another id, if there is one; else asks for one. */
void mping_ident_move(struct mping_core *core, uint32_t target);
/* The first 16 bytes of payload, proof and tag, of a probe whose full count is `count`. */
void mping_ident_write(const struct mping_core *core, const struct mping_slot *slot, uint64_t count,
                       uint8_t bytes[MPING_PROOF_BYTES + MPING_TAG_BYTES]);
/* The same from what the slot has noted of its proof. */
void mping_ident_recall(const struct mping_slot *slot,
                        uint8_t bytes[MPING_PROOF_BYTES + MPING_TAG_BYTES]);
/* The target that a payload's tag names, if it is alive; else MPING_CORE_NONE. */
uint32_t mping_ident_tagged(const struct mping_core *core, const struct mping_icmp *icmp);

/* slot.c */
/* A slot for the target's next probe: MPING_SLAB_NONE when out of memory. */
uint32_t mping_slot_new(struct mping_core *core, uint32_t target);
/* Where a probe is in flight or remembered, or MPING_SLAB_NONE. */
uint32_t mping_slot_find(const struct mping_core *core, const struct mping_key *key, uint16_t id,
                         uint16_t seq);
/* Where it was a moment ago, by its hash alone; slot: or MPING_SLAB_NONE. */
struct mping_guess {
    uint32_t hash, slot;
};
uint32_t mping_slot_find_guessed(const struct mping_core *core, const struct mping_guess *guess,
                                 const struct mping_key *key, uint16_t id, uint16_t seq);
/* Asks the cache for where such a probe is indexed. */
static inline void mping_slot_prefetch(const struct mping_core *core, const struct mping_key *key,
                                       uint16_t id, uint16_t seq)
{
    mping_hash_prefetch(&core->slot_index, mping_ident_hash(core, key, id, seq));
}
/* It has left: waits for timeout_ns (0: for ever). */
void mping_slot_launch(struct mping_core *core, uint32_t slot, int64_t timeout_ns);
/* It has its verdict: remembered, until forgotten for age or number. */
void mping_slot_settle(struct mping_core *core, uint32_t slot, enum mping_slot_state state,
                       int64_t now_ns);
/* Frees it, whatever its state. */
void mping_slot_drop(struct mping_core *core, uint32_t slot);
/* Forgets what is old, some of it. */
void mping_slot_forget(struct mping_core *core, int64_t now_ns);
/* The ICMP error that it was given: it must be `hinted`. */
struct mping_hint *mping_slot_hint(const struct mping_core *core, uint32_t slot);
/* Keeps one: NULL if it has one already, or out of memory. */
struct mping_hint *mping_slot_add_hint(struct mping_core *core, uint32_t slot);
/* The next slot whose deadline lies before now_ns, or MPING_SLAB_NONE. */
uint32_t mping_slot_expired(struct mping_core *core, int64_t now_ns);
int64_t mping_slot_deadline_ns(struct mping_core *core);

/* events.c */
/* A new event at the end of the ring, or NULL if the target does not want that type. */
struct mping_event *mping_event_new(struct mping_core *core, const struct mping_core_target *target,
                                    enum mping_event_type type);
/* The same about a probe. */
struct mping_event *mping_event_of(struct mping_core *core, const struct mping_slot *slot,
                                   enum mping_event_type type);
/* Fills in what the packet says about itself. */
void mping_event_packet(struct mping_event *event, const struct mping_rx *rx,
                        const struct mping_icmp *icmp);

/* doubt.c */
/* Why a probe whose time is up may have been answered all the same; NONE: it is lost. */
enum mping_reason mping_doubt(struct mping_core *core, const struct mping_slot *s);
/* Takes note of a verdict, before it is counted: drops excuse only so many in a row. */
void mping_doubt_note(struct mping_core *core, const struct mping_slot *s,
                      enum mping_event_type type, enum mping_reason reason);
/* Takes note that the target has answered a probe of that time. */
void mping_answer_note(struct mping_core *core, const struct mping_slot *slot);

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
/* The next probe of a target cannot be made: it has its verdict all the same. */
void mping_verdict_no_memory(struct mping_core *core, uint32_t target, int64_t now_ns);
void mping_verdict_send_error(struct mping_core *core, uint32_t slot, int err, int64_t now_ns);

/* target.c */
/* How long a probe that leaves now waits; 0: for ever. */
int64_t mping_target_timeout_ns(const struct mping_core *core, const struct mping_core_target *t,
                                uint8_t attempt);
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
/* Puts it off until due_ns, in schedule time; its schedule stays as it is. */
void mping_target_defer(struct mping_core *core, uint32_t target, int64_t due_ns);

/* stats.c */
/* One probe more has been sent, or refused for good. */
void mping_count_sent(struct mping_core *core, struct mping_core_target *t);
/* What comes on top of the verdicts. Without memory only the engine's totals know. */
enum mping_extra {
    MPING_EXTRA_LATE,
    MPING_EXTRA_DUPLICATE,
    MPING_EXTRA_MISMATCH,
    MPING_EXTRA_ICMP_ERROR,
    MPING_EXTRA_TRUNCATED,
    MPING_EXTRA_LONGER
};
void mping_count_extra(struct mping_core *core, struct mping_core_target *t,
                       enum mping_extra extra);
/* The counters of a target without `more`. */
void mping_counters_unpack(const struct mping_core_target *t, struct mping_counters *ret_counters);
void mping_count_reply(struct mping_core *core, struct mping_core_target *target, int64_t rtt_ns);
void mping_count_verdict(struct mping_core *core, struct mping_core_target *target,
                         enum mping_event_type type);

#endif
