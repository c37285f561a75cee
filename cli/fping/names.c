/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/names.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "text/escape.h"

/*
 * So many lookups run at once that are not slow; those that are slow, or whose servers are dead,
 * get threads on top, which sleep in the C library for up to ten seconds each.
 */
enum {
    YOUNG_MAX = 64,
    THREADS_MAX = 2048,
    THREAD_STACK = 256 << 10,
    SHOWN_MAX = 2 * NI_MAXHOST + 4, /* with " ()" */
};

#define YOUNG_NS INT64_C(50000000)
#define LOOK_NS INT64_C(10000000) /* how often somebody looks for slow ones */

struct fping_names {
    struct fping_options options; /* a copy: threads may outlive the run */
    void (*wake)(void);
    pthread_mutex_t lock; /* guards what is below */
    pthread_cond_t work, found;
    struct fping_lookup *todo, **todo_end;
    struct fping_lookup *done, **done_end;
    size_t pending;                          /* not taken */
    size_t waiting;                          /* not begun */
    struct fping_lookup *young, **young_end; /* under way, oldest first */
    unsigned threads, idle, slow;
    bool watched; /* by watch() */
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
    names->young_end = &names->young;
    pthread_mutex_init(&names->lock, NULL);
    pthread_cond_init(&names->work, NULL);
    pthread_cond_init(&names->found, NULL);
    return names;
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
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
    char name[NI_MAXHOST], number[NI_MAXHOST], both[SHOWN_MAX];
    bool reverse = o->rdns || (o->name && is_numeric(given));

    if (!reverse ||
        getnameinfo(info->ai_addr, info->ai_addrlen, name, sizeof(name), NULL, 0, 0) != 0)
        (void)snprintf(name, sizeof(name), "%s", given);
    make_harmless(name, sizeof(name));
    if (!o->addr)
        return strdup(name);
    /* Not mping_addr_format(): the C library names the scope of link-local addresses alone. */
    if (getnameinfo(info->ai_addr, info->ai_addrlen, number, sizeof(number), NULL, 0,
                    NI_NUMERICHOST) != 0)
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

/*
 * Where a source is missing, as the hosts file and a module, glibc 2.36 now and then says
 * EAI_SYSTEM to one of many threads although another source knows the name. Such an error is
 * believed when it comes again and again.
 */
static int ask_again(const char *given, const struct addrinfo *hints, struct addrinfo **ret_info)
{
    int error = EAI_SYSTEM;

    for (long ms = 1; ms < 32 && error == EAI_SYSTEM; ms *= 2) {
        nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
        error = getaddrinfo(given, NULL, hints, ret_info);
    }
    return error;
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
    if (lookup->error == EAI_SYSTEM)
        lookup->error = ask_again(lookup->given, &hints, &info);
    if (lookup->error)
        return;
    keep(o, info, lookup);
    freeaddrinfo(info);
}

/* Locked. Takes it from the young ones, NULL: the oldest. */
static void outgrow(struct fping_names *names, struct fping_lookup *lookup)
{
    struct fping_lookup **at = &names->young;

    while (lookup && *at && *at != lookup)
        at = &(*at)->next;
    lookup = *at;
    if (!lookup)
        return;
    *at = lookup->next;
    if (!*at)
        names->young_end = at;
    lookup->next = NULL;
    lookup->slow = true;
}

/* Locked. */
static struct fping_lookup *begin(struct fping_names *names)
{
    struct fping_lookup *lookup = names->todo;

    names->todo = lookup->next;
    if (!names->todo)
        names->todo_end = &names->todo;
    names->waiting--;
    lookup->next = NULL;
    lookup->since_ns = now_ns();
    *names->young_end = lookup;
    names->young_end = &lookup->next;
    return lookup;
}

/* Locked. */
static void end(struct fping_names *names, struct fping_lookup *lookup)
{
    if (lookup->slow)
        names->slow--;
    else
        outgrow(names, lookup);
    *names->done_end = lookup;
    names->done_end = &lookup->next;
    pthread_cond_signal(&names->found);
    if (names->wake)
        names->wake();
}

static void *worker(void *argument)
{
    struct fping_names *names = argument;

    pthread_mutex_lock(&names->lock);
    for (;;) {
        struct fping_lookup *lookup;

        if (!names->todo) {
            pthread_cond_wait(&names->work, &names->lock);
            continue;
        }
        lookup = begin(names);
        names->idle--;
        pthread_mutex_unlock(&names->lock);
        look_up(&names->options, lookup);
        pthread_mutex_lock(&names->lock);
        end(names, lookup);
        names->idle++;
    }
    return NULL;
}

static bool start_thread(struct fping_names *names, void *(*run)(void *argument))
{
    pthread_attr_t attr;
    pthread_t thread;
    bool started;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, THREAD_STACK);
    started = pthread_create(&thread, &attr, run, names) == 0;
    pthread_attr_destroy(&attr);
    return started;
}

/* Locked. As many threads as the lookups that are not slow may have, and wait for one. */
static void start_workers(struct fping_names *names)
{
    while (names->waiting > names->idle && names->threads - names->slow < YOUNG_MAX &&
           names->threads < THREADS_MAX && start_thread(names, worker)) {
        names->threads++;
        names->idle++; /* until it has found something to do */
    }
}

/* While lookups wait for a thread: finds out which of those under way are slow. */
static void *watch(void *argument)
{
    const struct timespec pause = {.tv_nsec = LOOK_NS};
    struct fping_names *names = argument;

    pthread_mutex_lock(&names->lock);
    while (names->waiting) {
        pthread_mutex_unlock(&names->lock);
        nanosleep(&pause, NULL);
        pthread_mutex_lock(&names->lock);
        while (names->young && now_ns() - names->young->since_ns > YOUNG_NS) {
            outgrow(names, NULL);
            names->slow++;
        }
        start_workers(names);
    }
    names->watched = false;
    pthread_mutex_unlock(&names->lock);
    return NULL;
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
    start_workers(names);
    if (names->threads >= YOUNG_MAX && names->waiting && !names->watched)
        names->watched = start_thread(names, watch);
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
