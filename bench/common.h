/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs of the bench share: arguments, clocks, addresses by number. */
#ifndef MULTIPING_BENCH_COMMON_H
#define MULTIPING_BENCH_COMMON_H

#include <stddef.h>
#include <stdint.h>

enum { BENCH_ICMP_HEADER = 8, BENCH_IP4_HEADER = 20, BENCH_PAYLOAD_MAX = 1400 };

/* "--name VALUE" on the command line: exactly one of the two places is set. */
struct bench_arg {
    const char *name; /* NULL ends the table */
    int64_t *number;
    const char **text;
};

/* Reads argv into the places of the table; anything else ends the program. */
void bench_args(const struct bench_arg *args, char **argv);

/* One line on stderr, then exit 1. */
_Noreturn void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

int64_t bench_mono_ns(void);
int64_t bench_real_ns(void);
/* Processor time that this process has used. */
int64_t bench_cpu_ns(void);

/* Sleeps until CLOCK_MONOTONIC says so. */
void bench_sleep_until(int64_t mono_ns);

/* Addresses base, base + 1, ... in network byte order. */
struct bench_range {
    int family;
    size_t len; /* of one address */
    uint8_t base[16];
};

struct bench_range bench_range(const char *base);
void bench_range_at(const struct bench_range *range, uint64_t n, uint8_t ret_ip[16]);

/* How to reach the network: "raw4", "raw6", "ping4", "ping6", as the library calls them. */
struct bench_backend {
    const char *name;
    int family;
    int type; /* SOCK_RAW or SOCK_DGRAM */
};

const struct bench_backend *bench_backend(const char *name);

#endif
