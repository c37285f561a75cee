/* SPDX-License-Identifier: Apache-2.0 */
/* Probes without a reply: exactly as many losses as probes, for IPv4 and for IPv6. */
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

enum { HOSTS = 6, PROBES = 4, TRIES = 10 };

static const char *const hosts[HOSTS] = {
    "192.0.2.0", "198.51.100.0", "203.0.113.0", "2001:db8:2::1", "2001:db8:3::1", "2001:db8:4::1",
};

/*
 * Where this machine stalls past a deadline the verdict has to be unknown, not lost. Such a
 * run says nothing about losses and is made again, TRIES times at most.
 */
static unsigned long run(struct mping *engine, struct tally *tallies, const char **ret_problem)
{
    struct mping_target *targets[HOSTS];
    struct mping_target_opts opts;
    unsigned long stalls = 0;

    for (int i = 0; i < HOSTS; i++) {
        tally_opts(&opts, &tallies[i]);
        opts.count = PROBES;
        opts.interval_ns = 20 * LAB_MS;
        opts.timeout_ns = 150 * LAB_MS;
        targets[i] = check_add(engine, hosts[i], &opts);
    }
    check_run(engine);
    for (int i = 0; i < HOSTS; i++) {
        const char *p = check_close(targets[i], &tallies[i]);

        stalls += atomic_load(&tallies[i].stalls);
        *ret_problem = *ret_problem ? *ret_problem : p;
    }
    return stalls;
}

static void verdicts(struct tally *tallies)
{
    for (int i = 0; i < HOSTS; i++) {
        const struct mping_event *last = &tallies[i].last[MPING_EV_LOST];

        ok_eq((int64_t)count_of(&tallies[i], MPING_EV_LOST), PROBES,
              "OnTimeout: unreachable %s: exactly 4 timeouts", hosts[i]);
        ok_eq((int64_t)count_of(&tallies[i], MPING_EV_REPLY), 0, "OnTimeout: %s: no reply",
              hosts[i]);
        ok(last->received_ns == 0 && last->rtt_ns == -1 && last->peer.family == 0,
           "OnTimeout: %s: nothing was received", hosts[i]);
        ok_eq(last->timeout_ns, 150 * LAB_MS, "OnTimeout: %s: the timeout asked for", hosts[i]);
        ok_eq(tallies[i].last[MPING_EV_FINISHED].err, 0, "OnTimeout: %s: ends without error",
              hosts[i]);
    }
}

static void lost(int socket_kind, const char *name)
{
    struct lab_mark mark = lab_mark();
    struct mping *engine = check_engine_with(socket_kind, 0);
    struct tally *tallies = NULL;
    unsigned long stalls = 1;
    const char *problem = NULL;

    for (int i = 0; i < TRIES && stalls > 0; i++) {
        free(tallies);
        tallies = tally_new(HOSTS);
        stalls = run(engine, tallies, &problem);
    }
    ok_none(problem, "%s: the promises of all hold", name);
    if (tallies)
        verdicts(tallies);
    free(tallies);
    check_end(engine, &mark, name);
}

static uint64_t loss_run(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_stats stats;
    uint64_t stalls;

    tally_opts(&opts, tally);
    opts.count = 7;
    opts.interval_ns = 10 * LAB_MS;
    opts.timeout_ns = 150 * LAB_MS;
    target = check_add(engine, "192.0.2.3", &opts);
    check_run(engine);
    mping_target_stats(target, &stats, sizeof(stats), 0);
    stalls = atomic_load(&tally->stalls);
    if (stalls == 0) {
        ok_eq((int64_t)stats.loss_run, 7, "loss run: 7 in a row up to now");
        ok_eq((int64_t)stats.loss_run_max, 7, "loss run: 7 at the longest");
        ok(stats.rtt_min_ns == 0 && stats.rtt_max_ns == 0 && stats.rtt_last_ns == 0,
           "no replies, no RTT");
    }
    ok_none(check_close(target, tally), "loss run: the target's promises hold");
    free(tally);
    return stalls;
}

/* The descriptor of a raw socket of this process, -1 if there is none. */
static int raw_socket(void)
{
    for (int fd = 0; fd < 256; fd++) {
        int type = 0;
        socklen_t len = sizeof(type);

        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_RAW)
            return fd;
    }
    return -1;
}

/* Whose replies cannot be read any more: whether they have come is not known. */
static void unreadable(void)
{
    struct tally *tally = calloc(1, sizeof(*tally));
    struct mping *engine = check_engine_with(MPING_SOCKET_RAW, 0);
    struct mping_target_opts opts;
    struct mping_target *target;
    int ends[2];

    tally_opts(&opts, tally);
    opts.count = 1;
    opts.timeout_ns = 100 * LAB_MS;
    opts.events |= MPING_EVENT_BIT(MPING_EV_SENT);
    target = check_add(engine, hosts[0], &opts);
    while (count_of(tally, MPING_EV_SENT) == 0)
        mping_process(engine, 0);
    ok(pipe(ends) == 0 && dup2(ends[0], raw_socket()) >= 0, "the socket is taken away");
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_LOST), 0, "unreadable socket: nothing is lost");
    ok_eq((int64_t)count_of(tally, MPING_EV_UNKNOWN), 1, "unreadable socket: it is unknown");
    ok_none(check_close(target, tally), "unreadable socket: the target's promises hold");
    mping_free(engine);
    close(ends[0]);
    close(ends[1]);
    free(tally);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;
    uint64_t stalls = 1;

    check_start();
    lost(MPING_SOCKET_RAW, "lost, raw sockets");
    lab_allow_ping_sockets(1);
    lost(MPING_SOCKET_PING, "lost, ping sockets");
    if (!check_io_threads()) /* else it would be taken away from under a thread */
        unreadable();
    mark = lab_mark();
    engine = check_engine(NULL);
    for (int i = 0; i < TRIES && stalls > 0; i++)
        stalls = loss_run(engine);
    ok_eq((int64_t)stalls, 0, "loss run: seen without a stall of this machine");
    check_end(engine, &mark, "loss run");
    return done_testing();
}
