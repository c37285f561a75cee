/* SPDX-License-Identifier: Apache-2.0 */
/* ICMP timestamps in place of echoes. */
#include <stdbool.h>
#include <sys/socket.h>

#include "check.h"

enum { DAY_MS = 86400000 };

static void timestamp_opts(struct mping_target_opts *opts, struct tally *tally)
{
    tally_opts(opts, tally);
    opts->flags = MPING_FLAG_TIMESTAMP;
    opts->count = 3;
    opts->interval_ns = LAB_MS;
    opts->timeout_ns = 300 * LAB_MS;
}

/* Whether two times of day are within a second of each other, across midnight too. */
static bool close_by(uint32_t a_ms, uint32_t b_ms)
{
    uint32_t apart = (a_ms + DAY_MS - b_ms) % DAY_MS;

    return apart < 1000 || apart > DAY_MS - 1000;
}

static void answered(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    const struct mping_event *reply = &tally->last[MPING_EV_REPLY];
    struct mping_target_opts opts;
    struct mping_target *target;
    uint32_t sent_ms;

    timestamp_opts(&opts, tally);
    target = check_add(engine, "127.0.0.1", &opts);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 3, "timestamps: the kernel answers");
    sent_ms = (uint32_t)(reply->sent_wall_ns / 1000000 % DAY_MS);
    ok_eq(reply->icmp_bytes, 20, "timestamps: header and three times");
    ok_eq(reply->icmp_type, 14, "timestamps: type 14");
    ok(close_by(reply->icmp_originate_ms, sent_ms), "timestamps: originate is when it left");
    ok(close_by(reply->icmp_receive_ms, sent_ms), "timestamps: receive");
    ok(close_by(reply->icmp_transmit_ms, sent_ms), "timestamps: transmit");
    ok_none(check_close(target, tally), "timestamps: the target's promises hold");
    free(tally);
}

static void unanswered(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;

    timestamp_opts(&opts, tally);
    target = check_add(engine, "198.51.100.1", &opts);
    check_run(engine);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 0, "timestamps: nothing answers");
    ok_eq((int64_t)count_of(tally, MPING_EV_LOST), 3, "timestamps: so they are lost");
    ok_none(check_close(target, tally), "timestamps: the promises hold without replies");
    free(tally);
}

static void refused(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    timestamp_opts(&opts, tally);
    ok_eq(mping_add(engine, "::1", &opts, NULL), MPING_EINVAL, "timestamps: not over IPv6");
    opts.family = AF_INET6;
    ok_eq(mping_add(engine, "127.0.0.1", &opts, NULL), MPING_EINVAL,
          "timestamps: nor when IPv6 is asked for");
    free(tally);
}

static void without_raw_sockets(void)
{
    struct tally *tally = tally_new(1);
    struct mping *engine = check_engine_with(MPING_SOCKET_PING, 0);
    struct mping_target_opts opts;

    lab_allow_ping_sockets(1);
    timestamp_opts(&opts, tally);
    ok_eq(mping_add(engine, "127.0.0.1", &opts, NULL), MPING_ENOTSUP,
          "timestamps: ping sockets cannot send them");
    ok_eq(mping_free(engine), 0, "timestamps: and the engine is free again");
    free(tally);
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    mark = lab_mark();
    engine = check_engine(NULL);
    answered(engine);
    unanswered(engine);
    refused(engine);
    check_end(engine, &mark, "timestamps, raw sockets");
    without_raw_sockets();
    return done_testing();
}
