/* SPDX-License-Identifier: Apache-2.0 */
#include "core/probes.h"

#include <assert.h>

#include <multiping/error.h>

#include "base/hash_index.h"
#include "base/slab.h"
#include "core/core.h"
#include "core/ids.h"
#include "core/key.h"
#include "core/profile_table.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"
#include "core/wheel.h"

static uint32_t probe_hash(const struct mping_core *core, const struct mping_probe *probe)
{
    struct mping_key key = mping_probe_key(probe);

    return mping_ids_hash(core, &key, probe->id, mping_probe_seq(probe));
}

static bool is_at(const struct mping_probe *probe, const struct mping_key *key, uint16_t id,
                  uint16_t seq)
{
    struct mping_key own = mping_probe_key(probe);

    return mping_probe_seq(probe) == seq && probe->id == id && mping_key_equal(&own, key);
}

static uint32_t find(const struct mping_core *core, uint32_t hash, const struct mping_key *key,
                     uint16_t id, uint16_t seq)
{
    struct mping_hash_cursor c = mping_hash_find(&core->probe_index, hash);
    uint32_t probe;

    while (mping_hash_next(&core->probe_index, &c, &probe))
        if (is_at(mping_probe_at(core, probe), key, id, seq))
            return probe;
    return MPING_SLAB_NONE;
}

uint32_t mping_probe_find(const struct mping_core *core, const struct mping_key *key, uint16_t id,
                          uint16_t seq)
{
    return find(core, mping_ids_hash(core, key, id, seq), key, id, seq);
}

uint32_t mping_probe_find_guessed(const struct mping_core *core, const struct mping_guess *guess,
                                  const struct mping_key *key, uint16_t id, uint16_t seq)
{
    const struct mping_probe *p;

    if (guess->probe != MPING_SLAB_NONE) {
        p = mping_probe_at(core, guess->probe);
        if (p->state != MPING_PROBE_FREE && is_at(p, key, id, seq))
            return guess->probe;
    }
    return find(core, guess->hash, key, id, seq);
}

/* Half full at most: entries come and go all the time, and removing follows their runs. */
static int reserve_index(struct mping_core *core)
{
    size_t used = core->probe_index.used + 1;

    return mping_hash_reserve(&core->probe_index, used + used / 2);
}

uint32_t mping_probe_new(struct mping_core *core, uint32_t target)
{
    const struct mping_core_target *t = mping_target_at(core, target);
    struct mping_probe *p;
    uint32_t probe;

    if (mping_slab_reserve(&core->probes) < 0 || reserve_index(core) < 0)
        return MPING_SLAB_NONE;
    probe = mping_slab_alloc(&core->probes);
    p = mping_probe_at(core, probe);
    p->key = mping_target_key(core, t);
    p->sent_ns = 0;
    p->target = target;
    p->generation = t->generation;
    p->count = t->count;
    p->id = mping_target_ident(core, t);
    p->state = MPING_PROBE_SENDING;
    p->tx_stamp = MPING_STAMP_NONE;
    p->hinted = false;
    p->proof_kept = false;
    p->attempt = mping_target_attempt(core, t);
    mping_hash_insert(&core->probe_index, probe_hash(core, p), probe);
    mping_target_add_probe(core, probe);
    return probe;
}

/*
 * The FIFO for a timeout, or MPING_CLASSES if all are taken by others. A class whose last
 * probe has gone can take up another timeout.
 */
static uint32_t class_for(struct mping_core *core, int64_t timeout_ns)
{
    uint32_t vacant = MPING_CLASSES;

    for (uint32_t i = 0; i < MPING_CLASSES; i++) {
        bool empty = mping_list_head(&core->probes, MPING_PROBES_CLASS + i) == MPING_SLAB_NONE;

        if (core->class_timeout_ns[i] == timeout_ns)
            return i;
        if (empty && vacant == MPING_CLASSES)
            vacant = i;
    }
    if (vacant < MPING_CLASSES)
        core->class_timeout_ns[vacant] = timeout_ns;
    return vacant;
}

