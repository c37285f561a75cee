/* SPDX-License-Identifier: Apache-2.0 */
/* Options and arguments: sizes of other versions, ranges, unknown flags, NULL. */
#include "check.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

/* One change to a target's options and what mping_add() has to say to it. */
struct change {
    const char *what;
    int want;
    void (*make)(struct mping_target_opts *opts);
    const char *message; /* that mping_errmsg() has then; NULL: none */
};

#define CHANGE(name, statement)                   \
    static void name(struct mping_target_opts *o) \
    {                                             \
        statement;                                \
    }

CHANGE(nothing, (void)o)
CHANGE(flag_unknown, o->flags = 1u << 30)
CHANGE(family_5, o->family = 5)
CHANGE(interval_low, o->interval_ns = -2)
CHANGE(timeout_low, o->timeout_ns = -1)
CHANGE(first_delay_low, o->first_delay_ns = -2)
CHANGE(resolve_timeout_low, o->resolve_timeout_ns = -1)
CHANGE(window_max, o->window = 65536)
CHANGE(window_high, o->window = 65537)
CHANGE(backoff_one, (o->attempts = 2, o->backoff = 1.0))
CHANGE(backoff_max, (o->attempts = 2, o->backoff = 5.0))
CHANGE(backoff_low, (o->attempts = 2, o->backoff = 0.5))
CHANGE(backoff_high, (o->attempts = 2, o->backoff = 5.1))
CHANGE(backoff_nan, (o->attempts = 2, o->backoff = (double)NAN))
CHANGE(payload_none, o->payload_bytes = 0)
CHANGE(payload_high, o->payload_bytes = 65508)
CHANGE(pattern_high, (o->pattern_bytes = 257, o->pattern = "x"))
CHANGE(pattern_null, o->pattern_bytes = 4)
CHANGE(ttl_max, o->ttl = 255)
CHANGE(ttl_high, o->ttl = 256)
CHANGE(ttl_low, o->ttl = -1)
CHANGE(tos_max, o->tos = 255)
CHANGE(tos_high, o->tos = 256)
CHANGE(tos_low, o->tos = -2)
CHANGE(source_strange, o->source.family = 7)
CHANGE(source_family, (o->family = AF_INET, o->source.family = AF_INET6))
CHANGE(timestamp_6, (o->family = AF_INET6, o->flags = MPING_FLAG_TIMESTAMP))
CHANGE(interval_high, o->interval_ns = INT64_C(1000000000000000001))
CHANGE(timeout_high, o->timeout_ns = INT64_MAX)
CHANGE(resolve_timeout_none, o->resolve_timeout_ns = 0)
CHANGE(attempts_max, o->attempts = 255)
CHANGE(attempts_high, o->attempts = 256)
CHANGE(size_high, o->struct_size = 4097)
CHANGE(size_none, o->struct_size = 0)

