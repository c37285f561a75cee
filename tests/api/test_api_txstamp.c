/* SPDX-License-Identifier: Apache-2.0 */
/* MPING_FLAG_TX_STAMPS: each probe's time of sending is the kernel's. */
#include <sys/socket.h>

#include "check.h"
#include "lab_peer.h"

enum { FLOOD = 3000, FEW = 20 };

/* What the replies say about their stamps. */
struct told {
    unsigned long kernel, wrong;
};

static void look(struct tally *tally, const struct mping_event *event)
{
    struct told *told = tally->hook_arg;

    if (event->type != MPING_EV_REPLY)
        return;
    told->kernel += event->tx_stamp == MPING_STAMP_KERNEL;
    told->wrong += event->tx_stamp == MPING_STAMP_NONE || event->tx_stamp > MPING_STAMP_CALL;
    told->wrong += event->rtt_ns != event->received_ns - event->sent_ns || event->rtt_ns <= 0;
}

/* Runs count probes; how many replies have the kernel's stamp of sending. */
static unsigned long run(int socket_kind, const char *host, uint64_t count, uint32_t flags,
                         const char *name)
{
    struct mping *engine = check_engine_with(socket_kind, 0);
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct told told = {0};

    tally_opts(&opts, tally);
    tally->hook = look;
    tally->hook_arg = &told;
    opts.flags = flags;
    opts.count = count;
    opts.interval_ns = count == FLOOD ? 0 : LAB_MS;
    opts.window = count == FLOOD ? 256 : 0;
    opts.timeout_ns = LAB_PATIENCE_NS;
    target = check_add(engine, host, &opts);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), (int64_t)count, "%s: all answered", name);
    ok_eq((int64_t)told.wrong, 0, "%s: RTT and stamps fit each other", name);
    ok_none(check_close(target, tally), "%s: the promises hold", name);
    mping_free(engine);
    free(tally);
    return told.kernel;
}

static void all_kinds(int socket_kind, const char *kind)
{
    char host[LAB_HOST_MAX];

    ok_eq((int64_t)run(socket_kind, "127.0.0.1", FEW, 0, kind), FEW,
          "%s: at a low rate the kernel stamps all", kind);
    ok_eq((int64_t)run(socket_kind, "::1", FEW, 0, kind), FEW, "%s: over IPv6, too", kind);
    ok_eq((int64_t)run(socket_kind, "127.0.0.1", FLOOD, MPING_FLAG_TX_STAMPS, kind), FLOOD,
          "%s: in a flood, if asked to", kind);
    ok(run(socket_kind, "127.0.0.1", FLOOD, 0, kind) < FLOOD, "%s: and not all else", kind);
    ok_eq((int64_t)run(socket_kind, lab_peer_host(host, AF_INET, LAB_ANSWER), FEW,
                       MPING_FLAG_TX_STAMPS, kind),
          FEW, "%s: behind a TUN device", kind);
}

/* ICMP errors come through the same queue as the stamps, and none is lost. */
static void errors_between(int socket_kind, const char *kind)
{
    struct mping *engine = check_engine_with(socket_kind, 0);
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    char host[LAB_HOST_MAX];

    tally_opts(&opts, tally);
    opts.flags = MPING_FLAG_TX_STAMPS;
    opts.count = FEW;
    opts.interval_ns = LAB_MS;
    opts.timeout_ns = 1000 * LAB_MS;
    target = check_add(engine, lab_peer_host(host, AF_INET, LAB_UNREACHABLE), &opts);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_UNREACHABLE), FEW, "%s: all errors come through", kind);
    ok_none(check_close(target, tally), "%s: the promises hold with errors", kind);
    mping_free(engine);
    free(tally);
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
    all_kinds(MPING_SOCKET_RAW, "raw");
    errors_between(MPING_SOCKET_RAW, "raw");
    all_kinds(MPING_SOCKET_PING, "ping");
    errors_between(MPING_SOCKET_PING, "ping");
    lab_peer_stop();
    return done_testing();
}
