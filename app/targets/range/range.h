/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an operand or a line stands for: a host, or many of them, which are made one by one
 * and never stored.
 *
 *   name, 10.0.0.1, fe80::1%eth0       one host
 *   10.0.0.0/24, 2001:db8::/120        the addresses of a network
 *   10.0.0.1-10.0.0.50, ::1-::ff       from one address to another
 *   10.0,2.1-3.*                       lists and ranges of octets
 *   web{01..20}.example, {a,b}{1..3}   braces as in the shell, also around the others
 */
#ifndef MULTIPING_APP_TARGETS_RANGE_RANGE_H
#define MULTIPING_APP_TARGETS_RANGE_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <multiping/addr.h>

#include "targets/list_line.h"

/* More than this nobody can wait for: 12 days at a million a second. */
#define APP_RANGE_MAX (UINT64_C(1) << 40)

enum app_range_kind {
    APP_RANGE_NAME,   /* one host that is to be looked up */
    APP_RANGE_ADDRS,  /* consecutive addresses, at least one */
    APP_RANGE_OCTETS, /* IPv4 addresses */
    APP_RANGE_BRACES, /* names or addresses */
};

struct app_octets;
struct app_braces;

struct app_range {
    uint64_t count;
    enum app_range_kind kind;
    union {
        struct mping_addr first;
        char *name;
        struct app_octets *octets;
        struct app_braces *braces;
    } of;
};

/* A host as it comes out of a range. */
struct app_range_host {
    struct mping_addr addr;      /* family 0: it is a name */
    char name[APP_HOST_MAX + 1]; /* as written; "" where addr says it all */
};

/* What app_range_read() finds: takes the range over. 0, or -1 to stop. */
typedef int (*app_range_fn)(void *user, struct app_range *range);

/*
 * Reads a text and hands over the ranges that it stands for: one, or with braces around networks
 * many. NULL, "" after take() has returned -1, or what is wrong, for people. Of an IPv4 network
 * up to /30 the first and the last address are left out, as they belong to no host.
 */
const char *app_range_read(const char *text, app_range_fn take, void *user);

/* Whether the text can only be one host, without a closer look. */
bool app_range_is_plain(const char *text);

/* Reads address/n, its first address and n. NULL, or what is wrong, for people. */
const char *app_range_network(const char *text, struct mping_addr *ret_first, unsigned *ret_len);

/* The host at index i < count. */
void app_range_at(const struct app_range *range, uint64_t i, struct app_range_host *ret_host);

/* Frees what it holds. */
void app_range_done(struct app_range *range);

/* The address i places after addr. */
struct mping_addr app_addr_plus(const struct mping_addr *addr, uint64_t i);
/* Less than, equal to or greater than 0, as a comes before b, is b, or comes after it. */
int app_addr_compare(const struct mping_addr *a, const struct mping_addr *b);
/* How many places b is after a; of different families or farther: UINT64_MAX. */
uint64_t app_addr_distance(const struct mping_addr *a, const struct mping_addr *b);

#endif