/* Whether the last probe of the class has a later deadline: then the order would break. */
static bool is_late(const struct mping_core *core, uint32_t class, int64_t due_ns)
{
    uint32_t tail = core->probes.lists[MPING_PROBES_CLASS + class].tail;

    return !(tail & MPING_SLAB_LIST) && mping_probe_at(core, tail)->node.due_ns > due_ns;
}

void mping_probe_launch(struct mping_core *core, uint32_t probe, int64_t timeout_ns)
{
    struct mping_probe *p = mping_probe_at(core, probe);
    uint32_t class;

    p->state = MPING_PROBE_INFLIGHT;
    p->node.due_ns = timeout_ns && p->sent_ns < MPING_TIME_NEVER - timeout_ns
                         ? p->sent_ns + timeout_ns
                         : MPING_TIME_NEVER;
    class = class_for(core, timeout_ns);
    if (class < MPING_CLASSES && !is_late(core, class, p->node.due_ns))
        mping_list_push(&core->probes, MPING_PROBES_CLASS + class, probe);
    else
        mping_wheel_insert(&core->timeouts, probe);
}

static uint32_t hint_hash(uint32_t probe)
{
    return probe * UINT32_C(0x9e3779b9);
}

/* Of a probe that has one. */
static uint32_t find_hint(const struct mping_core *core, uint32_t probe)
{
    struct mping_hash_cursor c = mping_hash_find(&core->hint_index, hint_hash(probe));
    uint32_t hint = MPING_SLAB_NONE;
    bool found = mping_hash_next(&core->hint_index, &c, &hint);

    /* No two probes have the same hash. */
    assert(found && mping_hint_at(core, hint)->probe == probe);
    (void)found;
    return hint;
}

struct mping_hint *mping_probe_hint(const struct mping_core *core, uint32_t probe)
{
    assert(mping_probe_at(core, probe)->hinted);
    return mping_hint_at(core, find_hint(core, probe));
}

struct mping_hint *mping_probe_add_hint(struct mping_core *core, uint32_t probe)
{
    struct mping_probe *p = mping_probe_at(core, probe);
    uint32_t hint;

    if (p->hinted || mping_slab_reserve(&core->hints) < 0 ||
        mping_hash_reserve(&core->hint_index, core->hint_index.used + 1) < 0)
        return NULL;
    hint = mping_slab_alloc(&core->hints);
    mping_hint_at(core, hint)->probe = probe;
    mping_hash_insert(&core->hint_index, hint_hash(probe), hint);
    p->hinted = true;
    return mping_hint_at(core, hint);
}

static void free_hint(struct mping_core *core, uint32_t probe)
{
    struct mping_probe *p = mping_probe_at(core, probe);
    uint32_t hint;

    if (!p->hinted)
        return;
    hint = find_hint(core, probe);
    mping_hash_remove(&core->hint_index, hint_hash(probe), hint);
    mping_slab_free(&core->hints, hint);
    p->hinted = false;
}

/* Asks the cache for what forgetting the next two will need, as look_ahead() in send.c. */
static void forget_oldest(struct mping_core *core)
{
    uint32_t probe = mping_list_head(&core->probes, MPING_PROBES_REMEMBERED);
    uint32_t next = mping_probe_at(core, probe)->node.next;

    if (!(next & MPING_SLAB_LIST)) {
        const struct mping_probe *p = mping_probe_at(core, next);
        struct mping_key key = mping_probe_key(p);

        mping_slab_prefetch(&core->probes, p->node.next);
        mping_probe_prefetch(core, &key, p->id, mping_probe_seq(p));
    }
    mping_probe_drop(core, probe);
}

void mping_probe_conclude(struct mping_core *core, uint32_t probe, enum mping_probe_state state,
                          int64_t now_ns)
{
    struct mping_probe *p = mping_probe_at(core, probe);

    assert(p->state == MPING_PROBE_INFLIGHT);
    mping_target_remove_probe(core, probe);
    mping_list_unlink(&core->probes, probe);
    free_hint(core, probe);
    p->state = state & 7u;
    p->node.due_ns = now_ns + MPING_REMEMBER_NS;
    mping_list_push(&core->probes, MPING_PROBES_REMEMBERED, probe);
    if (core->remembered++ == MPING_REMEMBERED_MAX)
        forget_oldest(core);
}

