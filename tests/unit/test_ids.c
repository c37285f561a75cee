/* SPDX-License-Identifier: Apache-2.0 */
/* Who a probe belongs to: ids, the proof that a reply is ours, the tag, the table of probes. */
#include <stdlib.h>
#include <string.h>

#include <multiping/error.h>

#include "core/core.h"
#include "core/ids.h"
#include "core/probes.h"
#include "core/proof.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"
#include "tap.h"

enum { IDENT_BYTES = MPING_PROOF_BYTES + MPING_TAG_BYTES, ALL_IDS = 65536 };

static const struct mping_profile profile = {
    .interval_ns = INT64_C(1000000000),
    .timeout_ns = INT64_C(1000000000),
    .backoff = 1,
    .window = 1,
    .payload_bytes = 56,
};

static struct mping_core *new_core(uint64_t seed)
{
    struct mping_core_opts opts = {
        .seed = {seed, seed + 1},
        .inflight_max = 1 << 20,
        .unpaced_inflight = 1000,
    };
    struct mping_core *core = NULL;

    if (mping_core_new(&core, &opts) < 0)
        abort();
    return core;
}

static struct mping_addr addr_of(uint32_t host)
{
    struct mping_addr addr = {.family = AF_INET, .ip = {127}};

    store_be32(addr.ip, UINT32_C(0x7f000000) + host);
    return addr;
}

/* A target that has no address yet. */
static uint32_t new_target(struct mping_core *core)
{
    uint32_t target;

    if (mping_core_target_new(core, &profile, NULL, 0, &target) < 0)
        abort();
    if (mping_core_resolve_wanted(core) != target)
        abort();
    return target;
}

static int resolve(struct mping_core *core, uint32_t target, uint32_t host)
{
    struct mping_addr addr = addr_of(host);

    return mping_core_target_resolved(core, target, &addr, 0);
}

static void write_ident(struct mping_core *core, uint32_t target, uint64_t count,
                        uint8_t bytes[IDENT_BYTES])
{
    const struct mping_core_target *t = mping_target_at(core, target);
    struct mping_probe slot = {
        .key = mping_target_key(core, t),
        .id = t->has_addr ? mping_target_ident(core, t) : 0,
        .target = target,
        .generation = t->generation,
    };

    mping_proof_write(core, &slot, count, bytes);
}

/* The same place, id and count, one thing changed: never the same proof. */
static void test_proof(const char *family, struct mping_key key)
{
    struct mping_core *core = new_core(1), *other = new_core(2);
    struct mping_probe slot = {.key = key, .id = 7, .target = 3, .generation = 4}, s;
    uint64_t count;
    uint8_t first[IDENT_BYTES], bytes[IDENT_BYTES];
    unsigned same = 0;

    mping_proof_write(core, &slot, 9, first);
    mping_proof_write(core, &slot, 9, bytes);
    ok(memcmp(first, bytes, sizeof(bytes)) == 0, "%s: a probe always has the same proof", family);
    ok(load_be32(first + 8) == 3 && load_be32(first + 12) == 4, "the tag names the target");
    mping_proof_write(other, &slot, 9, bytes);
    ok(memcmp(first, bytes, 8) != 0, "another key, another proof");
    for (unsigned bit = 0; bit < 128 + 16 + 64 + 32 + 24; bit++) {
        s = slot;
        count = 9;
        if (bit < 128)
            s.key.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        else if (bit < 144)
            s.id ^= (uint16_t)(1u << (bit - 128));
        else if (bit < 208)
            count ^= UINT64_C(1) << (bit - 144);
        else if (bit < 240)
            s.target ^= 1u << (bit - 208);
        else
            s.generation ^= 1u << (bit - 240) & 0xffffff;
        mping_proof_write(core, &s, count, bytes);
        same += memcmp(first, bytes, 8) == 0;
    }
    ok(same == 0, "every bit of address, id, count, target counts (%u do not)", same);
    if (mping_key_is_v4(&key)) {
        mping_probe_keep_proof(&slot, first);
        mping_proof_kept(&slot, bytes);
        ok(memcmp(first, bytes, sizeof(bytes)) == 0, "the slot keeps it");
        mping_proof_write(core, &slot, 9, bytes);
        ok(memcmp(first, bytes, sizeof(bytes)) == 0, "and its address all the same");
    }
    mping_core_free(core);
    mping_core_free(other);
}

