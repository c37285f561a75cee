/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that could not be looked up again, and whose last addresses are pinged on: told on stderr
 * once when it begins and once when it is over, for all of them together.
 */
#ifndef MULTIPING_APP_PROCESS_STALE_H
#define MULTIPING_APP_PROCESS_STALE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <multiping/multiping.h>

#include "process/output.h"

enum { APP_STALE_HOST = 256 };

struct app_stale {
    struct app_output *err;
    int wake_fd;
    atomic_bool any; /* whether there is anything to look at */

    pthread_mutex_t lock;      /* guards what is below */
    void *targets;             /* of tsearch(): those that are stale */
    uint64_t n, n_most;        /* how many they are, and were at most since it began */
    int64_t began_ns;          /* when the first became so */
    char host[APP_STALE_HOST]; /* that one; a longer name is cut */
    enum mping_reason reason;
    bool told;
};

/* wake_fd, an eventfd, is written when a call of app_stale_look() has become due. Both stay the
 * caller's. */
void app_stale_init(struct app_stale *stale, struct app_output *err, int wake_fd);

/* Takes in MPING_EV_STALE, MPING_EV_RESOLVED and MPING_EV_FINISHED. Any thread. */
void app_stale_event(struct app_stale *stale, const struct mping_event *event);

/* Tells what has begun and what is over. To be called after each turn, and when wait_ms() is up. */
void app_stale_look(struct app_stale *stale);

/* For poll(): how long until the next look; -1 if there is nothing to wait for. */
int app_stale_wait_ms(struct app_stale *stale);

void app_stale_done(struct app_stale *stale);

#endif
