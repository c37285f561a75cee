/* SPDX-License-Identifier: Apache-2.0 */
/* Lookups by themselves: what the C library says, in the lab, where nobody else is asked. */
#include "check.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "lab_dns.h"

enum { MANY = 500 };

static void arguments(struct mping *engine)
{
    const struct mping_addr none = {0}, link = {.family = AF_UNIX};
    struct mping_lookup lookup;

    ok_eq(mping_lookup_name(engine, NULL, AF_UNSPEC, NULL), MPING_EINVAL, "no name");
    ok_eq(mping_lookup_name(engine, "a.test", AF_UNIX, NULL), MPING_EINVAL, "no such family");
    ok_eq(mping_lookup_addr(engine, NULL, NULL), MPING_EINVAL, "no address");
    ok_eq(mping_lookup_addr(engine, &none, NULL), MPING_EINVAL, "nor one without a family");
    ok_eq(mping_lookup_addr(engine, &link, NULL), MPING_EINVAL, "nor one of another");
    ok_eq(mping_lookup_next(engine, NULL, sizeof(lookup)), MPING_EINVAL, "no place");
    ok_eq(mping_lookup_next(engine, &lookup, sizeof(lookup)), 0, "nothing asked, nothing found");
}

/* Waits until one has ended, which is what makes the wait end. */
static void await(struct mping *engine, struct mping_lookup *ret_lookup)
{
    int found;

    while ((found = mping_lookup_next(engine, ret_lookup, sizeof(*ret_lookup))) == 0)
        if (mping_wait(engine, LAB_PATIENCE_NS) < 0)
            break;
    if (found != 1)
        abort();
}

/* As the C library itself has it, asked here and now. */
static bool is_same(const struct mping_lookup *lookup, const char *name, int family)
{
    const struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM};
    struct addrinfo *info = NULL;
    int error = getaddrinfo(name, NULL, &hints, &info);
    uint64_t n = 0;
    bool same = lookup->gai_error == error;

    for (const struct addrinfo *i = error ? NULL : info; i && same; i = i->ai_next, n++) {
        size_t at = i->ai_family == AF_INET6 ? 8 : 4; /* RFC 3493: where the address stands */

        same = n < lookup->addr_count && lookup->addrs[n].family == i->ai_family &&
               memcmp(lookup->addrs[n].ip, (const char *)i->ai_addr + at,
                      i->ai_family == AF_INET6 ? 16 : 4) == 0;
    }
    if (!error)
        freeaddrinfo(info);
    return same && n == lookup->addr_count && !lookup->name;
}

static void names(struct mping *engine)
{
    static struct {
        const char *name;
        int family;
    } rows[] = {
        {"both.test", AF_UNSPEC}, {"both.test", AF_INET},   {"both.test", AF_INET6},
        {"twice.test", AF_INET},  {"none.test", AF_UNSPEC}, {"four.test", AF_INET6},
        {"127.1", AF_UNSPEC},     {"::1", AF_INET},         {"", AF_UNSPEC},
    };
    struct mping_lookup lookup;

    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        ok_eq(mping_lookup_name(engine, rows[r].name, rows[r].family, &rows[r]), 0,
              "\"%s\", family %d, is asked for", rows[r].name, rows[r].family);
        await(engine, &lookup);
        ok(lookup.user == &rows[r] && is_same(&lookup, rows[r].name, rows[r].family),
           "and is what getaddrinfo() says: error %d, %d addresses", lookup.gai_error,
           (int)lookup.addr_count);
    }
}

