/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steady state allocates nothing: this program's own malloc and its kin, which the shared
 * library uses too, count while 50,000 pings go by.
 */
#include "check.h"

#include <stdatomic.h>
#include <sys/socket.h>

enum {
    HOSTS = 100,
    PINGS = 50000,
    /* Probes are remembered for a while after their verdict; until that table is full, and
     * the first one is forgotten for every new one, it grows. */
    WARM_UP = 300000,
    PULLED = 64,
};

/* glibc's own, under the names that it exports for this purpose. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *memory);

static atomic_ulong allocations, frees;

void *malloc(size_t size)
{
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    return __libc_realloc(old, size);
}

void free(void *memory)
{
    atomic_fetch_add_explicit(&frees, 1, memory_order_relaxed);
    __libc_free(memory);
}

struct steady {
    const char *what;
    int kind;         /* enum mping_socket_kind */
    const char *host; /* with room for its last number */
    int64_t interval_ns;
    uint32_t window;
    int pull;
};

static const struct steady rows[] = {
    {"raw, IPv4, callbacks", MPING_SOCKET_RAW, "127.4.0.", 0, 1, 0},
    {"raw, IPv6, events pulled", MPING_SOCKET_RAW, "2001:db8:1::", 0, 1, 1},
    {"raw, IPv4, window of 16", MPING_SOCKET_RAW, "127.4.0.", 0, 16, 0},
    {"raw, IPv4, every millisecond", MPING_SOCKET_RAW, "127.4.0.", LAB_MS, 1, 0},
    {"ping socket, IPv4, callbacks", MPING_SOCKET_PING, "127.4.0.", 0, 1, 0},
};

static struct mping *engine;
static uint64_t replies, wanted;

static void on_event(const struct mping_event *event, void *user)
{
    (void)user;
    if (event->type == MPING_EV_REPLY && ++replies == wanted)
        mping_wakeup(engine);
}

static void run_until(uint64_t n, int pull)
{
    static struct mping_event events[PULLED];
    int64_t until_ns = lab_now_ns() + LAB_PATIENCE_NS;

    wanted = n;
    while (replies < n && lab_now_ns() < until_ns) {
        int got = 0;

        if (!pull) {
            mping_run(engine, until_ns - lab_now_ns());
            continue;
        }
        mping_wait(engine, LAB_MS);
        while ((got = mping_next(engine, events, PULLED)) > 0)
            for (int i = 0; i < got; i++)
                replies += events[i].type == MPING_EV_REPLY;
    }
}

static void steady(const struct steady *row)
{
    struct lab_mark mark = lab_mark();
    struct mping_target *targets[HOSTS];
    struct mping_target_opts opts;
    unsigned long allocated, freed;
    uint64_t before;
    char host[64];

    engine = check_engine_with(row->kind, 0);
    mping_target_opts_init(&opts, sizeof(opts));
    opts.interval_ns = row->interval_ns;
    opts.window = row->window;
    opts.callback = row->pull ? NULL : on_event;
    replies = 0;
    for (int i = 0; i < HOSTS; i++) {
        snprintf(host, sizeof(host), "%s%d", row->host, i + 1);
        targets[i] = check_add(engine, host, &opts);
    }
    run_until(WARM_UP, row->pull);
    before = replies;
    allocated = atomic_load(&allocations);
    freed = atomic_load(&frees);
    run_until(before + PINGS, row->pull);
    allocated = atomic_load(&allocations) - allocated;
    freed = atomic_load(&frees) - freed;

    ok(replies >= before + PINGS, "%s: %d pings answered", row->what, PINGS);
    ok_eq((int64_t)allocated, 0, "%s: nothing is allocated meanwhile", row->what);
    ok_eq((int64_t)freed, 0, "%s: nothing is freed", row->what);
    for (int i = 0; i < HOSTS; i++)
        mping_close(targets[i]);
    check_end(engine, &mark, row->what);
}

int main(void)
{
    unsigned long before;

    check_start();
    lab_allow_ping_sockets(1);
    before = atomic_load(&allocations);
    engine = check_engine(NULL);
    ok(atomic_load(&allocations) > before, "what the library allocates is counted");
    before = atomic_load(&frees);
    mping_free(engine);
    ok(atomic_load(&frees) > before, "and what it frees");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        steady(&rows[i]);
    return done_testing();
}
