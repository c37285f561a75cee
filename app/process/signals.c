/* SPDX-License-Identifier: Apache-2.0 */
#include "process/signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "process/exit.h"

static const int taken[] = {SIGINT, SIGTERM, SIGQUIT};

enum { TAKEN_N = sizeof(taken) / sizeof(taken[0]) };

/* All of them are lock-free, as a handler needs them. */
static atomic_int wake_fd = -1;
static atomic_llong first_ns; /* when the end was asked for; 0: it was not */
static atomic_int asked_by;   /* the signal that did, until the loop has taken it */
static atomic_bool report_wanted;
static atomic_bool leaving;

static int64_t clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

bool app_signals_is_second(int64_t first_at_ns, int64_t now_ns)
{
    return first_at_ns != 0 && now_ns - first_at_ns > APP_SIGNALS_ONE_NS;
}

static void wake(void)
{
    const uint64_t one = 1;
    int fd = atomic_load(&wake_fd);

    /* It fails only if the counter is full, and then the loop is awake anyway. */
    while (fd >= 0 && write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
}

static void ask_for_the_end(int number)
{
    int64_t now_ns = clock_ns();
    long long before = 0;
    bool is_first = atomic_compare_exchange_strong(&first_ns, &before, now_ns);

    if (is_first ? atomic_load(&leaving) : app_signals_is_second(before, now_ns))
        _exit(APP_EXIT_INTERRUPTED);
    if (is_first)
        atomic_store(&asked_by, number);
}

/* May run on any thread that does not block it. */
static void on_signal(int number)
{
    int err = errno;

    if (number == SIGQUIT)
        atomic_store(&report_wanted, true);
    else
        ask_for_the_end(number);
    wake();
    errno = err;
}

int app_signals_begin(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, before;
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    sigset_t set;

    if (fd < 0)
        return -errno;
    atomic_store(&wake_fd, fd);
    sigemptyset(&set);
    for (size_t i = 0; i < TAKEN_N; i++) {
        sigaddset(&set, taken[i]);
        sigaddset(&action.sa_mask, taken[i]);
    }
    for (size_t i = 0; i < TAKEN_N; i++) {
        if (sigaction(taken[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(taken[i], &action, NULL);
    }
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    return fd;
}

int app_signals_take(void)
{
    uint64_t ignored;
    int number;

    if (read(atomic_load(&wake_fd), &ignored, sizeof(ignored)) < 0)
        return 0;
    number = atomic_exchange(&asked_by, 0);
    if (number != 0) {
        if (atomic_load(&report_wanted))
            wake(); /* which is looked at next */
        return number;
    }
    return atomic_exchange(&report_wanted, false) ? SIGQUIT : 0;
}

void app_signals_leave(void)
{
    atomic_store(&leaving, true);
}

void app_signals_end(void)
{
    int fd = atomic_exchange(&wake_fd, -1);

    if (fd >= 0)
        close(fd);
}
