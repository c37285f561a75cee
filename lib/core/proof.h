/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe carries to show that its reply is ours: 8 bytes that nobody can guess, and a tag
 * that names the target. */
#ifndef MPING_CORE_PROOF_H
#define MPING_CORE_PROOF_H

#include "core/icmp.h"
#include "core/packet.h"
#include "core/records.h"
#include "core/state.h"

/* The first 16 bytes of payload, proof and tag, of a probe whose full count is `count`. */
void mping_proof_write(const struct mping_core *core, const struct mping_probe *probe,
                       uint64_t count, uint8_t bytes[MPING_PROOF_BYTES + MPING_TAG_BYTES]);
/* The same bytes from what the probe has kept of its proof. */
void mping_proof_kept(const struct mping_probe *probe,
                      uint8_t bytes[MPING_PROOF_BYTES + MPING_TAG_BYTES]);
/* The target that a payload's tag names, if it is alive; else MPING_CORE_NONE. */
uint32_t mping_proof_target(const struct mping_core *core, const struct mping_icmp *icmp);

#endif
