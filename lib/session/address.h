/* SPDX-License-Identifier: Apache-2.0 */
/* From an address as it was given to the one that is pinged, or sent from. */
#ifndef MPING_SESSION_ADDRESS_H
#define MPING_SESSION_ADDRESS_H

#include "core/packet.h"

/*
 * One form for each host: 0.0.0.0 and :: mean this host, as everywhere; ::ffff:a.b.c.d means
 * a.b.c.d; a link is part of those addresses only that need one.
 */
struct mping_addr mping_address_canonical(const struct mping_addr *addr);

/*
 * That, and the link of an address that needs one and names none: behind the interface to send
 * through, or the one the kernel would take. scope_id stays 0 where it would take none.
 */
struct mping_addr mping_address_settle(const struct mping_addr *addr,
                                       const struct mping_tx_opts *opts, uint32_t engine_mark);

/* Whether it needs a link and names none. */
bool mping_address_lacks_link(const struct mping_addr *addr);

/* 0, or MPING_EINVAL for a link-local address that no two links can be told apart by: one without
 * zeros where RFC 4291 has them. */
int mping_address_check(const struct mping_addr *addr);

/*
 * Puts a source in its canonical form and finds its link, if it needs one: behind the interface to
 * send through, or else the only one that has it, which becomes that interface. Where several have
 * it the target's link tells, so scope_id stays 0. 0, or MPING_EINVAL if it names another link than
 * that of the interface.
 */
int mping_address_source(struct mping_addr *source, uint32_t *ifindex);

#endif