static void addresses(struct mping *engine)
{
    static struct {
        const char *addr, *name;
    } rows[] = {
        {"127.0.0.41", "both.test"}, {"192.0.2.77", "192.0.2.77"}, {"fd00::41", "both.test"}};
    struct mping_lookup lookup;
    struct mping_addr addr;

    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        ok(mping_addr_parse(&addr, rows[r].addr) == 0 &&
               mping_lookup_addr(engine, &addr, &rows[r]) == 0,
           "the name of %s is asked for", rows[r].addr);
        await(engine, &lookup);
        ok(lookup.user == &rows[r] && !lookup.gai_error && !lookup.addr_count && lookup.name &&
               strcmp(lookup.name, rows[r].name) == 0,
           "and is %s: %s", rows[r].name,
           lookup.name ? lookup.name : gai_strerror(lookup.gai_error));
    }
}

/* Programs made with another version know a smaller or larger struct. */
static void sizes(struct mping *engine)
{
    struct {
        struct mping_lookup lookup;
        uint64_t later;
    } large;
    struct mping_lookup small;

    memset(&small, 0x55, sizeof(small));
    memset(&large, 0x55, sizeof(large));
    ok_eq(mping_lookup_name(engine, "127.0.0.1", AF_INET, &small), 0, "for a smaller struct");
    while (mping_lookup_next(engine, &small, sizeof(void *)) == 0)
        mping_wait(engine, LAB_PATIENCE_NS);
    ok(small.user == &small && small.addr_count == UINT64_C(0x5555555555555555),
       "as much is written as it has room for");
    ok_eq(mping_lookup_name(engine, "127.0.0.1", AF_INET, &large), 0, "for a larger struct");
    while (mping_lookup_next(engine, &large.lookup, sizeof(large)) == 0)
        mping_wait(engine, LAB_PATIENCE_NS);
    ok(large.lookup.user == &large && large.lookup.addr_count == 1 && large.later == 0,
       "what is not known yet is zero");
}

/* They wake a run that has something else to do, and disturb nothing of it. */
static void beside_pings(struct mping *engine)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    struct mping_lookup lookup;
    unsigned long found = 0, wrong = 0;

    tally_opts(&opts, tally);
    opts.count = 100;
    opts.interval_ns = 2 * LAB_MS;
    opts.timeout_ns = 10000 * LAB_MS;
    target = check_add(engine, "127.0.0.1", &opts);
    for (unsigned i = 0; i < MANY; i++)
        wrong += mping_lookup_name(engine, i % 2 ? "both.test" : "none.test", AF_INET, NULL) != 0;
    while (found < MANY && mping_run(engine, LAB_PATIENCE_NS) != MPING_ETIMEDOUT) {
        while (mping_lookup_next(engine, &lookup, sizeof(lookup)) == 1) {
            found++;
            wrong += (lookup.gai_error == 0) != (lookup.addr_count == 1);
        }
        if (count_of(tally, MPING_EV_FINISHED))
            mping_wait(engine, LAB_MS); /* a run without targets returns at once */
    }
    while (mping_run(engine, LAB_PATIENCE_NS) == 1)
        continue; /* by one that has been taken already */
    ok(found == MANY && !wrong, "%lu lookups beside pings, %lu of them wrong", found, wrong);
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 100, "and all the pings have their replies");
    ok_none(check_close(target, tally), "and their promises");
    free(tally);
}

int main(void)
{
    static const struct lab_dns_name four = {.name = "four.test", .v4 = "192.0.2.4"};
    struct lab_mark mark;
    struct mping_opts opts;
    struct mping *engine;

    check_start();
    lab_dns_set(&four);
    lab_hosts("127.0.0.41 both.test\nfd00::41 both.test\n127.0.0.42 twice.test\n"
              "127.0.0.42 twice.test\n");
    mark = lab_mark();
    mping_opts_init(&opts, sizeof(opts));
    opts.io_threads = check_io_threads();
    engine = check_engine(&opts);
    arguments(engine);
    names(engine);
    addresses(engine);
    sizes(engine);
    beside_pings(engine);
    /* Those that nobody takes are forgotten. */
    for (unsigned i = 0; i < MANY; i++)
        if (mping_lookup_name(engine, "both.test", AF_INET, NULL) < 0)
            abort();
    check_end(engine, &mark, "lookups");
    return done_testing();
}
