/* SPDX-License-Identifier: Apache-2.0 */
/* One socket per family for any number of hosts, only while something is being pinged. */
#include "check.h"

#include <sys/socket.h>

enum { HOSTS = 1000 };

static void add_hosts(struct mping *engine, struct mping_target **targets, struct tally *tally)
{
    struct mping_target_opts opts;
    char host[64];

    tally_opts(&opts, tally);
    opts.count = 2;
    opts.interval_ns = 50 * LAB_MS;
    opts.timeout_ns = 20000 * LAB_MS;
    for (int i = 0; i < HOSTS; i++) {
        if (i % 2)
            snprintf(host, sizeof(host), "2001:db8:1::%x", (unsigned)i);
        else
            snprintf(host, sizeof(host), "127.2.%d.%d", i / 250, i % 250 + 1);
        targets[i] = check_add(engine, host, &opts);
    }
}

/* ICMP ids and sockets do not grow with the hosts. */
static void thousand(const char *v4, const char *v6, struct mping *engine, const char *name)
{
    struct mping_target **targets = calloc(HOSTS, sizeof(struct mping_target *));
    struct tally *tally = tally_new(1);
    struct mping_stats stats;

    if (!targets)
        abort();
    tally->shared = 1;
    ok(lab_sockets(v4) == 0 && lab_sockets(v6) == 0, "%s: no socket before the first ping", name);
    add_hosts(engine, targets, tally);
    ok_eq(lab_sockets(v4), 1, "%s: 1 line in /proc/net/%s for 1000 hosts", name, v4);
    ok_eq(lab_sockets(v6), 1, "%s: 1 line in /proc/net/%s for 1000 hosts", name, v6);
    mping_engine_stats(engine, &stats, sizeof(stats));
    ok_eq((int64_t)stats.ids, 2, "%s: one ICMP id per family", name);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 2 * HOSTS, "%s: all hosts answer", name);
    ok_eq(lab_sockets(v4), 0, "%s: the IPv4 socket is closed when the last one ends", name);
    ok_eq(lab_sockets(v6), 0, "%s: and so is the IPv6 socket", name);
    for (int i = 0; i < HOSTS; i++)
        mping_close(targets[i]);
    ok_none(tally_problem(tally, NULL), "%s: the promises hold", name);
    free(targets);
    free(tally);
}

/* Targets that have ended but are not closed yet hold no socket; new ones open it again. */
static void again(struct mping *engine)
{
    struct mping_target_opts opts;
    struct tally *tally = tally_new(1);
    struct mping_target *target;
    int wrong = 0;

    tally->shared = 1;
    tally_opts(&opts, tally);
    opts.count = 1;
    opts.timeout_ns = 10000 * LAB_MS;
    for (int i = 0; i < 20; i++) {
        target = check_add(engine, i % 2 ? "127.0.0.1" : "::1", &opts);
        check_run(engine);
        wrong += lab_sockets("raw") != 0 || lab_sockets("raw6") != 0;
        mping_close(target);
    }
    ok_eq(wrong, 0, "sockets: opened and closed again, 20 times");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 20, "sockets: every time a reply");
    free(tally);
}

static void kept_open(void)
{
    struct lab_mark mark = lab_mark();
    struct mping *engine = check_engine_with(MPING_SOCKET_RAW, 0);

    ok_eq(mping_open(engine, AF_INET), 0, "open: IPv4");
    ok_eq(lab_sockets("raw"), 1, "open: the socket is there before the first ping");
    ok_eq(lab_sockets("raw6"), 0, "open: only of the family asked for");
    ok_eq(mping_open(engine, AF_INET), 0, "open: twice is once");
    ok_eq(lab_sockets("raw"), 1, "open: still one socket");
    ok_eq(mping_once(engine, "127.0.0.1", 10000 * LAB_MS, NULL), 0, "open: used by a ping");
    ok_eq(mping_once(engine, "::1", 10000 * LAB_MS, NULL), 0, "open: the other family opens");
    ok_eq(lab_sockets("raw"), 1, "open: stays until mping_free()");
    ok_eq(lab_sockets("raw6"), 0, "open: the other family closes again");
    check_end(engine, &mark, "open");
    ok_eq(lab_sockets("raw"), 0, "open: gone with mping_free()");
}

static void default_engine(void)
{
    struct mping *engine = mping_default();
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_stats stats;

    ok(engine && engine == mping_default(), "default: made on first use, shared");
    ok_eq(mping_free(engine), MPING_EBUSY, "default: not freed by the caller");
    tally_opts(&opts, tally);
    opts.count = 2;
    opts.interval_ns = LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    ok_eq(mping_ping(NULL, "127.0.0.1", &opts), 0, "default: NULL stands for it");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 2, "default: replies");
    ok_eq(mping_once(NULL, "::1", 10000 * LAB_MS, NULL), 0, "default: mping_once too");
    ok_eq(mping_add(NULL, "127.0.0.1", NULL, NULL), 0, "default: mping_add too");
    ok_eq(mping_run(NULL, 0), 1, "default: mping_run too");
    ok_eq(mping_engine_stats(NULL, &stats, sizeof(stats)), 0, "default: mping_engine_stats too");
    ok_eq((int64_t)stats.received >= 3, 1, "default: it has had these replies");
    ok_eq(mping_fd(NULL), mping_fd(engine), "default: mping_fd too");
    free(tally);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    mark = lab_mark();
    engine = check_engine_with(MPING_SOCKET_RAW, 0);
    thousand("raw", "raw6", engine, "raw sockets");
    again(engine);
    check_end(engine, &mark, "sockets, raw");
    lab_allow_ping_sockets(1);
    engine = check_engine_with(MPING_SOCKET_PING, 0);
    thousand("icmp", "icmp6", engine, "ping sockets");
    check_end(engine, &mark, "sockets, ping");
    kept_open();
    default_engine();
    return done_testing();
}
