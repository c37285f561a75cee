/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the resolver. A query is what the caller asked for; a job is one name with
 * c-ares, shared by the queries that want the same at the same time. A query may end before
 * its job (deadline, cancel); the job then goes on unheard, because c-ares cannot call back
 * a single request.
 *
 *     query --> waiting job --> asked job --> answered job --> ready query --> done()
 */
#ifndef MPING_RESOLVE_INTERNAL_H
#define MPING_RESOLVE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ares.h>

#include "resolve/deadlines.h"
#include "resolve/list.h"
#include "resolve/resolve.h"

enum {
    MPING_NAME_MAX = 253,   /* RFC 1035, 2.3.4, as text without the last dot */
    MPING_LABEL_MAX = 63,   /* the same */
    MPING_START_BATCH = 64, /* names given to c-ares before answers are read again */
    MPING_WINDOW = 128,     /* young names out at once: their two questions each, and as many
                               answers, fit into default socket buffers (about 270 packets) */
    MPING_ASKED_MAX = 16000 /* two questions each: half of the 65,536 DNS message ids */
};

#define MPING_NS_PER_MS INT64_C(1000000)
/*
 * A name out for longer is slow, or its server is dead: it no longer takes up the window. Of
 * 10,000 names of which 15 % are slow or dead, the last good one is asked after some 0.6 s.
 */
#define MPING_YOUNG_NS (50 * MPING_NS_PER_MS)
/* c-ares looks for its own time-outs this often: they are seconds, and to ask it is O(n). */
#define MPING_TICK_NS (100 * MPING_NS_PER_MS)

enum mping_job_state {
    MPING_JOB_WAITING, /* in resolver.waiting, for room in the window */
    MPING_JOB_YOUNG,   /* in resolver.young: with c-ares, part of the window */
    MPING_JOB_OLD,     /* in no list: with c-ares for more than MPING_YOUNG_NS */
    MPING_JOB_ANSWERED /* in no list: kept by the ready queries that show its addresses */
};

struct mping_job {
    struct mping_link link; /* first; see state */
    struct mping_resolver *resolver;
    struct mping_link queries; /* those waiting for it */
    unsigned refs;             /* queries, waiting or ready, and 1 while c-ares has it */
    enum mping_job_state state;
    bool shared; /* in resolver.shared: later queries may join */
    int64_t asked_ns;
    int family;
    int err;
    enum mping_reason reason;
    struct mping_addr *addrs;
    size_t n_addrs;
    char name[MPING_NAME_MAX + 2]; /* lower case; room for the last dot */
};

struct mping_query {
    struct mping_link link; /* first; in job.queries, resolver.ready or resolver.delivering */
    struct mping_job *job;
    struct mping_deadline deadline; /* queued until the query is ready */
    int err;
    enum mping_reason reason;
    mping_resolved_fn done;
    void *user;
};

struct mping_resolver {
    int epoll_fd;
    int event_fd; /* readable: process has something to do right away */
    bool event_set;
    bool has_channel; /* made for the first name that needs it */
    ares_channel channel;
    int64_t now_ns;  /* of the call of process that is running */
    int64_t tick_ns; /* when c-ares next looks for its time-outs; INT64_MAX: never */
    size_t n_young;
    size_t n_asked; /* young and old jobs */
    void *shared;   /* tsearch() tree of jobs, by family and name */
    struct mping_link waiting;
    struct mping_link young;      /* oldest first */
    struct mping_link ready;      /* queries to be called back, first come first served */
    struct mping_link delivering; /* the ones that the running process() will call back */
    struct mping_deadlines deadlines;
};

/* name.c */

/*
 * Copies a name in lower case to ret_name, MPING_NAME_MAX + 2 bytes. Whether it can be a host
 * name; an international one can only in its xn-- form.
 */
bool mping_name_check(const char *name, char *ret_name);

/*
 * Whether a name is a numeric address in any notation, or one of the localhost names. If so
 * *ret_n addresses of that family, 0 to 2, are written to ret_addrs.
 */
bool mping_name_is_local(const char *name, int family, struct mping_addr ret_addrs[2],
                         size_t *ret_n);

/* answer.c */

/*
 * Copies what c-ares found, IPv4 first and each address once. *ret_addrs is the caller's to
 * free. 0, MPING_ENOMEM, or MPING_ERESOLVE if there is none of that family.
 */
int mping_answer_copy(const struct ares_addrinfo *info, int family, struct mping_addr **ret_addrs,
                      size_t *ret_n);

/* What a failure of c-ares means: MPING_ERESOLVE with its reason, or MPING_ENOMEM. */
int mping_answer_error(int ares_status, enum mping_reason *ret_reason);

/* job.c */

/* The job for a checked name: one that can be shared, or a new one. NULL: out of memory. */
struct mping_job *mping_job_get(struct mping_resolver *resolver, const char *name, int family);

/* A job that is answered already; addrs are copied. NULL: out of memory. */
struct mping_job *mping_job_answered(struct mping_resolver *resolver, int err,
                                     enum mping_reason reason, const struct mping_addr *addrs,
                                     size_t n);

void mping_job_join(struct mping_job *job, struct mping_query *query);
/* Takes the query out of whatever list it is in; the job ends if nobody needs it any more. */
void mping_job_leave(struct mping_query *query);

/* The job is with c-ares from now on. */
void mping_job_asked(struct mping_job *job);
/* c-ares is through with the job: its queries are ready. */
void mping_job_returned(struct mping_job *job);
/* Takes those that have become old out of the window. */
void mping_jobs_age(struct mping_resolver *resolver);

/* Moves a query to the ready ones. */
void mping_query_ready(struct mping_query *query, int err, enum mping_reason reason);

/* channel.c */

/* Gives waiting jobs to c-ares, as many as the window and one batch allow. */
void mping_channel_start(struct mping_resolver *resolver);
/* Reads and writes what the sockets are ready for, and has c-ares see its time-outs. */
void mping_channel_process(struct mping_resolver *resolver);
/* Ends all requests: their queries are ready. */
void mping_channel_close(struct mping_resolver *resolver);
/* Whether mping_channel_start() would start something. */
bool mping_channel_has_room(const struct mping_resolver *resolver);

#endif
