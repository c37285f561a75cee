/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the resolver. A query is what the caller asked for; a job is one name that is
 * being looked up, shared by the queries that want the same at the same time. A query may end
 * before its job (deadline, cancel); the job then goes on unheard, because neither c-ares nor
 * the C library can call back a single request.
 *
 *     query --> waiting job --> asked job --> answered job --> ready query --> done()
 */
#ifndef MPING_RESOLVE_INTERNAL_H
#define MPING_RESOLVE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CARES_NO_DEPRECATED /* of 1.34; 1.18 has no others */
#include <ares.h>

#include "resolve/deadlines.h"
#include "resolve/list.h"
#include "resolve/name.h"
#include "resolve/resolve.h"
#include "resolve/setup.h"
#include "resolve/system.h"

enum {
    MPING_START_BATCH = 64, /* names begun with before answers are read again */
    MPING_WINDOW = 128,     /* young names out at once: their two questions each, and as many
                               answers, fit into default socket buffers (about 270 packets) */
    MPING_ASKED_MAX = 32000 /* questions: half of the 65,536 DNS message ids */
};

#define MPING_NS_PER_MS INT64_C(1000000)
/*
 * A name out for longer is slow, or its server is dead: it no longer takes up the window. Of
 * 10,000 names of which 15 % are slow or dead, the last good one is asked after some 0.6 s.
 */
#define MPING_YOUNG_NS (50 * MPING_NS_PER_MS)
/* c-ares looks for its own time-outs this often: they are seconds, and to ask it is O(n). */
#define MPING_TICK_NS (100 * MPING_NS_PER_MS)

/*
 * Where one family has an answer, and of the other there is no word for so long, the one has to
 * do. In that time the question is asked twice, so that one packet lost does not matter.
 */
#define MPING_HALF_NS (2000 * MPING_NS_PER_MS)

enum mping_job_state {
    MPING_JOB_ASLEEP,  /* in no list: its only query wants it to begin later */
    MPING_JOB_WAITING, /* in resolver.waiting, for room in the window */
    MPING_JOB_YOUNG,   /* in resolver.young: being looked up, part of the window */
    MPING_JOB_OLD,     /* in no list: being looked up for more than MPING_YOUNG_NS */
    MPING_JOB_ANSWERED /* in no list: kept by the ready queries that show its addresses */
};

struct mping_job;

/* What the DNS is asked about a name: the addresses of one family. */
struct mping_question {
    struct mping_job *job;
    int family;
    bool is_open; /* with c-ares, which holds a reference to the job */
    int status;   /* ARES_*, once it is not open any more */
    struct mping_addr *addrs;
    size_t n;
};

/* In resolver.halves: one family is known, the other is silent. */
struct mping_half {
    struct mping_link link; /* first */
    struct mping_job *job;
    int64_t since_ns;
};

struct mping_job {
    struct mping_link link; /* first; see state */
    struct mping_resolver *resolver;
    struct mping_link queries; /* those waiting for it */
    unsigned refs;             /* queries, waiting or ready; open questions; 1 while looked up */
    enum mping_job_state state;
    bool shared; /* in resolver.shared: later queries may join */
    bool in_dns; /* the answers to its questions are of interest */
    unsigned n_questions;
    unsigned step; /* of the search list */
    struct mping_question questions[2];
    struct mping_half half;
    int64_t asked_ns;
    int family;
    int err;
    enum mping_reason reason;
    struct mping_addr *addrs;
    size_t n_addrs;
    char name[]; /* lower case */
};

struct mping_query {
    struct mping_link link; /* first; in job.queries, resolver.ready or resolver.delivering */
    struct mping_job *job;
    struct mping_deadline deadline; /* queued until the query is ready; asleep: to wake up */
    int64_t timeout_ns;
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
    bool is_refused;  /* a socket of it has met an error */
    ares_channel channel;
    struct mping_setup setup;
    struct mping_system *system; /* made for the first name that needs it */
    int64_t now_ns;              /* of the call of process that is running */
    int64_t tick_ns;             /* when c-ares next looks for its time-outs; INT64_MAX: never */
    size_t n_young;
    size_t n_asked; /* open questions */
    void *shared;   /* tsearch() tree of jobs, by family and name */
    struct mping_link waiting;
    struct mping_link asleep;     /* jobs that begin later */
    struct mping_link young;      /* oldest first */
    struct mping_link halves;     /* those that have waited longest first */
    struct mping_link ready;      /* queries to be called back, first come first served */
    struct mping_link delivering; /* the ones that the running process() will call back */
    struct mping_deadlines deadlines;
};

