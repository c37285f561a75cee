/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a format is: lines, made in one file per format. They get all they need as arguments,
 * know no clock and no engine, and only append to the output.
 */
#ifndef MULTIPING_CLI_FPING_FORMAT_H
#define MULTIPING_CLI_FPING_FORMAT_H

#include "fping/host.h"
#include "fping/options.h"
#include "fping/out.h"

/* What lines are made with. */
struct fping_page {
    const struct fping_options *options;
    struct fping_out *out;
    int width; /* of the column of names */
};

/* A reply, or none. */
struct fping_ping {
    const struct mping_event *event; /* of the reply; for a timeout not looked at */
    const char *name;
    uint64_t index;
    int64_t wall_ns;              /* of the arrival, or of the timeout */
    struct fping_numbers numbers; /* of the host, this one included */
};

/* All of a run. */
struct fping_totals {
    uint64_t targets, alive, unreachable, unknown_names;
    uint64_t timeouts, sent, received, other_icmp;
    struct fping_numbers rtts;
    int64_t elapsed_ns;
};

struct fping_format {
    void (*reply)(const struct fping_page *page, const struct fping_ping *ping);
    void (*timeout)(const struct fping_page *page, const struct fping_ping *ping);
    /* Before and in the final list of hosts. */
    void (*summary_head)(const struct fping_page *page);
    void (*summary)(const struct fping_page *page, const struct fping_host *host);
    /* Before and in a list of hosts on the way. */
    void (*interval_head)(const struct fping_page *page, int64_t wall_ns);
    void (*interval)(const struct fping_page *page, const struct fping_host *host,
                     const struct fping_numbers *numbers, int64_t wall_ns);
    void (*totals)(const struct fping_page *page, const struct fping_totals *totals);
    /* Of a name without an address, beside the line for people that all formats have. */
    void (*warning)(const struct fping_page *page, const char *name, const char *why);
};

/* Lost pings in whole percent, rounded down. */
static inline uint64_t fping_loss(const struct fping_numbers *n)
{
    return n->sent ? (n->sent - n->received) * 100 / n->sent : 0;
}

static inline int64_t fping_outage_ms(const struct fping_numbers *n, int64_t period_ns)
{
    return (int64_t)((double)(n->sent - n->received) * (double)period_ns / 1e6);
}

#endif
