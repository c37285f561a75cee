/* SPDX-License-Identifier: Apache-2.0 */
/* The threads that ask the C library, whose answers are made up here, and wait if they are to. */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "resolve/system.h"
#include "tap.h"

enum { SLOW = 300, YOUNG_MAX = 64 };

#define YOUNG_NS INT64_C(50000000)

int __real_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **ret_info);
int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **ret_info);
int __wrap_getnameinfo(const struct sockaddr *sa, socklen_t len, char *host, socklen_t host_len,
                       char *service, socklen_t service_len, int flags);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned inside, system_errors, too_many;
static bool is_open; /* slow names may go on */
static int64_t first_ns;
static atomic_uint woken;

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* No more have begun than 64 for each 50 ms, of which none has ended. */
static void wait_in_there(void)
{
    pthread_mutex_lock(&lock);
    inside++;
    too_many += inside > YOUNG_MAX * (1 + (uint64_t)((now() - first_ns) / YOUNG_NS));
    pthread_cond_broadcast(&changed);
    while (!is_open)
        pthread_cond_wait(&changed, &lock);
    inside--;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **ret_info)
{
    struct addrinfo numeric = *hints;

    if (strcmp(node, "slow") == 0)
        wait_in_there();
    if (strcmp(node, "unknown") == 0)
        return EAI_NONAME;
    if (strcmp(node, "broken") == 0 || (strcmp(node, "shaky") == 0 && system_errors > 0)) {
        system_errors--;
        errno = EIO;
        return EAI_SYSTEM;
    }
    numeric.ai_flags |= AI_NUMERICHOST;
    return __real_getaddrinfo(strchr(node, ':') ? node : "192.0.2.7", service, &numeric, ret_info);
}

int __wrap_getnameinfo(const struct sockaddr *sa, socklen_t len, char *host, socklen_t host_len,
                       char *service, socklen_t service_len, int flags)
{
    (void)len;
    (void)service;
    (void)service_len;
    if (sa->sa_family == AF_INET6)
        return EAI_AGAIN;
    snprintf(host, host_len, "its-name.test%s", flags ? " with flags" : "");
    return 0;
}

static void wake(void *context)
{
    (void)context;
    atomic_fetch_add(&woken, 1);
}

static struct mping_system *open_system(void (*wake_fn)(void *context))
{
    struct mping_system *system;

    if (mping_system_new(&system, wake_fn, NULL) < 0)
        abort();
    return system;
}

/* Waits in real time for what a thread finds. */
static struct mping_system_answer take(struct mping_system *system)
{
    struct pollfd pfd = {.fd = mping_system_fd(system), .events = POLLIN};
    struct mping_system_answer answer = {0};

    while (!mping_system_take(system, &answer))
        poll(&pfd, 1, pfd.fd < 0 ? 1 : -1);
    return answer;
}

static void test_answers(void)
{
    static const struct {
        const char *name;
        int family, error;
        unsigned system_errors;
        uint32_t scope_id;
    } rows[] = {
        {.name = "plain", .family = AF_INET},
        {.name = "fe80::1%1", .family = AF_INET6, .scope_id = 1},
        {.name = "2001:db8::1%5", .family = AF_INET6, .scope_id = 5}, /* word for word */
        {.name = "unknown", .error = EAI_NONAME},
        {.name = "broken", .error = EAI_SYSTEM, .system_errors = 100},
        {.name = "shaky", .system_errors = 4}, /* one that is over soon is not believed */
    };
    struct mping_system *system = open_system(NULL);

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct mping_system_answer answer;

        system_errors = rows[r].system_errors;
        ok(mping_system_ask(system, rows[r].name, rows[r].family, &system_errors) == 0,
           "%s is asked for", rows[r].name);
        answer = take(system);
        ok(answer.user == &system_errors && answer.gai_error == rows[r].error &&
               answer.n == (rows[r].error ? 0 : 1) &&
               (answer.gai_error != EAI_SYSTEM || answer.sys_errno == EIO) &&
               (!answer.n || answer.addrs[0].scope_id == rows[r].scope_id),
           "%s: error %d, %zu addresses", rows[r].name, answer.gai_error, answer.n);
        mping_system_answer_done(&answer);
    }
    mping_system_free(system, NULL);
}