/* answer.c */

/* Reads an answer for the family of the question into it: ARES_*. */
int mping_answer_read(struct mping_question *question, const unsigned char *data, int len);

/*
 * Puts the addresses of all questions into the job, IPv4 first and each address once.
 * 0, MPING_ENOMEM, or MPING_ERESOLVE if there is none.
 */
int mping_answer_merge(struct mping_job *job);

/* What a failure of c-ares means: MPING_ERESOLVE with its reason, or MPING_ENOMEM. */
int mping_answer_error(int ares_status, enum mping_reason *ret_reason);

/* What a failure of getaddrinfo() means, the same; known is what the DNS has said before. */
int mping_answer_gai_error(const struct mping_system_answer *answer, enum mping_reason known,
                           enum mping_reason *ret_reason);

/* job.c */

/* The job for a name: one that can be shared, or a new one. NULL: out of memory. */
struct mping_job *mping_job_get(struct mping_resolver *resolver, const char *name, int family);

/* A job of its own for a name, to begin later. NULL: out of memory. */
struct mping_job *mping_job_asleep(struct mping_resolver *resolver, const char *name, int family);
void mping_job_wake(struct mping_job *job);

/* A job that is answered already; addrs are copied. NULL: out of memory. */
struct mping_job *mping_job_answered(struct mping_resolver *resolver, int err,
                                     enum mping_reason reason, const struct mping_addr *addrs,
                                     size_t n);

void mping_job_join(struct mping_job *job, struct mping_query *query);
/* Takes the query out of whatever list it is in; the job ends if nobody needs it any more. */
void mping_job_leave(struct mping_query *query);

void mping_job_unref(struct mping_job *job);
/* The job is being looked up from now on. */
void mping_job_asked(struct mping_job *job);
/* It is not any more, and has to be all over again. */
void mping_job_restart(struct mping_job *job);
/* The lookup is over, by what the job says: its queries are ready. */
void mping_job_returned(struct mping_job *job);
/* The same, without an address. */
void mping_job_failed(struct mping_job *job, int err, enum mping_reason reason);
/* Takes those that have become old out of the window. */
void mping_jobs_age(struct mping_resolver *resolver);

/* Moves a query to the ready ones. */
void mping_query_ready(struct mping_query *query, int err, enum mping_reason reason);

/* lookup.c */

/* Begins with waiting jobs, as many as the window and one batch allow. */
void mping_lookup_start(struct mping_resolver *resolver);
/* Whether mping_lookup_start() would start something. */
bool mping_lookup_has_room(const struct mping_resolver *resolver);
/* Hands a job over to the system's resolver, for one family or all. */
void mping_lookup_by_system(struct mping_job *job, int family);
/* Takes what the system's resolver has found. */
void mping_lookup_take(struct mping_resolver *resolver);
/* Ends all lookups: their queries are ready. */
void mping_lookup_close(struct mping_resolver *resolver);

/* dns.c */

/* Asks the DNS for a job. */
void mping_dns_start(struct mping_job *job);
/* Has the one family that is known do, because time is up. false: none is. */
bool mping_dns_settle_half(struct mping_job *job);
/* The same for those that have waited for MPING_HALF_NS. */
void mping_dns_age(struct mping_resolver *resolver);

/* sockets.c */

/* Has c-ares use sockets that set is_refused. */
void mping_sockets_watch(struct mping_resolver *resolver);

/* channel.c */

/* Makes the channel to the servers of the setup: 0, MPING_ENOMEM or MPING_ERESOLVE. */
int mping_channel_open(struct mping_resolver *resolver);
/* Reads and writes what the sockets are ready for, and has c-ares see its time-outs. */
void mping_channel_process(struct mping_resolver *resolver);
/* Where a server cannot be reached: has the system's resolver go on with all open questions,
 * which knows at once whether another one can. */
void mping_channel_give_up(struct mping_resolver *resolver);
/* Ends all questions with ARES_ECANCELLED, or ARES_EDESTRUCTION where all ends. */
void mping_channel_reset(struct mping_resolver *resolver);
void mping_channel_close(struct mping_resolver *resolver);

#endif
