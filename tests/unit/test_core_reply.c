/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a reply true, and the times of one: shorter or longer than its probe, or too early. */
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "core/icmp.h"
#include "core/state.h"
#include "tap.h"

enum { PACKET_MAX = 8 + 256, WHOLE = -1 };

#define MS INT64_C(1000000)
#define START_NS (1000 * MS)

static const uint8_t tail[256] = {1, 2, 3, 5, 8, 13, 21};
static struct mping_core *core;
static uint32_t target;

/* A target with one probe out, stamped as tx says. */
static struct mping_tx setup(struct mping_profile *profile, int family,
                             const struct mping_tx *stamps)
{
    const struct mping_core_opts opts = {.inflight_max = 10, .unpaced_inflight = 10};
    const struct mping_addr addr = {.family = (uint16_t)family, .ip = {10, 0, 0, 1}};
    struct mping_tx tx;

    if (profile->payload_bytes > MPING_PROOF_BYTES + MPING_TAG_BYTES)
        profile->tail = tail;
    if (mping_core_new(&core, &opts) < 0 || mping_core_add_id(core, family, 7) < 0 ||
        mping_core_target_new(core, profile, NULL, START_NS, &target) < 0 ||
        mping_core_resolve_wanted(core) != target ||
        mping_core_target_resolved(core, target, &addr, START_NS) < 0 ||
        mping_core_target_send(core, target, START_NS) < 0 ||
        mping_core_poll_tx(core, START_NS, &tx, 1) != 1)
        abort();
    tx.sent_ns = stamps->sent_ns;
    tx.began_ns = stamps->began_ns;
    tx.stamp = stamps->stamp;
    mping_core_sent(core, START_NS, &tx, 1);
    return tx;
}

static struct mping_profile profile_of(uint32_t payload_bytes)
{
    return (struct mping_profile){
        .interval_ns = MPING_INTERVAL_MANUAL,
        .timeout_ns = 1000 * MS,
        .backoff = 1,
        .window = 1,
        .payload_bytes = payload_bytes,
        .tx.tos = -1,
        .events = MPING_EVENTS_VERDICTS | MPING_EVENT_BIT(MPING_EV_DUPLICATE) |
                  MPING_EVENT_BIT(MPING_EV_MISMATCH),
    };
}

static struct mping_stats stats(void)
{
    struct mping_stats s;

    mping_core_target_stats(core, target, &s, false);
    return s;
}

/* The reply with so many bytes of payload, one of them altered unless that is WHOLE. */
static uint32_t write_reply(uint8_t *data, const struct mping_tx *tx, uint32_t payload_len,
                            int altered)
{
    uint16_t sum;

    memset(data, 0xee, PACKET_MAX);
    memcpy(data, tx->head, tx->head_len);
    if (tx->tail_len)
        memcpy(data + tx->head_len, tx->tail, tx->tail_len);
    data[0] = tx->dst.family == AF_INET6         ? MPING_ICMP6_ECHO_REPLY
              : data[0] == MPING_ICMP4_TIMESTAMP ? MPING_ICMP4_TIMESTAMP_REPLY
                                                 : MPING_ICMP4_ECHO_REPLY;
    if (altered != WHOLE)
        data[MPING_ICMP_HEADER + altered] ^= 0x10;
    memset(data + 2, 0, 2);
    sum = (uint16_t)~mping_icmp_sum(0, data, MPING_ICMP_HEADER + payload_len);
    data[2] = (uint8_t)(sum >> 8);
    data[3] = (uint8_t)sum;
    return MPING_ICMP_HEADER + payload_len;
}

struct length_row {
    uint32_t sent, back; /* bytes of payload */
    int altered;         /* a byte of it */
    bool cut;            /* by the receiver's buffer */
    bool timestamp;
    bool bad_sum;
    enum mping_reason reason; /* of a mismatch; none: it is a reply */
    bool truncated, longer;
};

