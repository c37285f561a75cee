/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's stamps of sending, on loopback, which takes them within the call. */
#include "io/wall_clock.h"
#include "test_io_lab.h"

enum { MANY = 20 };

/* The clocks are compared to so much. */
#define CLOCKS_NS 10000

static void fill(struct mping_tx *tx, const struct mping_backend *io, const struct lab_kind *kind,
                 const struct mping_tx_opts *opts)
{
    for (uint16_t i = 0; i < MPING_BATCH; i++)
        lab_request(&tx[i], io, kind->dst, i, opts);
}

/* How many of the first n have a stamp of this kind. */
static unsigned stamped(const struct mping_tx *tx, size_t n, enum mping_stamp stamp)
{
    unsigned count = 0;

    for (size_t i = 0; i < n; i++)
        count += tx[i].err == 0 && tx[i].stamp == stamp;
    return count;
}

/* Each of those that have left after the one before, and all within the call. */
static bool in_order(const struct mping_tx *tx, size_t n, int64_t before_ns, int64_t after_ns)
{
    int64_t last_ns = before_ns - CLOCKS_NS;

    for (size_t i = 0; i < n; i++) {
        if (tx[i].err)
            continue;
        if (tx[i].sent_ns < last_ns || tx[i].sent_ns > after_ns + CLOCKS_NS)
            return false;
        last_ns = tx[i].sent_ns;
    }
    return true;
}

/* Sends a batch; whether its times are plausible. */
static bool send_batch(struct mping_backend *io, struct mping_tx *tx)
{
    int64_t before_ns = mping_mono_ns();

    io->ops->send(io, tx, MPING_BATCH);
    return in_order(tx, MPING_BATCH, before_ns, mping_mono_ns());
}

static bool is_woken_by_errors(const struct mping_backend *io)
{
    struct pollfd pfd = {.fd = io->fd};

    return poll(&pfd, 1, 0) > 0 && pfd.revents & POLLERR;
}

static void test_all(const struct lab_kind *kind)
{
    struct mping_backend *io = lab_open(kind);
    struct mping_tx tx[MPING_BATCH];
    bool right;

    if (!io)
        return;
    fill(tx, io, kind, NULL);
    right = send_batch(io, tx);
    ok(stamped(tx, MPING_BATCH, MPING_STAMP_KERNEL) == MPING_BATCH, "%s: the first 64 are stamped",
       kind->name);
    ok(right, "%s: in order, and while they were being sent", kind->name);
    ok(!is_woken_by_errors(io) && !io->errors_waiting, "%s: nothing of it is left to wake us",
       kind->name);
    ok(lab_collect(io, MPING_BATCH, lab_ignore, NULL) == MPING_BATCH, "%s: all are answered",
       kind->name);
    io->ops->free(io);
}

/* At full rate some runs have stamps and others do not, unless all are asked for. */
static void test_budget(const struct lab_kind *kind, bool all)
{
    const struct mping_tx_opts opts = {.tos = -1, .stamp = all};
    struct mping_backend *io = lab_open(kind);
    struct mping_tx tx[MPING_BATCH];
    unsigned kernel = 0, user = 0, wrong = 0;
    int64_t began_ns = mping_mono_ns(), affordable;

    for (int i = 0; io && i < MANY; i++) {
        fill(tx, io, kind, &opts);
        wrong += !send_batch(io, tx);
        kernel += stamped(tx, MPING_BATCH, MPING_STAMP_KERNEL);
        user += stamped(tx, MPING_BATCH, MPING_STAMP_USER);
        lab_collect(io, MPING_BATCH, lab_ignore, NULL);
    }
    affordable = 64 + (mping_mono_ns() - began_ns) * 12000 / 1000000000;
    ok(kernel + user == MANY * MPING_BATCH && wrong == 0, "%s: %d sent in order, all: %d",
       kind->name, MANY * MPING_BATCH, all);
    ok(all ? user == 0 : kernel >= 64 && kernel <= affordable, "%s: %u stamps, all: %d", kind->name,
       kernel, all);
    if (io)
        io->ops->free(io);
}

/* Where more is due than can be sent, only those have a stamp that ask for it. */
static void test_pressed(const struct lab_kind *kind)
{
    const struct mping_tx_opts opts = {.tos = -1, .stamp = true};
    struct mping_backend *io = lab_open(kind);
    struct mping_tx tx[MPING_BATCH];
    bool right;

    if (!io)
        return;
    fill(tx, io, kind, NULL);
    for (uint16_t i = 0; i < MPING_BATCH; i = (uint16_t)(i + 7))
        lab_request(&tx[i], io, kind->dst, i, &opts);
    io->pressed = true;
    right = send_batch(io, tx);
    ok(stamped(tx, MPING_BATCH, MPING_STAMP_KERNEL) == (MPING_BATCH + 6) / 7,
       "%s: pressed: stamps for those that ask", kind->name);
    ok(right, "%s: pressed: in order, and while they were being sent", kind->name);
    io->pressed = false;
    fill(tx, io, kind, NULL);
    send_batch(io, tx);
    ok(stamped(tx, MPING_BATCH, MPING_STAMP_KERNEL) > 0, "%s: and for others afterwards",
       kind->name);
    lab_collect(io, 2 * MPING_BATCH, lab_ignore, NULL);
    io->ops->free(io);
}

/* After failures the count is unknown; stamps never go to the wrong packet. */
static void test_failures(const struct lab_kind *kind)
{
    const struct mping_tx_opts opts = {.tos = -1, .stamp = true};
    struct mping_backend *io = lab_open(kind);
    struct mping_tx tx[MPING_BATCH];
    unsigned wrong = 0, failed = 0, answered = 0;

    for (int i = 0; io && i < MANY; i++) {
        unsigned left = 0;

        fill(tx, io, kind, &opts);
        for (uint16_t j = (uint16_t)i; j < MPING_BATCH; j = (uint16_t)(j + 13))
            lab_request(&tx[j], io, kind->no_route, j, &opts);
        wrong += !send_batch(io, tx);
        for (int j = 0; j < MPING_BATCH; j++)
            left += tx[j].err == 0;
        failed += MPING_BATCH - left;
        answered += (unsigned)lab_collect(io, left, lab_ignore, NULL);
        fill(tx, io, kind, &opts);
        wrong += !send_batch(io, tx) || stamped(tx, MPING_BATCH, MPING_STAMP_KERNEL) != MPING_BATCH;
        answered += (unsigned)lab_collect(io, MPING_BATCH, lab_ignore, NULL);
    }
    ok(failed > 0 && answered + failed == 2 * MANY * MPING_BATCH, "%s: %u have no route",
       kind->name, failed);
    ok(wrong == 0, "%s: times in order around failures, and all stamped after them", kind->name);
    if (io)
        io->ops->free(io);
}

int main(void)
{
    if (!lab_enter())
        return done_testing();
    for (size_t i = 0; i < LAB_KINDS; i++) {
        test_all(&lab_kinds[i]);
        test_budget(&lab_kinds[i], false);
        test_budget(&lab_kinds[i], true);
        test_pressed(&lab_kinds[i]);
        test_failures(&lab_kinds[i]);
    }
    return done_testing();
}
