/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lookups by themselves, for programs that show what the system's resolver says word for word:
 * all its addresses, its error, the name of an address. Targets that are added by name need none
 * of this. The system's resolver waits, so that threads of the engine ask it, 64 at a time and more
 * where lookups take longer than 50 ms.
 */
#ifndef MULTIPING_LOOKUP_H
#define MULTIPING_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

#include <multiping/addr.h>
#include <multiping/api.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mping;

/* What became of a lookup. */
struct mping_lookup {
    void *user;                     /* as given when it was asked for */
    const struct mping_addr *addrs; /* of a name: in the order of getaddrinfo(3), which may give one
                                       twice, and with the scope that it gives. Borrowed until the
                                       next call of mping_lookup_next() for this engine */
    uint64_t addr_count;
    const char *name;  /* of an address, as getnameinfo(3) gives it: its text where it has no name.
                          Borrowed as well; NULL: no name was asked for, or gai_error */
    int32_t gai_error; /* 0, or EAI_*: see gai_strerror(3) */
    int32_t sys_errno; /* with EAI_SYSTEM: errno */
};

/*
 * Begins to look up the addresses of a name, as getaddrinfo(3) with flags of 0 does. family is
 * AF_INET, AF_INET6, or AF_UNSPEC for both. The name is copied. MPING_EINVAL for another family
 * or no name, MPING_ENOMEM, -EAGAIN or another -errno where the system grants no thread or
 * descriptor.
 */
MPING_API int mping_lookup_name(struct mping *engine, const char *name, int family, void *user);

/*
 * Begins to look up the name of an address, as getnameinfo(3) does. MPING_EINVAL if it is no
 * address; else as mping_lookup_name().
 */
MPING_API int mping_lookup_addr(struct mping *engine, const struct mping_addr *addr, void *user);

/*
 * Takes a lookup that has ended, in the order in which they have: 1, or 0 if there is none now.
 * Where one ends a blocking call on the engine returns early, as by mping_wakeup(); so this is to
 * be called until it gives 0. Lookups that have not been taken are forgotten by mping_free().
 * lookup_size is sizeof(struct mping_lookup). MPING_EINVAL: there is no place for it.
 */
MPING_API int mping_lookup_next(struct mping *engine, struct mping_lookup *ret_lookup,
                                size_t lookup_size);

#ifdef __cplusplus
}
#endif
#endif
