/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/system_threads.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/dlist.h"
#include "resolve/gai.h"
#include "resolve/resolve.h"

enum {
    /* Lookups that are slow, or whose servers are dead, get threads on top, which sleep in the C
     * library for some seconds each. */
    THREADS_MAX = 2048,
    THREAD_STACK = 256 << 10, /* modules of the system's have to get by with it as well */
    IDLE_S = 5
};

#define YOUNG_NS INT64_C(50000000)

void mping_request_free(struct mping_request *request)
{
    if (!request)
        return;
    mping_system_answer_done(&request->answer);
    free(request);
}

void mping_system_destroy(struct mping_system *system)
{
    if (!system->inherited) { /* else it would wait for threads that are not here */
        pthread_cond_destroy(&system->left);
        pthread_cond_destroy(&system->work);
        pthread_mutex_destroy(&system->lock);
    }
    if (system->event_fd >= 0)
        close(system->event_fd);
    free(system);
}

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Locked. Those that have been under way for long take no room any more. */
static void age(struct mping_system *system, int64_t now_ns)
{
    while (!mping_dlist_is_empty(&system->young)) {
        struct mping_request *oldest = (struct mping_request *)system->young.next;

        if (now_ns - oldest->since_ns < YOUNG_NS)
            return;
        mping_dlist_remove(&oldest->link);
        mping_dlist_append(&system->old, &oldest->link);
        oldest->is_young = false;
        system->n_young--;
    }
}

/* Locked. Until when a thread without work sleeps, if nobody wakes it. */
static int64_t sleep_until(const struct mping_system *system, int64_t idle_since_ns)
{
    if (mping_dlist_is_empty(&system->todo))
        return idle_since_ns + IDLE_S * INT64_C(1000000000);
    return ((const struct mping_request *)system->young.next)->since_ns + YOUNG_NS;
}

/*
 * Locked. What there is to do and room for, taken out; NULL: the thread is not needed any more. One
 * that comes from a lookup takes the next in its place, so that a busy machine, where all of them
 * take long, does not wait for them to become old.
 */
static struct mping_request *wait_for_work(struct mping_system *system, bool in_place)
{
    int64_t now_ns = now(), since_ns = now_ns;

    for (; !system->ended; now_ns = now()) {
        int64_t until_ns;
        struct timespec until;

        age(system, now_ns);
        if (!mping_dlist_is_empty(&system->todo) &&
            (in_place || system->n_young < MPING_LOOKUPS_YOUNG_MAX)) {
            system->waiting--;
            return (struct mping_request *)mping_dlist_pop(&system->todo);
        }
        in_place = false;
        until_ns = sleep_until(system, since_ns);
        if (mping_dlist_is_empty(&system->todo) && until_ns <= now_ns)
            return NULL;
        until = (struct timespec){until_ns / 1000000000, until_ns % 1000000000};
        (void)pthread_cond_timedwait(&system->work, &system->lock, &until);
    }
    return NULL;
}

/* Locked. */
static void begin(struct mping_system *system, struct mping_request *request)
{
    system->idle--;
    request->since_ns = now();
    request->is_young = true;
    mping_dlist_append(&system->young, &request->link);
    system->n_young++;
    mping_system_start_threads(system);
}

/* Locked. */
static void end(struct mping_system *system, struct mping_request *request)
{
    uint64_t one = 1;

    mping_dlist_remove(&request->link);
    system->n_young -= request->is_young;
    system->idle++;
    if (system->ended) {
        mping_request_free(request);
        return;
    }
    /* Whoever has not taken the one before has been told already. */
    if (mping_dlist_is_empty(&system->done)) {
        if (system->wake)
            system->wake(system->context);
        else
            (void)!write(system->event_fd, &one, sizeof(one));
    }
    mping_dlist_append(&system->done, &request->link);
}

/* Locked. */
static void work(struct mping_system *system, struct mping_request *request)
{
    begin(system, request);
    pthread_mutex_unlock(&system->lock);
    if (request->addr.family)
        mping_gai_addr(&request->addr, &request->answer);
    else
        mping_gai_name(request->name, request->family, &request->answer);
    pthread_mutex_lock(&system->lock);
    end(system, request);
}

static void *run(void *argument)
{
    struct mping_system *system = argument;
    struct mping_request *request;
    bool worked = false, last;

    pthread_mutex_lock(&system->lock);
    while ((request = wait_for_work(system, worked))) {
        work(system, request);
        worked = true;
    }
    system->idle--;
    system->threads--;
    last = system->released && system->threads == 0;
    pthread_cond_signal(&system->left);
    pthread_mutex_unlock(&system->lock);
    if (last)
        mping_system_destroy(system);
    return NULL;
}

/* Locked. Signals are for the threads of the program. */
static bool start_thread(struct mping_system *system)
{
    sigset_t all, before;
    pthread_attr_t attr;
    pthread_t thread;
    bool started;

    if (pthread_attr_init(&attr) != 0)
        return false;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, THREAD_STACK);
    started = pthread_create(&thread, &attr, run, system) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    system->threads += started;
    system->idle += started; /* until it has found something to do */
    return started;
}

/*
 * Locked. As many as there is room for find something to do; and one more, which waits for room
 * while others wait for it.
 */
void mping_system_start_threads(struct mping_system *system)
{
    unsigned room =
        system->n_young < MPING_LOOKUPS_YOUNG_MAX ? MPING_LOOKUPS_YOUNG_MAX - system->n_young : 1;
    size_t wanted = system->waiting < room ? system->waiting : room;

    bool started = true;

    while (started && system->idle < wanted && system->threads < THREADS_MAX)
        started = start_thread(system);
}
