/* SPDX-License-Identifier: Apache-2.0 */
/* The threads of a system, and what they and its callers share. */
#ifndef MPING_RESOLVE_SYSTEM_THREADS_H
#define MPING_RESOLVE_SYSTEM_THREADS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/dlist.h"
#include "resolve/gai.h"
#include "resolve/resolve.h"

enum {
    /* So many run at once that are not slow: the two questions of each, and as many answers, are
     * half of what the default buffer of a name server's socket holds. */
    MPING_LOOKUPS_YOUNG_MAX = 64
};

struct mping_request {
    struct mping_link link; /* first; in todo, young, old or done */
    struct mping_system_answer answer;
    struct mping_addr addr; /* of which the name is wanted; family 0: name, and its addresses */
    int64_t since_ns;       /* when a thread took it */
    bool is_young;
    int family;
    char name[];
};

struct mping_system {
    int event_fd;                /* -1: there is wake */
    void (*wake)(void *context); /* NULL: nobody wants it */
    void *context;
    pthread_mutex_t lock; /* guards what is below */
    pthread_cond_t work;  /* there is something to do, or the end */
    pthread_cond_t left;  /* an idle thread has gone */
    struct mping_link todo, done;
    struct mping_link
        young;             /* under way for less than YOUNG_NS when last looked at, oldest first */
    struct mping_link old; /* for longer */
    size_t waiting;        /* in todo */
    unsigned n_young;
    unsigned threads, idle;
    bool ended;
    bool released;  /* the last thread frees it */
    bool inherited; /* the threads are those of another process */
};

void mping_request_free(struct mping_request *request);

/* Locked. Starts as many threads as there is work and room for. */
void mping_system_start_threads(struct mping_system *system);

/* When no thread is left. */
void mping_system_destroy(struct mping_system *system);

#endif
