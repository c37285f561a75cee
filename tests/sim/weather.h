/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the network does to a probe: a function of the seed, the address and the probe. Each
 * host has a climate of its own within the bounds of the scenario.
 */
#ifndef MPING_SIM_WEATHER_H
#define MPING_SIM_WEATHER_H

#include "prf.h"
#include "world.h"

enum { WEATHER_REPLIES_MAX = 128 };

/* Bounds of a scenario. Chances are per million, of hosts or of packets. */
struct weather {
    uint64_t seed;
    int64_t rtt_min_ns, rtt_max_ns; /* of a host */
    int64_t jitter_max_ns;          /* of a packet, on top */
    int64_t late_ns;                /* added to late replies */
    uint32_t dead;                  /* hosts that never answer */
    uint32_t faulty;                /* hosts to which the chances below apply at all */
    uint32_t loss, late, duplicate, storm, mangle, error, error_then_reply;
    uint32_t mangle_kinds; /* bits of enum kind: what mangled replies become */
};

struct fate {
    unsigned n;                                 /* packets that come back */
    struct happening back[WEATHER_REPLIES_MAX]; /* at_ns is counted from the sending */
};

/* What comes back for the nth probe to a host with that id. */
void weather_fate(const struct weather *weather, uint32_t host, uint16_t id, uint64_t n,
                  struct fate *ret_fate);

#endif
