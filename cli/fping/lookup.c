/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/sockaddr.h"
#include "text/escape.h"

enum { SHOWN_MAX = 2 * NI_MAXHOST + 4 }; /* with " ()" */

void fping_lookups_init(struct fping_lookups *lookups, const struct fping_options *options,
                        struct mping *engine)
{
    *lookups = (struct fping_lookups){.options = options, .engine = engine};
    lookups->end = &lookups->all;
}

void fping_lookups_done(struct fping_lookups *lookups)
{
    struct fping_lookup *next;

    for (struct fping_lookup *lookup = lookups->all; lookup; lookup = next) {
        next = lookup->next;
        fping_lookup_free(lookups, lookup);
    }
}

bool fping_lookup_numeric(const struct fping_options *options, const char *given,
                          struct mping_addr *ret_addr)
{
    struct mping_addr addr = {0};

    if (options->name || options->rdns)
        return false;
    if (options->family != AF_INET6 && inet_pton(AF_INET, given, addr.ip) == 1)
        addr.family = AF_INET;
    else if (options->family != AF_INET && inet_pton(AF_INET6, given, addr.ip) == 1)
        addr.family = AF_INET6;
    else
        return false;
    *ret_addr = addr;
    return true;
}

bool fping_lookup_add(struct fping_lookups *lookups, const char *given, struct fping_host *host)
{
    struct fping_lookup *lookup = calloc(1, sizeof(*lookup));

    if (!lookup)
        return false;
    lookup->given = given;
    lookup->host = host;
    if (mping_lookup_name(lookups->engine, given, lookups->options->family, lookup) < 0) {
        free(lookup);
        return false;
    }
    lookup->at = lookups->end;
    *lookups->end = lookup;
    lookups->end = &lookup->next;
    lookups->pending++;
    return true;
}

void fping_lookup_free(struct fping_lookups *lookups, struct fping_lookup *lookup)
{
    *lookup->at = lookup->next;
    if (lookup->next)
        lookup->next->at = lookup->at;
    else
        lookups->end = lookup->at;
    for (size_t i = 0; i < lookup->shown; i++)
        free(lookup->found[i].shown);
    free(lookup->found);
    free(lookup);
}

static bool is_numeric(const char *given)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_RAW};
    struct addrinfo *info;

    if (getaddrinfo(given, NULL, &hints, &info) != 0)
        return false;
    freeaddrinfo(info);
    return true;
}

/* Control characters in a name from the network must not act on a terminal. */
static void make_harmless(char *name, size_t size)
{
    char escaped[APP_ESCAPED_MAX + 1];

    for (const char *c = name; *c; c++) {
        if (*c >= 0x20 && *c < 0x7f)
            continue;
        app_escape(escaped, sizeof(escaped), name);
        (void)snprintf(name, size, "%s", escaped);
        return;
    }
}

/* Not mping_addr_format(): the C library names the scope of link-local addresses alone. */
static void write_number(const struct mping_addr *addr, char number[NI_MAXHOST])
{
    union mping_sockaddr sa;
    socklen_t len = mping_sockaddr_set(&sa, addr);

    if (getnameinfo((const struct sockaddr *)&sa, len, number, NI_MAXHOST, NULL, 0,
                    NI_NUMERICHOST) != 0)
        mping_addr_format(addr, number, NI_MAXHOST);
}

/* What the target is called in the output, the name being that of its address or the one given;
 * NULL without memory. */
static char *show(const struct fping_options *o, const char *own_name,
                  const struct mping_addr *addr)
{
    char name[NI_MAXHOST], number[NI_MAXHOST], both[SHOWN_MAX];

    (void)snprintf(name, sizeof(name), "%s", own_name);
    make_harmless(name, sizeof(name));
    if (!o->addr)
        return strdup(name);
    write_number(addr, number);
    if (!o->name && !o->rdns)
        return strdup(number);
    (void)snprintf(both, sizeof(both), "%s (%s)", name, number);
    return strdup(both);
}

static void fail(struct fping_lookup *lookup, int error)
{
    lookup->error = error;
    lookup->count = 0;
}

static void keep(struct fping_lookup *lookup, const struct mping_lookup *answer, bool all)
{
    size_t n = all ? answer->addr_count : 1;

    if (answer->gai_error) {
        fail(lookup, answer->gai_error);
        return;
    }
    lookup->found = calloc(n, sizeof(*lookup->found));
    if (!lookup->found) {
        fail(lookup, EAI_MEMORY);
        return;
    }
    for (size_t i = 0; i < n; i++)
        lookup->found[i].addr = answer->addrs[i];
    lookup->count = n;
}

static void show_next(const struct fping_options *o, struct fping_lookup *lookup, const char *name)
{
    struct fping_named *named = &lookup->found[lookup->shown];

    named->shown = show(o, name ? name : lookup->given, &named->addr);
    if (named->shown)
        lookup->shown++;
    else
        fail(lookup, EAI_MEMORY);
}

/* Whether all is known, and not the name of an address is asked for now. */
static bool is_done(const struct fping_lookups *lookups, struct fping_lookup *lookup)
{
    const struct fping_options *o = lookups->options;
    bool reverse = o->rdns || (o->name && is_numeric(lookup->given));

    while (!reverse && lookup->shown < lookup->count)
        show_next(o, lookup, NULL);
    if (lookup->shown >= lookup->count)
        return true;
    if (mping_lookup_addr(lookups->engine, &lookup->found[lookup->shown].addr, lookup) == 0)
        return false;
    fail(lookup, EAI_MEMORY);
    return true;
}

struct fping_lookup *fping_lookup_take(struct fping_lookups *lookups)
{
    struct mping_lookup answer;

    while (mping_lookup_next(lookups->engine, &answer, sizeof(answer)) > 0) {
        struct fping_lookup *lookup = answer.user;

        if (lookup->found)
            show_next(lookups->options, lookup, answer.name);
        else
            keep(lookup, &answer, lookups->options->all);
        if (!is_done(lookups, lookup))
            continue;
        lookups->pending--;
        return lookup;
    }
    return NULL;
}

void fping_lookups_await(struct fping_lookups *lookups)
{
    while (lookups->pending)
        if (!fping_lookup_take(lookups))
            (void)mping_wait(lookups->engine, -1);
}
