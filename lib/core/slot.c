/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include <multiping/error.h>

#include "core/internal.h"

static uint32_t slot_hash(const struct mping_core *core, const struct mping_slot *slot)
{
    struct mping_key key = mping_slot_key(slot);

    return mping_ident_hash(core, &key, slot->id, mping_slot_seq(slot));
}

static bool is_at(const struct mping_slot *slot, const struct mping_key *key, uint16_t id,
                  uint16_t seq)
{
    struct mping_key own = mping_slot_key(slot);

    return mping_slot_seq(slot) == seq && slot->id == id && mping_key_equal(&own, key);
}

static uint32_t find(const struct mping_core *core, uint32_t hash, const struct mping_key *key,
                     uint16_t id, uint16_t seq)
{
    struct mping_hash_cursor c = mping_hash_find(&core->slot_index, hash);
    uint32_t slot;

    while (mping_hash_next(&core->slot_index, &c, &slot))
        if (is_at(mping_slot_at(core, slot), key, id, seq))
            return slot;
    return MPING_SLAB_NONE;
}

uint32_t mping_slot_find(const struct mping_core *core, const struct mping_key *key, uint16_t id,
                         uint16_t seq)
{
    return find(core, mping_ident_hash(core, key, id, seq), key, id, seq);
}

uint32_t mping_slot_find_guessed(const struct mping_core *core, const struct mping_guess *guess,
                                 const struct mping_key *key, uint16_t id, uint16_t seq)
{
    const struct mping_slot *s;

    if (guess->slot != MPING_SLAB_NONE) {
        s = mping_slot_at(core, guess->slot);
        if (s->state != MPING_SLOT_FREE && is_at(s, key, id, seq))
            return guess->slot;
    }
    return find(core, guess->hash, key, id, seq);
}

/* Half full at most: entries come and go all the time, and removing follows their runs. */
static int reserve_index(struct mping_core *core)
{
    size_t used = core->slot_index.used + 1;

    return mping_hash_reserve(&core->slot_index, used + used / 2);
}

uint32_t mping_slot_new(struct mping_core *core, uint32_t target)
{
    const struct mping_core_target *t = mping_target_at(core, target);
    struct mping_slot *s;
    uint32_t slot;

    if (mping_slab_reserve(&core->slots) < 0 || reserve_index(core) < 0)
        return MPING_SLAB_NONE;
    slot = mping_slab_alloc(&core->slots);
    s = mping_slot_at(core, slot);
    s->key = mping_target_key(core, t);
    s->sent_ns = 0;
    s->target = target;
    s->generation = t->generation;
    s->count = t->count;
    s->id = mping_target_ident(core, t);
    s->state = MPING_SLOT_SENDING;
    s->tx_stamp = MPING_STAMP_NONE;
    s->hinted = false;
    s->noted = false;
    s->attempt = mping_target_attempt(core, t);
    mping_hash_insert(&core->slot_index, slot_hash(core, s), slot);
    mping_target_add_slot(core, slot);
    return slot;
}

/*
 * The FIFO for a timeout, or MPING_CLASSES if all are taken by others. A class whose last
 * probe has gone can take up another timeout.
 */
