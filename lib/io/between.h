/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the packets of one system call left, of which only some moments are known: when it began and
 * ended, and the kernel's stamps of some of them. Pure functions over times in nanoseconds.
 */
#ifndef MPING_IO_BETWEEN_H
#define MPING_IO_BETWEEN_H

#include <stddef.h>
#include <stdint.h>

#include "core/packet.h"

/*
 * The call may have been interrupted anywhere, so what lies between two moments is said to be later
 * than the first one by this at the most: an RTT is too short by as much as its stamp of sending is
 * late, and none may be by more than 10 us.
 */
enum { MPING_BETWEEN_MAX_NS = 9000 };

/* A moment that is thought to lie offset_ns behind a known one. */
static inline int64_t mping_between(int64_t known_ns, int64_t offset_ns)
{
    return known_ns + (offset_ns < MPING_BETWEEN_MAX_NS ? offset_ns : MPING_BETWEEN_MAX_NS);
}

/*
 * The times of n packets that left in order between before_ns and after_ns: those without the
 * kernel's stamp lie evenly between those with one. Where one behind them has an earlier stamp,
 * they are given the beginning of the call, and MPING_STAMP_CALL.
 */
void mping_between_spread(struct mping_tx *tx, size_t n, int64_t before_ns, int64_t after_ns);

#endif