void mping_probe_drop(struct mping_core *core, uint32_t probe)
{
    struct mping_probe *p = mping_probe_at(core, probe);

    if (p->state == MPING_PROBE_ANSWERED || p->state == MPING_PROBE_MISSED)
        core->remembered--;
    else
        mping_target_remove_probe(core, probe);
    mping_list_unlink(&core->probes, probe);
    free_hint(core, probe);
    mping_hash_remove(&core->probe_index, probe_hash(core, p), probe);
    p->state = MPING_PROBE_FREE;
    mping_slab_free(&core->probes, probe);
}

void mping_probe_forget(struct mping_core *core, int64_t now_ns)
{
    for (int i = 0; i < MPING_FORGET_MAX; i++) {
        uint32_t probe = mping_list_head(&core->probes, MPING_PROBES_REMEMBERED);

        if (probe == MPING_SLAB_NONE || mping_probe_at(core, probe)->node.due_ns > now_ns)
            return;
        forget_oldest(core);
    }
}

uint32_t mping_probe_expired(struct mping_core *core, int64_t now_ns)
{
    for (uint32_t i = 0; i < MPING_CLASSES; i++) {
        uint32_t probe = mping_list_head(&core->probes, MPING_PROBES_CLASS + i);

        if (probe != MPING_SLAB_NONE && mping_probe_at(core, probe)->node.due_ns < now_ns)
            return probe;
    }
    mping_wheel_advance(&core->timeouts, now_ns);
    return mping_wheel_due(&core->timeouts);
}

int64_t mping_probe_deadline_ns(struct mping_core *core)
{
    int64_t deadline_ns = mping_wheel_next_ns(&core->timeouts);

    for (uint32_t i = 0; i < MPING_CLASSES; i++) {
        uint32_t probe = mping_list_head(&core->probes, MPING_PROBES_CLASS + i);
        int64_t due_ns;

        if (probe == MPING_SLAB_NONE)
            continue;
        due_ns = mping_probe_at(core, probe)->node.due_ns;
        if (due_ns < deadline_ns)
            deadline_ns = due_ns + 1; /* a reply at the deadline itself is in time */
    }
    return deadline_ns;
}

void mping_target_add_probe(struct mping_core *core, uint32_t probe)
{
    struct mping_probe *p = mping_probe_at(core, probe);
    struct mping_core_target *t = mping_target_at(core, p->target);
    struct mping_target_extra *extra = mping_target_extra_of(core, t);

    p->next = p->prev = probe;
    if (t->first_probe == MPING_SLAB_NONE) {
        t->first_probe = probe;
    } else {
        struct mping_probe *first = mping_probe_at(core, t->first_probe);

        p->next = t->first_probe;
        p->prev = first->prev;
        mping_probe_at(core, first->prev)->next = probe;
        first->prev = probe;
    }
    if (extra)
        extra->pending++;
    core->inflight++;
    core->unpaced += mping_profile_of(core, t)->interval_ns == 0;
}

void mping_target_remove_probe(struct mping_core *core, uint32_t probe)
{
    struct mping_probe *p = mping_probe_at(core, probe);
    struct mping_core_target *t = mping_target_at(core, p->target);
    struct mping_target_extra *extra = mping_target_extra_of(core, t);

    if (p->next == probe) {
        t->first_probe = MPING_SLAB_NONE;
    } else {
        mping_probe_at(core, p->prev)->next = p->next;
        mping_probe_at(core, p->next)->prev = p->prev;
        if (t->first_probe == probe)
            t->first_probe = p->next;
    }
    if (extra)
        extra->pending--;
    core->inflight--;
    core->unpaced -= mping_profile_of(core, t)->interval_ns == 0;
}