static void test_names_of_addresses(void)
{
    const struct mping_addr known = {.family = AF_INET, .ip = {192, 0, 2, 1}};
    const struct mping_addr unknown = {.family = AF_INET6, .ip = {0x20, 1}};
    struct mping_system *system = open_system(NULL);
    struct mping_system_answer answer;

    ok(mping_system_ask_addr(system, &known, NULL) == 0, "the name of an address is asked for");
    answer = take(system);
    ok(!answer.gai_error && answer.name && strcmp(answer.name, "its-name.test") == 0 && !answer.n,
       "and is that which the C library says");
    mping_system_answer_done(&answer);
    ok(mping_system_ask_addr(system, &unknown, NULL) == 0, "another one");
    answer = take(system);
    ok(answer.gai_error == EAI_AGAIN && !answer.name, "has none, for the reason that it says");
    mping_system_answer_done(&answer);
    mping_system_free(system, NULL);
}

static void open_gate(bool open)
{
    pthread_mutex_lock(&lock);
    is_open = open;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void await_inside(unsigned n)
{
    pthread_mutex_lock(&lock);
    while (inside != n)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

/* Slow ones keep nobody waiting for long: they get threads on top. */
static void test_slow(void)
{
    struct mping_system *system = open_system(wake);
    struct mping_system_answer answer;
    unsigned n = 0;

    open_gate(false);
    atomic_store(&woken, 0);
    first_ns = now();
    for (unsigned i = 0; i < SLOW; i++)
        n += mping_system_ask(system, "slow", AF_INET, NULL) == 0;
    ok(n == SLOW, "%d slow names are asked for", SLOW);
    n = mping_system_ask(system, "fast", AF_INET, &n) == 0;
    answer = take(system);
    ok(n && answer.user == &n && answer.n == 1, "one behind them is answered before any of them");
    mping_system_answer_done(&answer);
    await_inside(SLOW);
    ok(too_many == 0, "at no time have more of them begun than 64 in 50 ms (%u)", too_many);
    open_gate(true);
    for (n = 0; n < SLOW; n++) {
        answer = take(system);
        mping_system_answer_done(&answer);
    }
    ok(!mping_system_take(system, &answer), "each is answered, and once");
    ok(atomic_load(&woken) > 0 && atomic_load(&woken) <= SLOW + 1,
       "and whoever waits has been woken, once for each at most (%u)", atomic_load(&woken));
    mping_system_free(system, NULL);
}

static unsigned forgotten;

static void forget(void *user)
{
    forgotten += user == &forgotten;
}

/* Threads in the C library cannot be called back: they end by themselves later. */
static void test_forgotten(void)
{
    struct mping_system *system = open_system(NULL);

    open_gate(false);
    for (unsigned i = 0; i < SLOW; i++)
        (void)!mping_system_ask(system, i % 2 ? "slow" : "fast", AF_INET, &forgotten);
    mping_system_free(system, forget);
    ok(forgotten == SLOW, "at the end all are told that they are forgotten (%u)", forgotten);
    open_gate(true);
    await_inside(0);
}

static void test_fork(void)
{
    struct mping_system *system = open_system(NULL);
    struct mping_system_answer answer;
    int status = -1;
    pid_t pid;

    (void)!mping_system_ask(system, "fast", AF_INET, NULL);
    answer = take(system);
    mping_system_answer_done(&answer);
    pid = fork(); /* its threads wait for work in the parent alone */
    if (pid == 0) {
        alarm(30);
        if (mping_system_disconnect(system))
            mping_system_free(system, NULL);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    ok(status == 0, "a child waits for none of its parent's threads (status %d)", status);
    mping_system_free(system, NULL);
}

int main(void)
{
    test_answers();
    test_names_of_addresses();
    test_slow();
    test_forgotten();
    test_fork();
    return done_testing();
}
