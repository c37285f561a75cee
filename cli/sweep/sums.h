/* SPDX-License-Identifier: Apache-2.0 */
/* What has become of all targets of a sweep. */
#ifndef MULTIPING_CLI_SWEEP_SUMS_H
#define MULTIPING_CLI_SWEEP_SUMS_H

#include <stdint.h>

#include "text/text.h"

/* What has become of a target: exactly one of these. */
enum cli_fate {
    CLI_FATE_ALIVE,       /* a true reply came, if late */
    CLI_FATE_LOST,        /* asked, and no reply */
    CLI_FATE_UNREACHABLE, /* no reply, and an ICMP error said why */
    CLI_FATE_UNKNOWN,     /* a reply may have been missed here */
    CLI_FATE_SEND_ERROR,  /* no probe could be sent */
    CLI_FATE_UNRESOLVED,  /* its name has no address */
    CLI_FATE_EXCLUDED,    /* not to be asked */
    CLI_FATE_REFUSED,     /* multicast and the like */
    CLI_FATE_COUNT
};

struct cli_sweep_sums {
    uint64_t targets; /* of this shard */
    uint64_t fates[CLI_FATE_COUNT];
    uint64_t sent, drops; /* probes, and packets lost in receive buffers here */
    int64_t elapsed_ns;
};

/* All targets whose fate is known. */
uint64_t cli_sweep_done(const struct cli_sweep_sums *sums);

/* The line of sums. */
void cli_sweep_line(struct app_text *text, const struct cli_sweep_sums *sums);

#endif
