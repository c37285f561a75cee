/* SPDX-License-Identifier: Apache-2.0 */
/* ICMP ids: many targets on one address, all of them, and one too many. */
#include "check.h"

enum { IDS = 65536 };

static void manual_opts(struct mping_target_opts *opts, struct tally *tally)
{
    tally_opts(opts, tally);
    opts->interval_ns = MPING_INTERVAL_MANUAL;
    opts->timeout_ns = 10000 * LAB_MS;
}

/* Adds until the engine refuses; returns how many targets it took. */
static int fill(struct mping *engine, struct mping_target **targets, struct tally *tally,
                int *ret_err)
{
    struct mping_target_opts opts;
    int n = 0;

    manual_opts(&opts, tally);
    do {
        *ret_err = mping_add(engine, "127.0.0.1", &opts, &targets[n]);
    } while (*ret_err == 0 && ++n <= IDS);
    return n;
}

static int distinct_ids(struct mping_target **targets, int n)
{
    uint8_t *seen = calloc(IDS, 1);
    int distinct = 0;

    for (int i = 0; seen && i < n; i++) {
        int id = mping_target_id(targets[i]);

        if (id < 0 || id >= IDS)
            continue;
        distinct += !seen[id];
        seen[id] = 1;
    }
    free(seen);
    return distinct;
}

static void use_some(struct mping *engine, struct mping_target **targets, int n,
                     struct tally *tally)
{
    int sent = 0;

    for (int i = 0; i < n; i += n / 64)
        sent += mping_send(targets[i]) == 0;
    for (int i = 0; i < n; i += n / 64)
        mping_drain(targets[i], LAB_PATIENCE_NS);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), sent,
          "NoIDs: each gets its own reply with all ids in use");
    ok_eq(mping_wait(engine, 0) < 0, 0, "NoIDs: the engine goes on");
}

static void no_ids(struct mping *engine)
{
    struct mping_target **targets = calloc(IDS + 1, sizeof(struct mping_target *));
    struct mping_target *other = NULL;
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    int err, n;

    if (!targets)
        abort();
    tally->shared = 1;
    n = fill(engine, targets, tally, &err);
    ok_eq(n, IDS, "NoIDs: 2^16 sessions to one IP succeed");
    ok_eq(err, MPING_ENOIDS, "NoIDs: the 65537th says so (%s)", mping_err_name(err));
    ok(!targets[n], "NoIDs: and makes no target");
    ok_eq(distinct_ids(targets, n), IDS, "NoIDs: every session has an id of its own");
    use_some(engine, targets, n, tally);

    manual_opts(&opts, tally);
    ok_eq(mping_add(engine, "127.0.0.2", &opts, &other), 0,
          "ids are per destination: another address still has all of them");
    mping_close(other);
    mping_close(targets[--n]);
    ok_eq(mping_add(engine, "127.0.0.1", &opts, &targets[n]), 0,
          "NoIDs: a closed session's id can be used again");
    n += targets[n] != NULL;
    for (int i = 0; i < n; i++)
        mping_close(targets[i]);
    atomic_store(&tally->closed, 1);
    mping_wait(engine, 0);
    ok_none(tally_problem(tally, NULL), "NoIDs: all close OK");
    ok_eq(lab_sockets("raw"), 0, "NoIDs: and the socket with them");
    free(tally);
    free(targets);
}

/* Two sessions to one address: neither sees the other's packets, and removal is its own. */
static void two_sessions(struct mping *engine, const char *host, const char *table)
{
    struct tally *tallies = tally_new(2);
    struct mping_target *first, *second;
    struct mping_target_opts opts;

    manual_opts(&opts, &tallies[0]);
    first = check_add(engine, host, &opts);
    opts.user = &tallies[1];
    second = check_add(engine, host, &opts);
    ok(mping_target_id(first) != mping_target_id(second),
       "%s: the same (ip,id) cannot be registered twice", host);
    ok_eq(lab_sockets(table), 1, "%s: 2nd id adds no listener", host);
    mping_send(first);
    mping_drain(first, LAB_PATIENCE_NS);
    ok(count_of(&tallies[0], MPING_EV_REPLY) == 1 && count_of(&tallies[1], MPING_EV_REPLY) == 0,
       "%s: id2 never sees id1's packets", host);
    ok_none(check_close(first, &tallies[0]), "%s: removing id1", host);
    mping_send(second);
    mping_drain(second, LAB_PATIENCE_NS);
    ok_eq((int64_t)count_of(&tallies[1], MPING_EV_REPLY), 1, "%s: leaves id2 live", host);
    ok_eq(lab_sockets(table), 1, "%s: and its listener", host);
    ok_none(check_close(second, &tallies[1]), "%s: removing id2", host);
    mping_wait(engine, 0);
    ok_eq(lab_sockets(table), 0, "%s: last removal stops the listener", host);
    free(tallies);
}

/* A name has no address yet when it is added: it learns by its end that no id is left. */
static void targets_max(void)
{
    struct mping_target *targets[3] = {NULL, NULL, NULL};
    struct lab_mark mark = lab_mark();
    struct mping *engine;
    struct mping_opts opts;

    mping_opts_init(&opts, sizeof(opts));
    opts.targets_max = 2;
    engine = check_engine(&opts);
    ok_eq(mping_add(engine, "127.0.0.1", NULL, &targets[0]), 0, "targets_max 2: the first");
    ok_eq(mping_add(engine, "127.0.0.2", NULL, &targets[1]), 0, "targets_max 2: the second");
    ok_eq(mping_add(engine, "127.0.0.3", NULL, &targets[2]), MPING_EFULL, "targets_max 2: full");
    mping_close(targets[0]);
    ok_eq(mping_add(engine, "127.0.0.3", NULL, &targets[2]), 0, "targets_max 2: room again");
    mping_close(targets[1]);
    mping_close(targets[2]);
    check_end(engine, &mark, "targets_max");
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    mark = lab_mark();
    engine = check_engine_with(MPING_SOCKET_RAW, 0);
    two_sessions(engine, "127.0.0.1", "raw");
    two_sessions(engine, "::1", "raw6");
    no_ids(engine);
    check_end(engine, &mark, "ids");
    targets_max();
    return done_testing();
}
