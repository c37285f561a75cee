/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives the public library as a program would that only counts: what is measured is the
 * library, not the printing of results. Prints one line of JSON.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/multiping.h>

#include "common.h"

enum { LINE_MAX_BYTES = 1024 };

/* What the arguments say, and what came of it. */
static struct {
    int64_t targets, count, interval_us, window, rate, size, timeout_ms, attempts, backoff_pct;
    int64_t seconds, pings; /* when to stop early; 0: when all targets are done */
    int64_t warm_up;        /* seconds before that which are not counted */
    int64_t threads;        /* of the library's own that send and receive */
    int64_t silent;         /* no event is wanted but the end of a target */
    int64_t slice;          /* targets of a file after which those so far are sent; 0: all */
    const char *backend, *base, *file, *rtt_file;
    struct mping *engine;
    FILE *rtts;
    uint64_t verdicts;
} o = {
    .targets = 1,
    .count = 1,
    .window = 1,
    .size = 56,
    .timeout_ms = 1000,
    .backoff_pct = 100,
    .backend = "raw4",
    .base = "127.1.0.0",
};

static void must(int err, const char *what)
{
    if (err < 0)
        bench_die("%s: %s", what, mping_strerror(err));
}

static void write_rtt(const struct mping_event *event)
{
    const struct {
        uint8_t ip[16];
        uint32_t id_seq;
        uint32_t stamps;
        int64_t rtt_ns;
    } record = {
        .ip = {event->dst.ip[0], event->dst.ip[1], event->dst.ip[2], event->dst.ip[3]},
        .id_seq = (uint32_t)event->id << 16 | event->seq,
        .stamps = (uint32_t)event->tx_stamp << 8 | event->rx_stamp,
        .rtt_ns = event->rtt_ns,
    };

    if (fwrite(&record, sizeof(record), 1, o.rtts) != 1)
        bench_die("cannot write %s", o.rtt_file);
}

static void on_event(const struct mping_event *event, void *user)
{
    (void)user;
    if (event->type >= MPING_EV_LATE)
        return;
    if (o.rtts && event->type == MPING_EV_REPLY)
        write_rtt(event);
    if (++o.verdicts == (uint64_t)o.pings)
        mping_wakeup(o.engine);
}

static struct mping_target_opts target_opts(void)
{
    struct mping_target_opts opts;

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = (uint64_t)o.count;
    opts.interval_ns = o.interval_us * 1000;
    opts.window = (uint32_t)o.window;
    opts.timeout_ns = o.timeout_ms * 1000000;
    opts.payload_bytes = (uint32_t)o.size;
    opts.attempts = (uint32_t)o.attempts;
    opts.backoff = (double)o.backoff_pct / 100;
    opts.events = MPING_EVENT_BIT(MPING_EV_FINISHED) | (o.silent ? 0 : MPING_EVENTS_VERDICTS);
    opts.callback = on_event;
    return opts;
}

static void add_range(const struct mping_target_opts *opts)
{
    struct bench_range range = bench_range(o.base);
    struct mping_addr addr = {.family = (uint16_t)range.family};

    for (int64_t i = 0; i < o.targets; i++) {
        bench_range_at(&range, (uint64_t)i, addr.ip);
        must(mping_add_addr(o.engine, &addr, opts, NULL), "add");
    }
}

static void add_file(const struct mping_target_opts *opts)
{
    FILE *file = fopen(o.file, "r");
    char line[LINE_MAX_BYTES];

    if (!file)
        bench_die("cannot open %s", o.file);
    for (o.targets = 0; fgets(line, sizeof(line), file); o.targets++) {
        line[strcspn(line, "\n")] = '\0';
        must(mping_add(o.engine, line, opts, NULL), line);
        if (o.slice && o.targets % o.slice == 0)
            must(mping_process(o.engine, 0), "process");
    }
    fclose(file);
}