/* A target that comes later to the same place, address and id is not mistaken for it. */
static void test_later_target(void)
{
    struct mping_core *core = new_core(3);
    uint8_t old[IDENT_BYTES], new[IDENT_BYTES];
    struct mping_icmp icmp = {.payload = old, .payload_len = IDENT_BYTES};
    uint32_t first, second;

    mping_core_add_id(core, AF_INET, 500);
    first = new_target(core);
    write_ident(core, first, 0, old);
    ok(mping_proof_target(core, &icmp) == MPING_CORE_NONE, "no address yet: the tag says nothing");
    resolve(core, first, 1);
    write_ident(core, first, 0, old);
    ok(mping_proof_target(core, &icmp) == first, "the tag finds its target");
    mping_core_target_free(core, first);
    ok(mping_proof_target(core, &icmp) == MPING_CORE_NONE, "freed: found no more");
    second = new_target(core);
    resolve(core, second, 1);
    ok(second == first && mping_core_target_id(core, second) == 500,
       "a later target has the same place, address and id");
    write_ident(core, second, 0, new);
    ok(memcmp(old, new, 8) != 0, "but another proof");
    ok(mping_proof_target(core, &icmp) == MPING_CORE_NONE, "and the old tag is not its own");
    icmp.payload = new;
    ok(mping_proof_target(core, &icmp) == second, "only the new one is");
    mping_core_free(core);
}

/* Tags as anybody may send them: never an index beyond the table. */
static void test_hostile_tags(void)
{
    static const uint32_t targets[] = {0, 1, 1023, 1024, 1025, UINT32_MAX, UINT32_C(1) << 31};
    struct mping_core *core = new_core(4);
    uint8_t bytes[IDENT_BYTES] = {0};
    struct mping_icmp icmp = {.payload = bytes, .payload_len = IDENT_BYTES};
    unsigned found = 0;
    uint32_t target;

    ok(mping_proof_target(core, &icmp) == MPING_CORE_NONE, "an empty core has no targets");
    mping_core_add_id(core, AF_INET, 1);
    target = new_target(core);
    resolve(core, target, 1);
    for (unsigned i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        store_be32(bytes + 8, targets[i]);
        found += mping_proof_target(core, &icmp) != MPING_CORE_NONE;
    }
    ok(found == 1, "of tags at and beyond all borders only the true one is found (%u)", found);
    store_be32(bytes + 8, target);
    for (icmp.payload_len = 0; icmp.payload_len < IDENT_BYTES; icmp.payload_len++)
        found += mping_proof_target(core, &icmp) != MPING_CORE_NONE;
    ok(found == 1, "a cut tag says nothing");
    mping_core_free(core);
}

/* All 65,536 ids at one address, each once; then none; then the one that is given back. */
static void test_all_ids(void)
{
    static uint8_t seen[ALL_IDS];
    static uint32_t targets[ALL_IDS];
    struct mping_core *core = new_core(5);
    unsigned twice = 0, lost = 0;
    uint32_t one_more;
    int r = 0;

    for (uint32_t i = 0; i < ALL_IDS && r == 0; i++) {
        /* Every other id, then the rest: the order must not matter. */
        uint16_t id = (uint16_t)(i * 2 + i / 32768);

        targets[i] = new_target(core);
        r = resolve(core, targets[i], 9);
        if (r == MPING_ENOIDS && mping_core_add_id(core, AF_INET, id) == 0)
            r = resolve(core, targets[i], 9);
        if (r == 0)
            twice += seen[mping_core_target_id(core, targets[i])]++;
    }
    ok(r == 0 && twice == 0, "65,536 targets at one address have each an id of their own");
    ok(mping_core_ids(core, AF_INET) == ALL_IDS && mping_core_ids(core, AF_INET6) == 0,
       "of the 65,536 there are");
    one_more = new_target(core);
    ok(resolve(core, one_more, 9) == MPING_ENOIDS, "then there is none");
    ok(resolve(core, one_more, 10) == 0, "but at another address");
    for (uint32_t i = 0; i < ALL_IDS; i++) {
        const struct mping_core_target *t = mping_target_at(core, targets[i]);
        struct mping_key key = mping_target_key(core, t);

        lost += mping_ids_find(core, &key, mping_target_ident(core, t)) != targets[i];
    }
    ok(lost == 0, "all are found by address and id (%u are not)", lost);
    mping_core_target_free(core, targets[31337]);
    one_more = new_target(core);
    ok(resolve(core, one_more, 9) == 0, "an id given back is found again, wherever it is");
    mping_core_free(core);
}

