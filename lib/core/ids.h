/* SPDX-License-Identifier: Apache-2.0 */
/* The ICMP ids that targets ping with: no two targets of one address share an id. */
#ifndef MPING_CORE_IDS_H
#define MPING_CORE_IDS_H

#include "base/bytes.h"
#include "core/key.h"
#include "core/state.h"

/*
 * Where a probe is indexed. Seeded, so that nobody can choose addresses that all fall into one
 * bucket; one multiplication for each word, as it is computed for every packet.
 */
static inline uint32_t mping_ids_hash(const struct mping_core *core, const struct mping_key *key,
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
uint32_t mping_ids_find(const struct mping_core *core, const struct mping_key *key, uint16_t id);
/* Gives the target an id for its (new) address: 0, MPING_ENOIDS or MPING_ENOMEM. */
int mping_ids_assign(struct mping_core *core, uint32_t target, const struct mping_key *key);
/* Forgets its address and id. */
void mping_ids_release(struct mping_core *core, uint32_t target);
/* Moves it to another id, if there is one; else asks for one. */
void mping_ids_move(struct mping_core *core, uint32_t target);

#endif
