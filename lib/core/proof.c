/* SPDX-License-Identifier: Apache-2.0 */
#include "core/proof.h"

#include "base/bytes.h"

#include "base/siphash.h"
#include "base/slab.h"
#include "core/core.h"
#include "core/icmp.h"
#include "core/key.h"
#include "core/packet.h"
#include "core/probes.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"

static void write_tag(const struct mping_probe *probe, uint8_t bytes[MPING_TAG_BYTES])
{
    store_be64(bytes, (uint64_t)probe->target << 32 | probe->generation);
}

void mping_proof_write(const struct mping_core *core, const struct mping_probe *probe,
                       uint64_t count, uint8_t bytes[MPING_PROOF_BYTES + MPING_TAG_BYTES])
{
    struct mping_key key = mping_probe_key(probe);
    uint64_t high = MPING_LE64(key.words[0]), low = MPING_LE64(key.words[1]);
    bool v4 = mping_key_is_v4(&key);
    /* A later target at the same place starts to count from 0 again: not the same probes. */
    const uint64_t words[] = {
        high,
        low,
        (v4 ? low >> 32 : 0) | (uint64_t)probe->id << 32 |
            (uint64_t)(probe->generation >> 24) << 48,
        count,
        probe->target | (uint64_t)probe->generation << 32,
    };

    /* Other lengths never have the same hash, so IPv4 need not go in with its prefix. */
    store_le64(bytes, mping_siphash(core->opts.seed, v4 ? words + 2 : words, v4 ? 3 : 5));
    write_tag(probe, bytes + MPING_PROOF_BYTES);
}

void mping_proof_kept(const struct mping_probe *probe,
                      uint8_t bytes[MPING_PROOF_BYTES + MPING_TAG_BYTES])
{
    memcpy(bytes, &probe->key.words[0], MPING_PROOF_BYTES);
    write_tag(probe, bytes + MPING_PROOF_BYTES);
}

uint32_t mping_proof_target(const struct mping_core *core, const struct mping_icmp *icmp)
{
    uint32_t target;
    const struct mping_core_target *t;

    if (icmp->payload_len < MPING_PROOF_BYTES + MPING_TAG_BYTES)
        return MPING_CORE_NONE;
    target = load_be32(icmp->payload + MPING_PROOF_BYTES);
    if (!mping_slab_holds(&core->targets, target))
        return MPING_CORE_NONE;
    t = mping_target_at(core, target);
    if (!mping_target_alive(t) || !t->has_addr ||
        t->generation != load_be32(icmp->payload + MPING_PROOF_BYTES + 4))
        return MPING_CORE_NONE;
    return target;
}
