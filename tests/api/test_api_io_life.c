/* SPDX-License-Identifier: Apache-2.0 */
/* Engines with io_threads in the hands of several callers, with other workers, without rights. */
#include "check.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>

static struct mping *engine_with_two(int socket_kind)
{
    struct mping_opts opts;

    mping_opts_init(&opts, sizeof(opts));
    opts.io_threads = 2;
    opts.socket_kind = socket_kind;
    return check_engine(&opts);
}

/* The end of a target that takes its time to be told. */
struct ending {
    struct mping *engine;
    atomic_bool told, go_on;
};

static void end_slowly(const struct mping_event *event, void *user)
{
    struct ending *ending = user;

    if (event->type != MPING_EV_FINISHED)
        return;
    atomic_store(&ending->told, true);
    while (!atomic_load(&ending->go_on))
        lab_sleep_ns(LAB_MS);
}

static void *run_to_end(void *arg)
{
    struct ending *ending = arg;

    check_run(ending->engine);
    return NULL;
}

/* While one caller is being told the last event, the target is active for another one. */
static void second_caller(void)
{
    struct ending ending = {.engine = engine_with_two(MPING_SOCKET_AUTO)};
    struct mping_target_opts opts;
    pthread_t thread;

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = 1;
    opts.timeout_ns = 20000 * LAB_MS;
    opts.callback = end_slowly;
    opts.user = &ending;
    mping_add(ending.engine, "127.0.0.1", &opts, NULL);
    if (pthread_create(&thread, NULL, run_to_end, &ending) != 0)
        abort();
    while (!atomic_load(&ending.told))
        lab_sleep_ns(LAB_MS);
    ok_eq(mping_run(ending.engine, 0), 1, "second caller: not all is told");
    atomic_store(&ending.go_on, true);
    pthread_join(thread, NULL);
    ok_eq(mping_run(ending.engine, 0), 0, "second caller: then it is");
    ok_eq(mping_free(ending.engine), 0, "second caller: freed");
}

/* A later number of workers is taken up when nothing is being pinged. */
static void refit(void)
{
    struct lab_mark mark = lab_mark();
    struct mping *engine = engine_with_two(MPING_SOCKET_AUTO);
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;

    for (int workers = 0; workers < 4; workers++) {
        ok_eq(mping_set_workers(engine, workers), 0, "refit: %d workers", workers);
        tally_opts(&opts, tally);
        tally->shared = 1;
        opts.count = 3;
        opts.interval_ns = LAB_MS;
        opts.timeout_ns = 20000 * LAB_MS;
        target = check_add(engine, "127.0.0.1", &opts);
        check_run(engine);
        ok_eq(lab_mark().threads - mark.threads, 2 + workers, "refit: two threads and %d", workers);
        mping_close(target);
    }
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 12, "refit: replies each time");
    free(tally);
    check_end(engine, &mark, "refit");
}

/* Sockets are opened before privileges go, and used after that by threads that never had any. */
static void permission(void)
{
    struct mping *engine = engine_with_two(MPING_SOCKET_RAW);

    ok_eq(mping_open(engine, AF_UNSPEC), 0, "permission: opened");
    ok_eq(lab_sockets("raw") + lab_sockets("raw6"), 4, "permission: all of them");
    ok_eq(lab_drop_raw(), 0, "permission: given up");
    ok_eq(mping_once(engine, "127.0.0.1", 20000 * LAB_MS, NULL), 0, "permission: IPv4 goes on");
    ok_eq(mping_once(engine, "::1", 20000 * LAB_MS, NULL), 0, "permission: IPv6 too");
    ok_eq(mping_free(engine), 0, "permission: freed");
}

int main(void)
{
    check_start();
    lab_allow_ping_sockets(1);
    second_caller();
    refit();
    permission();
    return done_testing();
}
