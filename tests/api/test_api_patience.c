/* SPDX-License-Identifier: Apache-2.0 */
/* mping_opts.read_delay_ns: replies wait to be read, and nothing else changes. */
#include <poll.h>
#include <sys/socket.h>

#include "check.h"
#include "lab_peer.h"

#define LONG_NS INT64_C(3600000000000)

static struct mping *patient_engine(int socket_kind, int64_t delay_ns)
{
    struct mping_opts opts;

    mping_opts_init(&opts, sizeof(opts));
    opts.socket_kind = socket_kind;
    opts.read_delay_ns = delay_ns;
    return check_engine(&opts);
}

static struct mping_target *add_manual(struct mping *engine, const char *host, struct tally *tally)
{
    struct mping_target_opts opts;

    tally_opts(&opts, tally);
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    opts.timeout_ns = 20000 * LAB_MS;
    return check_add(engine, host, &opts);
}

/* Sends one probe and waits until its reply must have been in the socket for long. */
static void exchange(struct mping *engine, struct mping_target *target, const char *host)
{
    int answer = host[0] == '1' ? AF_INET : AF_INET6;
    unsigned before = lab_peer_requests(answer, LAB_ANSWER);

    (void)mping_send(target);
    mping_process(engine, 0);
    while (lab_peer_requests(answer, LAB_ANSWER) == before)
        lab_sleep_ns(LAB_MS);
    lab_sleep_ns(5 * LAB_MS);
}

/*
 * One reply that nobody is woken by; whoever looks finds it, stamped when it came. What was
 * wrong, or NULL.
 */
static const char *wait_for_one(struct mping *engine, struct mping_target *target,
                                struct tally *tally, const char *host)
{
    struct pollfd fd = {.fd = mping_fd(engine), .events = POLLIN};
    const struct mping_event *reply = &tally->last[MPING_EV_REPLY];
    unsigned long before = count_of(tally, MPING_EV_REPLY);
    int64_t left_ns;

    exchange(engine, target, host);
    if (count_of(tally, MPING_EV_REPLY) != before)
        return "the reply has been read at once";
    if (poll(&fd, 1, 0) != 0)
        return "the reply wakes the caller";
    left_ns = mping_next_timeout(engine);
    if (left_ns <= 0 || left_ns >= 20000 * LAB_MS)
        return "the receive buffer does not bound the wait";
    lab_sleep_ns(20 * LAB_MS);
    mping_process(engine, 0);
    if (count_of(tally, MPING_EV_REPLY) != before + 1)
        return "who looks does not find the reply";
    if (reply->rtt_ns > lab_now_ns() - reply->sent_ns - 20 * LAB_MS)
        return "it is as if it came when it was read";
    return NULL;
}

/*
 * Where this machine is slow, the reply is there before the engine has sent and looked; and for
 * a second the kernel's stamps cannot be told from those of reading.
 */
static void waits(int socket_kind, int family, const char *name)
{
    struct mping *engine = patient_engine(socket_kind, LONG_NS);
    struct tally *tally = tally_new(1);
    char host[LAB_HOST_MAX];
    struct mping_target *target =
        add_manual(engine, lab_peer_host(host, family, LAB_ANSWER), tally);
    const char *problem = "";

    (void)mping_fd(engine);
    mping_process(engine, 0);
    for (int i = 0; problem && i < 100; i++)
        problem = wait_for_one(engine, target, tally, host);
    ok_none(problem, "%s: a reply waits to be read, and its stamp is right", name);
    ok_none(check_close(target, tally), "%s: the promises hold", name);
    mping_free(engine);
    free(tally);
}

/* What is told late is told right: verdicts are those of a swift engine. */
static void tells(int64_t delay_ns, const char *name)
{
    struct mping *engine = patient_engine(MPING_SOCKET_AUTO, delay_ns);
    struct tally *tallies = tally_new(2);
    struct mping_target *targets[2];
    struct mping_target_opts opts;
    char hosts[2][LAB_HOST_MAX];

    for (int i = 0; i < 2; i++) {
        tally_opts(&opts, &tallies[i]);
        opts.count = 4;
        opts.interval_ns = 30 * LAB_MS;
        opts.timeout_ns = 400 * LAB_MS;
        lab_peer_host(hosts[i], AF_INET, i ? LAB_SWALLOW : LAB_ANSWER);
        targets[i] = check_add(engine, hosts[i], &opts);
    }
    check_run(engine);
    ok_eq((int64_t)count_of(&tallies[0], MPING_EV_REPLY), 4, "%s: all replies", name);
    ok_eq((int64_t)count_of(&tallies[1], MPING_EV_LOST), 4, "%s: all losses", name);
    for (int i = 0; i < 2; i++)
        ok_none(check_close(targets[i], &tallies[i]), "%s: the promises hold", name);
    mping_free(engine);
    free(tallies);
}

/* The usual engine is woken by what arrives. */
static void wakes(void)
{
    struct mping *engine = patient_engine(MPING_SOCKET_AUTO, 0);
    struct tally *tally = tally_new(1);
    char host[LAB_HOST_MAX];
    struct mping_target *target =
        add_manual(engine, lab_peer_host(host, AF_INET, LAB_ANSWER), tally);
    struct pollfd fd = {.fd = mping_fd(engine), .events = POLLIN};

    mping_process(engine, 0);
    exchange(engine, target, host);
    ok(count_of(tally, MPING_EV_REPLY) || poll(&fd, 1, 10000) == 1, "0: a reply wakes the caller");
    ok_none(check_close(target, tally), "0: the promises hold");
    mping_free(engine);
    free(tally);
}

static void refused(void)
{
    struct mping_opts opts;
    struct mping *engine;

    mping_opts_init(&opts, sizeof(opts));
    opts.read_delay_ns = -1;
    ok_eq(mping_new(&engine, &opts), MPING_EINVAL, "a negative delay is refused");
}

int main(void)
{
    const char *problem;

    check_start();
    problem = lab_peer_start();
    ok_none(problem, "the peer answers");
    if (problem)
        return done_testing();
    lab_allow_ping_sockets(1);
    waits(MPING_SOCKET_RAW, AF_INET, "raw IPv4");
    waits(MPING_SOCKET_RAW, AF_INET6, "raw IPv6");
    waits(MPING_SOCKET_PING, AF_INET, "ping IPv4");
    tells(10 * LAB_MS, "10 ms");
    tells(LONG_NS, "for ever");
    wakes();
    refused();
    lab_peer_stop();
    return done_testing();
}
