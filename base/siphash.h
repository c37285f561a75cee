/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash that cannot be guessed. */
#ifndef MPING_BASE_SIPHASH_H
#define MPING_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * Hash of 8 n - 1 bytes, n > 0, under the 128-bit key (k[0] is its first eight bytes, little
 * endian). They lie in n words, likewise; the highest byte of the last counts for nothing, for
 * there the algorithm has the length.
 */
uint64_t mping_siphash(const uint64_t k[2], const uint64_t *words, size_t n);

#endif
