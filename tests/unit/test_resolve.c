/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The resolver as far as it asks nobody: literals, refusals, delays, deadlines, sharing,
 * cancelling, ends. Time is the test's own, and no packet is sent.
 */
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/error.h>

#include "resolve/answer.h"
#include "resolve/gai.h"
#include "resolve/resolve.h"
#include "resolve/state.h"
#include "resolve/system.h"
#include "resolve/system_threads.h"
#include "tap.h"

#define SECOND INT64_C(1000000000)

struct answer {
    unsigned calls;
    int err;
    enum mping_reason reason;
    size_t n;
    struct mping_addr addrs[2];
    unsigned order; /* the how-manieth of all answers */
};

static unsigned answers;

static void done(void *user, int err, enum mping_reason reason, const struct mping_addr *addrs,
                 size_t n)
{
    struct answer *a = user;

    a->calls++;
    a->err = err;
    a->reason = reason;
    a->n = n;
    a->order = ++answers;
    for (size_t i = 0; i < n && i < 2; i++)
        a->addrs[i] = addrs[i];
}

static struct mping_resolver *new_resolver(void)
{
    struct mping_resolver *resolver;

    if (mping_resolver_new(&resolver) < 0)
        abort();
    answers = 0;
    return resolver;
}

static struct mping_query *ask(struct mping_resolver *resolver, const char *name, int family,
                               int64_t timeout_ns, struct answer *answer)
{
    const struct mping_query_opts lookup = {
        .name = name,
        .family = family,
        .timeout_ns = timeout_ns,
        .done = done,
        .user = answer,
    };
    struct mping_query *query = NULL;

    *answer = (struct answer){0};
    if (mping_resolver_query(resolver, &lookup, SECOND, &query) < 0)
        abort();
    return query;
}

static bool is_readable(const struct mping_resolver *resolver)
{
    struct pollfd pfd = {.fd = mping_resolver_fd(resolver), .events = POLLIN};

    return poll(&pfd, 1, 0) == 1;
}

/* Answered without anybody being asked: n addresses, or refused. */
static void test_at_once(void)
{
    static const struct {
        const char *name;
        int family;
        size_t n;
        enum mping_reason reason;
    } rows[] = {
        {"127.0.0.1", AF_UNSPEC, 1, MPING_REASON_NONE},
        {"127.0.0.1", AF_INET, 1, MPING_REASON_NONE},
        {"127.0.0.1", AF_INET6, 0, MPING_REASON_NO_ADDRESS},
        {"127.1", AF_INET, 1, MPING_REASON_NONE},
        {"::1", AF_UNSPEC, 1, MPING_REASON_NONE},
        {"::1", AF_INET, 0, MPING_REASON_NO_ADDRESS},
        {"", AF_UNSPEC, 0, MPING_REASON_NOT_A_NAME},
    };

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct mping_resolver *resolver = new_resolver();
        struct answer a;

        ask(resolver, rows[r].name, rows[r].family, 5 * SECOND, &a);
        ok(a.calls == 0 && is_readable(resolver) && mping_resolver_deadline_ns(resolver) == 0,
           "\"%s\": not from inside the query, but at once", rows[r].name);
        mping_resolver_process(resolver, SECOND, SIZE_MAX);
        ok(a.calls == 1 && a.n == rows[r].n && a.err == (a.n ? 0 : MPING_ERESOLVE) &&
               a.reason == rows[r].reason,
           "\"%s\": %zu addresses (reason %d)", rows[r].name, a.n, (int)a.reason);
        ok(!is_readable(resolver) && mping_resolver_deadline_ns(resolver) == INT64_MAX,
           "\"%s\": then there is nothing to do", rows[r].name);
        mping_resolver_free(resolver);
    }
}

static void test_order(void)
{
    struct mping_resolver *resolver = new_resolver();
    static struct answer a[100];
    unsigned wrong = 0;

    for (unsigned i = 0; i < 100; i++)
        ask(resolver, i % 3 ? "127.0.0.1" : "", AF_UNSPEC, SECOND, &a[i]);
    mping_resolver_process(resolver, SECOND, SIZE_MAX);
    for (unsigned i = 0; i < 100; i++)
        wrong += a[i].calls != 1 || a[i].order != i + 1 || (a[i].err == 0) != (i % 3 != 0);
    ok(wrong == 0, "a hundred are answered in their order, each once (%u wrong)", wrong);
    mping_resolver_free(resolver);
}

/* Whoever drives it has only so much room for what the answers bring. */
static void test_max(void)
{
    struct mping_resolver *resolver = new_resolver();
    static struct answer a[100];
    unsigned calls = 0;

    for (unsigned i = 0; i < 100; i++)
        ask(resolver, "127.0.0.1", AF_UNSPEC, SECOND, &a[i]);
    mping_resolver_process(resolver, SECOND, 30);
    for (unsigned i = 0; i < 100; i++)
        calls += a[i].calls;
    ok(calls == 30 && a[29].calls == 1, "no more answers than wanted, the oldest (%u)", calls);
    ok(is_readable(resolver) && mping_resolver_deadline_ns(resolver) == 0, "and there are more");
    mping_resolver_process(resolver, SECOND, 70);
    ok(a[99].calls == 1 && !is_readable(resolver), "which come the next time");
    mping_resolver_free(resolver);
}

