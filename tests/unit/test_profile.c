/* SPDX-License-Identifier: Apache-2.0 */
/* Options of targets: ranges, unknown flags, structs of other sizes, sharing. */
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/icmp.h"
#include "session/engine.h"
#include "session/profile.h"
#include "session/state.h"
#include "tap.h"

#define SECOND INT64_C(1000000000)
#define LONGEST INT64_C(1000000000000000000)

static struct mping *engine;

static struct mping_target_opts defaults(void)
{
    struct mping_target_opts opts;

    mping_target_opts_init(&opts, sizeof(opts));
    return opts;
}

/* What comes of the options; a profile is given back at once. */
static int try_opts(const struct mping_target_opts *opts)
{
    struct mping_shared_profile *profile = NULL;
    int r;

    mping_lock(engine);
    r = mping_profile_get(engine, opts, &profile);
    if (r == 0)
        mping_profile_put(engine, profile);
    mping_unlock(engine);
    return r;
}

#define FIELD(member)                                    \
#member, offsetof(struct mping_target_opts, member), \
        sizeof(((struct mping_target_opts *)0)->member)

/* One field set to one value; of 4-byte fields the low half counts. */
static const struct {
    const char *name;
    size_t offset, size;
    int64_t value;
    int want;
} rows[] = {
    {FIELD(flags), 0x3ff, 0},
    {FIELD(flags), 0x400, MPING_ENOTSUP},
    {FIELD(flags), INT64_C(0x80000000), MPING_ENOTSUP},
    {FIELD(family), AF_INET6, 0},
    {FIELD(family), -1, MPING_EINVAL},
    {FIELD(family), AF_UNIX, MPING_EINVAL},
    {FIELD(count), 0, 0},
    {FIELD(count), -1, 0}, /* 2^64 - 1 */
    {FIELD(interval_ns), INT64_MIN, MPING_EINVAL},
    {FIELD(interval_ns), -2, MPING_EINVAL},
    {FIELD(interval_ns), -1, 0},
    {FIELD(interval_ns), 0, 0},
    {FIELD(interval_ns), 1, 0},
    {FIELD(interval_ns), LONGEST, 0},
    {FIELD(interval_ns), LONGEST + 1, MPING_EINVAL},
    {FIELD(interval_ns), INT64_MAX, MPING_EINVAL},
    {FIELD(timeout_ns), INT64_MIN, MPING_EINVAL},
    {FIELD(timeout_ns), -1, MPING_EINVAL},
    {FIELD(timeout_ns), 0, 0},
    {FIELD(timeout_ns), LONGEST, 0},
    {FIELD(timeout_ns), LONGEST + 1, MPING_EINVAL},
    {FIELD(first_delay_ns), -2, MPING_EINVAL},
    {FIELD(first_delay_ns), -1, 0},
    {FIELD(first_delay_ns), 0, 0},
    {FIELD(first_delay_ns), LONGEST + 1, MPING_EINVAL},
    {FIELD(window), 0, 0},
    {FIELD(window), 65536, 0},
    {FIELD(window), 65537, MPING_EINVAL},
    {FIELD(window), UINT32_MAX, MPING_EINVAL},
    {FIELD(attempts), 255, 0},
    {FIELD(attempts), 256, MPING_EINVAL},
    {FIELD(re_resolve_every), UINT32_MAX, 0},
    {FIELD(resolve_timeout_ns), -1, MPING_EINVAL},
    {FIELD(resolve_timeout_ns), 0, MPING_EINVAL},
    {FIELD(resolve_timeout_ns), 1, 0},
    {FIELD(payload_bytes), 0, 0},
    {FIELD(payload_bytes), 1, 0},
    {FIELD(payload_bytes), 16, 0},
    {FIELD(payload_bytes), 17, 0},
    {FIELD(payload_bytes), 65507, 0},
    {FIELD(payload_bytes), 65508, MPING_EINVAL},
    {FIELD(payload_bytes), UINT32_MAX, MPING_EINVAL},
    {FIELD(pattern_bytes), 1, MPING_EINVAL}, /* without a pattern */
    {FIELD(pattern_bytes), 257, MPING_EINVAL},
    {FIELD(ttl), -1, MPING_EINVAL},
    {FIELD(ttl), 0, 0},
    {FIELD(ttl), 255, 0},
    {FIELD(ttl), 256, MPING_EINVAL},
    {FIELD(tos), -2, MPING_EINVAL},
    {FIELD(tos), -1, 0},
    {FIELD(tos), 255, 0},
    {FIELD(tos), 256, MPING_EINVAL},
    {FIELD(mark), UINT32_MAX, 0},
    {FIELD(source.family), AF_UNIX, MPING_EINVAL},
    {FIELD(source.family), AF_INET, 0},
    {FIELD(struct_size), 0, MPING_EINVAL},
    {FIELD(struct_size), 7, MPING_EINVAL},
    {FIELD(struct_size), 4097, MPING_EINVAL},
    {FIELD(struct_size), -1, MPING_EINVAL},
};

