/* SPDX-License-Identifier: Apache-2.0 */
/* What the peers of lab_peer.h say to a request. */
#ifndef MULTIPING_TESTS_API_LAB_SCRIPT_H
#define MULTIPING_TESTS_API_LAB_SCRIPT_H

#include "lab_packet.h"

enum { LAB_SAYS_MAX = 2 };

struct lab_script_row {
    /* Makes what is sent back; in order, NULL ends. */
    struct lab_packet (*say[LAB_SAYS_MAX])(const struct lab_packet *request);
    bool behind;    /* speaks of the request before */
    unsigned every; /* speaks at every nth request only; 0: at each */
};

/* The row of an enum lab_script; one that says nothing for any other number. */
const struct lab_script_row *lab_script(int script);

#endif
