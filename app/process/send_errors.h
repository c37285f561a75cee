/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trouble of our own: probes that the system will not send. It is told on stderr when it
 * begins, when twice as many targets have met it, and when it is over: for each cause, not
 * for each target or probe. How many probes it costs stands in the summary.
 */
#ifndef MULTIPING_APP_PROCESS_SEND_ERRORS_H
#define MULTIPING_APP_PROCESS_SEND_ERRORS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <multiping/multiping.h>

#include "process/output.h"

enum { APP_CAUSES_MAX = 16, APP_CAUSE_HOST = 256 };

/* One error that sending fails with. */
struct app_cause {
    int err;                   /* -errno or MPING_E*; 0: this row is free */
    char host[APP_CAUSE_HOST]; /* the first target that met it; a longer name is cut */
    uint64_t failing;          /* targets whose last probe failed with it */
    uint64_t ended;            /* targets that have ended while they failed */
    uint64_t targets;          /* most that failed or had ended at a time, since it began */
    uint64_t told;             /* how many of them when it was told last; 0: not yet */
    uint64_t probes;           /* not sent since it began */
    int64_t began_ns, last_ns;
    int64_t news_ns;    /* since when there is something to tell */
    int64_t calm_ns;    /* how long it must be absent to be over */
    int64_t over_ns;    /* when it was over last time; 0: never */
    bool over;          /* kept to see whether it flaps */
    bool has_recovered; /* a target that met it sends again */
};

struct app_failing;
TAILQ_HEAD(app_failing_list, app_failing);

struct app_trouble {
    struct mping *engine;
    struct app_output *err;
    int wake_fd;
    int64_t interval_ns; /* usually, between the probes to a target */
    int64_t look_ns;     /* when to look next */
    atomic_bool any;     /* whether there is anything to look at */

    pthread_mutex_t lock;          /* guards what is below */
    void *by_target;               /* of tsearch() */
    struct app_failing_list order; /* who has failed longest ago comes first */
    uint64_t failures;             /* events seen so far */
    struct app_cause causes[APP_CAUSES_MAX];
};

/* interval_ns is the usual time between the probes to a target. wake_fd, an eventfd, is
 * written when a call of app_trouble_look() has become due. All but `trouble` stay the caller's. */
void app_trouble_init(struct app_trouble *trouble, struct mping *engine, struct app_output *err,
                      int wake_fd, int64_t interval_ns);

/* Takes in an MPING_EV_SEND_ERROR. Any thread. */
void app_trouble_send_error(struct app_trouble *trouble, const struct mping_event *event);

/* A target has ended, or is about to be closed. Returns whether its last probe could not be sent,
 * which is told already. Any thread. */
bool app_trouble_forget(struct app_trouble *trouble, struct mping_target *target);

/* Tells what has begun and what is over. To be called after each turn, and when wait_ms() is up. */
void app_trouble_look(struct app_trouble *trouble);

/* For poll(): how long until the next look; -1 if all is well. */
int app_trouble_wait_ms(const struct app_trouble *trouble);

/* At the end: tells what has not been told yet. */
void app_trouble_end(struct app_trouble *trouble);

void app_trouble_done(struct app_trouble *trouble);

#endif