static void open_engine(void)
{
    const struct bench_backend *backend = bench_backend(o.backend);
    struct mping_opts opts;

    mping_opts_init(&opts, sizeof(opts));
    opts.socket_kind = backend->type == SOCK_RAW ? MPING_SOCKET_RAW : MPING_SOCKET_PING;
    opts.rate_pps = (uint32_t)o.rate;
    opts.io_threads = (uint32_t)o.threads;
    must(mping_new(&o.engine, &opts), "engine");
    must(mping_open(o.engine, backend->family), "socket");
}

static struct mping_stats stats(void)
{
    struct mping_stats s;

    must(mping_engine_stats(o.engine, &s, sizeof(s)), "statistics");
    return s;
}

static void print(const struct mping_stats *before, int64_t setup_ns, int64_t wall_ns,
                  int64_t cpu_ns)
{
    struct mping_stats s = stats();

    s.sent -= before->sent;
    s.received -= before->received;
    printf("{\"sent\": %llu, \"received\": %llu, \"lost\": %llu, \"unknown\": %llu, "
           "\"other\": %llu, \"pending\": %llu, \"rx_drops\": %llu, \"send_retries\": %llu, "
           "\"verdicts\": %llu, \"setup_cpu_ns\": %lld, \"wall_ns\": %lld, \"cpu_ns\": %lld}\n",
           (unsigned long long)s.sent, (unsigned long long)s.received, (unsigned long long)s.lost,
           (unsigned long long)s.unknown,
           (unsigned long long)(s.unreachable + s.send_errors + s.canceled + s.mismatches),
           (unsigned long long)s.pending, (unsigned long long)s.rx_drops,
           (unsigned long long)s.send_retries, (unsigned long long)o.verdicts, (long long)setup_ns,
           (long long)wall_ns, (long long)cpu_ns);
}

int main(int argc, char **argv)
{
    const struct bench_arg args[] = {
        {"--backend", NULL, &o.backend},
        {"--base", NULL, &o.base},
        {"--file", NULL, &o.file},
        {"--rtt-file", NULL, &o.rtt_file},
        {"--targets", &o.targets, NULL},
        {"--count", &o.count, NULL},
        {"--interval-us", &o.interval_us, NULL},
        {"--window", &o.window, NULL},
        {"--rate", &o.rate, NULL},
        {"--size", &o.size, NULL},
        {"--timeout-ms", &o.timeout_ms, NULL},
        {"--attempts", &o.attempts, NULL},
        {"--backoff-pct", &o.backoff_pct, NULL},
        {"--seconds", &o.seconds, NULL},
        {"--pings", &o.pings, NULL},
        {"--warm-up", &o.warm_up, NULL},
        {"--threads", &o.threads, NULL},
        {"--silent", &o.silent, NULL},
        {"--slice", &o.slice, NULL},
        {NULL, NULL, NULL},
    };
    struct mping_target_opts opts;
    struct mping_stats before = {0};
    int64_t cpu_ns[3], start_ns, wall_ns;

    (void)argc;
    bench_args(args, argv);
    if (o.rtt_file && !(o.rtts = fopen(o.rtt_file, "w")))
        bench_die("cannot open %s", o.rtt_file);
    cpu_ns[0] = bench_cpu_ns();
    open_engine();
    opts = target_opts();
    if (o.file)
        add_file(&opts);
    else
        add_range(&opts);

    if (o.warm_up)
        must(mping_run(o.engine, o.warm_up * 1000000000), "warm-up");
    if (!o.slice)
        before = stats();
    cpu_ns[1] = bench_cpu_ns();
    start_ns = bench_mono_ns();
    must(mping_run(o.engine, o.seconds ? o.seconds * 1000000000 : -1), "run");
    wall_ns = bench_mono_ns() - start_ns;
    cpu_ns[2] = bench_cpu_ns();
    print(&before, cpu_ns[1] - cpu_ns[0], wall_ns, cpu_ns[2] - cpu_ns[1]);
    mping_free(o.engine);
    if (o.rtts && fclose(o.rtts) != 0)
        bench_die("cannot write %s", o.rtt_file);
    return 0;
}