static void test_cancel(void)
{
    struct mping_resolver *resolver = new_resolver();
    struct answer local, waiting;
    struct mping_query *query = ask(resolver, "127.0.0.1", AF_UNSPEC, SECOND, &local);
    struct mping_query *other = ask(resolver, "host.invalid", AF_UNSPEC, SECOND, &waiting);

    mping_resolver_cancel(resolver, query);
    mping_resolver_cancel(resolver, other);
    ok(!is_readable(resolver) && mping_resolver_deadline_ns(resolver) == INT64_MAX,
       "canceled: nothing to do");
    mping_resolver_process(resolver, 10 * SECOND, SIZE_MAX);
    ok(local.calls == 0 && waiting.calls == 0, "and nobody is called back");
    ask(resolver, "127.0.0.1", AF_UNSPEC, SECOND, &local);
    ask(resolver, "host.invalid", AF_UNSPEC, SECOND, &waiting);
    mping_resolver_free(resolver);
    ok(local.calls == 0 && waiting.calls == 0, "nor when the resolver ends");
    mping_resolver_free(NULL);
}

/* As many as may be are out already, so no name is asked for: all wait. */
static void let_all_wait(struct mping_resolver *resolver)
{
    resolver->n_asked = MPING_ASKED_MAX;
}

/* Three queries for one name: each ends at its own deadline, not before. */
static void test_deadlines(void)
{
    struct mping_resolver *resolver = new_resolver();
    struct answer first, second, longest;

    let_all_wait(resolver);
    ask(resolver, "a.invalid", AF_INET, SECOND / 2, &second);
    ask(resolver, "a.invalid", AF_INET, SECOND / 4, &first);
    ask(resolver, "a.invalid", AF_INET, INT64_MAX, &longest);
    ok(mping_resolver_deadline_ns(resolver) == SECOND + SECOND / 4 && !is_readable(resolver),
       "the earliest deadline is next");
    mping_resolver_process(resolver, SECOND + SECOND / 4 - 1, SIZE_MAX);
    ok(first.calls == 0, "a nanosecond before its deadline a query still waits");
    mping_resolver_process(resolver, SECOND + SECOND / 4, SIZE_MAX);
    ok(first.calls == 1 && first.err == MPING_ERESOLVE && first.n == 0 &&
           first.reason == MPING_REASON_NO_ANSWER && second.calls == 0,
       "at its deadline it ends, alone");
    mping_resolver_process(resolver, SECOND + SECOND / 2, SIZE_MAX);
    ok(second.calls == 1 && longest.calls == 0, "then the other, though both want the same name");
    mping_resolver_process(resolver, INT64_MAX - 1, SIZE_MAX);
    ok(longest.calls == 0, "one without end waits for ever");
    mping_resolver_free(resolver);
    ok(first.calls == 1 && second.calls == 1 && longest.calls == 0, "each once");
}

static unsigned count_jobs(const struct mping_resolver *resolver)
{
    unsigned n = 0;

    for (const struct mping_link *l = resolver->waiting.next; l != &resolver->waiting; l = l->next)
        n++;
    return n;
}

/* Who wants the same at the same time shares one request. */
static void test_shared(void)
{
    struct mping_resolver *resolver = new_resolver();
    static struct mping_query *queries[1000];
    static struct answer a[1000];
    struct answer other;

    let_all_wait(resolver);
    for (unsigned i = 0; i < 1000; i++)
        queries[i] = ask(resolver, i % 2 ? "A.Invalid" : "a.invalid", AF_INET, SECOND, &a[i]);
    ok(count_jobs(resolver) == 1, "a thousand queries for one name are one request");
    ask(resolver, "a.invalid", AF_INET6, SECOND, &other);
    ask(resolver, "b.invalid", AF_INET, SECOND, &other);
    ok(count_jobs(resolver) == 3, "another family or name is another");
    for (unsigned i = 0; i < 999; i++)
        mping_resolver_cancel(resolver, queries[i]);
    ok(count_jobs(resolver) == 3, "it stays while somebody wants it");
    mping_resolver_cancel(resolver, queries[999]);
    ok(count_jobs(resolver) == 2, "and goes with the last");
    mping_resolver_free(resolver);
}

