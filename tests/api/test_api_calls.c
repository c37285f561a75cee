/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flood makes few system calls: those that move packets and those that wait are this program's
 * own, which the shared library uses too, and count.
 */
#include "check.h"
#include "lab_peer.h"

#include <poll.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
    HOSTS = 250,
    ROUNDS = 80,
    TRIES = 5,     /* a busy machine hands replies up late, and batches become small */
    MANY_OUT = 400 /* probes that leave before a reply is read; the device holds 500 */
};

static const struct kind {
    const char *name;
    int socket;        /* enum mping_socket_kind */
    const char *hosts; /* with room for the last number */
    unsigned most;     /* calls for 100 pings */
} kinds[] = {
    {"raw, IPv4", MPING_SOCKET_RAW, "127.5.0.", 10},
    {"raw, IPv6", MPING_SOCKET_RAW, "2001:db8:1::", 10},
    /* They do not tell of drops with their packets, and are asked after each read. */
    {"ping socket, IPv4", MPING_SOCKET_PING, "127.5.0.", 12},
};

static atomic_ulong calls;

static long counted(long result)
{
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    return result;
}

int sendmmsg(int fd, struct mmsghdr *msgs, unsigned n, int flags)
{
    return (int)counted(syscall(SYS_sendmmsg, fd, msgs, n, flags));
}

int recvmmsg(int fd, struct mmsghdr *msgs, unsigned n, int flags, struct timespec *timeout)
{
    return (int)counted(syscall(SYS_recvmmsg, fd, msgs, n, flags, timeout));
}

int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
    return (int)counted(syscall(SYS_epoll_ctl, epfd, op, fd, event));
}

int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *old)
{
    return (int)counted(syscall(SYS_timerfd_settime, fd, flags, value, old));
}

int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict len)
{
    return (int)counted(syscall(SYS_getsockopt, fd, level, name, value, len));
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
    return (int)counted(syscall(SYS_setsockopt, fd, level, name, value, len));
}

static void ignore(const struct mping_event *event, void *user)
{
    (void)event;
    (void)user;
}

static uint64_t received(struct mping *engine)
{
    struct mping_stats stats = {0};

    mping_engine_stats(engine, &stats, sizeof(stats));
    return stats.received;
}

/* How many calls a flood takes: all of it, with the opening of the socket. */
static unsigned long flood(const struct kind *kind)
{
    struct mping *engine = check_engine_with(kind->socket, 0);
    unsigned long before = atomic_load(&calls);
    struct mping_target_opts opts;
    char host[64];

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = ROUNDS;
    opts.interval_ns = 0;
    opts.window = 1;
    opts.timeout_ns = LAB_PATIENCE_NS;
    opts.events = MPING_EVENT_BIT(MPING_EV_FINISHED);
    opts.callback = ignore;
    for (int i = 0; i < HOSTS; i++) {
        snprintf(host, sizeof(host), "%s%d", kind->hosts, i + 1);
        mping_add(engine, host, &opts, NULL);
    }
    check_run(engine);
    before = atomic_load(&calls) - before;
    ok_eq((int64_t)received(engine), HOSTS * ROUNDS, "%s: all answered", kind->name);
    mping_free(engine);
    return before;
}

static void few_calls(const struct kind *kind)
{
    unsigned long least = flood(kind);

    ok(least > 0, "%s: calls are counted", kind->name);
    for (int i = 1; i < TRIES && least * 100 > kind->most * HOSTS * ROUNDS; i++) {
        unsigned long n = flood(kind);

        least = n < least ? n : least;
    }
    ok(least * 100 <= kind->most * HOSTS * ROUNDS, "%s: %lu calls for %d pings", kind->name, least,
       HOSTS * ROUNDS);
}

/*
 * While so many leave at once nobody has to be woken; afterwards the replies must do so: there is
 * no timeout that would.
 */
static void woken(int family)
{
    struct mping *engine = check_engine(NULL);
    struct pollfd fd = {.fd = mping_fd(engine), .events = POLLIN};
    struct mping_target_opts opts;
    char host[LAB_HOST_MAX];

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = opts.window = MANY_OUT;
    opts.interval_ns = 0;
    opts.timeout_ns = 0;
    opts.events = MPING_EVENT_BIT(MPING_EV_FINISHED);
    opts.callback = ignore;
    mping_add(engine, lab_peer_host(host, family, LAB_ANSWER), &opts, NULL);
    while (received(engine) < MANY_OUT && poll(&fd, 1, LAB_PATIENCE_NS / LAB_MS) > 0)
        mping_process(engine, 0);
    ok_eq((int64_t)received(engine), MANY_OUT, "%s: replies to a burst wake the engine", host);
    mping_free(engine);
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
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        few_calls(&kinds[i]);
    woken(AF_INET);
    woken(AF_INET6);
    lab_peer_stop();
    return done_testing();
}
