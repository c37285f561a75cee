/* SPDX-License-Identifier: Apache-2.0 */
/* The backend of raw sockets. */
#ifndef MPING_IO_SOCKET_RAW_H
#define MPING_IO_SOCKET_RAW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/packet.h"
#include "io/backend.h"

/* Opens a raw socket: -EPERM or -EACCES without CAP_NET_RAW, -EAFNOSUPPORT without IPv6. */
int mping_raw_open(struct mping_backend **ret_io, const struct mping_backend_opts *opts);

/* Whether this process may set that mark (SO_MARK) on a socket. */
bool mping_raw_may_mark(uint32_t mark);

#endif
