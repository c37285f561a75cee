/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/hosts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/error.h>

#include "base/address.h"
#include "resolve/name.h"
#include "resolve/resolve.h"

#define SPACE " \t\n\v\f\r"

/* Mapped addresses and those with a zone are read in ways of its own by the C library. */
static void read_addr(const char *text, struct mping_addr *ret_addr)
{
    *ret_addr = (struct mping_addr){0};
    if (inet_pton(AF_INET, text, ret_addr->ip) == 1)
        ret_addr->family = AF_INET;
    else if (inet_pton(AF_INET6, text, ret_addr->ip) == 1 && !mping_ip6_is_mapped(ret_addr->ip))
        ret_addr->family = AF_INET6;
}

static int add(struct mping_hosts *hosts, const char *name, size_t line,
               const struct mping_addr *addr)
{
    struct mping_hosts_entry *entry;

    if (hosts->n == hosts->capacity) {
        size_t capacity = hosts->capacity ? 2 * hosts->capacity : 64;
        void *entries = realloc(hosts->entries, capacity * sizeof(*hosts->entries));

        if (!entries)
            return MPING_ENOMEM;
        hosts->entries = entries;
        hosts->capacity = capacity;
    }
    entry = &hosts->entries[hosts->n];
    *entry = (struct mping_hosts_entry){.name = strdup(name), .line = line, .addr = *addr};
    if (!entry->name)
        return MPING_ENOMEM;
    mping_name_fold(entry->name);
    hosts->n++;
    return 0;
}

static int read_line(struct mping_hosts *hosts, char *text, size_t line)
{
    struct mping_addr addr;
    char *rest = NULL, *word;
    int err = 0;

    text[strcspn(text, "#\n")] = '\0';
    word = strtok_r(text, SPACE, &rest);
    if (!word)
        return 0;
    read_addr(word, &addr);
    while (err == 0 && (word = strtok_r(NULL, SPACE, &rest)))
        err = add(hosts, word, line, &addr);
    return err;
}

static int compare(const void *left, const void *right)
{
    const struct mping_hosts_entry *a = left, *b = right;
    int order = strcmp(a->name, b->name);

    return order ? order : (a->line > b->line) - (a->line < b->line);
}

int mping_hosts_read(struct mping_hosts *hosts, FILE *file)
{
    char *text = NULL;
    size_t size = 0;
    ssize_t len = 0;
    int err = 0;

    for (size_t line = 0; err == 0 && (len = getline(&text, &size, file)) >= 0; line++)
        err = strlen(text) == (size_t)len ? read_line(hosts, text, line) : -EILSEQ;
    free(text);
    if (err == 0 && !feof(file))
        err = MPING_ENOMEM;
    if (hosts->n > 1)
        qsort(hosts->entries, hosts->n, sizeof(*hosts->entries), compare);
    return err;
}

void mping_hosts_done(struct mping_hosts *hosts)
{
    for (size_t i = 0; i < hosts->n; i++)
        free(hosts->entries[i].name);
    free(hosts->entries);
    *hosts = (struct mping_hosts){0};
}

/* The first entry that is not before the name. */
static size_t lower_bound(const struct mping_hosts *hosts, const char *name)
{
    size_t first = 0, n = hosts->n;

    while (n > 0) {
        size_t half = n / 2;

        if (strcmp(hosts->entries[first + half].name, name) < 0) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return first;
}

enum mping_hosts_found mping_hosts_find(const struct mping_hosts *hosts, const char *name,
                                        int family, struct mping_addr *ret_addr)
{
    size_t at = lower_bound(hosts, name);
    const struct mping_hosts_entry *entry;

    if (at == hosts->n || strcmp(hosts->entries[at].name, name) != 0)
        return MPING_HOSTS_NONE;
    entry = &hosts->entries[at];
    for (size_t i = at + 1; i < hosts->n && strcmp(hosts->entries[i].name, name) == 0; i++)
        if (hosts->entries[i].line != entry->line)
            return MPING_HOSTS_OTHER;
    if (!entry->addr.family || (family != AF_UNSPEC && family != entry->addr.family))
        return MPING_HOSTS_OTHER;
    *ret_addr = entry->addr;
    return MPING_HOSTS_PLAIN;
}
