/* SPDX-License-Identifier: Apache-2.0 */
/* Drops that the sockets do not tell of: those of links, and those of IPv6 ping sockets on the way
 * out. */
#ifndef MPING_SESSION_DROPS_H
#define MPING_SESSION_DROPS_H

#include <stdint.h>

#include "session/state.h"

void mping_drops_begin(struct mping_family *f);
/* mping_core_opts.look; context: the engine. */
int64_t mping_drops_look(void *context);
/* To be called before probes are sent: what was dropped before does not concern them. */
void mping_drops_before_send(struct mping *m);
/* mping_core_opts.link_doubt; context: the engine. */
enum mping_reason mping_drops_doubt(void *context, const struct mping_addr *dst,
                                    const struct mping_tx_opts *tx, int64_t sent_ns);
void mping_drops_end(struct mping_family *f);
/* Gives back the descriptors that links are watched with, until something is sent again. */
void mping_drops_close(struct mping *m);

#endif
