/* SPDX-License-Identifier: Apache-2.0 */
/* The backends of both families: opening and closing, ids, reading. */
#ifndef MPING_SESSION_SOCKETS_H
#define MPING_SESSION_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "session/state.h"

/* Counts a user of the family (0 or 1) and opens its first socket if need be. */
int mping_family_use(struct mping *m, int family);
void mping_family_leave(struct mping *m, int family);
/* Opens it if it is closed. */
int mping_family_open(struct mping *m, int family);
void mping_family_close(struct mping *m, int family);
/* One more ICMP id: 0 or MPING_ENOIDS, MPING_ENOMEM. */
int mping_family_add_id(struct mping *m, int family);
/* Whether some are open that nobody needs: they could not be closed while the thread was away. */
bool mping_sockets_unused(const struct mping *m);
void mping_sockets_close_unused(struct mping *m);
/* Whether any kind of socket can be opened: 0 or MPING_EPERM and the like. */
int mping_sockets_allowed(struct mping *m);
/* Hands all packets, errors and news of drops to the core; false if it has no room for their
 * events, which must be delivered first. judging: probes are going to be judged, so that a read
 * that ended early is not enough. */
bool mping_sockets_read(struct mping *m, bool judging);
/* Tells the core of what the receive buffers had no room for. */
void mping_sockets_note_drops(struct mping *m);
/* How many sends have met a full queue since the last call, at least and at the most. */
void mping_sockets_take_refused(struct mping *m, uint32_t *ret_least, uint32_t *ret_most);
/*
 * Lets the sockets rest while nobody has to be woken by them: in one that is watched every packet,
 * in or out, looks for whom to wake. Where a family has many of them they stay as they are.
 */
void mping_sockets_unwatch(struct mping *m);
/* Makes them wake us again; before anybody sleeps until they do. */
void mping_sockets_rewatch(struct mping *m);
/* Whether some still rest: those cannot have woken us. */
bool mping_sockets_are_unwatched(const struct mping *m);
/* Small replies that the receive buffers hold; a guess while they are closed. */
uint32_t mping_sockets_capacity(const struct mping *m);

/* One more socket of the family's kind with an id that is in use, bound to an address; it is
 * watched like the others. 0 or -errno. */
int mping_sockets_open_bound(struct mping *m, const struct mping_family *f,
                             const struct mping_addr *source, uint16_t id,
                             struct mping_backend **ret_io);

#endif
