/* SPDX-License-Identifier: Apache-2.0 */
/* What comes back for an echo request: decided once, when it arrives. */
#ifndef MPING_SIMNET_FATE_H
#define MPING_SIMNET_FATE_H

#include <stdint.h>

#include "simnet/packet.h"

enum {
    SN_STEPS_MAX = 8,
    SN_CLASS_WEATHER = 64 /* this class and all above it are ruled by the seed */
};

/* One packet that comes back, and how often. */
struct sn_step {
    int64_t delay_ns;
    enum sn_what what;
    enum sn_variant variant;
    uint8_t type, code; /* errors */
    uint16_t copies;    /* on top of the first */
};

struct sn_fate {
    unsigned n;
    struct sn_step steps[SN_STEPS_MAX];
};

/* Adds one more; returns it, so that details can be set. */
struct sn_step *sn_fate_add(struct sn_fate *fate, int64_t delay_ns, enum sn_what what,
                            enum sn_variant variant);

/* The fate of a request to 10.F.P.H or fd00:F:P::H, as the address directs. */
void sn_class_fate(const struct sn_request *request, int64_t now_ns, struct sn_fate *ret_fate);

/* The fate under the weather that the seed makes. Keeps no state: it depends on the seed, the
 * address and the sequence number, and on nothing else. */
void sn_weather_fate(uint64_t seed, const struct sn_request *request, struct sn_fate *ret_fate);

/* A table of the classes, for --help. */
void sn_class_help(void);

#endif
