/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names to addresses, and addresses to names, through the system's resolver as fping does,
 * whatever sources that is set up with: its order of addresses and its error texts are what
 * people know. Many lookups run at once, each in a thread.
 */
#ifndef MULTIPING_CLI_FPING_NAMES_H
#define MULTIPING_CLI_FPING_NAMES_H

#include "fping/host.h"
#include "fping/options.h"

/* An address of a name, and what to call it. */
struct fping_named {
    struct mping_addr addr;
    char *shown;
};

/* One lookup. */
struct fping_lookup {
    struct fping_lookup *next;
    const char *given;
    struct fping_host *host;   /* whom it is for; NULL: to become one host per address */
    struct fping_named *found; /* in the order of preference */
    size_t count;
    int error; /* of getaddrinfo() */
    int64_t since_ns;
    bool slow; /* by now */
};

struct fping_names;

/* wake is called by the threads when something has been found. NULL without memory. */
struct fping_names *fping_names_new(const struct fping_options *options, void (*wake)(void));

/* Whether a given name is an address that needs no lookup: then shown is its text. */
bool fping_names_numeric(const struct fping_options *options, const char *given,
                         struct mping_addr *ret_addr);

/* Starts a lookup; given must outlive it. NULL without memory. Owned by whoever takes it. */
struct fping_lookup *fping_names_add(struct fping_names *names, const char *given,
                                     struct fping_host *host);

/* How many lookups have not been taken. */
size_t fping_names_pending(const struct fping_names *names);

/* The next lookup that has ended, NULL if there is none now; wait: waits for one. */
struct fping_lookup *fping_names_take(struct fping_names *names, bool wait);
void fping_lookup_free(struct fping_lookup *lookup);

/* Threads still at work are left to themselves, and wake nobody any more. */
void fping_names_free(struct fping_names *names);

#endif
