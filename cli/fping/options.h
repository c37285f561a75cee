/* SPDX-License-Identifier: Apache-2.0 */
/* fping's command line: one table, from which the parser and the help text are made. */
#ifndef MULTIPING_CLI_FPING_OPTIONS_H
#define MULTIPING_CLI_FPING_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <multiping/multiping.h>

/* The version of fping whose behaviour this is. */
#define FPING_VERSION "5.5"

/* How -D shows the time. */
enum fping_time_format { FPING_TIME_EPOCH, FPING_TIME_CTIME, FPING_TIME_ISO, FPING_TIME_RFC3339 };

enum fping_mode {
    FPING_MODE_ALIVE, /* ping until the first answer, or until the retries are used up */
    FPING_MODE_COUNT, /* -c, -C */
    FPING_MODE_LOOP   /* -l */
};

struct fping_options {
    const char *program; /* argv[0], as it stands in all messages */
    char **targets;      /* what is no option, in order; the strings are argv's */
    size_t target_count;

    /* The options as given. */
    bool ipv4, ipv6, alive, addr, rdns, timestamp, elapsed, generate, loop, all, dont_fragment;
    bool name, netdata, outage, quiet, random, stats, unreach, json;
    bool check_source, icmp_timestamp, print_tos, print_ttl, size_given, timeout_given;
    bool count_given, vcount, report_cumulative, fast_reachable;
    enum fping_time_format time_format;
    int64_t size, count, ttl, tos, mark, retries, reachable;
    double backoff;
    int64_t interval_ns, period_ns, timeout_ns, report_ns, seqmap_timeout_ns;
    const char *file, *ignored;
    struct mping_addr sources[2]; /* -S, of IPv4 and of IPv6; family 0: none */

    /* What follows from them. */
    enum fping_mode mode;
    int family;            /* AF_UNSPEC, AF_INET, AF_INET6 */
    uint32_t ifindex;      /* 0: any */
    int source_error;      /* why nobody can send from the source: -errno; 0: one can */
    bool verbose;          /* "is alive", "is unreachable" */
    bool show_alive;       /* the names of those alive */
    bool show_unreachable; /* the names of those that are not */
    bool show_pings;       /* a line per ping */
};

/*
 * Reads the command line. Returns -1 if there is work to do, else the status to exit with:
 * help or version have been shown, or a complaint. Free with fping_options_done().
 */
int fping_options_parse(struct fping_options *options, int argc, char **argv);
/* What does not go together, which fping complains of once it has its sockets: as above. */
int fping_options_check(const struct fping_options *options);
void fping_options_done(struct fping_options *options);

/* The help text, on stdout as asked for or on stderr after a mistake. Returns the status. */
int fping_usage(const struct fping_options *options, FILE *to);

#endif
