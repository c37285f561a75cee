/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A private laboratory for the tests of the public interface: a network namespace with
 * loopback and a TUN device that swallows what is routed to it, and a mount namespace with
 * its own hosts, resolv.conf and name server. Nothing sent in it can leave it; it ends with the
 * process.
 *
 *   127.0.0.0/8, ::1, 2001:db8:1::/64            answered by the kernel
 *   192.0.2.0/24, 203.0.113.0/24, 2001:db8::/32  swallowed
 *   198.51.100.0/24, 2001:db8::0 to ff, fe80::1  swallowed, or played by lab_peer_start()
 *
 * These functions print nothing: failures come back as text.
 */
#ifndef MULTIPING_TESTS_API_LAB_H
#define MULTIPING_TESTS_API_LAB_H

#include <stddef.h>
#include <stdint.h>

#define LAB_TUN "mpvoid"
#define LAB_SOURCE4 "198.18.0.1"
#define LAB_SOURCE6 "2001:db8:ffff::1"
/* Further addresses of our own. */
#define LAB_OTHER4 "198.18.0.2"
#define LAB_OTHER6 "2001:db8:ffff::2"

/* Packets with this firewall mark find 198.51.100.0/24 and 2001:db8::/64 unreachable. */
enum { LAB_MARK = 107 };

/* Longest wait for anything that is expected to happen. */
#define LAB_PATIENCE_NS INT64_C(30000000000)
#define LAB_MS INT64_C(1000000)

/* Enters the laboratory. NULL, or why the program has to be skipped. */
const char *lab_start(void);

/* The TUN device, open for reading and writing packets. */
int lab_tun_fd(void);

/*
 * Replaces what the hosts file holds behind the names of localhost. Written in one go over
 * the old bytes, so a reader sees the old or the new text if both are of the same length.
 */
void lab_hosts(const char *lines);

/* Lets all groups use ping sockets, or none. 0 or -1. */
int lab_allow_ping_sockets(int allow);

/* Takes CAP_NET_RAW from this thread for good (effective and permitted). 0 or -1. */
int lab_drop_raw(void);

/* What a test must not leave behind. */
struct lab_mark {
    long threads;
    long fds;
    long sockets; /* raw and ping sockets, both families */
};

struct lab_mark lab_mark(void);

/* NULL if nothing is left over since the mark, else what. Waits a little for threads to go. */
const char *lab_leak(const struct lab_mark *mark);

/* Open sockets by table of /proc/net: "raw", "raw6", "icmp", "icmp6". */
long lab_sockets(const char *table);

int64_t lab_now_ns(void);
void lab_sleep_ns(int64_t duration_ns);

#endif