/* One that is to begin later waits for its time, and only then for its answer. */
static void test_delay(void)
{
    struct mping_resolver *resolver = new_resolver();
    struct answer a = {0}, other;
    const struct mping_query_opts lookup = {.name = "later.invalid",
                                            .delay_ns = 2 * SECOND,
                                            .timeout_ns = SECOND,
                                            .done = done,
                                            .user = &a};
    struct mping_query *query = NULL;

    let_all_wait(resolver);
    if (mping_resolver_query(resolver, &lookup, SECOND, &query) < 0)
        abort();
    ok(count_jobs(resolver) == 0 && mping_resolver_deadline_ns(resolver) == 3 * SECOND,
       "a lookup that is to begin later sleeps till then");
    ask(resolver, "later.invalid", AF_UNSPEC, 8 * SECOND, &other);
    ok(count_jobs(resolver) == 1, "another one of the same name does not wait for it");
    mping_resolver_process(resolver, 3 * SECOND, SIZE_MAX);
    ok(count_jobs(resolver) == 2 && a.calls == 0, "it begins");
    mping_resolver_process(resolver, 4 * SECOND - 1, SIZE_MAX);
    ok(a.calls == 0, "and has all of its time then");
    mping_resolver_process(resolver, 4 * SECOND, SIZE_MAX);
    ok(a.calls == 1 && a.reason == MPING_REASON_NO_ANSWER, "and no more");
    if (mping_resolver_query(resolver, &lookup, 4 * SECOND, &query) < 0)
        abort();
    mping_resolver_cancel(resolver, query);
    if (mping_resolver_query(resolver, &lookup, 4 * SECOND, &query) < 0)
        abort();
    mping_resolver_free(resolver);
    ok(a.calls == 1, "it may be canceled asleep");
}

/* Waits in real time for what a thread finds. */
static void take(struct mping_system *threads, struct mping_system_answer *ret_answer)
{
    struct pollfd pfd = {.fd = mping_system_fd(threads), .events = POLLIN};

    *ret_answer = (struct mping_system_answer){0};
    while (!mping_system_take(threads, ret_answer))
        poll(&pfd, 1, -1);
}

static unsigned forgotten;

static void forget(void *user)
{
    forgotten += user == &forgotten;
}

/* Threads that ask getaddrinfo(), here for what it knows by itself. */
static void test_system(void)
{
    static const struct {
        const char *name;
        int family, error;
    } rows[] = {{"127.0.0.1", AF_UNSPEC, 0},
                {"::1", AF_INET6, 0},
                {"127.1", AF_INET, 0},
                {"::1", AF_INET, EAI_ADDRFAMILY}};
    struct mping_system *threads;
    struct mping_system_answer answer;

    if (mping_system_new(&threads, NULL, NULL) < 0)
        abort();
    ok(!mping_system_take(threads, &answer), "nothing asked, nothing answered");
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        ok(mping_system_ask(threads, rows[r].name, rows[r].family, &answer) == 0, "%s is asked for",
           rows[r].name);
        take(threads, &answer);
        ok(answer.user == &answer && answer.gai_error == rows[r].error &&
               answer.n == (rows[r].error ? 0 : 1),
           "%s: error %d, %zu addresses", rows[r].name, answer.gai_error, answer.n);
        mping_system_answer_done(&answer);
    }
    for (unsigned i = 0; i < 1000; i++)
        (void)!mping_system_ask(threads, "127.0.0.1", AF_INET, &forgotten);
    mping_system_free(threads, forget);
    ok(forgotten == 1000, "at the end all are told that they are forgotten (%u)", forgotten);
}

/* What c-ares says is wrong. */
static void test_errors(void)
{
    static const struct {
        int status;
        enum mping_reason reason;
    } rows[] = {
        {ARES_ENOTFOUND, MPING_REASON_NO_SUCH_NAME}, {ARES_EBADNAME, MPING_REASON_NO_SUCH_NAME},
        {ARES_ENODATA, MPING_REASON_NO_ADDRESS},     {ARES_ETIMEOUT, MPING_REASON_NO_ANSWER},
        {ARES_ECONNREFUSED, MPING_REASON_NO_SERVER}, {ARES_ESERVFAIL, MPING_REASON_SERVER_FAILED},
        {ARES_EBADRESP, MPING_REASON_SERVER_FAILED}, {ARES_EREFUSED, MPING_REASON_SERVER_REFUSED},
    };
    enum mping_reason reason;
    unsigned silent = 0;

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        int err = mping_answer_error(rows[r].status, &reason);

        ok(err == MPING_ERESOLVE && reason == rows[r].reason, "%s: reason %d",
           ares_strerror(rows[r].status), (int)reason);
    }
    ok(mping_answer_error(ARES_ENOMEM, &reason) == MPING_ENOMEM && reason == MPING_REASON_NONE,
       "no memory is no fault of the name");
    for (int status = 1; status < 40; status++)
        silent += mping_answer_error(status, &reason) == MPING_ERESOLVE && !reason;
    ok(silent == 0, "every failure to resolve has a reason (%u without)", silent);
}

int main(void)
{
    test_at_once();
    test_order();
    test_max();
    test_cancel();
    test_deadlines();
    test_shared();
    test_delay();
    test_system();
    test_errors();
    return done_testing();
}
