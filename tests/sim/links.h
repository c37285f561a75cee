/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The links of the simulated machine, below its sockets: now and then one drops packets on their
 * way out or in, has no carrier, or counts drops of what is none of ours. All that tells of it are
 * counters, which are read when the core asks; what came of that is kept for the oracle.
 */
#ifndef MPING_SIM_LINKS_H
#define MPING_SIM_LINKS_H

#include <multiping/event.h>

#include "prf.h"
#include "world.h"

enum { LINKS_MAX = 3 };

/* What reading its counters has shown, as the library's io/links.c has it. */
struct link_view {
    uint64_t tx, rx, changes; /* the counters, when they were last read */
    int64_t tx_moved_ns, rx_moved_ns, away_ns;
    bool up;
};

struct links_view {
    struct link_view links[LINKS_MAX];
    unsigned n; /* 0: no link ever drops anything */
};

/* One reading: what was known from then on, of the verdicts from that event on. */
struct look {
    uint64_t event;
    struct links_view view;
};

struct links {
    uint64_t seed;
    int64_t start_ns;
    int64_t noise_ns, change_ns; /* when something next happens without us */
    struct dice dice;
    uint64_t tx[LINKS_MAX], rx[LINKS_MAX]; /* packets dropped so far */
    uint64_t changes[LINKS_MAX];           /* how often it has come or gone */
    struct links_view view;
    struct look *looks; /* a ring: those that the oracle has not come to */
    size_t head, n, cap;
};

/* n links, 0 to LINKS_MAX; the same seed has the same troubles at the same times. */
void links_init(struct links *links, uint64_t seed, unsigned n, int64_t start_ns);
void links_done(struct links *links);

/* Whether a packet of ours to or from that host is dropped, which the link counts. */
bool links_drop_out(struct links *links, uint32_t host, int64_t at_ns);
bool links_drop_in(struct links *links, uint32_t host, int64_t at_ns);

/* Reads all counters; `event` is the number of the next one. Whether one has moved or is away. */
bool links_look(struct links *links, int64_t now_ns, uint64_t event);
/* The next look not after an event, NULL if there is none; it is taken. */
const struct look *links_take_look(struct links *links, uint64_t event);

/* Why a probe that left for the host at sent_ns may be lost here, as far as a view shows. */
enum mping_reason links_doubt(const struct links_view *view, uint32_t host, int64_t sent_ns);

#endif
