/* SPDX-License-Identifier: Apache-2.0 */
/* What is seen in the events of one target: a story of probes, then what must be known of it. */
#include "host/observe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

enum { WINDOW = 64, LAST_MAX = 2048 };

#define S INT64_C(1000000000)
#define WALL_NS (1700000000 * S) /* how far the clocks are apart */

static struct app_observation *o;
static struct app_observed seen;

static void begin(size_t window)
{
    app_observation_free(o);
    o = app_observation_new(window);
    if (o == NULL)
        abort();
}

/* Probe n leaves at second n. */
static struct mping_event event_of(enum mping_event_type type, uint64_t count)
{
    struct mping_event event = {
        .type = type,
        .count = count,
        .sent_ns = (int64_t)count * S,
        .sent_wall_ns = (int64_t)count * S + WALL_NS,
        .rtt_ns = type == MPING_EV_REPLY ? 5000000 : -1,
        .ttl = -1,
    };

    return event;
}

static void tell(enum mping_event_type type, uint64_t count)
{
    struct mping_event event = event_of(type, count);

    app_observe(o, &event);
}

/* One letter for each probe, from 0: Reply, Lost, unreacHable, Unknown, Send error. */
static void tell_all(const char *story)
{
    static const struct {
        char letter;
        enum mping_event_type type;
    } types[] = {
        {'R', MPING_EV_REPLY},         {'L', MPING_EV_LOST},       {'H', MPING_EV_UNREACHABLE},
        {'U', MPING_EV_UNKNOWN},       {'S', MPING_EV_SEND_ERROR}, {'C', MPING_EV_CANCELED},
        {'N', MPING_EV_RESOLVE_ERROR},
    };

    for (uint64_t count = 0; story[count]; count++) {
        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
            if (types[i].letter == story[count])
                tell(types[i].type, count);
        }
    }
}

static void look(void)
{
    app_observation_get(o, &seen);
}

static const struct {
    const char *story;
    uint64_t outages, runs, run, run_max;
    bool down;
    int64_t total_s, longest_s;
} rows[] = {
    {"", 0, 0, 0, 0, false, 0, 0},      {"RRRR", 0, 0, 0, 0, false, 0, 0},
    {"RLRLR", 0, 2, 0, 1, false, 0, 0}, /* one alone is no outage */
    {"RLLR", 1, 1, 0, 2, false, 2, 2},  {"RLLLRRLLR", 2, 2, 0, 3, false, 5, 3},
    {"LLR", 1, 1, 0, 2, false, 2, 2},   {"RLL", 1, 1, 2, 2, true, 0, 0},
    {"RLRLL", 1, 2, 2, 2, true, 0, 0},  {"RLHR", 1, 1, 0, 2, false, 2, 2},
    {"RLULR", 1, 1, 0, 2, false, 3, 3}, /* what cannot be told neither ends nor adds */
    {"RUUR", 0, 0, 0, 0, false, 0, 0},  {"RSSNCR", 0, 0, 0, 0, false, 0, 0},
    {"RLSLR", 1, 1, 0, 2, false, 3, 3}, {"LLRLLLLRLLR", 3, 3, 0, 4, false, 8, 4},
};

static void test_stories(void)
{
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        begin(WINDOW);
        tell_all(rows[r].story);
        look();
        ok(seen.outages == rows[r].outages && seen.down == rows[r].down &&
               seen.outages_ns == rows[r].total_s * S &&
               (rows[r].longest_s == 0) == (seen.longest.probes == 0) &&
               (rows[r].longest_s == 0 ||
                app_outage_length_ns(&seen.longest, 0) == rows[r].longest_s * S),
           "[%s]: %llu outages", rows[r].story, (unsigned long long)seen.outages);
        ok(seen.loss_runs == rows[r].runs && seen.loss_run == rows[r].run &&
               seen.loss_run_max == rows[r].run_max,
           "[%s]: runs of losses", rows[r].story);
    }
}

static void test_one_outage(void)
{
    const struct app_outage *outage;

    begin(WINDOW);
    tell_all("RRLLLR");
    look();
    outage = app_outage_at(&seen, 0);
    ok(outage && outage->start_ns == 2 * S && outage->start_wall_ns == 2 * S + WALL_NS &&
           outage->last_ns == 4 * S && outage->end_ns == 5 * S && outage->probes == 3,
       "an outage has a start, an end and its probes");
    ok(!app_outage_at(&seen, 1), "and there is no other");

    begin(WINDOW);
    tell_all("RLL");
    look();
    outage = app_outage_at(&seen, 0);
    ok(outage && outage->end_ns == 0 && app_outage_length_ns(outage, 11 * S) == 10 * S,
       "one that lasts is as long as until now");
}

static void test_many_outages(void)
{
    begin(WINDOW);
    for (uint64_t i = 0; i < 100; i++) {
        tell(MPING_EV_LOST, 3 * i);
        tell(MPING_EV_LOST, 3 * i + 1);
        tell(MPING_EV_REPLY, 3 * i + 2);
    }
    look();
    ok(seen.outages == 100 && seen.outages_ns == 200 * S, "a hundred outages are counted");
    for (size_t i = 0; i < APP_OUTAGES_KEPT; i++)
        ok(app_outage_at(&seen, i)->start_ns == (int64_t)(3 * (99 - i)) * S,
           "the newest but %zu is kept", i);
    ok(!app_outage_at(&seen, APP_OUTAGES_KEPT), "and no more");
}

