/* SPDX-License-Identifier: Apache-2.0 */
/* Load that loses nothing: 10,000 probes at once, and 1,000 hosts in one burst. */
#include "check.h"

#include <sys/socket.h>

enum { HOSTS = 1000, DEFAULT_RCVBUF = 212992 };

/* 10,000 probes to 127.0.0.1 as fast as the window allows. */
static void deadlock_10k(struct mping *engine, uint32_t window, const char *name)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;

    tally_opts(&opts, tally);
    opts.count = 10000;
    opts.interval_ns = 0;
    opts.window = window;
    opts.timeout_ns = 20000 * LAB_MS;
    target = check_add(engine, "127.0.0.1", &opts);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 10000, "10kDeadLock, %s: zero loss", name);
    ok_none(check_close(target, tally), "10kDeadLock, %s: the target's promises hold", name);
    free(tally);
}

static const char *host_name(char text[64], int family, int i)
{
    if (family == AF_INET)
        snprintf(text, 64, "127.1.%d.%d", i / 250, i % 250 + 1);
    else
        snprintf(text, 64, "2001:db8:1::%x", (unsigned)i + 1);
    return text;
}

/* All first probes are due at the same moment, again and again. */
static void burst(struct mping *engine, int family, const char *name)
{
    struct tally *tallies = tally_new(HOSTS);
    struct mping_target **targets = calloc(HOSTS, sizeof(struct mping_target *));
    struct mping_target_opts opts;
    unsigned long replies = 0;
    const char *problem = NULL;
    char host[64];

    for (int i = 0; targets && i < HOSTS; i++) {
        tally_opts(&opts, &tallies[i]);
        opts.count = 3;
        opts.interval_ns = 100 * LAB_MS;
        opts.first_delay_ns = 0;
        opts.timeout_ns = 20000 * LAB_MS;
        targets[i] = check_add(engine, host_name(host, family, i), &opts);
    }
    check_run(engine);
    for (int i = 0; targets && i < HOSTS; i++) {
        const char *p = check_close(targets[i], &tallies[i]);

        replies += count_of(&tallies[i], MPING_EV_REPLY);
        problem = problem ? problem : p;
    }
    ok_eq((int64_t)replies, 3 * HOSTS, "burst of 1000 hosts on default rcvbuf, %s: zero loss",
          name);
    ok_none(problem, "burst of 1000 hosts, %s: the promises of all hold", name);
    free(targets);
    free(tallies);
}

static void no_drops(struct mping *engine, const char *name)
{
    struct mping_stats stats;

    mping_engine_stats(engine, &stats, sizeof(stats));
    ok_eq((int64_t)stats.rx_drops, 0, "%s: the kernel dropped nothing on receiving", name);
    ok_eq((int64_t)stats.rx_packets, (int64_t)stats.received,
          "%s: one packet read per reply: requests on loopback never reach us", name);
}

static void all(int socket_kind, uint32_t rcvbuf_bytes, const char *name)
{
    struct lab_mark mark = lab_mark();
    struct mping *engine;
    struct mping_opts opts;

    mping_opts_init(&opts, sizeof(opts));
    opts.socket_kind = socket_kind;
    opts.rcvbuf_bytes = rcvbuf_bytes;
    engine = check_engine(&opts);
    deadlock_10k(engine, 1, "flood");
    deadlock_10k(engine, 65536, "window of 2^16");
    burst(engine, AF_INET, "IPv4");
    burst(engine, AF_INET6, "IPv6");
    no_drops(engine, name);
    check_end(engine, &mark, name);
}

int main(void)
{
    check_start();
    all(MPING_SOCKET_RAW, 0, "raw sockets");
    all(MPING_SOCKET_RAW, DEFAULT_RCVBUF, "raw sockets, default rcvbuf");
    lab_allow_ping_sockets(1);
    all(MPING_SOCKET_PING, DEFAULT_RCVBUF, "ping sockets, default rcvbuf");
    return done_testing();
}
