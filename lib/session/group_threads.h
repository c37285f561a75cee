/* SPDX-License-Identifier: Apache-2.0 */
/* The threads that drive shards, and those that call back. */
#ifndef MPING_SESSION_GROUP_THREADS_H
#define MPING_SESSION_GROUP_THREADS_H

#include "session/group.h"
#include "session/state.h"

int mping_group_start(struct mping_group *g);
void mping_group_stop(struct mping_group *g);
/* Stops them if the wanted number of workers is another one and nothing is to do. */
void mping_group_refit(struct mping_group *g);
/* The probes that were away have been accounted for. */
void mping_group_sent(struct mping *m);
/* Closes a target as soon as they have been. */
void mping_group_close(struct mping *m, struct mping_target *t);

#endif
