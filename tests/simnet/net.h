/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated network: takes requests from the device and gives back what is due. */
#ifndef MPING_SIMNET_NET_H
#define MPING_SIMNET_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "simnet/ledger.h"
#include "simnet/queue.h"

enum { SN_OUTAGES_MAX = 64 };

/* A prefix that does not answer at present. */
struct sn_outage {
    uint8_t address[16];
    uint8_t address_len; /* 4 or 16 */
    uint8_t bits;
};

struct sn_net {
    int fd;
    uint64_t seed;
    bool has_ledger;
    struct sn_ledger ledger;
    struct sn_queue queue;
    struct sn_outage outages[SN_OUTAGES_MAX];
    unsigned outage_n;

    /* What has happened so far. */
    uint64_t requests, others, replies, forged, errors, bad_errors, refused, in_outage;
};

int64_t sn_now_ns(void);

/* Reads and answers what waits, a bounded number of packets; false if there was nothing. */
bool sn_net_read(struct sn_net *net);

/* Hands over what is due. */
void sn_net_release(struct sn_net *net);

#endif
