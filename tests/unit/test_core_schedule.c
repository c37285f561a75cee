/* SPDX-License-Identifier: Apache-2.0 */
/* Schedules at the ends of time, and probes that met full buffers. */
#include <errno.h>
#include <stdlib.h>

#include <multiping/error.h>

#include "core/core.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"
#include "tap.h"

#define SECOND INT64_C(1000000000)

static struct mping_core *core;
static uint32_t target;

static void setup(const struct mping_profile *profile, int64_t now_ns)
{
    const struct mping_core_opts opts = {.inflight_max = 1000, .unpaced_inflight = 1000};
    const struct mping_addr addr = {.family = AF_INET, .ip = {10, 0, 0, 1}};

    if (mping_core_new(&core, &opts) < 0 || mping_core_add_id(core, AF_INET, 7) < 0 ||
        mping_core_target_new(core, profile, NULL, now_ns, &target) < 0 ||
        mping_core_resolve_wanted(core) != target ||
        mping_core_target_resolved(core, target, &addr, now_ns) < 0)
        abort();
}

/* Lets what is due by now_ns leave, with err; returns how many probes that were. */
static size_t send_due(int64_t now_ns, int err)
{
    struct mping_tx tx[MPING_BATCH];
    size_t n = mping_core_poll_tx(core, now_ns, tx, MPING_BATCH);

    for (size_t i = 0; i < n; i++) {
        tx[i].err = err;
        tx[i].sent_ns = now_ns;
    }
    mping_core_sent(core, now_ns, tx, n);
    return n;
}

/* The clock may have begun less than an interval ago. */
static void test_young_clock(void)
{
    const struct mping_profile profile = {.interval_ns = 3600 * SECOND,
                                          .timeout_ns = SECOND,
                                          .backoff = 1,
                                          .window = 1,
                                          .tx.tos = -1};
    size_t n;

    setup(&profile, SECOND);
    if (mping_core_target_send(core, target, SECOND) < 0)
        abort();
    ok(send_due(SECOND, -ENOBUFS) == 2, "the first probe and one by hand meet full buffers");
    n = send_due(2 * SECOND, 0);
    ok(n == 2, "and are tried again: %zu sent", n);
    n = send_due(3602 * SECOND, 0);
    ok(n == 1, "an hour later comes the next one of the schedule: %zu sent", n);
    mping_core_free(core);
}

/* Times beyond what can be counted are never. */
static void test_far_future(void)
{
    const struct mping_profile profile = {.interval_ns = INT64_MAX - SECOND,
                                          .timeout_ns = INT64_MAX - SECOND,
                                          .backoff = 1,
                                          .window = 1,
                                          .tx.tos = -1};

    setup(&profile, 10 * SECOND);
    ok(send_due(10 * SECOND, 0) == 1, "the first probe at once");
    ok(send_due(INT64_MAX - 1, 0) == 0, "the next one never");
    ok(mping_core_deadline_ns(core) == MPING_TIME_NEVER, "and the first one waits for ever");
    mping_core_free(core);
}

static struct mping_stats stats(void)
{
    struct mping_stats s;

    mping_core_target_stats(core, target, &s, false);
    return s;
}

/* Lets time pass until now_ns, and forgets what it brings about. */
static void pass(int64_t now_ns)
{
    mping_core_advance(core, now_ns);
    while (mping_core_event(core))
        mping_core_event_pop(core);
}

/* A buffer that stays full is an error in the end. */
static void test_full_for_ever(void)
{
    const struct mping_profile profile = {.interval_ns = 10 * SECOND,
                                          .timeout_ns = SECOND,
                                          .backoff = 1,
                                          .window = 1,
                                          .count = 1,
                                          .tx.tos = -1};
    int64_t now_ns = SECOND;
    unsigned tries = 0;

    setup(&profile, now_ns);
    for (; !mping_core_target_finished(core, target) && tries < 2 * MPING_SEND_RETRIES;
         now_ns += SECOND / 100)
        tries += (unsigned)send_due(now_ns, -EAGAIN);
    ok(tries == MPING_SEND_RETRIES + 1 && stats().send_errors == 1,
       "after %d retries a full buffer is a send error (%u tries)", MPING_SEND_RETRIES, tries);
    mping_core_free(core);
}

/* More losses than the small record of a target can count. */
static void test_many_losses(void)
{
    const struct mping_profile profile = {.interval_ns = SECOND / 10,
                                          .timeout_ns = SECOND / 20,
                                          .backoff = 1,
                                          .window = 1,
                                          .tx.tos = -1};
    int64_t now_ns = SECOND;
    struct mping_stats s;

    setup(&profile, now_ns);
    for (unsigned i = 0; i < 6000; i++, now_ns += SECOND / 200) {
        pass(now_ns);
        send_due(now_ns, 0);
    }
    pass(now_ns + SECOND);
    s = stats();
    ok(s.sent == 300 && s.lost + s.unknown == 300 && s.loss_run >= 299,
       "300 losses in a row: %u sent, %u lost, a run of %u", (unsigned)s.sent, (unsigned)s.lost,
       (unsigned)s.loss_run);
    mping_core_free(core);
}

