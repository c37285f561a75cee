/* SPDX-License-Identifier: Apache-2.0 */
/* Engines with io_threads: whole engines behind one handle, whose limits hold for all together. */
#include "check.h"

#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

enum { HOSTS = 400, TALKERS = 100, BATCH = 64 };

static struct mping *engine_with(uint32_t io_threads, int workers, int socket_kind)
{
    struct mping_opts opts;

    mping_opts_init(&opts, sizeof(opts));
    opts.io_threads = io_threads;
    opts.workers = workers;
    opts.socket_kind = socket_kind;
    return check_engine(&opts);
}

static void name_host(char *host, size_t size, int i)
{
    if (i % 2)
        snprintf(host, size, "2001:db8:1::%x", (unsigned)i);
    else
        snprintf(host, size, "127.2.%d.%d", i / 250, i % 250 + 1);
}

/* Ids that targets of one family have, and whether each lies in a range of its own. */
struct ids {
    uint16_t ids[64];
    int n;
};

static void note_id(struct ids *ids, int id)
{
    for (int i = 0; i < ids->n; i++)
        if (ids->ids[i] == id)
            return;
    if (ids->n < 64)
        ids->ids[ids->n++] = (uint16_t)id;
}

/* The least distance between two of them, on the circle that ids are. */
static int32_t closest(const struct ids *ids)
{
    int32_t least = 65536;

    for (int i = 0; i < ids->n; i++) {
        for (int j = 0; j < ids->n; j++) {
            uint16_t distance = (uint16_t)(ids->ids[i] - ids->ids[j]);

            if (i != j && distance < least)
                least = distance;
        }
    }
    return least;
}

static void add_stats(struct mping_stats *sum, struct mping_target *target)
{
    struct mping_stats s;

    mping_target_stats(target, &s, sizeof(s), 0);
    if (!sum->received || s.rtt_min_ns < sum->rtt_min_ns)
        sum->rtt_min_ns = s.rtt_min_ns;
    if (s.rtt_max_ns > sum->rtt_max_ns)
        sum->rtt_max_ns = s.rtt_max_ns;
    sum->rtt_mean_ns += s.rtt_mean_ns * (double)s.received;
    sum->sent += s.sent;
    sum->received += s.received;
}

static void check_sum(struct mping *engine, struct mping_target **targets, const char *name)
{
    struct mping_stats all, sum = {0};

    for (int i = 0; i < HOSTS; i++)
        add_stats(&sum, targets[i]);
    mping_engine_stats(engine, &all, sizeof(all));
    ok(all.sent == sum.sent && all.received == sum.received && all.received == 2 * HOSTS,
       "%s: the engine's counts are the sum of the targets'", name);
    ok(all.rtt_min_ns == sum.rtt_min_ns && all.rtt_max_ns == sum.rtt_max_ns &&
           all.rtt_stddev_ns > 0,
       "%s: and its least and longest RTT theirs", name);
    ok(all.rtt_mean_ns * 1.000001 > sum.rtt_mean_ns / (double)sum.received &&
           all.rtt_mean_ns * 0.999999 < sum.rtt_mean_ns / (double)sum.received,
       "%s: and its mean that of all", name);
    ok_eq((int64_t)all.rx_foreign, 0, "%s: no thread hears another one's replies", name);
}

