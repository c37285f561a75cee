/* SPDX-License-Identifier: Apache-2.0 */
/* One lookup by the C library, with whatever sources the system is set up with. It blocks. */
#ifndef MPING_RESOLVE_GAI_H
#define MPING_RESOLVE_GAI_H

#include <stddef.h>

#include <multiping/addr.h>

#include "resolve/resolve.h"

/* What became of a lookup. */
struct mping_system_answer {
    void *user;
    int gai_error;            /* EAI_*, 0: it succeeded */
    int sys_errno;            /* with EAI_SYSTEM */
    struct mping_addr *addrs; /* of a name: n >= 1, word for word as getaddrinfo() gives them */
    size_t n;
    char *name; /* of an address */
};

/* Frees what it holds. */
void mping_system_answer_done(struct mping_system_answer *answer);

/* getaddrinfo(), flags 0. */
void mping_gai_name(const char *name, int family, struct mping_system_answer *ret_answer);

/* getnameinfo(), flags 0: an address without a name is called by its text. */
void mping_gai_addr(const struct mping_addr *addr, struct mping_system_answer *ret_answer);

#endif
