/* SPDX-License-Identifier: Apache-2.0 */
/* From the system's socket addresses to ours. */
#ifndef MPING_RESOLVE_SOCKADDR_H
#define MPING_RESOLVE_SOCKADDR_H

#include <stdbool.h>
#include <sys/socket.h>

#include <multiping/addr.h>

/* false if it is neither IPv4 nor IPv6. A scope is kept where it means something. */
bool mping_sockaddr_read(const struct sockaddr *sa, struct mping_addr *ret_addr);

#endif
