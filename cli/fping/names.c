/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "escape.h"

enum {
    THREADS_MAX = 64,
    THREAD_STACK = 256 << 10,
    SHOWN_MAX = 2 * NI_MAXHOST,
};

struct fping_names {
    struct fping_options options; /* a copy: threads may outlive the run */
    void (*wake)(void);
    pthread_mutex_t lock; /* guards what is below */
    pthread_cond_t work, found;
    struct fping_lookup *todo, **todo_end;
    struct fping_lookup *done, **done_end;
    size_t pending; /* not taken */
    size_t waiting; /* not begun */
    unsigned threads, idle;
};

struct fping_names *fping_names_new(const struct fping_options *options, void (*wake)(void))
{
    struct fping_names *names = calloc(1, sizeof(*names));

    if (!names)
        return NULL;
    names->options = *options;
    names->wake = wake;
    names->todo_end = &names->todo;
    names->done_end = &names->done;
    pthread_mutex_init(&names->lock, NULL);
    pthread_cond_init(&names->work, NULL);
    pthread_cond_init(&names->found, NULL);
    return names;
}

static bool read_sockaddr(const struct sockaddr *from, struct mping_addr *ret_addr)
{
    struct mping_addr addr = {.family = from->sa_family};

    if (from->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, from, sizeof(in));
        memcpy(addr.ip, &in.sin_addr, 4);
    } else if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;

        memcpy(&in6, from, sizeof(in6));
        memcpy(addr.ip, &in6.sin6_addr, 16);
        addr.scope_id = in6.sin6_scope_id;
    } else {
        return false;
    }
    *ret_addr = addr;
    return true;
}

bool fping_names_numeric(const struct fping_options *options, const char *given,
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
    char escaped[CLI_ESCAPED_MAX + 1];

    for (const char *c = name; *c; c++) {
        if (*c >= 0x20 && *c < 0x7f)
            continue;
        cli_escape(escaped, sizeof(escaped), name);
        (void)snprintf(name, size, "%s", escaped);
        return;
    }
}

/* What the target is called in the output; NULL without memory. */
static char *show(const struct fping_options *o, const char *given, const struct addrinfo *info,
                  const struct mping_addr *addr)
{
    char name[NI_MAXHOST], number[MPING_ADDR_TEXT_MAX], both[SHOWN_MAX];
    bool reverse = o->rdns || (o->name && is_numeric(given));

    if (!reverse ||
        getnameinfo(info->ai_addr, info->ai_addrlen, name, sizeof(name), NULL, 0, 0) != 0)
        (void)snprintf(name, sizeof(name), "%s", given);
    make_harmless(name, sizeof(name));
    if (!o->addr)
        return strdup(name);
    mping_addr_format(addr, number, sizeof(number));
    if (!o->name && !o->rdns)
        return strdup(number);
    (void)snprintf(both, sizeof(both), "%s (%s)", name, number);
    return strdup(both);
}

static size_t count_addresses(const struct addrinfo *info)
{
    size_t n = 0;

    for (; info; info = info->ai_next)
        n++;
    return n;
}

static void keep(const struct fping_options *o, const struct addrinfo *info,
                 struct fping_lookup *lookup)
{
    lookup->found = calloc(count_addresses(info) + 1, sizeof(*lookup->found));
    for (; lookup->found && info; info = info->ai_next) {
        struct fping_named *named = &lookup->found[lookup->count];

        if (!read_sockaddr(info->ai_addr, &named->addr))
            continue;
        named->shown = show(o, lookup->given, info, &named->addr);
        if (!named->shown)
            break;
        lookup->count++;
        if (!o->all)
            break;
    }
    if (!lookup->count)
        lookup->error = EAI_MEMORY;
}

static void look_up(const struct fping_options *o, struct fping_lookup *lookup)
{
    const struct addrinfo hints = {
        .ai_family = o->family,
        .ai_socktype = o->family == AF_UNSPEC ? SOCK_STREAM : SOCK_RAW,
        .ai_protocol = o->family == AF_INET    ? IPPROTO_ICMP
                       : o->family == AF_INET6 ? IPPROTO_ICMPV6
                                               : 0,
    };
    struct addrinfo *info;

    lookup->error = getaddrinfo(lookup->given, NULL, &hints, &info);
    if (lookup->error)
        return;
    keep(o, info, lookup);
    freeaddrinfo(info);
}

static void *worker(void *argument)
{
    struct fping_names *names = argument;

    pthread_mutex_lock(&names->lock);
    for (;;) {
        struct fping_lookup *lookup = names->todo;

        if (!lookup) {
            names->idle++;
            pthread_cond_wait(&names->work, &names->lock);
            names->idle--;
            continue;
        }
        names->todo = lookup->next;
        if (!names->todo)
            names->todo_end = &names->todo;
        names->waiting--;
        pthread_mutex_unlock(&names->lock);
        look_up(&names->options, lookup);
        pthread_mutex_lock(&names->lock);
        lookup->next = NULL;
        *names->done_end = lookup;
        names->done_end = &lookup->next;
        pthread_cond_signal(&names->found);
        if (names->wake)
            names->wake();
    }
    return NULL;
}

/* Locked. */
static void start_thread(struct fping_names *names)
{
    pthread_attr_t attr;
    pthread_t thread;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, THREAD_STACK);
    if (pthread_create(&thread, &attr, worker, names) == 0)
        names->threads++;
    pthread_attr_destroy(&attr);
}

struct fping_lookup *fping_names_add(struct fping_names *names, const char *given,
                                     struct fping_host *host)
{
    struct fping_lookup *lookup = calloc(1, sizeof(*lookup));

    if (!lookup)
        return NULL;
    lookup->given = given;
    lookup->host = host;
    pthread_mutex_lock(&names->lock);
    *names->todo_end = lookup;
    names->todo_end = &lookup->next;
    names->pending++;
    names->waiting++;
    if (names->waiting > names->idle && names->threads < THREADS_MAX)
        start_thread(names);
    pthread_cond_signal(&names->work);
    pthread_mutex_unlock(&names->lock);
    return names->threads ? lookup : NULL;
}

size_t fping_names_pending(const struct fping_names *names)
{
    return names->pending;
}

struct fping_lookup *fping_names_take(struct fping_names *names, bool wait)
{
    struct fping_lookup *lookup;

    pthread_mutex_lock(&names->lock);
    while (wait && names->pending && !names->done)
        pthread_cond_wait(&names->found, &names->lock);
    lookup = names->done;
    if (lookup) {
        names->done = lookup->next;
        if (!names->done)
            names->done_end = &names->done;
        names->pending--;
    }
    pthread_mutex_unlock(&names->lock);
    return lookup;
}

void fping_lookup_free(struct fping_lookup *lookup)
{
    if (!lookup)
        return;
    for (size_t i = 0; i < lookup->count; i++)
        free(lookup->found[i].shown);
    free(lookup->found);
    free(lookup);
}

void fping_names_free(struct fping_names *names)
{
    if (!names)
        return;
    pthread_mutex_lock(&names->lock);
    names->wake = NULL;
    pthread_mutex_unlock(&names->lock);
    if (!names->threads)
        free(names); /* else they wait in it for work until the program ends */
}
