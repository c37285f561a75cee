/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses that get no probe, whoever asks for one and however; and all addresses of a name. */
#include "check.h"

#include <string.h>
#include <sys/socket.h>

#include "lab_dns.h"

static struct mping_addr addr_of(const char *text)
{
    struct mping_addr addr = {0};

    if (mping_addr_parse(&addr, text) < 0)
        abort();
    return addr;
}

static int exclude(struct mping *engine, const char *text, uint32_t prefix_len)
{
    struct mping_addr addr = addr_of(text);

    return mping_exclude(engine, &addr, prefix_len);
}

static void arguments(void)
{
    struct mping *engine = check_engine(NULL);
    struct mping_addr none = {0};

    ok_eq(mping_exclude(engine, NULL, 8), MPING_EINVAL, "no address to exclude");
    ok_eq(mping_exclude(engine, &none, 8), MPING_EINVAL, "nor one without a family");
    ok_eq(exclude(engine, "127.0.0.1", 33), MPING_EINVAL, "33 bits of IPv4");
    ok_eq(exclude(engine, "::1", 129), MPING_EINVAL, "129 bits of IPv6");
    ok_eq(mping_is_excluded(engine, NULL), MPING_EINVAL, "no address to ask about");
    ok_eq(mping_is_excluded(engine, &none), MPING_EINVAL, "nor one without a family");
    mping_free(engine);
}

static int is_excluded(struct mping *engine, const char *text)
{
    struct mping_addr addr = addr_of(text);

    return mping_is_excluded(engine, &addr);
}

/* The address of none stands for this host, here as for targets. */
static void none_is_this_host(void)
{
    static const struct {
        const char *none, *host, *other;
        uint32_t len;
    } rows[] = {{"::", "::1", "0.0.0.0", 128}, {"0.0.0.0", "127.0.0.1", "::", 32}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned by_host = 0; by_host < 2; by_host++) {
            struct mping *engine = NULL;

            ok_eq(mping_new(&engine, NULL), 0, "an engine");
            exclude(engine, by_host ? rows[i].host : rows[i].none, rows[i].len);
            ok_eq(is_excluded(engine, rows[i].none), 1, "%s is excluded", rows[i].none);
            ok_eq(is_excluded(engine, rows[i].host), 1, "and so is %s", rows[i].host);
            ok_eq(is_excluded(engine, rows[i].other), 0, "%s is not", rows[i].other);
            mping_free(engine);
        }
    }
}

/* What is excluded after the exclusions of main(). */
static void lookups(struct mping *engine)
{
    static const struct {
        const char *addr;
        int want;
    } rows[] = {
        {"127.0.1.0", 1},         {"127.0.1.255", 1},
        {"127.0.0.255", 0},       {"127.0.2.0", 0},
        {"::ffff:127.0.1.7", 1},  {"::ffff:127.0.2.7", 0},
        {"64:ff9b::7f00:107", 1}, {"64:ff9b::7f00:207", 0},
        {"2002:7f00:107::1", 1},  {"2002:7f00:207::1", 0},
        {"2001:db8:2:3::1", 1},   {"2001:db8:3:3::1", 0},
        {"::127.0.1.7", 0},       {"198.51.100.77", 1},
        {"198.51.100.78", 0},     {"::ffff:198.51.100.77", 1},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mping_addr addr = addr_of(rows[i].addr);

        ok_eq(mping_is_excluded(engine, &addr), rows[i].want, "%s: %s", rows[i].addr,
              rows[i].want ? "excluded" : "not excluded");
    }
}

