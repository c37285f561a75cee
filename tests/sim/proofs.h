/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proofs of all probes that have left: none may come twice, whatever target, address,
 * number or life it belongs to, or an old reply could pass for one to a newer probe.
 */
#ifndef MPING_SIM_PROOFS_H
#define MPING_SIM_PROOFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct proofs {
    uint64_t *slots; /* open addressing; 0: empty */
    size_t n, cap;
};

/* Adds one; false: it was there. */
bool proofs_add(struct proofs *proofs, uint64_t proof);
void proofs_done(struct proofs *proofs);

#endif
