/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine alone: lib/core over a network that is a ring in memory and a clock that is a
 * number. Every probe is answered when a given number of others have been sent after it, so
 * its records have left the cache meanwhile, as with real hosts. Counted is the time inside
 * the core: schedule, building, matching, verdict, statistics, event. What making the replies
 * and reading the clock takes is told apart. Prints one line of JSON.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/icmp.h"

#include "common.h"
#include "core/core.h"
#include "core/state.h"

enum {
    TAIL_BYTES = 56 - MPING_PROOF_BYTES - MPING_TAG_BYTES,
    REPLY_BYTES = BENCH_IP4_HEADER + MPING_TX_HEAD + TAIL_BYTES,
    OUT_MAX = 10000,
    ID = 4242
};

/* Of a probe on its way: all that the reply depends on. */
struct flying {
    uint8_t ip[4];
    uint8_t head[MPING_TX_HEAD];
};

static struct {
    int64_t targets, probes, paced;
    struct mping_core *core;
    struct mping_profile profile;
    struct mping_tx tx[MPING_BATCH];
    struct mping_rx rx[MPING_BATCH];
    uint8_t replies[MPING_BATCH][REPLY_BYTES];
    struct flying *ring;
    uint64_t size, sent, answered, events; /* size: of the ring */
    int64_t now_ns, in_core_ns;
    uint64_t clock_reads; /* inside in_core_ns: half of each pair of readings */
} b = {.targets = 1000, .probes = 1000000};

static const uint8_t tail[TAIL_BYTES];

/* A virtual probe takes as long as a real one. */
#define PROBE_NS INT64_C(4000)

static void make_core(void)
{
    const struct mping_core_opts opts = {
        .seed = {1, 2},
        .inflight_max = 1 << 22,
        .unpaced_inflight = b.size,
    };

    b.profile = (struct mping_profile){
        .interval_ns = b.paced ? b.targets * PROBE_NS : 0,
        .timeout_ns = INT64_C(1000000000),
        .first_delay_ns = MPING_DELAY_SPREAD,
        .backoff = 1.0,
        .events = MPING_EVENTS_VERDICTS,
        .window = 1,
        .payload_bytes = MPING_PROOF_BYTES + MPING_TAG_BYTES + TAIL_BYTES,
        .tail = tail,
        .tx = {.tos = -1},
    };
    if (mping_core_new(&b.core, &opts) < 0 || mping_core_add_id(b.core, AF_INET, ID) < 0)
        bench_die("no core");
}

static void add_targets(void)
{
    const struct bench_range range = bench_range("10.0.0.0");
    struct mping_addr addr = {.family = AF_INET};

    for (int64_t i = 0; i < b.targets; i++) {
        uint32_t target;

        bench_range_at(&range, (uint64_t)i, addr.ip);
        if (mping_core_target_new(b.core, &b.profile, NULL, b.now_ns, &target) < 0 ||
            mping_core_target_resolved(b.core, target, &addr, b.now_ns) < 0)
            bench_die("no room for target %lld", (long long)i);
    }
}

static void drain_events(void)
{
    while (mping_core_event(b.core)) {
        mping_core_event_pop(b.core);
        b.events++;
    }
}

/* Counts what has passed since start_ns as the core's. */
static void stop_clock(int64_t start_ns)
{
    b.in_core_ns += bench_mono_ns() - start_ns;
    b.clock_reads++; /* half of the first reading and half of the second lie between them */
}

static void send_batch(void)
{
    int64_t start_ns = bench_mono_ns();
    size_t n = mping_core_poll_tx(b.core, b.now_ns, b.tx, MPING_BATCH);

    stop_clock(start_ns);
    for (size_t i = 0; i < n; i++) {
        struct flying *f = &b.ring[(b.sent + i) % b.size];

        memcpy(f->ip, b.tx[i].dst.ip, sizeof(f->ip));
        memcpy(f->head, b.tx[i].head, sizeof(f->head));
        b.tx[i].sent_ns = b.now_ns;
        b.tx[i].stamp = MPING_STAMP_USER;
    }
    start_ns = bench_mono_ns();
    mping_core_sent(b.core, b.now_ns, b.tx, n);
    stop_clock(start_ns);
    b.sent += n;
}