/* A few probes; sent counts what was tried, as with every send error. */
static void ping(struct mping *engine, const char *host, unsigned long replies,
                 unsigned long errors)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    tally_opts(&opts, tally);
    opts.count = 3;
    opts.interval_ns = LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    opts.flags = MPING_FLAG_RETRY_SEND;
    ok_eq(mping_ping(engine, host, &opts), 0, "%s: returns OK", host);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), (int64_t)replies, "%s: replies", host);
    ok_eq((int64_t)count_of(tally, MPING_EV_SEND_ERROR), (int64_t)errors, "%s: send errors", host);
    if (errors)
        ok_eq(tally->last[MPING_EV_SEND_ERROR].err, MPING_EEXCLUDED, "%s: the reason", host);
    ok_none(tally_problem(tally, NULL), "%s: the promises hold", host);
    free(tally);
}

/* Its own network is excluded after the second reply: not one more comes. */
static void exclude_now(struct tally *tally, const struct mping_event *event)
{
    struct mping *engine = tally->hook_arg;

    if (event->type == MPING_EV_REPLY && count_of(tally, MPING_EV_REPLY) == 2)
        exclude(engine, "127.0.9.0", 24);
}

static void while_running(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    tally_opts(&opts, tally);
    opts.count = 6;
    opts.interval_ns = 5 * LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    opts.window = 1;
    opts.interval_ns = 0;
    opts.flags = MPING_FLAG_RETRY_SEND;
    tally->hook = exclude_now;
    tally->hook_arg = engine;
    ok_eq(mping_ping(engine, "127.0.9.9", &opts), 0, "excluded while running: returns OK");
    ok_eq((int64_t)count_of(tally, MPING_EV_SEND_ERROR) + (int64_t)count_of(tally, MPING_EV_REPLY),
          6, "excluded while running: a verdict each");
    ok(count_of(tally, MPING_EV_SEND_ERROR) >= 3, "excluded while running: it holds at once");
    ok_none(tally_problem(tally, NULL), "excluded while running: the promises hold");
    free(tally);
}

/* The name moves to an excluded address, and back. */
static void move(struct tally *tally, const struct mping_event *event)
{
    static const struct lab_dns_name bad = {.name = "move.test", .v4 = "127.0.1.5"};
    static const struct lab_dns_name good = {.name = "move.test", .v4 = "127.0.0.6"};

    if (event->type == MPING_EV_REPLY && count_of(tally, MPING_EV_REPLY) == 2)
        lab_dns_set(&bad);
    if (event->type == MPING_EV_SEND_ERROR && count_of(tally, MPING_EV_SEND_ERROR) == 2)
        lab_dns_set(&good);
}

static void re_resolve(struct mping *engine)
{
    static const struct lab_dns_name before = {.name = "move.test", .v4 = "127.0.0.5"};
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    lab_dns_set(&before);
    tally_opts(&opts, tally);
    opts.count = 8;
    opts.interval_ns = 500 * LAB_MS; /* a lookup has a 20th of it, then the old address is taken */
    opts.timeout_ns = 10000 * LAB_MS;
    opts.re_resolve_every = 1;
    opts.family = AF_INET;
    opts.flags = MPING_FLAG_RETRY_SEND;
    tally->hook = move;
    ok_eq(mping_ping(engine, "move.test", &opts), 0, "looked up again: returns OK");
    ok_eq((int64_t)count_of(tally, MPING_EV_SEND_ERROR), 2, "looked up again: two were not sent");
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 6, "looked up again: the others were");
    ok_none(tally_problem(tally, NULL), "looked up again: the promises hold");
    free(tally);
}

