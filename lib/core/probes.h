/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of probes: in flight, and after their verdict remembered for a while, so that late
 * replies and duplicates are known. Found by address, id and sequence number.
 */
#ifndef MPING_CORE_PROBES_H
#define MPING_CORE_PROBES_H

#include "base/hash_index.h"
#include "base/slab.h"
#include "core/ids.h"
#include "core/key.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"

static inline struct mping_probe *mping_probe_at(const struct mping_core *core, uint32_t probe)
{
    return mping_slab_at_sized(&core->probes, probe, sizeof(struct mping_probe));
}

static inline struct mping_hint *mping_hint_at(const struct mping_core *core, uint32_t hint)
{
    return mping_slab_at(&core->hints, hint);
}

static inline uint16_t mping_probe_seq(const struct mping_probe *probe)
{
    return (uint16_t)probe->count;
}

/* When it left, as far as is known by now: see receive.c. */
static inline int64_t mping_probe_sent_ns(const struct mping_probe *probe)
{
    return probe->sent_ns -
           (probe->tx_stamp == MPING_STAMP_CALL ? probe->early * MPING_EARLY_NS : 0);
}

/* Where the probe went. */
static inline struct mping_key mping_probe_key(const struct mping_probe *probe)
{
    struct mping_key key = probe->key;

    if (probe->proof_kept)
        key.words[0] = 0;
    return key;
}

/* IPv4: notes what the payload of the probe begins with. */
static inline void mping_probe_keep_proof(struct mping_probe *probe, const uint8_t bytes[8])
{
    memcpy(&probe->key.words[0], bytes, sizeof(probe->key.words[0]));
    probe->proof_kept = 1;
}

/*
 * The number of a probe of a living target, which has not made 2^31 more since. It may lie
 * ahead of the next one while probes that met full buffers are taken back.
 */
static inline uint64_t mping_probe_count(const struct mping_core *core,
                                         const struct mping_core_target *t,
                                         const struct mping_probe *probe)
{
    uint64_t next = mping_target_count(core, t);

    return next + (uint64_t)(int32_t)(probe->count - (uint32_t)next);
}

/* An entry for the target's next probe: MPING_SLAB_NONE when out of memory. */
uint32_t mping_probe_new(struct mping_core *core, uint32_t target);
/* Where a probe is in flight or remembered, or MPING_SLAB_NONE. */
uint32_t mping_probe_find(const struct mping_core *core, const struct mping_key *key, uint16_t id,
                          uint16_t seq);
/* Where it was a moment ago, by its hash alone; probe: or MPING_SLAB_NONE. */
struct mping_guess {
    uint32_t hash, probe;
};
uint32_t mping_probe_find_guessed(const struct mping_core *core, const struct mping_guess *guess,
                                  const struct mping_key *key, uint16_t id, uint16_t seq);
/* Asks the cache for where such a probe is indexed. */
static inline void mping_probe_prefetch(const struct mping_core *core, const struct mping_key *key,
                                        uint16_t id, uint16_t seq)
{
    mping_hash_prefetch(&core->probe_index, mping_ids_hash(core, key, id, seq));
}

/* It has left: waits for timeout_ns (0: for ever). */
void mping_probe_launch(struct mping_core *core, uint32_t probe, int64_t timeout_ns);
/* It has its verdict: remembered, until forgotten for age or number. */
void mping_probe_conclude(struct mping_core *core, uint32_t probe, enum mping_probe_state state,
                          int64_t now_ns);
/* Frees it, whatever its state. */
void mping_probe_drop(struct mping_core *core, uint32_t probe);
/* Forgets what is old, some of it. */
void mping_probe_forget(struct mping_core *core, int64_t now_ns);
/* The ICMP error that it was given: it must be `hinted`. */
struct mping_hint *mping_probe_hint(const struct mping_core *core, uint32_t probe);
/* Keeps one: NULL if it has one already, or out of memory. */
struct mping_hint *mping_probe_add_hint(struct mping_core *core, uint32_t probe);
/* The next probe whose deadline lies before now_ns, or MPING_SLAB_NONE. */
uint32_t mping_probe_expired(struct mping_core *core, int64_t now_ns);
int64_t mping_probe_deadline_ns(struct mping_core *core);
/* Links a probe to, and unlinks it from, those pending of its target. */
void mping_target_add_probe(struct mping_core *core, uint32_t probe);
void mping_target_remove_probe(struct mping_core *core, uint32_t probe);

#endif
