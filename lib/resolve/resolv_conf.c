/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/resolv_conf.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <multiping/error.h>

#include "resolve/name.h"
#include "resolve/resolve.h"
#include "resolve/setup.h"

#define SPACE " \t\n\v\f\r"

enum { NDOTS_MAX = 15 }; /* what the C library makes of a larger one */

void mping_resolv_conf_defaults(struct mping_setup *setup)
{
    setup->ndots = 1;
}

static void add_server(struct mping_setup *setup, const char *text)
{
    unsigned char ip[16];

    if (setup->n_servers == MPING_SERVERS_MAX)
        return;
    if (inet_pton(AF_INET, text, ip) != 1 && inet_pton(AF_INET6, text, ip) != 1)
        setup->then_dns = false;
    else
        (void)snprintf(setup->servers[setup->n_servers++], sizeof(setup->servers[0]), "%s", text);
}

static void forget_search(struct mping_setup *setup)
{
    while (setup->n_search > 0)
        free(setup->search[--setup->n_search]);
}

static int add_search(struct mping_setup *setup, const char *domain)
{
    char *copy;

    if (setup->n_search == MPING_SEARCH_MAX || !mping_name_is_plain(domain)) {
        setup->then_dns = false;
        return 0;
    }
    copy = strdup(domain);
    if (!copy)
        return MPING_ENOMEM;
    setup->search[setup->n_search++] = copy;
    return 0;
}

/* Those that change nothing of the answer, or that we do likewise. */
static bool take_option(struct mping_setup *setup, const char *option)
{
    static const char *const harmless[] = {"edns0", "rotate", "single-request",
                                           "single-request-reopen", "trust-ad"};

    if (strncmp(option, "ndots:", 6) == 0) {
        char *end;
        unsigned long ndots = strtoul(option + 6, &end, 10);

        setup->ndots = ndots > NDOTS_MAX ? NDOTS_MAX : (unsigned)ndots;
        return option[6] >= '0' && option[6] <= '9' && !*end;
    }
    if (strncmp(option, "timeout:", 8) == 0 || strncmp(option, "attempts:", 9) == 0)
        return true;
    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
        if (strcmp(option, harmless[i]) == 0)
            return true;
    return false;
}

/* The C library knows a keyword only at the very beginning of its line. */
static int read_line(struct mping_setup *setup, char *line)
{
    bool is_indented = strchr(SPACE, line[0]);
    char *rest = NULL, *word;
    const char *key = strtok_r(line, SPACE, &rest);
    int err = 0;

    if (!key || key[0] == '#' || key[0] == ';')
        return 0;
    word = strtok_r(NULL, SPACE, &rest);
    if (is_indented || !word)
        key = ""; /* as good as unknown */
    if (strcmp(key, "nameserver") == 0) {
        add_server(setup, word);
    } else if (strcmp(key, "options") == 0) {
        for (; word; word = strtok_r(NULL, SPACE, &rest))
            if (!take_option(setup, word))
                setup->then_dns = false;
    } else if (strcmp(key, "search") == 0 || strcmp(key, "domain") == 0) {
        forget_search(setup);
        for (; word && err == 0; word = strtok_r(NULL, SPACE, &rest))
            err = add_search(setup, word);
        if (strcmp(key, "domain") == 0 && setup->n_search != 1)
            setup->then_dns = false;
    } else {
        setup->then_dns = false;
    }
    return err;
}

int mping_resolv_conf_read(struct mping_setup *setup, FILE *file)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    int err = 0;

    while (err == 0 && (len = getline(&line, &size, file)) >= 0) {
        if (strlen(line) != (size_t)len)
            setup->then_dns = false;
        err = read_line(setup, line);
    }
    free(line);
    return err;
}

void mping_resolv_conf_complete(struct mping_setup *setup)
{
    char host[MPING_NAME_MAX + 2];
    const char *dot;

    if (setup->n_servers == 0)
        add_server(setup, "127.0.0.1");
    if (setup->n_search > 0)
        return;
    host[sizeof(host) - 1] = '\0';
    if (gethostname(host, sizeof(host) - 1) < 0 ||
        ((dot = strchr(host, '.')) && add_search(setup, dot + 1) < 0))
        setup->then_dns = false; /* without a name, or without memory */
}