/* A loss is known when its time has run out, after replies to later probes. */
static void test_order(void)
{
    begin(WINDOW);
    tell(MPING_EV_REPLY, 0);
    for (uint64_t n = 4; n < 10; n++)
        tell(MPING_EV_REPLY, n);
    look();
    ok(seen.loss_run == 0 && seen.outages == 0, "nothing is known of what is waited for");
    tell(MPING_EV_LOST, 1);
    tell(MPING_EV_REPLY, 10);
    tell(MPING_EV_LOST, 2);
    tell(MPING_EV_REPLY, 11);
    tell(MPING_EV_LOST, 3);
    look();
    ok(seen.outages == 1 && seen.loss_run_max == 3 && !seen.down && seen.outages_ns == 3 * S,
       "losses told between replies are one outage in the order of the probes");
    ok(seen.reordered == 0, "and no reply was overtaken");
}

static void test_reordering(void)
{
    static const uint64_t order[] = {0, 2, 1, 3, 6, 5, 4, 7};

    begin(WINDOW);
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        tell(MPING_EV_REPLY, order[i]);
    look();
    ok(seen.reordered == 3, "replies overtaken by later ones are counted (RFC 4737)");
}

/* The oldest probe is never judged while thousands come after it. */
static void test_window(void)
{
    uint32_t last[LAST_MAX];
    size_t n;

    begin(WINDOW);
    for (uint64_t count = 1; count < 5000; count++)
        tell(count % 100 < 98 ? MPING_EV_REPLY : MPING_EV_LOST, count);
    tell(MPING_EV_LOST, 0);
    look();
    ok(seen.outages == 50 && seen.loss_runs == 50 && seen.down, "one that is missing stops nobody");
    n = app_observation_last(o, last, LAST_MAX);
    ok(n == WINDOW, "the last results are as many as the window (%zu)", n);
    ok(last[n - 1] == APP_RESULT_LOST && last[n - 3] == 5000, "oldest first");
    tell(MPING_EV_REPLY, 1000000);
    n = app_observation_last(o, last, 3);
    ok(n == 3 && last[0] == APP_RESULT_PENDING && last[2] == 5000, "a leap forward");
    tell(MPING_EV_LOST, 999999);
    tell(MPING_EV_LOST, 999998);
    n = app_observation_last(o, last, 3);
    ok(n == 3 && last[0] == APP_RESULT_LOST && last[1] == APP_RESULT_LOST, "late verdicts show");
    tell(MPING_EV_FINISHED, 0);
    look();
    ok(seen.loss_run == 0 && seen.loss_run_max == 4 && !seen.down, "the end judges what is left");
}

static void test_ttl(void)
{
    static const int16_t ttls[] = {64, 64, -1, 63, 63, 64};
    struct mping_event event;

    begin(WINDOW);
    for (uint64_t i = 0; i < sizeof(ttls) / sizeof(ttls[0]); i++) {
        event = event_of(MPING_EV_REPLY, i);
        event.ttl = ttls[i];
        app_observe(o, &event);
    }
    look();
    ok(seen.ttl == 64 && seen.ttl_before == 63 && seen.ttl_changes == 2 &&
           seen.ttl_changed_wall_ns == 5 * S + WALL_NS + 5000000,
       "changes of the TTL; one that is not known is none");
}

static void test_addresses(void)
{
    struct mping_event event = event_of(MPING_EV_RESOLVED, 0);

    begin(WINDOW);
    for (uint8_t i = 1; i < 4; i++) {
        event.dst = (struct mping_addr){.family = 2, .ip = {10, 0, 0, i / 2}};
        app_observe(o, &event);
    }
    event = event_of(MPING_EV_MISMATCH, 1);
    event.reason = MPING_REASON_SOURCE;
    event.peer = (struct mping_addr){.family = 2, .ip = {10, 0, 0, 9}};
    app_observe(o, &event);
    event.reason = MPING_REASON_PROOF;
    event.peer.ip[3] = 8;
    app_observe(o, &event);
    look();
    ok(seen.addr_changes == 1 && seen.addr.ip[3] == 1 && seen.addr_before.ip[3] == 0 &&
           seen.addr_changed_wall_ns > 0,
       "another address is a change, the first and the same again are none");
    ok(seen.strangers == 1 && seen.stranger.ip[3] == 9, "right replies by another address");
}

static void test_reset(void)
{
    begin(WINDOW);
    tell_all("RLLRLL");
    app_observation_reset(o);
    look();
    ok(seen.outages == 0 && seen.loss_run == 0 && !seen.down && app_outage_at(&seen, 0) == NULL,
       "a reset forgets");
    for (uint64_t n = 6; n < 8; n++)
        tell(MPING_EV_LOST, n);
    tell(MPING_EV_REPLY, 8);
    look();
    ok(seen.outages == 1 && seen.outages_ns == 2 * S, "and begins anew");
}

static void test_windows(void)
{
    struct mping_target_opts opts = {.interval_ns = S, .timeout_ns = S};

    ok(app_observation_window(&opts) == 64, "64 probes at the least");
    opts.timeout_ns = 300 * S;
    ok(app_observation_window(&opts) == 302, "as many as wait for their timeout");
    opts.timeout_ns = 0;
    ok(app_observation_window(&opts) == 1024, "and not without end");
    opts = (struct mping_target_opts){.interval_ns = 0, .timeout_ns = S, .window = 65536};
    ok(app_observation_window(&opts) == 1024, "nor as many as a flood has out");
    app_observe(NULL, NULL);
    ok(1, "without an observation nothing is observed");
}

int main(void)
{
    test_stories();
    test_one_outage();
    test_many_outages();
    test_order();
    test_reordering();
    test_window();
    test_ttl();
    test_addresses();
    test_reset();
    test_windows();
    app_observation_free(o);
    return done_testing();
}
