/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of address prefixes, all of 128 bits (IPv4 as ::ffff:a.b.c.d): kept as spans that are
 * sorted and apart, so that a lookup is a search of log2(n) steps and an empty set costs nothing.
 */
#ifndef MPING_BASE_PREFIX_SET_H
#define MPING_BASE_PREFIX_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mping_prefix_span;

/* Zero to begin with. */
struct mping_prefix_set {
    struct mping_prefix_span *spans;
    size_t n, cap;
    bool dirty; /* something was added since spans were sorted */
};

/* Adds the addresses whose first len bits (0 to 128) are those of ip. False: out of memory. */
bool mping_prefix_set_add(struct mping_prefix_set *set, const uint8_t ip[16], unsigned len);

/* Whether an address is in it. The first call after an addition sorts. */
bool mping_prefix_set_has(struct mping_prefix_set *set, const uint8_t ip[16]);

void mping_prefix_set_done(struct mping_prefix_set *set);

#endif