static void all_addresses(struct mping *engine)
{
    static const struct lab_dns_name both = {.name = "both.test", .v4 = "127.0.0.11", .v6 = "::1"};
    struct mping_addr addrs[3] = {{0}}, v6 = addr_of("::1"), none = {0};
    struct mping_addr v4 = addr_of("127.0.0.11");
    struct mping_addr lo12 = addr_of("127.0.0.12");
    struct tally *tallies = tally_new(3);
    struct mping_target_opts opts;
    struct mping_target *first, *second = NULL, *third = NULL;

    lab_dns_set(&both);
    tally_opts(&opts, &tallies[0]);
    opts.count = 2;
    opts.interval_ns = LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    first = check_add(engine, "both.test", &opts);
    ok_eq(mping_target_addrs(first, addrs, 3), MPING_EAGAIN, "no addresses yet");
    check_run(engine);
    ok_eq(mping_target_addrs(first, addrs, 1), 2, "two addresses");
    ok(addrs[1].family == 0, "no more copied than there is room for");
    ok_eq(mping_target_addrs(first, addrs, 3), 2, "two addresses again");
    ok(memcmp(&addrs[0], &v6, sizeof(v6)) == 0 && memcmp(&addrs[1], &v4, sizeof(v4)) == 0,
       "in the order of RFC 6724");
    ok_eq(mping_target_addrs(NULL, addrs, 3), MPING_EINVAL, "no target");
    ok_eq(mping_target_addrs(first, NULL, 3), MPING_EINVAL, "no room");

    opts.user = &tallies[1];
    ok_eq(mping_add_as(engine, NULL, &addrs[1], &opts, &second), MPING_EINVAL, "no name");
    ok_eq(mping_add_as(engine, "both.test", &none, &opts, &second), MPING_EINVAL, "no address");
    opts.re_resolve_every = 1;
    ok_eq(mping_add_as(engine, "both.test", &addrs[1], &opts, &second), 0, "the other, by name");
    ok(second && strcmp(mping_target_host(second), "both.test") == 0, "it has the name");
    opts.user = &tallies[2];
    ok_eq(mping_add_as(engine, "127.0.0.11", &lo12, &opts, &third), 0,
          "named like another address");
    ok(third && strcmp(mping_target_host(third), "127.0.0.11") == 0, "it has that name");
    check_run(engine);
    ok_eq((int64_t)count_of(&tallies[1], MPING_EV_REPLY), 2, "it answers");
    ok(memcmp(&tallies[1].last[MPING_EV_REPLY].dst, &v4, sizeof(v4)) == 0,
       "and keeps its address when looked up again");
    ok_none(check_close(first, &tallies[0]), "the first: the promises hold");
    ok_none(check_close(second, &tallies[1]), "the other: the promises hold");
    ok(memcmp(&tallies[2].last[MPING_EV_REPLY].dst, &lo12, sizeof(lo12)) == 0,
       "what is named like an address is pinged at its own");
    ok_none(check_close(third, &tallies[2]), "the third: the promises hold");
    free(tallies);
}

static void all(int socket_kind, int workers, const char *name)
{
    struct lab_mark mark = lab_mark();
    struct mping *engine = check_engine_with(socket_kind, workers);

    ping(engine, "127.0.1.7", 3, 0);
    ok_eq(exclude(engine, "127.0.1.99", 24), 0, "a network is excluded");
    ok_eq(exclude(engine, "2001:db8:2::", 48), 0, "one of IPv6");
    ok_eq(exclude(engine, "::ffff:198.51.100.77", 128), 0, "an IPv4 address written as IPv6");
    lookups(engine);
    ping(engine, "127.0.1.7", 0, 3);
    ping(engine, "::ffff:127.0.1.7", 0, 3);
    ping(engine, "127.0.2.7", 3, 0);
    ping(engine, "::1", 3, 0);
    if (workers == 0) /* else the callback is later than the next probe */
        while_running(engine);
    re_resolve(engine);
    ok_eq(exclude(engine, "::", 0), 0, "all of IPv6 is excluded");
    ping(engine, "::1", 0, 3);
    ping(engine, "127.0.2.7", 3, 0);
    check_end(engine, &mark, name);
}

int main(void)
{
    struct mping *engine;

    check_start();
    lab_allow_ping_sockets(1);
    arguments();
    none_is_this_host();
    all(MPING_SOCKET_RAW, 0, "raw sockets");
    all(MPING_SOCKET_PING, 0, "ping sockets");
    all(MPING_SOCKET_RAW, 2, "workers");
    engine = check_engine(NULL);
    all_addresses(engine);
    mping_free(engine);
    return done_testing();
}
