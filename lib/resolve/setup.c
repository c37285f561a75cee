/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/setup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <multiping/error.h>

#include "resolve/hosts.h"
#include "resolve/resolv_conf.h"
#include "resolve/resolve.h"

#define SPACE " \t\n\v\f\r"

enum file { NSSWITCH, RESOLV, HOSTS, GAI, HOST, NSCD };

static const char *const paths[MPING_SETUP_FILES] = {
    [NSSWITCH] = "/etc/nsswitch.conf",
    [RESOLV] = "/etc/resolv.conf",
    [HOSTS] = "/etc/hosts",
    [GAI] = "/etc/gai.conf",
    [HOST] = "/etc/host.conf",
    [NSCD] = "/var/run/nscd/socket", /* a daemon that the C library asks before all else */
};

static struct mping_file_version version_of(const char *path)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return (struct mping_file_version){0};
    return (struct mping_file_version){
        .device = st.st_dev,
        .inode = st.st_ino,
        .bytes = (uint64_t)st.st_size,
        .modified = st.st_mtim,
        .changed = st.st_ctim,
    };
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_same_version(const struct mping_file_version *a, const struct mping_file_version *b)
{
    return a->device == b->device && a->inode == b->inode && a->bytes == b->bytes &&
           is_same_time(&a->modified, &b->modified) && is_same_time(&a->changed, &b->changed);
}

/* The services of the line for hosts, NULL if it is another line. */
static char *services_of(char *line)
{
    line[strcspn(line, "#\n")] = '\0';
    line += strspn(line, SPACE);
    if (strncmp(line, "hosts", 5) != 0)
        return NULL;
    line += 5 + strspn(line + 5, SPACE);
    return *line == ':' ? line + 1 : NULL;
}

/* An action in brackets behind a service can turn its meaning round. */
static void read_services(struct mping_setup *setup, char *services)
{
    char *rest = NULL;
    const char *first = strtok_r(services, SPACE, &rest);
    const char *second = first ? strtok_r(NULL, SPACE, &rest) : NULL;
    const char *third = second ? strtok_r(NULL, SPACE, &rest) : NULL;

    setup->hosts_first = first && strcmp(first, "files") == 0 && (!second || second[0] != '[');
    setup->then_dns = setup->hosts_first && second && strcmp(second, "dns") == 0 && !third;
}

static int read_nsswitch(struct mping_setup *setup, FILE *file)
{
    char *line = NULL, *services;
    size_t size = 0;
    unsigned found = 0;

    while (getline(&line, &size, file) >= 0) {
        services = services_of(line);
        if (services && ++found == 1)
            read_services(setup, services);
    }
    free(line);
    if (found != 1)
        setup->hosts_first = setup->then_dns = false;
    return 0;
}

static int read_gai(struct mping_setup *setup, FILE *file)
{
    char *line = NULL;
    size_t size = 0;

    setup->is_default_order = true;
    while (getline(&line, &size, file) >= 0) {
        line[strcspn(line, "#\n")] = '\0';
        if (line[strspn(line, SPACE)])
            setup->is_default_order = false;
    }
    free(line);
    return 0;
}

static int read_hosts(struct mping_setup *setup, FILE *file)
{
    return mping_hosts_read(&setup->hosts, file);
}

/* What a file says, or its absence; one that cannot be read says nothing for certain. */
static int read_file(struct mping_setup *setup, enum file which,
                     int (*read)(struct mping_setup *setup, FILE *file))
{
    FILE *file = fopen(paths[which], "re");
    int err;

    if (!file && errno == ENOENT && which != NSSWITCH)
        return 0;
    if (!file)
        return errno == ENOMEM ? MPING_ENOMEM : -EILSEQ;
    err = read(setup, file);
    (void)fclose(file);
    return err;
}

/* Variables by which a user changes the C library's ways. */
static bool is_changed_by_user(void)
{
    static const char *const names[] = {"LOCALDOMAIN", "RES_OPTIONS", "HOSTALIASES",
                                        "RESOLV_HOST_CONF"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (getenv(names[i])) /* NOLINT(concurrency-mt-unsafe): as getaddrinfo() itself does */
            return true;
    return false;
}

static int read_all(struct mping_setup *setup)
{
    int err = read_file(setup, NSSWITCH, read_nsswitch);

    setup->is_default_order = true;
    if (err == 0)
        err = read_file(setup, GAI, read_gai);
    if (err == 0)
        err = read_file(setup, HOSTS, read_hosts);
    if (err == 0) {
        mping_resolv_conf_defaults(setup);
        err = read_file(setup, RESOLV, mping_resolv_conf_read);
        mping_resolv_conf_complete(setup);
    }
    return err;
}

int mping_setup_update(struct mping_setup *setup)
{
    struct mping_file_version versions[MPING_SETUP_FILES];
    bool same = setup->is_read;
    int err;

    for (size_t i = 0; i < MPING_SETUP_FILES; i++) {
        versions[i] = version_of(paths[i]);
        same = same && is_same_version(&versions[i], &setup->versions[i]);
    }
    if (same)
        return 0;
    mping_setup_done(setup);
    err = read_all(setup);
    if (err == MPING_ENOMEM) {
        mping_setup_done(setup);
        return err;
    }
    if (err < 0 || versions[NSCD].inode || is_changed_by_user())
        setup->hosts_first = setup->then_dns = false;
    memcpy(setup->versions, versions, sizeof(versions));
    setup->is_read = true;
    return 1;
}

void mping_setup_done(struct mping_setup *setup)
{
    mping_hosts_done(&setup->hosts);
    for (size_t i = 0; i < setup->n_search; i++)
        free(setup->search[i]);
    *setup = (struct mping_setup){0};
}
