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
#define CLI_RANGE_MAX (UINT64_C(1) << 40)

enum cli_range_kind {
    CLI_RANGE_NAME,   /* one host that is to be looked up */
    CLI_RANGE_ADDRS,  /* consecutive addresses, at least one */
    CLI_RANGE_OCTETS, /* IPv4 addresses */
    CLI_RANGE_BRACES, /* names or addresses */
};

struct cli_octets;
struct cli_braces;

struct cli_range {
    uint64_t count;
    enum cli_range_kind kind;
    union {
        struct mping_addr first;
        char *name;
        struct cli_octets *octets;
        struct cli_braces *braces;
    } of;
};

/* A host as it comes out of a range. */
struct cli_range_host {
    struct mping_addr addr;      /* family 0: it is a name */
    char name[CLI_HOST_MAX + 1]; /* as written; "" where addr says it all */
};

/* What cli_range_read() finds: takes the range over. 0, or -1 to stop. */
typedef int (*cli_range_fn)(void *user, struct cli_range *range);

/*
 * Reads a text and hands over the ranges that it stands for: one, or with braces around networks
 * many. NULL, "" after take() has returned -1, or what is wrong, for people. Of an IPv4 network
 * up to /30 the first and the last address are left out, as they belong to no host.
 */
const char *cli_range_read(const char *text, cli_range_fn take, void *user);

/* Whether the text can only be one host, without a closer look. */
bool cli_range_is_plain(const char *text);

/* Reads address/n, its first address and n. NULL, or what is wrong, for people. */
const char *cli_range_network(const char *text, struct mping_addr *ret_first, unsigned *ret_len);

/* The host at index i < count. */
void cli_range_at(const struct cli_range *range, uint64_t i, struct cli_range_host *ret_host);

/* Frees what it holds. */
void cli_range_done(struct cli_range *range);

/* The address i places after addr. */
struct mping_addr cli_addr_plus(const struct mping_addr *addr, uint64_t i);
/* Less than, equal to or greater than 0, as a comes before b, is b, or comes after it. */
int cli_addr_compare(const struct mping_addr *a, const struct mping_addr *b);
/* How many places b is after a; of different families or farther: UINT64_MAX. */
uint64_t cli_addr_distance(const struct mping_addr *a, const struct mping_addr *b);

#endif
