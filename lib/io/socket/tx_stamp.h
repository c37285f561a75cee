/* SPDX-License-Identifier: Apache-2.0 */
/* When packets left, as far as the kernel tells (SO_TIMESTAMPING). */
#ifndef MPING_IO_SOCKET_TX_STAMP_H
#define MPING_IO_SOCKET_TX_STAMP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/sockaddr.h"
#include "io/socket/socket.h"

/* Asks the kernel for stamps, once. */
void mping_sock_init_stamps(struct mping_sock *sock);
/* Which of the next n packets (n <= MPING_SEND_BATCH) shall have a stamp: bit i for packet i. */
uint32_t mping_sock_choose_stamps(struct mping_sock *sock, const struct mping_tx *tx, size_t n);
/* Corrects the times of a run that has left, as far as the kernel has stamped it. */
void mping_sock_take_stamps(struct mping_sock *sock, struct mping_tx *tx,
                            const struct mping_stamp_run *run);

#endif
