/* SPDX-License-Identifier: Apache-2.0 */
/* The targets in their order, and what is known of each. */
#ifndef MULTIPING_CLI_FPING_HOST_H
#define MULTIPING_CLI_FPING_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <multiping/multiping.h>

enum fping_host_state {
    FPING_HOST_NAMED, /* its name is being looked up */
    FPING_HOST_READY,
    FPING_HOST_GONE /* has no address: it does not count as a target */
};

/* Pings that have been answered or have not, and the times of those that have. */
struct fping_numbers {
    uint64_t sent, received;
    int64_t min_ns, max_ns, total_ns;
};

/* The nth probe to a host took the place of one whose fate was unknown. */
struct fping_repeated {
    uint64_t probe, index;
};

/* What is kept of a host in count and loop mode. */
struct fping_tally {
    struct fping_numbers interval; /* since the last report */
    int64_t min_ns, max_ns, total_ns;
    int64_t *rtts_ns;               /* -C: of each ping, -1: none */
    struct fping_repeated *repeats; /* ordered by probe */
    uint32_t repeat_count;
    const char *given; /* the name as given */
};

struct fping_host {
    struct mping_addr addr;
    const char *name;            /* as shown */
    struct mping_target *target; /* NULL before the first ping, and once it is no longer needed */
    union {
        struct fping_tally *tally; /* count and loop mode; NULL before the first ping */
        int64_t rtt_ns;            /* else: of the reply */
        int name_error;            /* FPING_HOST_GONE: of getaddrinfo() */
    };
    uint64_t asked; /* pings that the schedule has asked for */
    uint64_t sent;  /* those whose fate is known */
    uint64_t received;
    uint8_t state;    /* enum fping_host_state */
    uint8_t unknowns; /* unknown verdicts in a row */
    bool passed;      /* its turn came before its address */
    bool done;        /* nothing more is wanted of it */
    bool reported;    /* alive mode: its numbers have been shown in a report */
};

/* Grows in pieces: a host stays where it is. */
struct fping_hosts {
    struct fping_host **pieces;
    size_t n;     /* all of them */
    size_t ready; /* that have an address */
    size_t failed;
    bool has_v4, has_v6;
    int width; /* of the longest name */
};

/* A new host at the end, NULL without memory. The name must outlive it. */
struct fping_host *fping_hosts_add(struct fping_hosts *hosts, const char *name);
struct fping_host *fping_hosts_at(const struct fping_hosts *hosts, size_t i);
/* It has an address now, and the name to show. */
void fping_hosts_ready(struct fping_hosts *hosts, struct fping_host *host,
                       const struct mping_addr *addr, const char *name);
void fping_hosts_fail(struct fping_hosts *hosts, struct fping_host *host, int name_error);
void fping_hosts_done(struct fping_hosts *hosts, bool tallies);

/* The tally of a host, made at first use; count: times to keep, 0: none. NULL: no memory. */
struct fping_tally *fping_host_tally(struct fping_host *host, uint64_t count);

/* One ping has been answered (rtt_ns), or not (-1). */
void fping_host_count(struct fping_host *host, bool tally, uint64_t index, int64_t rtt_ns);

/* Which ping of the host a probe was, and noting that the next probe repeats a ping. */
uint64_t fping_host_index(const struct fping_host *host, uint64_t probe);
bool fping_host_repeat(struct fping_host *host, uint64_t index);

/* Numbers since the start. */
struct fping_numbers fping_host_numbers(const struct fping_host *host, bool tally);
/* Numbers since the last report; restart: until now. */
struct fping_numbers fping_host_interval(struct fping_host *host, bool tally, bool restart);

#endif
