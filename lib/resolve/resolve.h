/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names to addresses, asynchronously, and those that getaddrinfo() would give, in its order:
 * plain names of /etc/hosts and, through c-ares, of the DNS; all else by getaddrinfo() itself in
 * threads. One thread at a time; nothing is called back from inside any function but
 * mping_resolver_process().
 */
#ifndef MPING_RESOLVE_RESOLVE_H
#define MPING_RESOLVE_RESOLVE_H

#include <stddef.h>
#include <stdint.h>

#include <multiping/addr.h>
#include <multiping/event.h>

struct mping_resolver;
struct mping_query;

/*
 * The end of a query, called once unless it was canceled. err is 0 and addrs holds n >= 1
 * addresses in the order of preference, or err is MPING_ERESOLVE for some reason,
 * MPING_ENOMEM, or -errno where the system grants no thread or descriptor.
 */
typedef void (*mping_resolved_fn)(void *user, int err, enum mping_reason reason,
                                  const struct mping_addr *addrs, size_t n);

/* What is to be looked up, and whom to tell. */
struct mping_query_opts {
    const char *name;
    int family;         /* AF_UNSPEC: both */
    int64_t delay_ns;   /* before it begins; 0: at once */
    int64_t timeout_ns; /* from then on */
    mping_resolved_fn done;
    void *user;
};

int mping_resolver_new(struct mping_resolver **ret_resolver);
void mping_resolver_free(struct mping_resolver *resolver); /* cancels all; NULL is allowed */
/* In a child of the process that made it: it does nothing any more that the parent could notice,
 * and can be freed. NULL is allowed. */
void mping_resolver_disconnect(struct mping_resolver *resolver);

/*
 * Starts a lookup. Any number may run at once: a window of them is with
 * the servers and the rest in a queue, first come first served. 0 or MPING_ENOMEM.
 */
int mping_resolver_query(struct mping_resolver *resolver, const struct mping_query_opts *lookup,
                         int64_t now_ns, struct mping_query **ret_query);

/* Forgets a query: done will not be called. Not after done has been called. */
void mping_resolver_cancel(struct mping_resolver *resolver, struct mping_query *query);

/* Readable when mping_resolver_process() has something to read; the same for its life. */
int mping_resolver_fd(const struct mping_resolver *resolver);

/* When process next has something to do without input, INT64_MAX: never. */
int64_t mping_resolver_deadline_ns(const struct mping_resolver *resolver);

/*
 * Reads, writes, times out and calls back, max times at most, without blocking. now_ns is
 * CLOCK_MONOTONIC.
 */
void mping_resolver_process(struct mping_resolver *resolver, int64_t now_ns, size_t max);

#endif
