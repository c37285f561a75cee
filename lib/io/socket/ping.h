/* SPDX-License-Identifier: Apache-2.0 */
/* The backend of ping sockets (SOCK_DGRAM). */
#ifndef MPING_IO_SOCKET_PING_H
#define MPING_IO_SOCKET_PING_H

#include "core/packet.h"
#include "io/backend.h"

/* Opens a ping socket: -EACCES outside net.ipv4.ping_group_range. */
int mping_ping_open(struct mping_backend **ret_io, const struct mping_backend_opts *opts);

#endif
