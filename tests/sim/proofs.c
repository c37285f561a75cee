/* SPDX-License-Identifier: Apache-2.0 */
#include "proofs.h"

#include <stdlib.h>

enum { CAP_MIN = 1024 };

static bool insert(struct proofs *proofs, uint64_t proof)
{
    size_t i = proof & (proofs->cap - 1); /* as good as random */

    for (; proofs->slots[i]; i = (i + 1) & (proofs->cap - 1))
        if (proofs->slots[i] == proof)
            return false;
    proofs->slots[i] = proof;
    proofs->n++;
    return true;
}

static void grow(struct proofs *proofs)
{
    struct proofs bigger = {.cap = proofs->cap ? proofs->cap * 2 : CAP_MIN};

    bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
    if (!bigger.slots)
        abort();
    for (size_t i = 0; i < proofs->cap; i++)
        if (proofs->slots[i])
            insert(&bigger, proofs->slots[i]);
    free(proofs->slots);
    *proofs = bigger;
}

bool proofs_add(struct proofs *proofs, uint64_t proof)
{
    if (2 * proofs->n >= proofs->cap)
        grow(proofs);
    return insert(proofs, proof ? proof : 1);
}

void proofs_done(struct proofs *proofs)
{
    free(proofs->slots);
    *proofs = (struct proofs){0};
}