static uint32_t class_for(struct mping_core *core, int64_t timeout_ns)
{
    uint32_t vacant = MPING_CLASSES;

    for (uint32_t i = 0; i < MPING_CLASSES; i++) {
        bool empty = mping_list_head(&core->slots, MPING_SLOTS_CLASS + i) == MPING_SLAB_NONE;

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
    uint32_t tail = core->slots.lists[MPING_SLOTS_CLASS + class].tail;

    return !(tail & MPING_SLAB_LIST) && mping_slot_at(core, tail)->node.due_ns > due_ns;
}

void mping_slot_launch(struct mping_core *core, uint32_t slot, int64_t timeout_ns)
{
    struct mping_slot *s = mping_slot_at(core, slot);
    uint32_t class;

    s->state = MPING_SLOT_INFLIGHT;
    s->node.due_ns = timeout_ns && s->sent_ns < MPING_TIME_NEVER - timeout_ns
                         ? s->sent_ns + timeout_ns
                         : MPING_TIME_NEVER;
    class = class_for(core, timeout_ns);
    if (class < MPING_CLASSES && !is_late(core, class, s->node.due_ns))
        mping_list_push(&core->slots, MPING_SLOTS_CLASS + class, slot);
    else
        mping_wheel_insert(&core->timeouts, slot);
}

static uint32_t hint_hash(uint32_t slot)
{
    return slot * UINT32_C(0x9e3779b9);
}

/* Of a slot that has one. */
static uint32_t find_hint(const struct mping_core *core, uint32_t slot)
{
    struct mping_hash_cursor c = mping_hash_find(&core->hint_index, hint_hash(slot));
    uint32_t hint = MPING_SLAB_NONE;
    bool found = mping_hash_next(&core->hint_index, &c, &hint);

    /* No two slots have the same hash. */
    assert(found && mping_hint_at(core, hint)->slot == slot);
    (void)found;
    return hint;
}

struct mping_hint *mping_slot_hint(const struct mping_core *core, uint32_t slot)
{
    assert(mping_slot_at(core, slot)->hinted);
    return mping_hint_at(core, find_hint(core, slot));
}

struct mping_hint *mping_slot_add_hint(struct mping_core *core, uint32_t slot)
{
    struct mping_slot *s = mping_slot_at(core, slot);
    uint32_t hint;

    if (s->hinted || mping_slab_reserve(&core->hints) < 0 ||
        mping_hash_reserve(&core->hint_index, core->hint_index.used + 1) < 0)
        return NULL;
    hint = mping_slab_alloc(&core->hints);
    mping_hint_at(core, hint)->slot = slot;
    mping_hash_insert(&core->hint_index, hint_hash(slot), hint);
    s->hinted = true;
    return mping_hint_at(core, hint);
}

static void free_hint(struct mping_core *core, uint32_t slot)
{
    struct mping_slot *s = mping_slot_at(core, slot);
    uint32_t hint;

    if (!s->hinted)
        return;
    hint = find_hint(core, slot);
    mping_hash_remove(&core->hint_index, hint_hash(slot), hint);
    mping_slab_free(&core->hints, hint);
    s->hinted = false;
}

/* Asks the cache for what forgetting the next two will need, as look_ahead() in send.c. */
static void forget_oldest(struct mping_core *core)
{
    uint32_t slot = mping_list_head(&core->slots, MPING_SLOTS_REMEMBERED);
    uint32_t next = mping_slot_at(core, slot)->node.next;

    if (!(next & MPING_SLAB_LIST)) {
        const struct mping_slot *s = mping_slot_at(core, next);
        struct mping_key key = mping_slot_key(s);

        mping_slab_prefetch(&core->slots, s->node.next);
        mping_slot_prefetch(core, &key, s->id, mping_slot_seq(s));
    }
    mping_slot_drop(core, slot);
}

void mping_slot_settle(struct mping_core *core, uint32_t slot, enum mping_slot_state state,
                       int64_t now_ns)
{
    struct mping_slot *s = mping_slot_at(core, slot);

    assert(s->state == MPING_SLOT_INFLIGHT);
    mping_target_remove_slot(core, slot);
    mping_list_unlink(&core->slots, slot);
    free_hint(core, slot);
    s->state = state & 7u;
    s->node.due_ns = now_ns + MPING_REMEMBER_NS;
    mping_list_push(&core->slots, MPING_SLOTS_REMEMBERED, slot);
    if (core->remembered++ == MPING_REMEMBERED_MAX)
        forget_oldest(core);
}

void mping_slot_drop(struct mping_core *core, uint32_t slot)
{
    struct mping_slot *s = mping_slot_at(core, slot);

    if (s->state == MPING_SLOT_ANSWERED || s->state == MPING_SLOT_MISSED)
        core->remembered--;
    else
        mping_target_remove_slot(core, slot);
    mping_list_unlink(&core->slots, slot);
    free_hint(core, slot);
    mping_hash_remove(&core->slot_index, slot_hash(core, s), slot);
    s->state = MPING_SLOT_FREE;
    mping_slab_free(&core->slots, slot);
}

void mping_slot_forget(struct mping_core *core, int64_t now_ns)
{
    for (int i = 0; i < MPING_FORGET_MAX; i++) {
        uint32_t slot = mping_list_head(&core->slots, MPING_SLOTS_REMEMBERED);

        if (slot == MPING_SLAB_NONE || mping_slot_at(core, slot)->node.due_ns > now_ns)
            return;
        forget_oldest(core);
    }
}

uint32_t mping_slot_expired(struct mping_core *core, int64_t now_ns)
{
    for (uint32_t i = 0; i < MPING_CLASSES; i++) {
        uint32_t slot = mping_list_head(&core->slots, MPING_SLOTS_CLASS + i);

        if (slot != MPING_SLAB_NONE && mping_slot_at(core, slot)->node.due_ns < now_ns)
            return slot;
    }
    mping_wheel_advance(&core->timeouts, now_ns);
    return mping_wheel_due(&core->timeouts);
}

int64_t mping_slot_deadline_ns(struct mping_core *core)
{
    int64_t deadline_ns = mping_wheel_next_ns(&core->timeouts);

    for (uint32_t i = 0; i < MPING_CLASSES; i++) {
        uint32_t slot = mping_list_head(&core->slots, MPING_SLOTS_CLASS + i);
        int64_t due_ns;

        if (slot == MPING_SLAB_NONE)
            continue;
        due_ns = mping_slot_at(core, slot)->node.due_ns;
        if (due_ns < deadline_ns)
            deadline_ns = due_ns + 1; /* a reply at the deadline itself is in time */
    }
    return deadline_ns;
}