static const struct length_row length_rows[] = {
    {100, 0, WHOLE, false, false, false, MPING_REASON_TRUNCATED, false, false},
    {100, 7, WHOLE, false, false, false, MPING_REASON_TRUNCATED, false, false},
    {100, 7, 6, false, false, false, MPING_REASON_PROOF, false, false},
    {100, 8, WHOLE, false, false, false, MPING_REASON_NONE, true, false},
    {100, 8, 7, false, false, false, MPING_REASON_PROOF, false, false},
    {100, 8, WHOLE, false, false, true, MPING_REASON_CHECKSUM, false, false},
    {100, 15, WHOLE, false, false, false, MPING_REASON_NONE, true, false},
    {100, 15, 8, false, false, false, MPING_REASON_PROOF, false, false},
    {100, 16, WHOLE, false, false, false, MPING_REASON_NONE, true, false},
    {100, 56, WHOLE, false, false, false, MPING_REASON_NONE, true, false},
    {100, 56, 55, false, false, false, MPING_REASON_PROOF, false, false},
    {100, 56, 56, false, false, false, MPING_REASON_NONE, true, false},
    {100, 99, WHOLE, false, false, false, MPING_REASON_NONE, true, false},
    {100, 99, WHOLE, true, false, false, MPING_REASON_TRUNCATED, false, false},
    {100, 100, WHOLE, false, false, false, MPING_REASON_NONE, false, false},
    {100, 100, WHOLE, true, false, false, MPING_REASON_NONE, false, true},
    {100, 100, 99, true, false, false, MPING_REASON_PROOF, false, false},
    {100, 101, WHOLE, false, false, false, MPING_REASON_NONE, false, true},
    {100, 101, WHOLE, false, false, true, MPING_REASON_CHECKSUM, false, false},
    {16, 8, WHOLE, false, false, false, MPING_REASON_NONE, true, false},
    {8, 7, WHOLE, false, false, false, MPING_REASON_TRUNCATED, false, false},
    {8, 8, WHOLE, false, false, false, MPING_REASON_NONE, false, false},
    {8, 9, WHOLE, false, false, false, MPING_REASON_NONE, false, true},
    {4, 3, WHOLE, false, false, false, MPING_REASON_TRUNCATED, false, false},
    {4, 4, WHOLE, false, false, false, MPING_REASON_NONE, false, false},
    {0, 0, WHOLE, false, false, false, MPING_REASON_NONE, false, false},
    {0, 1, WHOLE, false, false, false, MPING_REASON_NONE, false, true},
    {12, 11, WHOLE, false, true, false, MPING_REASON_TRUNCATED, false, false},
    {12, 12, WHOLE, false, true, false, MPING_REASON_NONE, false, false},
    {12, 13, WHOLE, false, true, false, MPING_REASON_NONE, false, true},
};

static void test_length(const struct length_row *row, int family)
{
    const struct mping_tx stamps = {.sent_ns = START_NS, .began_ns = START_NS};
    struct mping_profile profile = profile_of(row->sent);
    const struct mping_event *event;
    uint8_t data[PACKET_MAX];
    struct mping_stats s;
    struct mping_tx tx;
    struct mping_rx rx;
    bool reply = row->reason == MPING_REASON_NONE;

    profile.flags = row->timestamp ? MPING_FLAG_TIMESTAMP : 0;
    tx = setup(&profile, family, &stamps);
    rx = (struct mping_rx){.from = tx.dst,
                           .data = data,
                           .len = write_reply(data, &tx, row->back, row->altered),
                           .cut = row->cut,
                           .checksum_verified = family == AF_INET6,
                           .stamp = MPING_STAMP_KERNEL,
                           .received_ns = START_NS + MS,
                           .read_ns = START_NS + MS};
    data[3] ^= row->bad_sum;
    mping_core_rx(core, &rx, 1);
    event = mping_core_event(core);
    s = stats();
    ok(event && event->type == (reply ? MPING_EV_REPLY : MPING_EV_MISMATCH) &&
           event->reason == row->reason && event->icmp_bytes == rx.len && s.received == reply &&
           s.mismatches == !reply,
       "IPv%d: %u of %u bytes come back, %d altered%s: %s", family == AF_INET6 ? 6 : 4, row->back,
       row->sent, row->altered, row->cut ? ", and more" : "", reply ? "a reply" : "none");
    ok(event && event->truncated == row->truncated && event->longer == row->longer &&
           s.truncated == row->truncated && s.longer == row->longer,
       "marked %s",
       row->truncated ? "truncated"
       : row->longer  ? "longer"
                      : "as nothing");
    mping_core_event_pop(core);
    mping_core_rx(core, &rx, 1);
    event = mping_core_event(core);
    s = stats();
    ok(event && event->type == (reply ? MPING_EV_DUPLICATE : MPING_EV_MISMATCH) &&
           event->truncated == row->truncated && event->longer == row->longer &&
           s.truncated == row->truncated && s.longer == row->longer,
       "once more: its copy has the mark, too, but counts as a duplicate");
    mping_core_free(core);
}

#define US INT64_C(1000)