/* Writes the low bytes of value into a field, on machines of either order. */
static void set_field(struct mping_target_opts *opts, size_t offset, size_t size, int64_t value)
{
    for (size_t i = 0; i < size; i++) {
        size_t at = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? i : size - 1 - i;

        ((uint8_t *)opts)[offset + at] = (uint8_t)((uint64_t)value >> (8 * i));
    }
}

static void test_ranges(void)
{
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct mping_target_opts opts = defaults();
        int got;

        set_field(&opts, rows[r].offset, rows[r].size, rows[r].value);
        got = try_opts(&opts);
        ok(got == rows[r].want, "%s = %lld: %s", rows[r].name, (long long)rows[r].value,
           mping_err_name(got));
        if (rows[r].want < 0)
            ok(*mping_errmsg(engine) != '\0', "and it is said why: %s", mping_errmsg(engine));
    }
}

static void test_backoff(void)
{
    static const struct {
        double value;
        int want;
    } values[] = {
        {0, 0},
        {-0.0, 0},
        {1, 0},
        {5, 0},
        {0.999, MPING_EINVAL},
        {5.001, MPING_EINVAL},
        {-1, MPING_EINVAL},
        {DBL_MAX, MPING_EINVAL},
        {DBL_MIN, MPING_EINVAL},
        {(double)INFINITY, MPING_EINVAL},
        {-(double)INFINITY, MPING_EINVAL},
        {(double)NAN, MPING_EINVAL},
    };

    for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct mping_target_opts opts = defaults();

        opts.backoff = values[i].value;
        ok(try_opts(&opts) == values[i].want, "backoff %g", values[i].value);
    }
}

/* Source and family must not contradict each other. */
static void test_families(void)
{
    static const int families[] = {AF_UNSPEC, AF_INET, AF_INET6};
    unsigned wrong = 0;

    for (unsigned a = 0; a < 3; a++) {
        for (unsigned b = 0; b < 3; b++) {
            struct mping_target_opts opts = defaults();
            bool clash = a && b && a != b;

            opts.family = families[a];
            opts.source.family = (uint16_t)families[b];
            wrong += try_opts(&opts) != (clash ? MPING_EINVAL : 0);
        }
    }
    ok(wrong == 0, "a source goes with its own family only (%u wrong)", wrong);
}

/* Options of an older program: every size there can be, the rest as by default. */
static void test_smaller(void)
{
    unsigned wrong = 0;

    for (size_t size = sizeof(size_t); size <= sizeof(struct mping_target_opts); size++) {
        uint8_t *exact = malloc(size);
        struct mping_target_opts whole;

        if (!exact)
            abort();
        memset(&whole, 0xff, sizeof(whole));
        memset(exact, 0xff, size);
        mping_target_opts_init((struct mping_target_opts *)(void *)exact, size);
        mping_target_opts_init(&whole, sizeof(whole));
        whole.struct_size = size;
        wrong += memcmp(exact, &whole, size) != 0;
        wrong += try_opts((const struct mping_target_opts *)(const void *)exact) != 0;
        free(exact);
    }
    ok(wrong == 0, "every smaller struct is set up and taken, and not read beyond (%u wrong)",
       wrong);
}

/* Options of a newer program: what we do not know must be zero. */
static void test_larger(void)
{
    enum { SIZE = sizeof(struct mping_target_opts) + 24 };
    union {
        struct mping_target_opts opts;
        uint8_t bytes[SIZE];
    } larger;
    unsigned wrong = 0;

    memset(&larger, 0xff, sizeof(larger));
    mping_target_opts_init(&larger.opts, SIZE);
    ok(larger.opts.struct_size == SIZE && try_opts(&larger.opts) == 0,
       "a larger struct is set up and taken");
    for (size_t i = sizeof(struct mping_target_opts); i < SIZE; i++) {
        wrong += larger.bytes[i] != 0;
        larger.bytes[i] = 1;
        wrong += try_opts(&larger.opts) != -E2BIG;
        larger.bytes[i] = 0;
    }
    ok(wrong == 0, "unless something unknown in it is set: E2BIG (%u wrong)", wrong);
    ok(try_opts(NULL) == 0, "no options are the defaults");
}

