/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders while it runs: a Unix socket that takes one line a connection and answers with one:
 *
 *   stats                   counters since the start
 *   quiet                   the answer comes when no packet waits any more
 *   outage PREFIX           10.64.0.0/16 or fd00:40::/32 stops answering
 *   restore                 everything answers again
 */
#ifndef MPING_SIMNET_CONTROL_H
#define MPING_SIMNET_CONTROL_H

#include "simnet/net.h"

struct sn_control {
    int fd;      /* -1: none */
    int waiting; /* a connection to answer when all is quiet; -1: none */
};

/* 0 or -errno. */
int sn_control_open(struct sn_control *control, const char *path);

/* Takes one order, if there is one. */
void sn_control_serve(struct sn_control *control, struct sn_net *net);

/* Answers whoever waits for quiet. */
void sn_control_quiet(struct sn_control *control);

#endif
