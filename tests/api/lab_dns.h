/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The name server of the lab, on 127.0.0.1:53 in its namespace. Names that nobody has set do
 * not exist. lab_start() starts it; it runs until the process ends.
 */
#ifndef MULTIPING_TESTS_API_LAB_DNS_H
#define MULTIPING_TESTS_API_LAB_DNS_H

#include <stdbool.h>
#include <stdint.h>

struct lab_dns_name {
    const char *name;
    const char *v4;   /* NULL: no A record */
    const char *v6;   /* NULL: no AAAA record */
    int64_t delay_ns; /* answers that late */
    bool silent;      /* never answers */
};

/* NULL, or why not. */
const char *lab_dns_start(void);

/* Sets a name, or changes it from the next query on. The strings are not copied. */
void lab_dns_set(const struct lab_dns_name *name);

/* How often a name was asked for, for IPv4 addresses and for IPv6 addresses together. */
unsigned lab_dns_queries(const char *name);

#endif