/* Nearly all targets share the first id; a target that loses moves around a few. */
static void test_move(void)
{
    struct mping_core *core = new_core(6);
    unsigned others = 0, ids = 0;
    uint32_t target = MPING_CORE_NONE, mask = 0;

    mping_core_add_id(core, AF_INET, 100);
    for (uint32_t i = 0; i < 1000; i++) {
        target = new_target(core);
        resolve(core, target, i);
        others += mping_core_target_id(core, target) != 100;
    }
    ok(others == 0, "a thousand addresses need one id");
    ok(!mping_core_id_wanted(core, AF_INET), "no other is wanted");
    mping_ids_move(core, target);
    ok(mping_core_target_id(core, target) == 100 && mping_core_id_wanted(core, AF_INET),
       "a target that would like to move asks for one");
    for (uint16_t id = 101; mping_core_id_wanted(core, AF_INET) && id < 200; id++) {
        mping_core_add_id(core, AF_INET, id);
        ids++;
        for (unsigned i = 0; i < 20; i++) {
            mping_ids_move(core, target);
            mask |= 1u << (mping_core_target_id(core, target) - 100);
        }
    }
    ok(ids == MPING_FRESH_IDS - 1 && mask == 0xff, "it takes turns at %d of them", MPING_FRESH_IDS);
    ok(!mping_core_id_wanted(core, AF_INET6), "the other family is not concerned");
    mping_core_free(core);
}

/* Probes are found by address, id and seq: all 65,536 seqs, and none beside them. */
static void test_slots(void)
{
    struct mping_core *core = new_core(7);
    static uint32_t slots[ALL_IDS];
    unsigned lost = 0, wrong = 0, tagged = 0;
    uint32_t target;
    struct mping_key key;

    mping_core_add_id(core, AF_INET, 65535);
    target = new_target(core);
    resolve(core, target, 77);
    key = mping_target_key(core, mping_target_at(core, target));
    if (!mping_target_make_extra(core, mping_target_at(core, target)))
        abort();
    for (uint32_t i = 0; i < ALL_IDS; i++) {
        mping_target_at(core, target)->count = UINT32_C(0x23450000) + i;
        slots[i] = mping_probe_new(core, target);
        lost += slots[i] == MPING_SLAB_NONE;
    }
    for (uint32_t i = 0; i < ALL_IDS; i++) {
        lost += mping_probe_find(core, &key, 65535, (uint16_t)i) != slots[i];
        wrong += mping_probe_find(core, &key, 0, (uint16_t)i) != MPING_SLAB_NONE;
        tagged += mping_probe_seq(mping_probe_at(core, slots[i])) != i;
    }
    ok(lost == 0 && tagged == 0, "every seq from 0 to 65,535 is found at id 65,535 (%u lost)",
       lost);
    ok(wrong == 0, "and at no other id (%u are)", wrong);
    ok(mping_core_target_pending(core, target) == ALL_IDS && mping_core_inflight(core) == ALL_IDS,
       "all are pending");
    for (uint32_t i = 0; i < ALL_IDS; i += 2)
        mping_probe_drop(core, slots[i]);
    for (uint32_t i = 0; i < ALL_IDS; i++)
        wrong += mping_probe_find(core, &key, 65535, (uint16_t)i) !=
                 (i % 2 ? slots[i] : MPING_SLAB_NONE);
    ok(wrong == 0, "dropped ones are found no more, the others still (%u wrong)", wrong);
    mping_core_free(core);
}

enum { PLACES = 1 << 19 };

/* A place where a probe may be: which host, id and seq is made of its number. */
static uint32_t place_host(uint32_t place)
{
    return place / 4 * UINT32_C(0x9e3779b1) >> 8;
}

static uint16_t place_id(uint32_t place)
{
    return 500 + place % 2;
}

static uint16_t place_seq(uint32_t place)
{
    return place / 2 % 2;
}