/* As a raw IPv4 socket hands it up: with its IP header, the checksum unverified. */
static void build_reply(size_t i, const struct flying *f)
{
    uint8_t *p = b.replies[i], *icmp = p + BENCH_IP4_HEADER;
    uint32_t sum;

    p[0] = 0x45;
    p[8] = 64;
    p[9] = 1;
    memcpy(p + 12, f->ip, sizeof(f->ip));
    memcpy(icmp, f->head, sizeof(f->head));
    icmp[0] = MPING_ICMP4_ECHO_REPLY;
    sum = (uint32_t)(icmp[2] << 8 | icmp[3]) + (MPING_ICMP4_ECHO_REQUEST << 8);
    sum = (sum & 0xffff) + (sum >> 16);
    icmp[2] = (uint8_t)(sum >> 8);
    icmp[3] = (uint8_t)sum;
    b.rx[i] = (struct mping_rx){
        .from = {.family = AF_INET},
        .data = p,
        .len = REPLY_BYTES,
        .ip_header = true,
        .ttl = 64,
        .tos = 0,
        .stamp = MPING_STAMP_KERNEL,
        .received_ns = b.now_ns,
    };
    memcpy(b.rx[i].from.ip, f->ip, sizeof(f->ip));
}

/* Hands in a batch of replies, and lets time pass either way. */
static void receive(size_t n)
{
    int64_t start_ns;

    for (size_t i = 0; i < n; i++)
        build_reply(i, &b.ring[(b.answered + i) % b.size]);
    start_ns = bench_mono_ns();
    if (n)
        mping_core_rx(b.core, b.rx, n);
    mping_core_advance(b.core, b.now_ns);
    drain_events();
    stop_clock(start_ns);
    b.answered += n;
}

/* Until that many more have been answered. */
static void run(uint64_t out, uint64_t probes)
{
    uint64_t until = b.answered + probes;

    while (b.answered < until) {
        uint64_t before = b.sent;
        size_t n = 0;

        if (b.sent + MPING_BATCH <= b.answered + b.size)
            send_batch();
        if (b.sent - b.answered > out || b.sent == before)
            n = b.sent - b.answered < MPING_BATCH ? (size_t)(b.sent - b.answered) : MPING_BATCH;
        receive(n);
        b.now_ns += MPING_BATCH * PROBE_NS;
    }
}

/* What all readings that are counted with the core take: as many of nothing. */
static int64_t clock_cost_ns(void)
{
    int64_t sum_ns = 0;

    for (uint64_t i = 0; i < b.clock_reads; i++) {
        int64_t start_ns = bench_mono_ns();

        sum_ns += bench_mono_ns() - start_ns;
    }
    return sum_ns;
}

int main(int argc, char **argv)
{
    const struct bench_arg args[] = {
        {"--targets", &b.targets, NULL},
        {"--probes", &b.probes, NULL},
        {"--paced", &b.paced, NULL},
        {NULL, NULL, NULL},
    };
    int64_t start_ns, setup_ns, wall_ns, cpu_ns, all_ns;
    uint64_t out;
    struct mping_stats stats;

    (void)argc;
    bench_args(args, argv);
    out = b.targets / 2 < OUT_MAX ? (uint64_t)b.targets / 2 : OUT_MAX;
    b.size = out + 2 * MPING_BATCH;
    b.ring = calloc(b.size, sizeof(*b.ring));
    b.now_ns = INT64_C(1000000000000);
    if (!b.ring)
        bench_die("out of memory");
    make_core();
    start_ns = bench_cpu_ns();
    add_targets();
    setup_ns = bench_cpu_ns() - start_ns;

    run(out, 2 * (uint64_t)b.targets); /* tables grow and pages come in */
    b.in_core_ns = 0;
    b.clock_reads = 0;
    wall_ns = bench_mono_ns();
    cpu_ns = bench_cpu_ns();
    run(out, (uint64_t)b.probes);
    all_ns = bench_cpu_ns() - cpu_ns;
    wall_ns = bench_mono_ns() - wall_ns;
    /* Where other processes got the processor, they got it from both parts alike. */
    cpu_ns = (int64_t)((double)all_ns * (double)b.in_core_ns / (double)wall_ns);
    mping_core_stats(b.core, &stats);
    if (stats.received != b.answered || stats.lost + stats.unknown + stats.mismatches != 0)
        bench_die("%llu of %llu replies believed", (unsigned long long)stats.received,
                  (unsigned long long)b.answered);
    printf("{\"received\": %lld, \"cpu_ns\": %lld, \"setup_ns\": %lld, \"events\": %llu, "
           "\"network_ns\": %lld, \"clock_ns\": %lld}\n",
           (long long)b.probes, (long long)cpu_ns, (long long)setup_ns,
           (unsigned long long)b.events, (long long)(all_ns - cpu_ns), (long long)clock_cost_ns());
    mping_core_free(b.core);
    free(b.ring);
    return 0;
}
