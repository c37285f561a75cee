/* SPDX-License-Identifier: Apache-2.0 */
/* Seed after seed until very many probes have been made, on all cores. */
#ifndef MPING_SIM_NIGHTLY_H
#define MPING_SIM_NIGHTLY_H

#include <stdint.h>

struct nightly {
    uint64_t total;  /* probes to make, all in all */
    uint64_t probes; /* about so many per seed */
    uint64_t seed;   /* the first one */
    unsigned jobs;   /* processes */
};

/* Prints its progress every few seconds and the seeds that fail. 0, or 1 if any did. */
int nightly_run(const struct nightly *nightly);

#endif