/* What reaches the core. */
static void test_filled(void)
{
    struct mping_target_opts opts = defaults();
    struct mping_shared_profile *p, *again;
    unsigned wrong = 0;

    opts.attempts = 3;
    opts.count = 9;
    opts.window = 7;
    opts.payload_bytes = 1000;
    opts.pattern = "abc";
    opts.pattern_bytes = 3;
    mping_lock(engine);
    if (mping_profile_get(engine, &opts, &p) < 0)
        abort();
    ok(p->core.count == 0 && p->core.interval_ns == 0 && p->core.window == 1 &&
           p->core.attempts == 3 && p->core.backoff == 1.0,
       "attempts take the place of count, interval and window");
    for (uint32_t i = 0; i < 984; i++)
        wrong += p->core.tail[i] != "abc"[i % 3];
    ok(wrong == 0 && p->core.tail_sum == mping_icmp_sum(0, p->core.tail, 984),
       "the payload is the pattern, from byte 16 on, and its sum is known");
    ok(p->core.events & MPING_EVENT_BIT(MPING_EV_FINISHED) && p->core.pull, "its end is heard of");
    opts.pattern = "abcd"; /* elsewhere, and the same */
    ok(mping_profile_get(engine, &opts, &again) == 0 && again == p && p->refs == 2,
       "the same options share a profile");
    mping_profile_put(engine, again);
    opts.pattern = "abd";
    ok(mping_profile_get(engine, &opts, &again) == 0 && again != p,
       "another pattern is another profile");
    mping_profile_put(engine, again);
    mping_profile_put(engine, p);
    ok(!engine->profiles, "and the last user takes them away");
    mping_unlock(engine);
}

/* Fields, and a value that is not the default. */
static const struct {
    const char *name;
    size_t offset, size;
    int64_t value;
} differing[] = {
    {FIELD(flags), 1},
    {FIELD(family), AF_INET6},
    {FIELD(count), 1},
    {FIELD(interval_ns), 2},
    {FIELD(timeout_ns), 2},
    {FIELD(first_delay_ns), 2},
    {FIELD(window), 2},
    {FIELD(attempts), 2},
    {FIELD(re_resolve_every), 2},
    {FIELD(resolve_timeout_ns), 2},
    {FIELD(payload_bytes), 57},
    {FIELD(ttl), 1},
    {FIELD(tos), 0},
    {FIELD(mark), 1},
    {FIELD(ifindex), 1},
    {FIELD(source.family), AF_INET6},
    {FIELD(source.scope_id), 1},
    {FIELD(source.ip[15]), 1},
    {FIELD(events), 2},
};

static void ignore(const struct mping_event *event, void *user)
{
    (void)event;
    (void)user;
}

/* A target that differs in a single field must not get the profile of another. */
static void test_not_shared(void)
{
    struct mping_shared_profile *first, *other;
    struct mping_target_opts opts = defaults();

    mping_lock(engine);
    if (mping_profile_get(engine, &opts, &first) < 0)
        abort();
    for (size_t i = 0; i < sizeof(differing) / sizeof(differing[0]); i++) {
        opts = defaults();
        set_field(&opts, differing[i].offset, differing[i].size, differing[i].value);
        if (mping_profile_get(engine, &opts, &other) < 0)
            abort();
        ok(other != first, "another %s is another profile", differing[i].name);
        mping_profile_put(engine, other);
    }
    opts = defaults();
    opts.callback = ignore;
    ok(mping_profile_get(engine, &opts, &other) == 0 && other != first && !other->core.pull,
       "so is another way to deliver events");
    mping_profile_put(engine, other);
    opts = defaults();
    opts.user = &opts;
    ok(mping_profile_get(engine, &opts, &other) == 0 && other == first, "another user is not");
    mping_profile_put(engine, other);
    mping_profile_put(engine, first);
    mping_unlock(engine);
}

int main(void)
{
    if (mping_new(&engine, NULL) < 0) {
        ok(0, "an engine is made");
        return done_testing();
    }
    test_ranges();
    test_backoff();
    test_families();
    test_smaller();
    test_larger();
    test_filled();
    test_not_shared();
    ok(mping_free(engine) == 0, "the engine ends");
    return done_testing();
}