/* One socket per family and thread, with ids of its own, while targets are active. */
static void sockets(uint32_t n, int workers, int kind)
{
    const char *v4 = kind == MPING_SOCKET_RAW ? "raw" : "icmp";
    const char *v6 = kind == MPING_SOCKET_RAW ? "raw6" : "icmp6";
    struct lab_mark mark = lab_mark();
    struct mping *engine = engine_with(n, workers, kind);
    struct tally *tally = tally_new(1);
    struct mping_target **targets = calloc(HOSTS, sizeof(struct mping_target *));
    struct mping_target_opts opts;
    struct mping_stats stats;
    struct ids ids[2] = {{.n = 0}, {.n = 0}};
    char name[64], host[64];

    snprintf(name, sizeof(name), "%u threads, %d workers, %s", n, workers, v4);
    tally->shared = 1;
    tally_opts(&opts, tally);
    opts.count = 2;
    opts.interval_ns = 50 * LAB_MS;
    opts.first_delay_ns = 300 * LAB_MS; /* none ends before the last one is there */
    opts.timeout_ns = 20000 * LAB_MS;
    for (int i = 0; targets && i < HOSTS; i++) {
        name_host(host, sizeof(host), i);
        targets[i] = check_add(engine, host, &opts);
        note_id(&ids[i % 2], mping_target_id(targets[i]));
    }
    ok_eq(lab_sockets(v4), n, "%s: one IPv4 socket per thread", name);
    ok_eq(lab_sockets(v6), n, "%s: one IPv6 socket per thread", name);
    mping_engine_stats(engine, &stats, sizeof(stats));
    ok_eq((int64_t)stats.ids, 2 * (int64_t)n, "%s: one id per socket", name);
    ok(ids[0].n == (int)n && ids[1].n == (int)n, "%s: no two threads share one", name);
    if (kind == MPING_SOCKET_RAW)
        ok(closest(&ids[0]) >= (int32_t)(65536 / n) && closest(&ids[1]) >= (int32_t)(65536 / n),
           "%s: nor the range of one", name);
    mping_process(engine, 0);
    if (n > 1)
        ok_eq(lab_mark().threads - mark.threads, (int64_t)n + workers, "%s: threads", name);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 2 * HOSTS, "%s: all hosts answer", name);
    ok(lab_sockets(v4) == 0 && lab_sockets(v6) == 0, "%s: all sockets are closed again", name);
    check_sum(engine, targets, name);
    for (int i = 0; i < HOSTS; i++)
        mping_close(targets[i]);
    ok_none(tally_problem(tally, NULL), "%s: the promises hold", name);
    free(targets);
    free(tally);
    check_end(engine, &mark, name);
}

/* At its third reply one half of the targets is closed from inside, the other canceled. */
static void end_inside(struct tally *tally, const struct mping_event *event)
{
    if (event->type != MPING_EV_REPLY || count_of(tally, MPING_EV_REPLY) != 3)
        return;
    if (tally->hook_arg) {
        mping_close(event->target);
        atomic_store(&tally->closed, 1);
    } else {
        mping_cancel(event->target);
    }
}

static void talk(struct mping *engine, struct tally *tally, struct mping_target **targets)
{
    struct mping_target_opts opts;
    char host[64];

    for (int i = 0; i < TALKERS; i++) {
        name_host(host, sizeof(host), i);
        tally_opts(&opts, &tally[i]);
        opts.interval_ns = i % 4 < 2 ? LAB_MS : 0;
        opts.window = 4;
        opts.timeout_ns = 20000 * LAB_MS;
        tally[i].hook = end_inside;
        tally[i].hook_arg = i % 8 < 4 ? tally : NULL;
        targets[i] = check_add(engine, host, &opts);
    }
}

static void inside(uint32_t n, int workers)
{
    struct lab_mark mark = lab_mark();
    struct mping *engine = engine_with(n, workers, MPING_SOCKET_AUTO);
    struct tally *tally = tally_new(TALKERS);
    struct mping_target *targets[TALKERS];
    struct mping_stats stats;
    const char *problem = NULL;
    int finished = 0, closed = 0;

    talk(engine, tally, targets);
    check_run(engine);
    for (int i = 0; i < TALKERS; i++) {
        bool ended = atomic_load(&tally[i].closed);
        const char *p = ended ? tally_problem(&tally[i], NULL) : check_close(targets[i], &tally[i]);

        problem = problem ? problem : p;
        finished += count_of(&tally[i], MPING_EV_FINISHED) == 1;
        closed += ended;
    }
    ok_none(problem, "inside, %u threads, %d workers: one verdict each, silence after close", n,
            workers);
    ok_eq(closed, (TALKERS + 4) / 8 * 4, "inside, %u threads, %d workers: closed", n, workers);
    ok_eq(finished, TALKERS - closed, "inside, %u threads, %d workers: canceled, told once", n,
          workers);
    mping_engine_stats(engine, &stats, sizeof(stats));
    ok_eq((int64_t)stats.pending, 0, "inside, %u threads, %d workers: none is left", n, workers);
    free(tally);
    check_end(engine, &mark, "inside");
}

/* Takes what waits; counts ends, and events of a target out of order. */
static int take(struct mping *engine, struct mping_event *events, int *wrong)
{
    int finished = 0, n;

    while ((n = mping_next(engine, events, BATCH)) > 0) {
        for (int i = 0; i < n; i++) {
            uint64_t *next = events[i].user;

            if (events[i].type == MPING_EV_FINISHED)
                *wrong += *next != 3;
            else
                *wrong += events[i].type != MPING_EV_REPLY || events[i].count != (*next)++;
            finished += events[i].type == MPING_EV_FINISHED;
        }
    }
    return finished;
}