static const struct change changes[] = {
    {"nothing changed", 0, nothing, NULL},
    {"unknown flag -> ENOTSUP", MPING_ENOTSUP, flag_unknown,
     "flags is 0x40000000, it can have the bits of 0x3ff: the others are unknown"},
    {"family 5 rejected", MPING_EINVAL, family_5,
     "family is 5, it can be AF_UNSPEC (0), AF_INET (2) or AF_INET6 (10)"},
    {"interval -2", MPING_EINVAL, interval_low,
     "interval_ns is -2, it can be 0 to 1000000000000000000, or MPING_INTERVAL_MANUAL (-1)"},
    {"interval high", MPING_EINVAL, interval_high,
     "interval_ns is 1000000000000000001, it can be 0 to 1000000000000000000, or "
     "MPING_INTERVAL_MANUAL (-1)"},
    {"timeout -1", MPING_EINVAL, timeout_low,
     "timeout_ns is -1, it can be 0 to 1000000000000000000"},
    {"timeout high", MPING_EINVAL, timeout_high,
     "timeout_ns is 9223372036854775807, it can be 0 to 1000000000000000000"},
    {"first delay -2", MPING_EINVAL, first_delay_low,
     "first_delay_ns is -2, it can be 0 to 1000000000000000000, or MPING_DELAY_SPREAD (-1)"},
    {"resolve timeout -1", MPING_EINVAL, resolve_timeout_low,
     "resolve_timeout_ns is -1, it can be 1 to 1000000000000000000"},
    {"resolve timeout 0", MPING_EINVAL, resolve_timeout_none,
     "resolve_timeout_ns is 0, it can be 1 to 1000000000000000000"},
    {"window 65,536", 0, window_max, NULL},
    {"window 65,537", MPING_EINVAL, window_high, "window is 65537, it can be 0 to 65536"},
    {"attempts 255", 0, attempts_max, NULL},
    {"attempts 256", MPING_EINVAL, attempts_high, "attempts is 256, it can be 0 to 255"},
    {"backoff 1.0", 0, backoff_one, NULL},
    {"backoff 5.0", 0, backoff_max, NULL},
    {"backoff 0.5", MPING_EINVAL, backoff_low, "backoff is 0.5, it can be 1 to 5, or 0 for 1"},
    {"backoff 5.1", MPING_EINVAL, backoff_high, "backoff is 5.1, it can be 1 to 5, or 0 for 1"},
    {"backoff not a number", MPING_EINVAL, backoff_nan,
     "backoff is nan, it can be 1 to 5, or 0 for 1"},
    {"payload 0", 0, payload_none, NULL},
    {"payload 65,508", MPING_EINVAL, payload_high, "payload_bytes is 65508, it can be 0 to 65507"},
    {"pattern of 257", MPING_EINVAL, pattern_high, "pattern_bytes is 257, it can be 0 to 256"},
    {"pattern without bytes", MPING_EINVAL, pattern_null,
     "pattern is NULL and pattern_bytes is 4, it can be 0 without a pattern"},
    {"ttl 255", 0, ttl_max, NULL},
    {"ttl 256", MPING_EINVAL, ttl_high,
     "ttl is 256, it can be 1 to 255, or 0 for the system's default"},
    {"ttl -1", MPING_EINVAL, ttl_low,
     "ttl is -1, it can be 1 to 255, or 0 for the system's default"},
    {"tos 255", 0, tos_max, NULL},
    {"tos 256", MPING_EINVAL, tos_high,
     "tos is 256, it can be 0 to 255, or -1 for the system's default"},
    {"tos -2", MPING_EINVAL, tos_low,
     "tos is -2, it can be 0 to 255, or -1 for the system's default"},
    {"source of a strange family", MPING_EINVAL, source_strange,
     "source.family is 7, it can be AF_UNSPEC (0), AF_INET (2) or AF_INET6 (10)"},
    {"source of the other family", MPING_EINVAL, source_family,
     "source.family is 10, it can be 2: that is what family is"},
    {"timestamps of IPv6", MPING_EINVAL, timestamp_6,
     "family is 10, it can be AF_INET (2) with MPING_FLAG_TIMESTAMP: ICMP timestamps are for IPv4 "
     "only"},
    {"struct_size 0", MPING_EINVAL, size_none,
     "struct_size is 0, it can be 8 to 4096: set it with the init function of the options"},
    {"struct_size 4097", MPING_EINVAL, size_high,
     "struct_size is 4097, it can be 8 to 4096: set it with the init function of the options"},
};

static void ok_text(const char *got, const char *want, const char *what)
{
    ok(strcmp(got, want) == 0, "%s", what);
    if (strcmp(got, want) != 0)
        diag("got \"%s\"", got);
}

static void target_options(struct mping *engine)
{
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        struct mping_target *target = NULL;
        struct mping_target_opts opts;

        mping_target_opts_init(&opts, sizeof(opts));
        changes[i].make(&opts);
        ok_eq(mping_add(engine, "127.0.0.1", &opts, &target), changes[i].want, "target: %s",
              changes[i].what);
        ok((target != NULL) == (changes[i].want == 0), "target: %s: the handle fits",
           changes[i].what);
        if (changes[i].message)
            ok_text(mping_errmsg(engine), changes[i].message, changes[i].message);
        mping_close(target);
    }
}

