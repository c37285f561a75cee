/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this machine itself may have lost of a probe or its answer below the sockets: on the link
 * it left through (down, gone, packets dropped by its driver or its queueing discipline), on the
 * way in (the driver had no room), and in the backlog.
 */
#ifndef MPING_IO_LOCAL_DROPS_H
#define MPING_IO_LOCAL_DROPS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/packet.h"
#include <multiping/event.h>

struct mping_local_drops;

/*
 * Takes two descriptors, and keeps to the network namespace that the thread is in now. Where the
 * system lets us see only some of it, the rest tells nothing. -ENOMEM, or -errno where it is
 * nothing at all.
 */
int mping_local_drops_open(struct mping_local_drops **ret_drops, int64_t now_ns);
void mping_local_drops_close(struct mping_local_drops *drops); /* NULL is allowed */

/* The highest of its descriptors. */
int mping_local_drops_highest(const struct mping_local_drops *drops);

/*
 * Reads all counters. Costs a few system calls, however many probes are out: 20 us where there
 * are few links. Whether something has happened since the last look, or is not over. refused_*: as
 * many sends of ours have met a full queue since, at least and at the most; drops that are
 * no others say nothing of what left.
 */
bool mping_local_drops_look(struct mping_local_drops *drops, uint32_t refused_least,
                            uint32_t refused_most, int64_t now_ns);

/*
 * Why a probe that was sent at sent_ns, before the last look, may be lost on this machine:
 * MPING_REASON_LINK, _TX_DROP, _RX_DROP or _NONE.
 */
enum mping_reason mping_local_drops_doubt(const struct mping_local_drops *drops,
                                          const struct mping_addr *dst,
                                          const struct mping_tx_opts *tx, int64_t sent_ns);

#endif
