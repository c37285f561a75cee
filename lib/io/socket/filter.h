/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classic BPF for raw sockets: lets in only what may concern us, so that other programs'
 * pings cost us nothing. A sieve, not a judge: the core checks everything again.
 */
#ifndef MPING_IO_SOCKET_FILTER_H
#define MPING_IO_SOCKET_FILTER_H

#include <linux/filter.h>
#include <stdint.h>

enum { MPING_FILTER_MAX = 40 };

struct mping_filter {
    struct sock_filter code[MPING_FILTER_MAX];
    uint16_t len; /* instructions */
};

/*
 * Builds the program for raw ICMP sockets of a family: passes replies with ids first to
 * first + n - 1 (modulo 65,536), and errors that quote a request with such an id. IPv6
 * errors that quote extension headers pass unseen. n 0: nothing passes; 65,536 or more: every
 * id does. Packets too short to tell are rejected.
 */
void mping_filter_build(struct mping_filter *ret_filter, int family, uint16_t first, uint32_t n);

/* Puts the filter on a socket in place of the one before. Returns 0 or -errno. */
int mping_filter_attach(int fd, const struct mping_filter *filter);

/* Lets a raw socket take in only the ICMP types above. Returns 0 or -errno. */
int mping_filter_types(int fd, int family);

#endif
