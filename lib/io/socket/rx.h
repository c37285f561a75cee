/* SPDX-License-Identifier: Apache-2.0 */
/* Receiving in batches: what raw and ping sockets have in common. */
#ifndef MPING_IO_SOCKET_RX_H
#define MPING_IO_SOCKET_RX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/sockaddr.h"
#include "io/backend.h"
#include "io/socket/cmsg.h"
#include "io/socket/socket.h"
#include "io/wall_clock.h"

int mping_sock_recv(struct mping_backend *io, struct mping_rx *rx, size_t n);

/* Returns 0 or -ENOMEM. */
int mping_sock_init_rx(struct mping_sock *sock);
/* Makes sure that replies to packets of icmp_bytes fit. Returns 0 or -ENOMEM. */
int mping_sock_reserve_rx(struct mping_sock *sock, size_t icmp_bytes);
/* Throws away what has been received so far. */
void mping_sock_discard(struct mping_sock *sock);
/*
 * recvmmsg() past the errors that earlier ICMP errors have left on the socket: IP_RECVERR
 * makes an unrelated call fail once for each. Returns how many, 0 when dry, or -errno.
 */
int mping_sock_read(struct mping_sock *sock, struct mmsghdr *msgs, size_t n, int flags);
/*
 * When what has just been read from a queue can have arrived. The queue was last empty at
 * dry_ns, the read began at began_ns and has ended.
 */
struct mping_stamp_window mping_sock_window(struct mping_sock *sock, int64_t dry_ns,
                                            int64_t began_ns);
/* The stamp of a received packet; *ret_received_ns is set in any case. */
uint8_t mping_sock_stamp(const struct mping_sock *sock, const struct mping_cmsgs *cmsgs,
                         const struct mping_stamp_window *window, int64_t *ret_received_ns);
/* Counts what has been read into charged_bytes. */
void mping_sock_charge(struct mping_sock *sock, const struct mmsghdr *msgs, size_t n);
/* Empties the results of the last read before the next one; names may be NULL. */
void mping_sock_rearm(struct mmsghdr *msgs, union mping_sockaddr *names, size_t control_bytes,
                      size_t n);

#endif