/* Waiting times grow up to some limit, and tries are counted up to 255. */
static void test_many_attempts(void)
{
    const struct mping_profile profile = {.timeout_ns = SECOND,
                                          .backoff = 100,
                                          .window = 1,
                                          .attempts = 255,
                                          .tx.tos = -1,
                                          .events = MPING_EVENT_BIT(MPING_EV_SENT)};
    struct mping_event *event;
    int64_t longest_ns = 0;
    unsigned last = 0, n = 0;

    setup(&profile, SECOND);
    for (unsigned i = 0; i < 300; i++)
        if (mping_core_target_send(core, target, SECOND) < 0)
            abort();
    for (unsigned i = 0; i < 300; i++) {
        n += (unsigned)send_due(SECOND, 0);
        while ((event = mping_core_event(core))) {
            if (event->timeout_ns > longest_ns)
                longest_ns = event->timeout_ns;
            last = event->attempt;
            mping_core_event_pop(core);
        }
    }
    ok(n >= 300 && last == 255, "%u tries: the last one has the number %u", n, last);
    ok(longest_ns == INT64_C(1000000000000000000), "none waits for longer than 10^18 ns");
    mping_core_free(core);
}

/* Between being made and being sent. */
static void test_canceled_meanwhile(void)
{
    static const struct {
        const char *what;
        int err;
        uint64_t send_errors, canceled;
    } rows[] = {
        {"leaves", 0, 0, 1},
        {"meets a full buffer", -ENOBUFS, 0, 0},
        {"is refused", -EPERM, 1, 0},
    };
    const struct mping_profile profile = {
        .interval_ns = SECOND, .timeout_ns = SECOND, .backoff = 1, .window = 1, .tx.tos = -1};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mping_tx tx[MPING_BATCH];
        struct mping_stats s;

        setup(&profile, SECOND);
        if (mping_core_poll_tx(core, SECOND, tx, MPING_BATCH) != 1)
            abort();
        mping_core_target_cancel(core, target);
        tx[0].err = rows[i].err;
        tx[0].sent_ns = SECOND;
        mping_core_sent(core, SECOND, tx, 1);
        pass(SECOND);
        s = stats();
        ok(mping_core_target_finished(core, target) && s.pending == 0 &&
               s.send_errors == rows[i].send_errors && s.canceled == rows[i].canceled,
           "canceled while its probe %s: it ends, with one verdict for what was sent",
           rows[i].what);
        mping_core_free(core);
    }
}

/* Counters that cannot grow any more. */
static void test_full_counters(void)
{
    const struct mping_profile profile = {.interval_ns = MPING_INTERVAL_MANUAL,
                                          .timeout_ns = SECOND / 10,
                                          .backoff = 1,
                                          .window = 1,
                                          .tx.tos = -1};
    struct mping_target_extra *more;

    setup(&profile, SECOND);
    if (mping_core_target_send(core, target, SECOND) < 0)
        abort();
    more = mping_target_extra_of(core, mping_target_at(core, target));
    if (!more)
        abort();
    more->counters.loss_run = more->counters.loss_run_max = UINT32_MAX;
    if (send_due(SECOND, 0) != 1)
        abort();
    pass(SECOND);
    pass(SECOND + SECOND / 11);
    pass(SECOND + SECOND / 6);
    ok(stats().lost == 1 && stats().loss_run == UINT32_MAX,
       "a run of losses stays at its highest number");
    more->backlog = UINT32_MAX;
    ok(mping_core_target_send(core, target, 2 * SECOND) == MPING_EAGAIN,
       "no more probes by hand than can be counted");
    mping_core_free(core);
}

static struct mping_profile spread_profile(uint64_t count, int64_t interval_ns)
{
    return (struct mping_profile){.count = count,
                                  .interval_ns = interval_ns,
                                  .timeout_ns = SECOND,
                                  .first_delay_ns = MPING_DELAY_SPREAD,
                                  .backoff = 1,
                                  .window = 1,
                                  .tx.tos = -1};
}

/* When the first probe of one target more is due. */
static int64_t add_one(const struct mping_profile *profile, int64_t now_ns, uint32_t *ret_target)
{
    if (mping_core_target_new(core, profile, NULL, now_ns, ret_target) < 0)
        abort();
    return mping_target_at(core, *ret_target)->node.due_ns - now_ns;
}

