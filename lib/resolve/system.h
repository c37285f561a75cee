/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system's own resolver, getaddrinfo() and getnameinfo() with whatever modules they are set up
 * with, in threads because they wait. A thread that is in there cannot be called back: when the
 * pool ends, such threads end by themselves as soon as the C library returns, and touch nothing of
 * ours.
 */
#ifndef MPING_RESOLVE_SYSTEM_H
#define MPING_RESOLVE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>

#include <multiping/addr.h>

#include "resolve/gai.h"

struct mping_system;

/*
 * 0, MPING_ENOMEM or -errno. No thread is started yet. wake may be NULL, or is called by the
 * threads at an answer that is the only one to be taken; it must not call any of these functions.
 */
int mping_system_new(struct mping_system **ret_system, void (*wake)(void *context), void *context);
/* Forgets the lookups that have not been taken, each user of which is told unless forgotten is
 * NULL. A system of NULL is allowed. */
void mping_system_free(struct mping_system *system, void (*forgotten)(void *user));

/* In a child of the process that made it: it can be freed from now on. false: a thread of the
 * parent's was at work in it, it can only be left. */
bool mping_system_disconnect(struct mping_system *system);

/* Readable while answers wait to be taken; -1 where wake tells of them. */
int mping_system_fd(const struct mping_system *system);

/* Starts a lookup; name is copied. 0, MPING_ENOMEM, or -EAGAIN: no thread to be had. */
int mping_system_ask(struct mping_system *system, const char *name, int family, void *user);

/* The same for the name of an address. */
int mping_system_ask_addr(struct mping_system *system, const struct mping_addr *addr, void *user);

/* The next answer in the order in which they came, to be freed by mping_system_answer_done();
 * false: there is none. */
bool mping_system_take(struct mping_system *system, struct mping_system_answer *ret_answer);

#endif
