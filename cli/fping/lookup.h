/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names to addresses, and what those are called in the output. The library asks the system's
 * resolver as fping does: its order of addresses and its error texts are what people know.
 */
#ifndef MULTIPING_CLI_FPING_LOOKUP_H
#define MULTIPING_CLI_FPING_LOOKUP_H

#include "fping/host.h"
#include "fping/options.h"

/* An address of a name, and what to call it. */
struct fping_named {
    struct mping_addr addr;
    char *shown;
};

/* One name. */
struct fping_lookup {
    struct fping_lookup *next, **at; /* in the order in which they were begun */
    const char *given;
    struct fping_host *host;   /* whom it is for; NULL: to become one host per address */
    struct fping_named *found; /* in the order of preference; NULL: not known yet */
    size_t count;
    size_t shown; /* of them have their text */
    int error;    /* of getaddrinfo() */
};

struct fping_lookups {
    const struct fping_options *options;
    struct mping *engine;
    struct fping_lookup *all, **end; /* those that have not been freed */
    size_t pending;                  /* have not been taken */
};

void fping_lookups_init(struct fping_lookups *lookups, const struct fping_options *options,
                        struct mping *engine);
void fping_lookups_done(struct fping_lookups *lookups);

/* Whether a given name is an address that needs no lookup: then shown is its text. */
bool fping_lookup_numeric(const struct fping_options *options, const char *given,
                          struct mping_addr *ret_addr);

/* Begins a lookup; given must outlive it. False without memory. */
bool fping_lookup_add(struct fping_lookups *lookups, const char *given, struct fping_host *host);

/* Takes the next lookup that has ended, NULL if there is none now. */
struct fping_lookup *fping_lookup_take(struct fping_lookups *lookups);
/* Waits for all, and takes them: they stay in their order. */
void fping_lookups_await(struct fping_lookups *lookups);
void fping_lookup_free(struct fping_lookups *lookups, struct fping_lookup *lookup);

#endif