/* Times in ns, behind the beginning of the call. */
static const struct {
    const char *what;
    int64_t sent, received, read;
    enum mping_stamp tx, want_tx, want_rx;
    int64_t want_rtt;
} time_rows[] = {
    {"as it should be", 4 * US, 9 * US, 20 * US, MPING_STAMP_USER, MPING_STAMP_USER,
     MPING_STAMP_KERNEL, 5 * US},
    {"1 ns is a time", 4 * US, 4 * US + 1, 20 * US, MPING_STAMP_USER, MPING_STAMP_USER,
     MPING_STAMP_KERNEL, 1},
    {"an RTT of 0", 64 * 64, 64 * 64, 20 * US, MPING_STAMP_USER, MPING_STAMP_CALL,
     MPING_STAMP_KERNEL, 64 * 64},
    {"below 0", 64 * 64, 3 * US, 20 * US, MPING_STAMP_USER, MPING_STAMP_CALL, MPING_STAMP_KERNEL,
     3 * US},
    {"the call is known to 64 ns", 9000, 3 * US, 20 * US, MPING_STAMP_USER, MPING_STAMP_CALL,
     MPING_STAMP_KERNEL, 3 * US - 9000 % 64},
    {"the kernel's stamp of sending is late", 64 * 100, 3 * US, 20 * US, MPING_STAMP_KERNEL,
     MPING_STAMP_CALL, MPING_STAMP_KERNEL, 3 * US},
    {"received before the call", 64 * 64, -5 * US, 20 * US, MPING_STAMP_USER, MPING_STAMP_CALL,
     MPING_STAMP_USER, 20 * US},
    {"received as the call began", 64 * 64, 0, 20 * US, MPING_STAMP_USER, MPING_STAMP_CALL,
     MPING_STAMP_USER, 20 * US},
    {"received before, alone in its call", 0, -50 * MS, 20 * US, MPING_STAMP_USER, MPING_STAMP_USER,
     MPING_STAMP_USER, 20 * US},
    {"a clock that stands", 0, 0, 0, MPING_STAMP_USER, MPING_STAMP_USER, MPING_STAMP_USER, 1},
};

static void test_times(void)
{
    for (size_t i = 0; i < sizeof(time_rows) / sizeof(time_rows[0]); i++) {
        const struct mping_tx stamps = {.sent_ns = START_NS + time_rows[i].sent,
                                        .began_ns = START_NS,
                                        .stamp = (uint8_t)time_rows[i].tx};
        struct mping_profile profile = profile_of(56);
        const struct mping_event *event;
        uint8_t data[PACKET_MAX];
        struct mping_stats s;
        struct mping_tx tx = setup(&profile, AF_INET, &stamps);
        struct mping_rx rx = {.from = tx.dst,
                              .data = data,
                              .len = write_reply(data, &tx, 56, WHOLE),
                              .stamp = MPING_STAMP_KERNEL,
                              .received_ns = START_NS + time_rows[i].received,
                              .read_ns = START_NS + time_rows[i].read};

        mping_core_rx(core, &rx, 1);
        event = mping_core_event(core);
        s = stats();
        ok(event && event->type == MPING_EV_REPLY && event->rtt_ns == time_rows[i].want_rtt &&
               event->received_ns - event->sent_ns == event->rtt_ns &&
               event->tx_stamp == time_rows[i].want_tx && event->rx_stamp == time_rows[i].want_rx &&
               event->timeout_ns == 1000 * MS && s.rtt_min_ns == event->rtt_ns,
           "%s: RTT %d ns, stamps %d and %d", time_rows[i].what, event ? (int)event->rtt_ns : -1,
           event ? event->tx_stamp : -1, event ? event->rx_stamp : -1);
        mping_core_event_pop(core);
        mping_core_rx(core, &rx, 1); /* once more */
        event = mping_core_event(core);
        ok(event && event->type == MPING_EV_DUPLICATE && event->rtt_ns == time_rows[i].want_rtt,
           "and so says its copy");
        mping_core_free(core);
    }
}

/* A wrong stamp of receiving may not make a late reply a timely one. */
static void test_late_by_reading(void)
{
    const struct mping_tx stamps = {.sent_ns = START_NS, .began_ns = START_NS};
    struct mping_profile profile = profile_of(56);
    struct mping_tx tx = setup(&profile, AF_INET, &stamps);
    const struct mping_event *event;
    uint8_t data[PACKET_MAX];
    struct mping_rx rx = {.from = tx.dst,
                          .data = data,
                          .len = write_reply(data, &tx, 56, WHOLE),
                          .stamp = MPING_STAMP_KERNEL,
                          .received_ns = START_NS - MS,
                          .read_ns = START_NS + 1001 * MS};

    mping_core_rx(core, &rx, 1);
    event = mping_core_event(core);
    ok(event && event->type == MPING_EV_UNKNOWN && event->reason == MPING_REASON_STALL,
       "read after the deadline, and nobody knows when it came: unknown");
    mping_core_free(core);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(length_rows) / sizeof(length_rows[0]); i++) {
        test_length(&length_rows[i], AF_INET);
        if (!length_rows[i].timestamp && !length_rows[i].bad_sum)
            test_length(&length_rows[i], AF_INET6);
    }
    test_times();
    test_late_by_reading();
    return done_testing();
}