/* First probes of targets that make but one: over a second, or over 0.1 ms for each. */
static void test_spread_once(void)
{
    const struct mping_profile profile = spread_profile(1, 3600 * SECOND);
    enum { FEW = 1000, TARGETS = 20000 };
    int64_t latest_ns = 0;
    uint32_t one;

    setup(&profile, 0);
    for (unsigned i = 1; i < TARGETS; i++) {
        int64_t due_ns = add_one(&profile, 0, &one);

        if (due_ns > latest_ns)
            latest_ns = due_ns;
        if (i == FEW)
            ok(latest_ns > SECOND * 9 / 10 && latest_ns <= SECOND, "%d within a second (%.3f s)",
               FEW, (double)latest_ns / 1e9);
    }
    ok(latest_ns > SECOND * 3 / 2 && latest_ns <= 2 * SECOND,
       "%d targets begin within 2 s (%.3f s)", TARGETS, (double)latest_ns / 1e9);
    mping_core_set_unpaced(core, 0);
    ok(core->opts.unpaced_inflight == 1, "no window at all counts as one of 1");
    mping_core_free(core);
}

/* Where more is to come they are spread over the whole interval, each second alike. */
static void test_spread_all(uint64_t count, unsigned targets, unsigned interval_s)
{
    const struct mping_profile profile = spread_profile(count, interval_s * SECOND);
    unsigned seconds[64] = {1}, least = UINT32_MAX, most = 0; /* the first one at once */
    uint32_t one;

    setup(&profile, 5 * SECOND);
    ok(mping_target_at(core, target)->node.due_ns == 5 * SECOND, "a single target starts at once");
    for (unsigned i = 1; i < targets; i++)
        seconds[add_one(&profile, 5 * SECOND, &one) / SECOND]++;
    for (unsigned i = 0; i < interval_s; i++) {
        least = seconds[i] < least ? seconds[i] : least;
        most = seconds[i] > most ? seconds[i] : most;
    }
    ok(least * interval_s + 40 * interval_s >= targets &&
           most * interval_s <= targets + 40 * interval_s,
       "%u targets at %u s: %u to %u begin in each second", targets, interval_s, least, most);
    mping_core_free(core);
}

/* Each takes the place of one that has ended: the number of targets stays as it is. */
static void test_spread_in_turn(void)
{
    const struct mping_profile profile = spread_profile(0, 10 * SECOND);
    unsigned seconds[10] = {0}, least = UINT32_MAX, most = 0;
    uint32_t old, one;

    setup(&profile, 0);
    add_one(&profile, 0, &old);
    for (unsigned i = 0; i < 1000; i++) {
        seconds[add_one(&profile, 0, &one) / SECOND]++;
        mping_core_target_free(core, old);
        old = one;
    }
    for (unsigned i = 0; i < 10; i++) {
        least = seconds[i] < least ? seconds[i] : least;
        most = seconds[i] > most ? seconds[i] : most;
    }
    ok(least >= 90 && most <= 110, "one goes and one comes, 1000 times: %u to %u in each second",
       least, most);
    mping_core_target_free(core, old);
    mping_core_target_free(core, target);
    ok(add_one(&profile, 0, &target) == 0, "after all have gone the next one starts at once");
    mping_core_free(core);
}

/* Probes that are said to have left in another order than they were made in. */
static void test_disorder(void)
{
    const struct mping_profile profile = {.interval_ns = MPING_INTERVAL_MANUAL,
                                          .timeout_ns = SECOND,
                                          .backoff = 1,
                                          .window = 1,
                                          .tx.tos = -1};
    struct mping_tx tx[2];

    setup(&profile, 3 * SECOND);
    if (mping_core_target_send(core, target, 3 * SECOND) < 0 ||
        mping_core_target_send(core, target, 3 * SECOND) < 0 ||
        mping_core_poll_tx(core, 3 * SECOND, tx, 2) != 2)
        abort();
    tx[0].sent_ns = 3 * SECOND;
    tx[1].sent_ns = 3 * SECOND - SECOND / 2;
    mping_core_sent(core, 3 * SECOND, tx, 2);
    for (int64_t now_ns = 3 * SECOND; now_ns < 5 * SECOND; now_ns += SECOND / 50) {
        pass(now_ns);
        if (now_ns == 4 * SECOND - SECOND / 5)
            ok(stats().lost == 1, "the one that left first is lost first");
    }
    ok(stats().lost == 2, "and then the other one");
    mping_core_free(core);
}

int main(void)
{
    test_young_clock();
    test_far_future();
    test_full_for_ever();
    test_many_losses();
    test_many_attempts();
    test_canceled_meanwhile();
    test_full_counters();
    test_spread_once();
    test_spread_all(0, 1016, 5);
    test_spread_all(2, 1016, 5);
    test_spread_all(0, 100000, 60);
    test_spread_all(3, 3000, 30);
    test_spread_in_turn();
    test_disorder();
    return done_testing();
}
