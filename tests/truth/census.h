/* SPDX-License-Identifier: Apache-2.0 */
/* Pings many simulated hosts and holds every verdict against the ledger of the truth. */
#ifndef MPING_TRUTH_CENSUS_H
#define MPING_TRUTH_CENSUS_H

#include <stdbool.h>
#include <stdint.h>

#include <multiping/multiping.h>

enum { CENSUS_RANGES_MAX = 512, CENSUS_REASONS = 8 };

/* Addresses in a row. */
struct census_range {
    struct mping_addr first;
    uint64_t n;
    uint64_t index; /* of the first among all targets */
};

struct census_plan {
    const char *ledger, *control; /* NULL: nobody knows the truth, verdicts are only counted */
    struct census_range ranges[CENSUS_RANGES_MAX];
    unsigned range_n;
    uint64_t targets; /* of all ranges */
    uint64_t count;   /* probes to each */
    int64_t interval_ns, timeout_ns;
    uint64_t window, payload, rate, socket_kind, undecided_max_ppm, rcvbuf, seed;
};

/* What was said about one probe. */
struct census_probe {
    int64_t sent_ns, received_ns;
    uint16_t id;
    uint8_t type; /* enum mping_event_type, 0: nothing */
    uint8_t reason;
    uint8_t icmp_type, icmp_code;
    uint8_t late_stamp; /* enum mping_stamp of a late reply; received_ns is then its time */
};

struct census {
    struct census_plan plan;
    struct census_probe *probes; /* count of each target in a row */
    uint64_t finished;
    struct mping_stats stats; /* of the engine */

    uint64_t replies, lost, unreachable, unknown[CENSUS_REASONS], send_errors;
    uint64_t late, duplicates, mismatches;
    uint64_t doubled; /* verdicts on top of the one that is due */
    uint64_t strange; /* events that fit nowhere */

    /* Set by census_compare(). */
    uint64_t requests;    /* of ours in the ledger */
    uint64_t wrong;       /* verdicts that the ledger denies */
    uint64_t close;       /* so near to the deadline that both are right */
    uint64_t false_alive; /* among the wrong ones */
    uint64_t false_lost;
    uint64_t missing; /* probes without a verdict */
};

/* Reads the command line; ends the program where it makes no sense. */
void census_read_plan(struct census_plan *plan, int argc, char **argv);

/* The address of a target, and back: UINT64_MAX if it is none of ours. */
struct mping_addr census_addr(const struct census_plan *plan, uint64_t target);
uint64_t census_find(const struct census_plan *plan, int family, const uint8_t *ip);

/* Waits until simnet has nothing left to say, then compares. 0 or -errno. */
int census_compare(struct census *census);

#endif
