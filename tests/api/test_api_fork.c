/* SPDX-License-Identifier: Apache-2.0 */
/* fork(): a child leaves its parent's engines alone, and has its own. */
#include "check.h"

#include <dirent.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROBES = 40 };

struct kind {
    const char *what;
    int workers;
    uint32_t io_threads;
};

static const struct kind kinds[] = {
    {"alone", 0, 0},
    {"workers", 2, 0},
    {"io_threads", 0, 2},
    {"both", 2, 2},
};

static long fd_count(void)
{
    DIR *dir = opendir("/proc/self/fd");
    long n = 0;

    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n;
}

/* How many calls of a child do something else than to say MPING_ECLOSED, and why. */
static int strange_calls(struct mping *engine, struct mping_target *target)
{
    const struct mping_addr addr = {.family = AF_INET, .ip = {127, 0, 0, 1}};
    struct mping_addr place;
    struct mping_event event;
    struct mping_lookup lookup;
    struct mping_stats stats;
    struct mping_target_opts opts;
    char text[16];

    mping_target_opts_init(&opts, sizeof(opts));
    opts.events = 0;
    const int results[] = {
        mping_set_workers(engine, 1),
        mping_set_buffer(engine, 1),
        mping_open(engine, AF_UNSPEC),
        mping_socket_kind(engine, AF_INET),
        mping_fd(engine),
        mping_process(engine, 0),
        (int)mping_next_timeout(engine),
        mping_run(engine, -1),
        mping_wait(engine, -1),
        mping_wakeup(engine),
        mping_next(engine, &event, 1),
        mping_exclude(engine, &addr, 32),
        mping_is_excluded(engine, &addr),
        mping_engine_stats(engine, &stats, sizeof(stats)),
        mping_lookup_name(engine, "127.0.0.1", AF_INET, NULL),
        mping_lookup_addr(engine, &addr, NULL),
        mping_lookup_next(engine, &lookup, sizeof(lookup)),
        mping_add(engine, "127.0.0.1", NULL, NULL),
        mping_add_addr(engine, &addr, NULL, NULL),
        mping_add_as(engine, "x.test", &addr, NULL, NULL),
        mping_once(engine, "127.0.0.1", 0, NULL),
        mping_ping(engine, "127.0.0.1", &opts),
        mping_ping_until(engine, 0, "127.0.0.1", &opts),
        mping_send(target),
        mping_set_timeout(target, 0),
        mping_drain(target, -1),
        mping_cancel(target),
        mping_target_id(target),
        mping_target_addr(target, &place),
        mping_target_addrs(target, &place, 1),
        mping_target_host_copy(target, text, sizeof(text)),
        mping_target_stats(target, &stats, sizeof(stats), 1),
    };
    int strange = mping_target_host(target) != NULL || !strstr(mping_errmsg(engine), "fork");

    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++)
        strange += results[i] != MPING_ECLOSED;
    mping_close(target);
    return strange;
}

/* What a child finds wrong, as its exit status. */
static int child(struct mping *engine, struct mping_target *target, long fds_before)
{
    int wrong = strange_calls(engine, target);
    struct mping *own = NULL;

    alarm(30); /* a lock that nobody will ever release */
    wrong += mping_free(engine) != 0;
    wrong += fds_before && fd_count() != fds_before;
    wrong += mping_new(&own, NULL) != 0 || mping_once(own, "127.0.0.1", 5000 * LAB_MS, NULL) != 0;
    wrong += mping_free(own) != 0;
    wrong += mping_once(NULL, "127.0.0.1", 5000 * LAB_MS, NULL) != 0; /* its own default engine */
    return wrong;
}

static int exit_status(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) != pid)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

static pid_t start_child(struct mping *engine, struct mping_target *target, long fds_before)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(child(engine, target, fds_before));
    return pid;
}