/* The engine's own: there is no engine that could tell, so NULL stands for the one not made. */
static void engine_fields(void)
{
    static const struct {
        size_t offset, bytes;
        int64_t value;
        int want;
        const char *message;
    } rows[] = {
#define FIELD(name) offsetof(struct mping_opts, name), sizeof(((struct mping_opts *)0)->name)
        {FIELD(struct_size), 7, MPING_EINVAL,
         "struct_size is 7, it can be 8 to 4096: set it with the init function of the options"},
        {FIELD(flags), 2, MPING_ENOTSUP,
         "flags is 0x2, it can have the bits of 0x1: the others are unknown"},
        {FIELD(socket_kind), 3, MPING_EINVAL, "socket_kind is 3, it can be 0 to 2"},
        {FIELD(socket_kind), -1, MPING_EINVAL, "socket_kind is -1, it can be 0 to 2"},
        {FIELD(workers), -1, MPING_EINVAL, "workers is -1, it can be 0 to 1024"},
        {FIELD(workers), 1025, MPING_EINVAL, "workers is 1025, it can be 0 to 1024"},
        {FIELD(buffer), 1048577, MPING_EINVAL, "buffer is 1048577, it can be 0 to 1048576"},
        {FIELD(read_delay_ns), -1, MPING_EINVAL,
         "read_delay_ns is -1, it can be 0 to 1000000000000000000"},
        {FIELD(io_threads), 65, MPING_EINVAL, "io_threads is 65, it can be 0 to 64"},
        {FIELD(reserved32), 1, -E2BIG, "reserved32 is 1, it can be 0 to 0"},
#undef FIELD
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mping *engine = NULL;
        struct mping_opts opts;

        mping_opts_init(&opts, sizeof(opts));
        memcpy((char *)&opts + rows[i].offset, &rows[i].value, rows[i].bytes); /* little endian */
        ok_eq(mping_new(&engine, &opts), rows[i].want, "engine: %s", rows[i].message);
        ok_text(mping_errmsg(NULL), rows[i].message, rows[i].message);
        ok(!engine, "engine: none is made");
    }
    {
        struct mping *engine = check_engine(NULL);

        ok_text(mping_errmsg(NULL), "", "engine: one that could be made has nothing to say");
        mping_free(engine);
    }
}

static void defaults(void)
{
    struct mping_target_opts opts;

    memset(&opts, 0xa5, sizeof(opts));
    mping_target_opts_init(&opts, sizeof(opts));
    ok_eq((int64_t)opts.struct_size, (int64_t)sizeof(opts), "defaults: struct_size");
    ok_eq(opts.interval_ns, 1000 * LAB_MS, "DefaultPingConf: Interval 1 s");
    ok_eq(opts.timeout_ns, 1000 * LAB_MS, "DefaultPingConf: Timeout 1 s");
    ok_eq((int64_t)opts.count, 0, "DefaultPingConf: no count");
    ok_eq(opts.payload_bytes, 56, "defaults: 56 bytes of payload");
    ok(opts.flags == 0 && opts.family == AF_UNSPEC && opts.ttl == 0 && opts.tos == -1,
       "defaults: no flags, any family, the system's ttl and tos");
    ok_eq(opts.first_delay_ns, MPING_DELAY_SPREAD, "defaults: spread over the interval");
    ok(opts.events == MPING_EVENTS_DEFAULT && !opts.callback, "defaults: events, no callback");
}

/* A program built against a later header: what it knows beyond ours is zero and stays so. */
static void larger(struct mping *engine)
{
    struct {
        struct mping_target_opts opts;
        uint64_t later[4];
    } target;
    struct {
        struct mping_opts opts;
        uint64_t later[4];
    } own;
    struct mping_target *handle = NULL;
    struct mping *other = NULL;

    memset(&target, 0xa5, sizeof(target));
    mping_target_opts_init(&target.opts, sizeof(target));
    ok_eq((int64_t)target.opts.struct_size, (int64_t)sizeof(target), "larger: struct_size kept");
    ok(target.later[0] == 0 && target.later[3] == 0, "larger: what is beyond is zero");
    ok_eq(mping_add(engine, "127.0.0.1", &target.opts, &handle), 0, "larger target options");
    mping_close(handle);
    memset(&own, 0xa5, sizeof(own));
    mping_opts_init(&own.opts, sizeof(own));
    ok(own.later[0] == 0 && own.later[3] == 0, "larger: likewise for the engine");
    ok_eq(mping_new(&other, &own.opts), 0, "larger engine options");
    mping_free(other);
}