static struct mping_key place_key(uint32_t place)
{
    struct mping_addr addr = addr_of(place_host(place));

    return mping_key_of(&addr);
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/* All places in the order of their hashes: the hash above the number of the place. */
static uint64_t *sorted_places(const struct mping_core *core)
{
    uint64_t *sorted = malloc(PLACES * sizeof(*sorted));

    if (!sorted)
        abort();
    for (uint32_t i = 0; i < PLACES; i++) {
        struct mping_key key = place_key(i);

        sorted[i] = (uint64_t)mping_ids_hash(core, &key, place_id(i), place_seq(i)) << 32 | i;
    }
    qsort(sorted, PLACES, sizeof(*sorted), by_number);
    return sorted;
}

/* A target with the place's address and id; the first one there gets the first id. */
static uint32_t target_at_place(struct mping_core *core, uint32_t place)
{
    uint32_t target;

    do {
        target = new_target(core);
        if (resolve(core, target, place_host(place)) < 0)
            abort();
    } while (mping_target_ident(core, mping_target_at(core, target)) != place_id(place));
    mping_target_at(core, target)->count = place_seq(place);
    return target;
}

static uint32_t find_place(const struct mping_core *core, uint32_t place)
{
    struct mping_key key = place_key(place);

    return mping_probe_find(core, &key, place_id(place), place_seq(place));
}

/* Whether probes and targets at two places are told apart, in either order. */
static bool told_apart(struct mping_core *core, uint32_t a, uint32_t b)
{
    uint32_t target_a = target_at_place(core, a), target_b = target_at_place(core, b);
    uint32_t slot_a = mping_probe_new(core, target_a), slot_b = mping_probe_new(core, target_b);
    struct mping_key key_a = place_key(a), key_b = place_key(b);
    bool good = find_place(core, a) == slot_a && find_place(core, b) == slot_b &&
                mping_ids_find(core, &key_a, place_id(a)) == target_a &&
                mping_ids_find(core, &key_b, place_id(b)) == target_b;

    mping_probe_drop(core, slot_a);
    mping_core_target_free(core, target_a);
    good = good && find_place(core, a) == MPING_SLAB_NONE && find_place(core, b) == slot_b &&
           mping_ids_find(core, &key_a, place_id(a)) != target_a;

    /* From another place to the one that has become free. */
    target_a = new_target(core);
    good = good && resolve(core, target_a, UINT32_C(0xfffffe)) == 0 &&
           mping_ids_assign(core, target_a, &key_a) == 0 &&
           mping_ids_find(core, &key_a, place_id(a)) == target_a &&
           mping_ids_find(core, &key_b, place_id(b)) == target_b;
    mping_core_target_free(core, target_a);
    return good;
}

/* Hashes of 32 bits are often the same where there are many: that must not matter. */
static void test_same_hash(void)
{
    struct mping_core *core = new_core(8);
    unsigned pairs = 0, wrong = 0, by_kind[2][2] = {{0}};
    uint64_t *sorted;

    mping_core_add_id(core, AF_INET, 500);
    mping_core_add_id(core, AF_INET, 501);
    sorted = sorted_places(core);
    for (size_t i = 1; i < PLACES; i++) {
        uint32_t a = (uint32_t)sorted[i - 1], b = (uint32_t)sorted[i];

        if (sorted[i - 1] >> 32 != sorted[i] >> 32)
            continue;
        pairs++;
        by_kind[place_id(a) == place_id(b)][place_seq(a) == place_seq(b)]++;
        wrong += !told_apart(core, a, b);
    }
    ok(by_kind[0][0] && by_kind[0][1] && by_kind[1][0] && by_kind[1][1],
       "%u pairs of places have the same hash, whether or not id or seq differ", pairs);
    ok(wrong == 0, "all of them are told apart (%u are not)", wrong);
    free(sorted);
    mping_core_free(core);
}

int main(void)
{
    test_proof("IPv6", (struct mping_key){.bytes = {0x20, 1, 0xd, 0xb8, [15] = 1}});
    test_proof("IPv4", mping_key_of(&(struct mping_addr){.family = AF_INET, .ip = {127, 1}}));
    test_later_target();
    test_hostile_tags();
    test_all_ids();
    test_move();
    test_slots();
    test_same_hash();
    return done_testing();
}
