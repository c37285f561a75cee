/* SPDX-License-Identifier: Apache-2.0 */
/* What this process may do with sockets, found out by trying. */
#ifndef MULTIPING_CLI_FPING_SOCKET_H
#define MULTIPING_CLI_FPING_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

/* Whether there is a socket to ping with, of any kind and family. */
bool fping_may_ping(void);

/* 0 if sockets may have this firewall mark, else -errno. */
int fping_mark_error(uint32_t mark);

#endif
