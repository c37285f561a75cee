/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets for source addresses, where packets cannot name theirs. */
#ifndef MPING_SESSION_SOURCES_H
#define MPING_SESSION_SOURCES_H

#include <stdbool.h>

#include "session/state.h"

/* Whether probes with these options need a socket of their own. */
bool mping_sources_needed(const struct mping_family *f, const struct mping_tx_opts *opts);
/* The one to send tx with, opened if need be: 0 or -errno. */
int mping_sources_io(struct mping *m, struct mping_family *f, const struct mping_tx *tx,
                     struct mping_backend **ret_io);
void mping_sources_close(struct mping_family *f);

#endif
