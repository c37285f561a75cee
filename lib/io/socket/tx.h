/* SPDX-License-Identifier: Apache-2.0 */
/* Sending in batches: what raw and ping sockets have in common. */
#ifndef MPING_IO_SOCKET_TX_H
#define MPING_IO_SOCKET_TX_H

#include <stddef.h>
#include <sys/uio.h>

#include "base/sockaddr.h"
#include "io/backend.h"
#include "io/socket/socket.h"

/* These are struct mping_backend_ops of both kinds. */
void mping_sock_send(struct mping_backend *io, struct mping_tx *tx, size_t n);

/* Prepares what no packet changes. */
void mping_sock_init_tx(struct mping_sock *sock);

#endif
