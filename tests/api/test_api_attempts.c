/* SPDX-License-Identifier: Apache-2.0 */
/* Attempts with backoff: probe after probe until the first reply, each with more patience. */
#include "check.h"

#include <sys/socket.h>

#include "lab_peer.h"

enum { TRIES = 10, ATTEMPTS = 4 };

struct trace {
    int64_t sent_ns[ATTEMPTS + 1];
    int64_t timeout_ns[ATTEMPTS + 1];
    unsigned n, out_of_order;
};

static void keep_sent(struct tally *tally, const struct mping_event *event)
{
    struct trace *trace = tally->hook_arg;

    if (event->type != MPING_EV_SENT || trace->n > ATTEMPTS)
        return;
    trace->out_of_order += event->attempt != trace->n;
    trace->sent_ns[trace->n] = event->sent_ns;
    trace->timeout_ns[trace->n++] = event->timeout_ns;
}

/* Returns false if this machine stalled. */
static bool sweep(struct mping *engine, const char *host, struct tally *tally, struct trace *trace,
                  const char **ret_problem)
{
    struct mping_target_opts opts;
    struct mping_target *target;

    *trace = (struct trace){.n = 0};
    tally_opts(&opts, tally);
    opts.attempts = ATTEMPTS;
    opts.backoff = 2.0;
    opts.timeout_ns = 50 * LAB_MS;
    opts.events |= MPING_EVENT_BIT(MPING_EV_SENT);
    tally->hook = keep_sent;
    tally->hook_arg = trace;
    target = check_add(engine, host, &opts);
    check_run(engine);
    *ret_problem = check_close(target, tally);
    return atomic_load(&tally->stalls) == 0;
}

static void row(struct mping *engine, const char *host, unsigned want_sent, unsigned want_replies,
                const char *what)
{
    struct tally *tally = tally_new(1);
    const char *problem = NULL;
    struct trace trace;
    int early = 0;

    for (int i = 0; i < TRIES && !sweep(engine, host, tally, &trace, &problem); i++) {
        free(tally);
        tally = tally_new(1);
    }
    ok_eq(trace.n, want_sent, "attempts: %s: %u probes", what, want_sent);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), want_replies, "attempts: %s: replies", what);
    ok_eq((int64_t)count_of(tally, MPING_EV_LOST), want_sent - want_replies,
          "attempts: %s: the other probes have a verdict, too", what);
    ok_eq(trace.out_of_order, 0, "attempts: %s: numbered in order", what);
    for (unsigned i = 0; i < trace.n; i++) {
        early += trace.timeout_ns[i] != (50 * LAB_MS) << i;
        early += i > 0 && trace.sent_ns[i] < trace.sent_ns[i - 1] + trace.timeout_ns[i - 1];
    }
    ok_eq(early, 0, "attempts: %s: each waits twice as long as the one before", what);
    ok_eq(tally->last[MPING_EV_FINISHED].err, 0, "attempts: %s: ends without error", what);
    ok_none(problem, "attempts: %s: the promises hold", what);
    free(tally);
}

static void all(int socket_kind, int family, const char *kind)
{
    struct lab_mark mark = lab_mark();
    struct mping *engine = check_engine_with(socket_kind, 0);
    char host[LAB_HOST_MAX];

    row(engine, lab_peer_host(host, family, LAB_ANSWER), 1, 1, "a host that answers");
    row(engine, lab_peer_host(host, family, LAB_SWALLOW), ATTEMPTS, 0, "a host that does not");
    check_end(engine, &mark, kind);
}

/* The third request is the first that is answered. */
static void third(struct mping *engine, int family, const char *what)
{
    unsigned seen = lab_peer_requests(family, LAB_EVERY_THIRD);
    char host[LAB_HOST_MAX];

    if (seen == 0)
        row(engine, lab_peer_host(host, family, LAB_EVERY_THIRD), 3, 1, what);
}

int main(void)
{
    struct mping *engine;

    check_start();
    lab_allow_ping_sockets(1);
    ok_none(lab_peer_start(), "the peers are there");
    engine = check_engine(NULL);
    third(engine, AF_INET, "a third probe that is answered");
    third(engine, AF_INET6, "a third probe that is answered, IPv6");
    mping_free(engine);
    all(MPING_SOCKET_RAW, AF_INET, "attempts, raw");
    all(MPING_SOCKET_RAW, AF_INET6, "attempts, raw6");
    all(MPING_SOCKET_PING, AF_INET, "attempts, ping");
    all(MPING_SOCKET_PING, AF_INET6, "attempts, ping6");
    lab_peer_stop();
    return done_testing();
}
