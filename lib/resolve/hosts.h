/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names in /etc/hosts, found without reading it again for each: with ten thousand names of
 * it the C library would read ten thousand lines as often. Only what is plain is answered from
 * here, everything else that it names is for the C library.
 */
#ifndef MPING_RESOLVE_HOSTS_H
#define MPING_RESOLVE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <multiping/addr.h>

struct mping_hosts_entry {
    char *name; /* in lower case */
    size_t line;
    struct mping_addr addr; /* family 0: not a plain address */
};

/* All zero is empty. */
struct mping_hosts {
    struct mping_hosts_entry *entries; /* by name, then line */
    size_t n;
    size_t capacity;
};

enum mping_hosts_found {
    MPING_HOSTS_NONE,  /* the name is not there */
    MPING_HOSTS_PLAIN, /* on one line, with an address of the family that is wanted */
    MPING_HOSTS_OTHER  /* it is there, and what it means is a longer story */
};

/* Reads what follows in the file. 0, MPING_ENOMEM, or -EILSEQ if it is not text. */
int mping_hosts_read(struct mping_hosts *hosts, FILE *file);
void mping_hosts_done(struct mping_hosts *hosts);

/* name is in lower case; ret_addr is set where it is plain. */
enum mping_hosts_found mping_hosts_find(const struct mping_hosts *hosts, const char *name,
                                        int family, struct mping_addr *ret_addr);

#endif