/* The descriptor and mping_next(): events of each target in order, and rest when all is said. */
static void pulled(uint32_t n, int workers)
{
    static struct mping_event events[BATCH];
    struct lab_mark mark = lab_mark();
    struct mping *engine = engine_with(n, workers, MPING_SOCKET_AUTO);
    struct pollfd fd = {.fd = mping_fd(engine), .events = POLLIN};
    struct mping_target_opts opts;
    uint64_t *next = calloc(HOSTS, sizeof(*next));
    int finished = 0, wrong = 0, idle = 0;
    char host[64];

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = 3;
    opts.interval_ns = 10 * LAB_MS;
    opts.timeout_ns = 20000 * LAB_MS;
    for (int i = 0; next && i < HOSTS; i++) {
        opts.user = &next[i];
        name_host(host, sizeof(host), i);
        mping_add(engine, host, &opts, NULL);
    }
    while (finished < HOSTS && idle < 30) {
        idle = poll(&fd, 1, 1000) > 0 ? 0 : idle + 1;
        mping_process(engine, 0);
        finished += take(engine, events, &wrong);
    }
    ok_eq(finished, HOSTS, "pull, %u threads, %d workers: all end", n, workers);
    ok_eq(wrong, 0, "pull, %u threads, %d workers: each in order", n, workers);
    mping_process(engine, 0);
    ok_eq(mping_next(engine, events, BATCH), 0, "pull, %u threads: then none", n);
    if (n > 1) /* one alone may still want its last ticks */
        ok(poll(&fd, 1, 0) == 0 && mping_next_timeout(engine) == -1,
           "pull, %u threads: and the descriptor rests", n);
    free(next);
    check_end(engine, &mark, "pull");
}

/* What a callback that takes its time keeps waiting. */
struct backlog {
    atomic_ulong replies, others;
    int64_t until_ns; /* no callback returns before */
};

static void hold_up(const struct mping_event *event, void *user)
{
    struct backlog *backlog = user;
    int64_t now_ns = lab_now_ns();

    if (now_ns < backlog->until_ns)
        lab_sleep_ns(backlog->until_ns - now_ns);
    if (event->type == MPING_EV_REPLY)
        atomic_fetch_add(&backlog->replies, 1);
    else if (event->type != MPING_EV_FINISHED)
        atomic_fetch_add(&backlog->others, 1);
}

/* More replies than may wait for callbacks: the flood stops in time, nothing is lost, it goes on.
 */
static void slow_caller(uint32_t n, int workers)
{
    const uint64_t hosts = 50, count = 1000;
    struct lab_mark mark = lab_mark();
    struct mping *engine = engine_with(n, workers, MPING_SOCKET_AUTO);
    struct backlog backlog = {.until_ns = lab_now_ns() + 500 * LAB_MS};
    struct mping_target_opts opts;
    char host[64];

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = count;
    opts.interval_ns = 0;
    opts.window = 64;
    opts.timeout_ns = 20000 * LAB_MS;
    opts.callback = hold_up;
    opts.user = &backlog;
    for (int i = 0; i < (int)hosts; i++) {
        name_host(host, sizeof(host), i);
        mping_add(engine, host, &opts, NULL);
    }
    check_run(engine);
    ok_eq((int64_t)atomic_load(&backlog.replies), (int64_t)(hosts * count),
          "slow caller, %u threads, %d workers: all replies", n, workers);
    ok_eq((int64_t)atomic_load(&backlog.others), 0, "slow caller, %u threads, %d workers: no other",
          n, workers);
    check_end(engine, &mark, "slow caller");
}

/* A sweep that adds the next host whenever one has ended, from inside the callback. */
struct sweep {
    struct mping *engine;
    struct mping_target_opts opts;
    int next, hosts;
    atomic_int replies, failed;
};

static void sweep_add(struct sweep *sweep)
{
    char host[64];
    int i = sweep->next++;

    if (i >= sweep->hosts)
        return;
    snprintf(host, sizeof(host), "127.5.%d.%d", i / 250, i % 250 + 1);
    if (mping_add(sweep->engine, host, &sweep->opts, NULL) < 0)
        atomic_fetch_add(&sweep->failed, 1);
}