static void one_kind(const struct kind *kind)
{
    struct lab_mark mark = lab_mark();
    struct tally *tally = tally_new(1);
    struct mping_target_opts target_opts;
    struct mping_target *target;
    struct mping_lookup lookup;
    struct mping_opts opts;
    struct mping *engine;
    long fds = fd_count();
    pid_t children[3];

    mping_opts_init(&opts, sizeof(opts));
    opts.workers = kind->workers;
    opts.io_threads = kind->io_threads;
    engine = check_engine(&opts);
    ok_eq(mping_open(engine, AF_UNSPEC), 0, "%s: opened before the fork", kind->what);
    /* Its threads have looked something up, and are idle now. */
    ok_eq(mping_lookup_name(engine, "127.0.0.1", AF_INET, NULL), 0, "%s: looked up", kind->what);
    while (mping_lookup_next(engine, &lookup, sizeof(lookup)) == 0)
        mping_wait(engine, LAB_MS);
    tally_opts(&target_opts, tally);
    target_opts.count = PROBES;
    target_opts.interval_ns = 5 * LAB_MS;
    target_opts.timeout_ns = 5000 * LAB_MS;
    target = check_add(engine, "127.0.0.1", &target_opts);
    for (int i = 0; i < 3; i++) {
        mping_run(engine, 20 * LAB_MS);
        /* With threads at work some of it has to stay with the child. */
        children[i] = start_child(engine, target, kind->workers || kind->io_threads ? 0 : fds);
    }
    check_run(engine);
    for (int i = 0; i < 3; i++)
        ok_eq(exit_status(children[i]), 0, "%s: child %d finds all as it should be", kind->what, i);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), PROBES, "%s: the parent has all its replies",
          kind->what);
    ok_none(check_close(target, tally), "%s: and its promises", kind->what);
    check_end(engine, &mark, kind->what);
    free(tally);
}

/* The default engine: a child has one of its own, and the parent keeps the old one. */
static void default_engine(void)
{
    struct mping *engine = mping_default();
    struct mping_target *target = check_add(NULL, "127.0.0.1", NULL);
    pid_t pid = fork();

    if (pid == 0) {
        int wrong = strange_calls(engine, target);

        wrong += mping_default() == engine || !mping_default();
        wrong += mping_once(NULL, "127.0.0.1", 5000 * LAB_MS, NULL) != 0;
        wrong += mping_add(engine, "127.0.0.1", NULL, NULL) != MPING_ECLOSED;
        _exit(wrong);
    }
    ok_eq(exit_status(pid), 0, "default engine: the child has its own");
    ok(mping_default() == engine, "default engine: the parent keeps the one it had");
    ok_eq(mping_once(NULL, "127.0.0.1", 5000 * LAB_MS, NULL), 0, "default engine: and can use it");
    mping_close(target);
}

static int forked_in_callback;

static void fork_once(struct tally *tally, const struct mping_event *event)
{
    if (event->type == MPING_EV_REPLY && count_of(tally, MPING_EV_REPLY) == 2)
        forked_in_callback = fork();
}

/* A child that returns from the callback in which it came to be pings nothing. */
static void in_callback(const struct kind *kind)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts target_opts;
    struct mping_target *target;
    struct mping_opts opts;
    struct mping *engine;
    int r;

    mping_opts_init(&opts, sizeof(opts));
    opts.io_threads = kind->io_threads;
    engine = check_engine(&opts);
    tally_opts(&target_opts, tally);
    tally->hook = fork_once;
    target_opts.count = PROBES;
    target_opts.interval_ns = 2 * LAB_MS;
    target_opts.timeout_ns = 5000 * LAB_MS;
    target = check_add(engine, "127.0.0.1", &target_opts);
    forked_in_callback = -1;
    r = mping_run(engine, LAB_PATIENCE_NS);
    if (forked_in_callback == 0) {
        alarm(30);
        _exit((r != MPING_ECLOSED) + (count_of(tally, MPING_EV_REPLY) != 2) +
              (mping_free(engine) != 0));
    }
    ok_eq(r, 0, "in a callback, %s: the parent goes on", kind->what);
    ok_eq(exit_status(forked_in_callback), 0, "in a callback, %s: the child's run ends",
          kind->what);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), PROBES, "in a callback, %s: all replies",
          kind->what);
    ok_none(check_close(target, tally), "in a callback, %s: and the parent's promises", kind->what);
    mping_free(engine);
    free(tally);
}

int main(void)
{
    check_start();
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        one_kind(&kinds[i]);
    in_callback(&kinds[0]);
    in_callback(&kinds[2]);
    default_engine();
    return done_testing();
}
