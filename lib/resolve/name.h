/* SPDX-License-Identifier: Apache-2.0 */
/* The text of host names. */
#ifndef MPING_RESOLVE_NAME_H
#define MPING_RESOLVE_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include <multiping/addr.h>

enum {
    MPING_NAME_MAX = 253, /* RFC 1035, 2.3.4, as text without the last dot */
    MPING_LABEL_MAX = 63  /* the same */
};

/* To lower case, in place, as the DNS and the hosts file know it: ASCII letters only. */
void mping_name_fold(char *name);

/*
 * Whether the DNS may know a host by this name, and the C library would believe it; an
 * international one can only be in its xn-- form.
 */
bool mping_name_is_plain(const char *name);

/* Whether c-ares answers for the name itself, by an RFC, where the C library asks the servers. */
bool mping_name_is_special(const char *name);

/*
 * Whether a name is a numeric address in any notation that the C library takes. If so *ret_n
 * addresses of that family, 0 or 1, are written.
 */
bool mping_name_is_numeric(const char *name, int family, struct mping_addr *ret_addr,
                           size_t *ret_n);

#endif
