/* SPDX-License-Identifier: Apache-2.0 */
/* NULL and nonsense as arguments, texts of errors, names and addresses. */
#include "check.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

static void null_engine(void)
{
    struct mping *none = NULL;

    ok_eq(mping_new(NULL, NULL), MPING_EINVAL, "NULL: mping_new without a place");
    ok_eq(mping_free(none), 0, "NULL: mping_free");
}

/* Sizes that no struct has: what lies behind it is left alone, and what comes of it is refused. */
static void odd_sizes(struct mping *engine)
{
    static const size_t sizes[] = {0, 1, 7, 4097, (size_t)1 << 40, SIZE_MAX};

    mping_opts_init(NULL, sizeof(struct mping_opts));
    mping_target_opts_init(NULL, sizeof(struct mping_target_opts));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct mping_target_opts target_opts = {.struct_size = 1};
        struct mping_opts opts = {.struct_size = 1};
        struct mping *other = NULL;

        mping_opts_init(&opts, sizes[i]);
        mping_target_opts_init(&target_opts, sizes[i]);
        ok_eq(mping_new(&other, &opts), MPING_EINVAL, "size %zu: no engine", sizes[i]);
        ok_eq(mping_add(engine, "127.0.0.1", &target_opts, NULL), MPING_EINVAL,
              "size %zu: no target", sizes[i]);
        ok_eq(mping_ping(engine, "127.0.0.1", &target_opts), MPING_EINVAL, "size %zu: no ping",
              sizes[i]);
    }
}

