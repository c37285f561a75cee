/* SPDX-License-Identifier: Apache-2.0 */
/* The error queue of a socket (IP_RECVERR): ICMP errors and the kernel's stamps of sending. */
#ifndef MPING_IO_SOCKET_ERRQUEUE_H
#define MPING_IO_SOCKET_ERRQUEUE_H

#include <stddef.h>
#include <sys/uio.h>

#include "base/sockaddr.h"
#include "io/backend.h"
#include "io/socket/cmsg.h"
#include "io/socket/socket.h"

int mping_sock_recv_errors(struct mping_backend *io, struct mping_rx_error *errors, size_t n);

/* recv_errors for raw sockets, which get the errors as packets: throws the queue away. */
int mping_sock_discard_errors(struct mping_backend *io, struct mping_rx_error *errors, size_t n);

/* Prepares what no packet changes. */
void mping_sock_init_err(struct mping_sock *sock);
/* Reads up to n messages of the error queue into err. Returns how many, 0 when dry, or -errno. */
int mping_sock_read_queue(struct mping_sock *sock, size_t n);
/* Keeps message i of these, if it matters, for recv_errors. */
void mping_sock_keep_error(struct mping_sock *sock, size_t i, const struct mping_cmsgs *cmsgs);

#endif
