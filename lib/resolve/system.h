/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system's own resolver, getaddrinfo() with whatever modules it is set up with, in threads
 * because it waits. A thread that is in there cannot be called back: when the pool ends, such
 * threads end by themselves as soon as the C library returns, and touch nothing of ours.
 */
#ifndef MPING_RESOLVE_SYSTEM_H
#define MPING_RESOLVE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>

#include <multiping/addr.h>

struct mping_system;

/* What became of a lookup. */
struct mping_system_answer {
    void *user;
    int gai_error; /* EAI_*, 0: addrs holds n >= 1 addresses in the order of getaddrinfo() */
    int sys_errno; /* with EAI_SYSTEM */
    struct mping_addr *addrs; /* each address once; the caller's to free */
    size_t n;
};

/* 0, MPING_ENOMEM or -errno. No thread is started yet. */
int mping_system_new(struct mping_system **ret_system);
/* Forgets the lookups that have not been taken, each user of which is told. NULL is allowed. */
void mping_system_free(struct mping_system *system, void (*forgotten)(void *user));

/* Readable while answers wait to be taken. */
int mping_system_fd(const struct mping_system *system);

/* Starts a lookup; name is copied. 0, MPING_ENOMEM, or -EAGAIN: no thread to be had. */
int mping_system_ask(struct mping_system *system, const char *name, int family, void *user);

/* The next answer in the order in which they came; false: there is none. */
bool mping_system_take(struct mping_system *system, struct mping_system_answer *ret_answer);

#endif