/* Every function of an engine that can be called wrongly says so, and mping_errmsg() how. */
static void messages(struct mping *engine)
{
    const struct mping_addr none = {0}, four = {.family = AF_INET};
    struct mping_target *target = check_add(engine, "127.0.0.1", NULL);
    struct mping_stats stats;
#define SAYS(call, want, part)                                                   \
    do {                                                                         \
        mping_add(engine, "", NULL, NULL); /* another message before */          \
        ok_eq((call), (want), "%s", #call);                                      \
        ok(strstr(mping_errmsg(engine), (part)) != NULL, "%s: %s", #call, part); \
        if (!strstr(mping_errmsg(engine), (part)))                               \
            diag("got \"%s\"", mping_errmsg(engine));                            \
    } while (0)
    SAYS(mping_set_workers(engine, -1), MPING_EINVAL, "workers is -1, it can be 0 to 1024");
    SAYS(mping_set_buffer(engine, 1u << 21), MPING_EINVAL, "buffer is 2097152, it can be 0 to");
    SAYS(mping_open(engine, 5), MPING_EINVAL, "family is 5, it can be");
    SAYS(mping_socket_kind(engine, 0), MPING_EINVAL, "family is 0, it can be");
    SAYS(mping_run(engine, -2), MPING_EINVAL, "max_ns is -2, it can be -1 or more");
    SAYS(mping_wait(engine, INT64_MIN), MPING_EINVAL, "max_ns is -9223372036854775808");
    SAYS(mping_drain(target, -2), MPING_EINVAL, "max_ns is -2");
    SAYS(mping_next(engine, NULL, 1), MPING_EINVAL, "no place for the events");
    SAYS(mping_exclude(engine, NULL, 1), MPING_EINVAL, "family of the address is 0");
    SAYS(mping_exclude(engine, &none, 1), MPING_EINVAL, "family of the address is 0");
    SAYS(mping_exclude(engine, &four, 33), MPING_EINVAL, "prefix_len is 33, it can be 0 to 32");
    SAYS(mping_is_excluded(engine, NULL), MPING_EINVAL, "family of the address is 0");
    SAYS(mping_engine_stats(engine, NULL, 8), MPING_EINVAL, "no place for the statistics");
    SAYS(mping_engine_stats(engine, &stats, SIZE_MAX), MPING_EINVAL, "stats_size is");
    SAYS(mping_target_stats(target, &stats, 4097, 0), MPING_EINVAL, "stats_size is 4097, it can");
    SAYS(mping_add(engine, NULL, NULL, NULL), MPING_EINVAL, "the host is NULL");
    SAYS(mping_add_addr(engine, &none, NULL, NULL), MPING_EINVAL, "family of the address is 0");
    SAYS(mping_add_as(engine, NULL, &four, NULL, NULL), MPING_EINVAL, "the host is empty");
    SAYS(mping_add_as(engine, "a", NULL, NULL, NULL), MPING_EINVAL, "the address is NULL");
    SAYS(mping_once(engine, "127.0.0.1", -1, NULL), MPING_EINVAL, "timeout_ns is -1, it can be");
    SAYS(mping_once(engine, NULL, 0, NULL), MPING_EINVAL, "the host is NULL");
    SAYS(mping_ping(engine, "127.0.0.1", NULL), MPING_EINVAL, "callback is NULL");
    SAYS(mping_ping_until(engine, -1, "a", NULL), MPING_EINVAL, "cancel_fd is -1");
    SAYS(mping_set_timeout(target, -1), MPING_EINVAL, "timeout_ns is -1, it can be 0 to");
    SAYS(mping_target_addr(target, NULL), MPING_EINVAL, "no place for the address");
    SAYS(mping_target_addrs(target, NULL, 1), MPING_EINVAL, "no place for the addresses");
    SAYS(mping_target_host_copy(target, NULL, 1), MPING_EINVAL, "no place for the host");
    SAYS(mping_target_stats(target, NULL, 8, 0), MPING_EINVAL, "no place for the statistics");
    mping_cancel(target);
    mping_run(engine, LAB_PATIENCE_NS);
    SAYS(mping_send(target), MPING_ECLOSED, "the target has ended: canceled");
#undef SAYS
    mping_close(target);
}

static void null_target(struct mping *engine)
{
    struct mping_target *target = NULL;
    struct mping_stats stats;
    struct mping_addr addr;

    mping_close(NULL);
    ok_eq(mping_add(engine, NULL, NULL, &target), MPING_EINVAL, "NULL: nil ip rejected, by name");
    ok_eq(mping_add_addr(engine, NULL, NULL, &target), MPING_EINVAL,
          "NULL: nil ip rejected, by address");
    ok(!target, "NULL: no target is made");
    ok_eq(mping_send(NULL), MPING_EINVAL, "NULL: mping_send");
    ok_eq(mping_drain(NULL, 0), MPING_EINVAL, "NULL: mping_drain");
    ok_eq(mping_cancel(NULL), MPING_EINVAL, "NULL: mping_cancel");
    ok_eq(mping_target_id(NULL), MPING_EINVAL, "NULL: mping_target_id");
    ok_eq(mping_target_addr(NULL, &addr), MPING_EINVAL, "NULL: mping_target_addr");
    ok_eq(mping_target_stats(NULL, &stats, sizeof(stats), 0), MPING_EINVAL,
          "NULL: mping_target_stats");
    ok(!mping_target_host(NULL), "NULL: mping_target_host");
    ok_eq(mping_target_host_copy(NULL, NULL, 0), MPING_EINVAL, "NULL: mping_target_host_copy");
}

static void null_results(struct mping *engine)
{
    struct mping_target *target = check_add(engine, "127.0.0.1", NULL);

    ok_eq(mping_target_stats(target, NULL, sizeof(struct mping_stats), 0), MPING_EINVAL,
          "NULL: statistics without a place");
    ok_eq(mping_engine_stats(engine, NULL, sizeof(struct mping_stats)), MPING_EINVAL,
          "NULL: the engine's likewise");
    ok_eq(mping_target_addr(target, NULL), MPING_EINVAL, "NULL: address without a place");
    ok_eq(mping_next(engine, NULL, 1), MPING_EINVAL, "NULL: events without a place");
    ok_eq(mping_next(engine, NULL, 0), 0, "no events asked for, none given");
    ok_eq(mping_drain(target, -2), MPING_EINVAL, "a negative limit of drain");
    ok_eq(mping_run(engine, -2), MPING_EINVAL, "a negative limit of run");
    ok_eq(mping_wait(engine, -2), MPING_EINVAL, "a negative limit of wait");
    mping_close(target);
}

static void null_ping(struct mping *engine)
{
    struct mping_target_opts opts;

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = 1;
    ok_eq(mping_ping(engine, "127.0.0.1", &opts), MPING_EINVAL,
          "nil cb rejected: mping_ping with events but without a callback");
    ok_eq(mping_ping(engine, "127.0.0.1", NULL), MPING_EINVAL,
          "nil cb rejected: and with default options");
    ok_eq(mping_ping(engine, NULL, &opts), MPING_EINVAL, "mping_ping without a host");
    opts.events = 0;
    ok_eq(mping_ping(engine, "127.0.0.1", &opts), 0, "NoCallbacks: no events, no callback: OK");
    ok_eq(mping_ping_until(engine, -1, "127.0.0.1", &opts), MPING_EINVAL,
          "mping_ping_until without a descriptor");
}

/* Not addresses: bad families and scopes. */
static void bad_addresses(struct mping *engine)
{
    struct mping_addr addr = {.family = 5};
    struct mping_target *target = NULL;

    ok_eq(mping_add_addr(engine, &addr, NULL, &target), MPING_EINVAL, "family 5 rejected");
    addr.family = 0;
    ok_eq(mping_add_addr(engine, &addr, NULL, &target), MPING_EINVAL, "family 0 rejected");
    ok(!target, "and no target is made");
}

static void parse(void)
{
    static const struct {
        const char *text;
        int want;
        const char *back;
    } rows[] = {
        {"192.0.2.1", 0, "192.0.2.1"},
        {"2001:DB8::1", 0, "2001:db8::1"},
        {"::ffff:192.0.2.1", 0, "::ffff:192.0.2.1"},
        {"fe80::1%lo", 0, "fe80::1%lo"},
        {"fe80::1%1", 0, "fe80::1%lo"},
        {"fe80::1%nosuch0", -ENODEV, NULL},
        {"localhost", MPING_EINVAL, NULL},
        {"192.0.2", MPING_EINVAL, NULL},
        {"192.0.2.256", MPING_EINVAL, NULL},
        {"", MPING_EINVAL, NULL},
        {"192.0.2.1 ", MPING_EINVAL, NULL},
        {"2001:db8:::1", MPING_EINVAL, NULL},
        {NULL, MPING_EINVAL, NULL},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[MPING_ADDR_TEXT_MAX] = "";
        struct mping_addr addr;
        int r = mping_addr_parse(&addr, rows[i].text);

        ok_eq(r, rows[i].want, "address \"%s\"", rows[i].text ? rows[i].text : "NULL");
        if (r == 0)
            ok(strcmp(mping_addr_format(&addr, text, sizeof(text)), rows[i].back) == 0,
               "written as %s", text);
    }
}

static void format_cut(void)
{
    struct mping_addr addr;
    char text[8] = "zzzzzzz";

    mping_addr_parse(&addr, "192.0.2.111");
    ok(strcmp(mping_addr_format(&addr, text, 5), "192.") == 0 && text[5] == 'z',
       "an address is cut to the room there is");
    ok(mping_addr_format(&addr, text, 0) == text && text[0] == '1', "no room, nothing written");
    ok(!mping_addr_format(&addr, NULL, 0) && !mping_addr_format(&addr, NULL, 64), "no text at all");
    ok(*mping_addr_format(NULL, text, sizeof(text)) == '\0', "NULL is written as nothing");
    addr.family = 77;
    ok(*mping_addr_format(&addr, text, sizeof(text)) == '\0', "as is a strange family");
    ok_eq(mping_addr_parse(NULL, "192.0.2.1"), MPING_EINVAL, "an address without a place");
}

/* Every code has a name and a text of its own; strange ones do not crash. */
static void texts(void)
{
    int bad = 0;

    for (int err = -10021; err <= 200; err++) {
        const char *name = mping_err_name(err);
        const char *text = mping_strerror(err);

        bad += !name || !*name || !text || !*text;
        if (err >= MPING_EOTHERLINK && err <= MPING_ETIMEDOUT)
            bad += strncmp(name, "MPING_E", 7) != 0;
    }
    ok_eq(bad, 0, "every error has a name and a text");
    ok(strcmp(mping_err_name(MPING_ESEQWRAP), "MPING_ESEQWRAP") == 0, "ErrSeqWrapped's name");
    ok(strcmp(mping_err_name(-ENETUNREACH), "ENETUNREACH") == 0, "a system error's name");
    ok(strcmp(mping_event_name(MPING_EV_LOST), "lost") == 0, "an event's name");
    ok(strcmp(mping_event_name(MPING_EV_REPLY), "reply") == 0, "another event's name");
    ok(*mping_reason_text(MPING_REASON_RX_DROP) != '\0', "a reason's text");
    ok(mping_event_name((enum mping_event_type)39) && mping_reason_text((enum mping_reason)99),
       "unknown ones have a text too");
}

static void version(void)
{
    ok_eq(mping_version(),
          (MPING_VERSION_MAJOR << 16) | (MPING_VERSION_MINOR << 8) | MPING_VERSION_PATCH,
          "the library's version is the header's");
    ok(strcmp(mping_version_string(), MPING_VERSION_STRING) == 0, "as text too");
    ok_eq(sizeof(struct mping_event), 256, "an event has 256 bytes for good");
}

/* The host as it was given, whole or as much as there is room for. */
static void host_copies(struct mping *engine)
{
    static const char *const hosts[] = {"127.0.0.1", "::1", "localhost", "::ffff:127.0.0.1"};

    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        struct mping_target *target = NULL;
        char text[64] = "untouched";
        int len = (int)strlen(hosts[i]);

        if (mping_add(engine, hosts[i], NULL, &target) < 0)
            continue; /* what is no host is another test's matter */
        ok_eq(mping_target_host_copy(target, NULL, 0), len, "%s: how long it is", hosts[i]);
        ok_eq(mping_target_host_copy(target, text, 3), len, "%s: cut short", hosts[i]);
        ok(strlen(text) == 2 && strncmp(text, hosts[i], 2) == 0, "%s: to what fits", hosts[i]);
        ok_eq(mping_target_host_copy(target, text, sizeof(text)), len, "%s: whole", hosts[i]);
        ok(strcmp(text, hosts[i]) == 0 && strcmp(mping_target_host(target), hosts[i]) == 0,
           "%s: as it was given", hosts[i]);
        ok_eq(mping_target_host_copy(target, NULL, 1), MPING_EINVAL, "%s: no place", hosts[i]);
        mping_close(target);
    }
}

/* The default engine is shared by all, so nobody frees it. */
static void default_engine(void)
{
    ok_eq(mping_free(mping_default()), MPING_EBUSY, "the default engine is not freed");
    ok(strstr(mping_errmsg(NULL), "never freed") != NULL, "and says why");
    ok_eq(mping_open(NULL, 5), MPING_EINVAL, "calls with NULL are for it");
    ok(strstr(mping_errmsg(NULL), "family is 5") != NULL, "and so is what it says");
}

int main(void)
{
    struct lab_mark mark;
    struct mping *engine;

    check_start();
    mark = lab_mark();
    engine = check_engine(NULL);
    null_engine();
    null_target(engine);
    null_results(engine);
    odd_sizes(engine);
    messages(engine);
    null_ping(engine);
    bad_addresses(engine);
    host_copies(engine);
    ok(mping_errmsg(engine) != NULL, "mping_errmsg is never NULL");
    check_end(engine, &mark, "arguments");
    parse();
    format_cut();
    texts();
    version();
    default_engine();
    return done_testing();
}