/* A program built against an earlier header knows less; the rest has its defaults. */
static void smaller(struct mping *engine)
{
    const size_t target_size = offsetof(struct mping_target_opts, first_delay_ns);
    const size_t own_size = offsetof(struct mping_opts, workers);
    struct mping_target *target = NULL;
    struct mping *other = NULL;
    struct mping_target_opts opts;
    struct mping_opts own;

    memset(&opts, 0xa5, sizeof(opts));
    mping_target_opts_init(&opts, target_size);
    ok_eq((int64_t)opts.struct_size, (int64_t)target_size, "smaller: struct_size kept");
    ok_eq(opts.window, UINT32_C(0xa5a5a5a5), "smaller: nothing is written beyond");
    opts.count = 1;
    ok_eq(mping_add(engine, "127.0.0.1", &opts, &target), 0, "smaller target options");
    check_run(engine);
    mping_close(target);
    memset(&own, 0xa5, sizeof(own));
    mping_opts_init(&own, own_size);
    ok_eq((int64_t)own.seed, (int64_t)UINT64_C(0xa5a5a5a5a5a5a5a5), "smaller: nor for the engine");
    ok_eq(mping_new(&other, &own), 0, "smaller engine options");
    mping_free(other);
}

static void smaller_stats(struct mping *engine)
{
    struct mping_stats stats;
    struct {
        struct mping_stats stats;
        uint64_t later[2];
    } more;

    memset(&stats, 0xa5, sizeof(stats));
    ok_eq(mping_engine_stats(engine, &stats, offsetof(struct mping_stats, lost)), 0,
          "smaller statistics");
    ok(stats.sent < UINT64_C(0xa5a5a5a5a5a5a5a5) && stats.lost == UINT64_C(0xa5a5a5a5a5a5a5a5),
       "smaller statistics: cut");
    memset(&more, 0xa5, sizeof(more));
    ok_eq(mping_engine_stats(engine, &more.stats, sizeof(more)), 0, "larger statistics");
    ok(more.later[0] == 0 && more.later[1] == 0, "larger statistics: zero-filled");
}

static void engine_options(void)
{
    static const struct {
        const char *what;
        size_t at; /* of a 32-bit field */
        int32_t value;
        int want;
    } rows[] = {
        {"unknown flag -> ENOTSUP", offsetof(struct mping_opts, flags), 2, MPING_ENOTSUP},
        {"socket kind 3", offsetof(struct mping_opts, socket_kind), 3, MPING_EINVAL},
        {"socket kind -1", offsetof(struct mping_opts, socket_kind), -1, MPING_EINVAL},
        {"-1 workers", offsetof(struct mping_opts, workers), -1, MPING_EINVAL},
        {"65 I/O threads", offsetof(struct mping_opts, io_threads), 65, MPING_EINVAL},
        {"a reserved field", offsetof(struct mping_opts, reserved32), 1, -E2BIG},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mping *engine = NULL;
        struct mping_opts opts;

        mping_opts_init(&opts, sizeof(opts));
        memcpy((char *)&opts + rows[i].at, &rows[i].value, sizeof(rows[i].value));
        ok_eq(mping_new(&engine, &opts), rows[i].want, "engine: %s", rows[i].what);
        ok(!engine, "engine: %s: none is made", rows[i].what);
    }
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    mark = lab_mark();
    engine = check_engine(NULL);
    target_options(engine);
    engine_fields();
    defaults();
    larger(engine);
    smaller(engine);
    smaller_stats(engine);
    engine_options();
    check_end(engine, &mark, "options");
    return done_testing();
}