static void sweep_on(const struct mping_event *event, void *user)
{
    struct sweep *sweep = user;

    if (event->type == MPING_EV_REPLY)
        atomic_fetch_add(&sweep->replies, 1);
    if (event->type == MPING_EV_FINISHED)
        sweep_add(sweep);
}

static void sweep(uint32_t n)
{
    struct lab_mark mark = lab_mark();
    struct sweep sweep = {.engine = engine_with(n, 0, MPING_SOCKET_AUTO), .hosts = 8000};

    mping_target_opts_init(&sweep.opts, sizeof(sweep.opts));
    sweep.opts.attempts = 2;
    sweep.opts.first_delay_ns = 0;
    sweep.opts.timeout_ns = 10000 * LAB_MS;
    sweep.opts.callback = sweep_on;
    sweep.opts.user = &sweep;
    for (int i = 0; i < 500; i++)
        sweep_add(&sweep);
    check_run(sweep.engine);
    ok_eq(atomic_load(&sweep.replies), 8000, "sweep, %u threads: all answer", n);
    ok_eq(atomic_load(&sweep.failed), 0, "sweep, %u threads: all could be added", n);
    check_end(sweep.engine, &mark, "sweep");
}

/* Replies to probes that left before an exclusion, and to any after it. */
struct excluded {
    _Atomic(int64_t) since_ns; /* 0: not yet */
    atomic_ulong replies, errors, wrong;
};

static void watch_excluded(const struct mping_event *event, void *user)
{
    struct excluded *x = user;
    int64_t since_ns = atomic_load(&x->since_ns);

    if (event->dst.family == AF_INET6)
        return; /* goes on */
    if (event->type == MPING_EV_REPLY) {
        atomic_fetch_add(&x->replies, 1);
        atomic_fetch_add(&x->wrong, since_ns && event->sent_ns > since_ns);
    } else if (event->type == MPING_EV_SEND_ERROR) {
        atomic_fetch_add(&x->errors, 1);
        atomic_fetch_add(&x->wrong, event->err != MPING_EEXCLUDED);
    }
}

/* Floods are under way in all threads when their network is excluded: it holds at once. */
static void exclusion(uint32_t n)
{
    struct mping *engine = engine_with(n, 1, MPING_SOCKET_AUTO);
    struct excluded x = {.since_ns = 0};
    struct mping_target_opts opts;
    struct mping_addr net;
    char host[64];

    mping_target_opts_init(&opts, sizeof(opts));
    opts.interval_ns = 0;
    opts.window = 16;
    opts.timeout_ns = 20000 * LAB_MS;
    opts.flags = MPING_FLAG_RETRY_SEND;
    opts.callback = watch_excluded;
    opts.user = &x;
    for (int i = 0; i < 20; i++) {
        snprintf(host, sizeof(host), "127.6.0.%d", i + 1);
        mping_add(engine, host, &opts, NULL);
    }
    while (atomic_load(&x.replies) < 1000)
        lab_sleep_ns(LAB_MS);
    ok_eq(mping_add(engine, "::1", &opts, NULL), 0, "exclusion, %u threads: another family", n);
    ok_eq(mping_addr_parse(&net, "127.6.0.0"), 0, "exclusion, %u threads: an address", n);
    ok_eq(mping_exclude(engine, &net, 24), 0, "exclusion, %u threads: accepted", n);
    atomic_store(&x.since_ns, lab_now_ns());
    while (atomic_load(&x.errors) < 20)
        lab_sleep_ns(LAB_MS);
    ok_eq((int64_t)atomic_load(&x.wrong), 0, "exclusion, %u threads: nothing leaves after it", n);
    ok_eq(mping_free(engine), 0, "exclusion, %u threads: freed at work", n);
}

int main(void)
{
    static const uint32_t counts[] = {1, 2, 4};

    check_start();
    lab_allow_ping_sockets(1);
    for (int i = 0; i < 3; i++) {
        for (int workers = 0; workers < 4; workers += 3) {
            sockets(counts[i], workers, MPING_SOCKET_RAW);
            sockets(counts[i], workers, MPING_SOCKET_PING);
            inside(counts[i], workers);
            pulled(counts[i], workers);
        }
    }
    slow_caller(2, 0);
    exclusion(2);
    sweep(1);
    sweep(2);
    return done_testing();
}
