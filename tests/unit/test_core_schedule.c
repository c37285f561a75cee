/* SPDX-License-Identifier: Apache-2.0 */
/* Schedules at the ends of time, and probes that met full buffers. */
#include <errno.h>
#include <stdlib.h>

#include <multiping/error.h>

#include "core/internal.h"
#include "tap.h"

#define SECOND INT64_C(1000000000)

static struct mping_core *core;
static uint32_t target;

static void setup(const struct mping_profile *profile, int64_t now_ns)
{
    const struct mping_core_opts opts = {.inflight_max = 100, .unpaced_inflight = 100};
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
                                          .timeout_ns = SECOND,
                                          .backoff = 1,
                                          .window = 1,
                                          .tx.tos = -1};

    setup(&profile, 10 * SECOND);
    ok(send_due(10 * SECOND, 0) == 1, "the first probe at once");
    ok(send_due(INT64_MAX - 1, 0) == 0, "the next one never");
    mping_core_free(core);
}

int main(void)
{
    test_young_clock();
    test_far_future();
    return done_testing();
}
