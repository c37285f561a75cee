/* SPDX-License-Identifier: Apache-2.0 */
/* Sending what is due. */
#ifndef MPING_SESSION_SOCKETS_WRITE_H
#define MPING_SESSION_SOCKETS_WRITE_H

#include "session/state.h"

/* Sends one batch of what is due; returns how many. */
size_t mping_sockets_write(struct mping *m);

#endif
