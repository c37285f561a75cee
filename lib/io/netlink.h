/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A routing socket (rtnetlink(7)): lists of the kernel's links, routes, rules and queueing
 * disciplines, and news of their changes. Ordinary users may have it. Nothing here blocks.
 */
#ifndef MPING_IO_NETLINK_H
#define MPING_IO_NETLINK_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

struct mping_netlink;

/* Called with each message, an answer or news. */
typedef void (*mping_netlink_take)(void *context, const struct nlmsghdr *message);

/*
 * Opens one that hears of `groups` (RTMGRP_*). It stays in the network namespace that the thread
 * is in now. 0, -ENOMEM or -errno.
 */
int mping_netlink_open(struct mping_netlink **ret_netlink, uint32_t groups, mping_netlink_take take,
                       void *context);
void mping_netlink_close(struct mping_netlink *netlink); /* NULL is allowed */

int mping_netlink_fd(const struct mping_netlink *netlink);

/*
 * Asks one question, for which it opens a socket, and takes what the kernel answers at once, one
 * message: its bytes, at most size, 0 if there was none, or -errno.
 */
int mping_netlink_ask(const struct nlmsghdr *question, void *ret_answer, size_t size);

/*
 * Asks for a whole list (RTM_GET*, whose messages begin with a header of so many bytes) and takes
 * it, and news that come between. 0, or -errno: part of it may have been taken. -EINTR: it has
 * changed meanwhile, and may be wrong.
 */
int mping_netlink_list(struct mping_netlink *netlink, uint16_t type, size_t header_bytes);

/* Takes the news so far. 0, or -errno; -ENOBUFS: some have been lost. */
int mping_netlink_news(struct mping_netlink *netlink);

/*
 * The attributes of a message behind its header, by type: those below n, NULL where there is none.
 * The same of one that holds others.
 */
void mping_netlink_attrs(const struct nlmsghdr *message, size_t header_bytes,
                         const struct nlattr **ret_attrs, size_t n);
void mping_netlink_inner(const struct nlattr *attr, const struct nlattr **ret_attrs, size_t n);

/* Its number; 0 where there is no attribute. */
uint32_t mping_netlink_u32(const struct nlattr *attr);

#endif
