/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the resolver. A query is what the caller asked for; a job is one name that is
 * being looked up, shared by the queries that want the same at the same time. A query may end
 * before its job (deadline, cancel); the job then goes on unheard, because neither c-ares nor
 * the C library can call back a single request.
 *
 *     query --> waiting job --> asked job --> answered job --> ready query --> done()
 */
#ifndef MPING_RESOLVE_STATE_H
#define MPING_RESOLVE_STATE_H

#define CARES_NO_DEPRECATED /* of 1.34; 1.18 has no others */
#include <ares.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dlist.h"
#include "resolve/deadlines.h"
#include "resolve/resolve.h"
#include "resolve/setup.h"
#include "resolve/system_threads.h"

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

/* job.c */

/* lookup.c */

/* dns.c */

/* sockets.c */

/* channel.c */

#endif
