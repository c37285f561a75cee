/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How this machine is set up to look up names: /etc/nsswitch.conf, resolv.conf, gai.conf and
 * hosts, and what of it we can do ourselves with the C library's answer for certain. Whatever
 * is not understood here, word for word, is left to the C library.
 */
#ifndef MPING_RESOLVE_SETUP_H
#define MPING_RESOLVE_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "resolve/hosts.h"

enum {
    MPING_SETUP_FILES = 6,
    MPING_SERVERS_MAX = 3, /* as many as the C library asks */
    MPING_SEARCH_MAX = 32  /* with more domains the C library does the work */
};

/* One state of a file. */
struct mping_file_version {
    uint64_t device, inode, bytes; /* all 0: there is none */
    struct timespec modified, changed;
};

/* All zero: not read yet. */
struct mping_setup {
    bool is_read;
    bool hosts_first;      /* the hosts file is asked first, and believed */
    bool then_dns;         /* after it the DNS is, and nobody else */
    bool is_default_order; /* gai.conf changes nothing */
    struct mping_hosts hosts;
    unsigned ndots;
    size_t n_servers, n_search;
    char servers[MPING_SERVERS_MAX][48];
    char *search[MPING_SEARCH_MAX];
    struct mping_file_version versions[MPING_SETUP_FILES];
};

/*
 * Looks whether a file has changed and reads them again if so. 1: it is another setup than
 * before; 0: the same; MPING_ENOMEM.
 */
int mping_setup_update(struct mping_setup *setup);
void mping_setup_done(struct mping_setup *setup);

#endif
