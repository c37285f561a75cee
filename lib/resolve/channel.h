/* SPDX-License-Identifier: Apache-2.0 */
/* c-ares' channel to the servers of resolv.conf, and its sockets in the resolver's epoll. */
#ifndef MPING_RESOLVE_CHANNEL_H
#define MPING_RESOLVE_CHANNEL_H

#include "resolve/resolve.h"
#include "resolve/state.h"

/* Makes the channel to the servers of the setup: 0, MPING_ENOMEM or MPING_ERESOLVE. */
int mping_channel_open(struct mping_resolver *resolver);
/* Reads and writes what the sockets are ready for, and has c-ares see its time-outs. */
void mping_channel_process(struct mping_resolver *resolver);
/* Where a server cannot be reached: has the system's resolver go on with all open questions,
 * which knows at once whether another one can. */
void mping_channel_give_up(struct mping_resolver *resolver);
/* Ends all questions with ARES_ECANCELLED, or ARES_EDESTRUCTION where all ends. */
void mping_channel_reset(struct mping_resolver *resolver);
void mping_channel_close(struct mping_resolver *resolver);

#endif
