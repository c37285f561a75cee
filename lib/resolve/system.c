/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/system.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <multiping/error.h>

#include "resolve/list.h"

enum {
    /* So many run at once that are not slow: the two questions of each, and as many answers, are
     * half of what the default buffer of a name server's socket holds. */
    YOUNG_MAX = 64,
    /* Those that are, or whose servers are dead, get threads on top, which sleep in the C library
     * for some seconds each. */
    THREADS_MAX = 2048,
    THREAD_STACK = 256 << 10, /* modules of the system's have to get by with it as well */
    IDLE_S = 5
};

#define YOUNG_NS INT64_C(50000000)

struct request {
    struct mping_link link; /* first; in todo, young, old or done */
    struct mping_system_answer answer;
    struct mping_addr addr; /* of which the name is wanted; family 0: name, and its addresses */
    int64_t since_ns;       /* when a thread took it */
    bool is_young;
    int family;
    char name[];
};

struct mping_system {
    int event_fd;                /* -1: there is wake */
    void (*wake)(void *context); /* NULL: nobody wants it */
    void *context;
    pthread_mutex_t lock; /* guards what is below */
    pthread_cond_t work;  /* there is something to do, or the end */
    pthread_cond_t left;  /* an idle thread has gone */
    struct mping_link todo, done;
    struct mping_link
        young;             /* under way for less than YOUNG_NS when last looked at, oldest first */
    struct mping_link old; /* for longer */
    size_t waiting;        /* in todo */
    unsigned n_young;
    unsigned threads, idle;
    bool ended;
    bool released;  /* the last thread frees it */
    bool inherited; /* the threads are those of another process */
};

int mping_system_new(struct mping_system **ret_system, void (*wake)(void *context), void *context)
{
    struct mping_system *system = calloc(1, sizeof(*system));
    pthread_condattr_t attr;

    if (!system)
        return MPING_ENOMEM;
    system->event_fd = wake ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!wake && system->event_fd < 0) {
        int err = -errno;

        free(system);
        return err;
    }
    system->wake = wake;
    system->context = context;
    pthread_mutex_init(&system->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&system->work, &attr);
    pthread_cond_init(&system->left, NULL);
    pthread_condattr_destroy(&attr);
    mping_list_init(&system->todo);
    mping_list_init(&system->done);
    mping_list_init(&system->young);
    mping_list_init(&system->old);
    *ret_system = system;
    return 0;
}

static void free_request(struct request *request)
{
    if (!request)
        return;
    mping_system_answer_done(&request->answer);
    free(request);
}

static void destroy(struct mping_system *system)
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

static void start_threads(struct mping_system *system);

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Locked. Those that have been under way for long take no room any more. */
static void age(struct mping_system *system, int64_t now_ns)
{
    while (!mping_list_is_empty(&system->young)) {
        struct request *oldest = (struct request *)system->young.next;

        if (now_ns - oldest->since_ns < YOUNG_NS)
            return;
        mping_list_remove(&oldest->link);
        mping_list_append(&system->old, &oldest->link);
        oldest->is_young = false;
        system->n_young--;
    }
}

/* Locked. Until when a thread without work sleeps, if nobody wakes it. */
static int64_t sleep_until(const struct mping_system *system, int64_t idle_since_ns)
{
    if (mping_list_is_empty(&system->todo))
        return idle_since_ns + IDLE_S * INT64_C(1000000000);
    return ((const struct request *)system->young.next)->since_ns + YOUNG_NS;
}

/*
 * Locked. What there is to do and room for, taken out; NULL: the thread is not needed any more. One
 * that comes from a lookup takes the next in its place, so that a busy machine, where all of them
 * take long, does not wait for them to become old.
 */
static struct request *wait_for_work(struct mping_system *system, bool in_place)
{
    int64_t now_ns = now(), since_ns = now_ns;

    for (; !system->ended; now_ns = now()) {
        int64_t until_ns;
        struct timespec until;

        age(system, now_ns);
        if (!mping_list_is_empty(&system->todo) && (in_place || system->n_young < YOUNG_MAX)) {
            system->waiting--;
            return (struct request *)mping_list_pop(&system->todo);
        }
        in_place = false;
        until_ns = sleep_until(system, since_ns);
        if (mping_list_is_empty(&system->todo) && until_ns <= now_ns)
            return NULL;
        until = (struct timespec){until_ns / 1000000000, until_ns % 1000000000};
        (void)pthread_cond_timedwait(&system->work, &system->lock, &until);
    }
    return NULL;
}

/* Locked. */
static void begin(struct mping_system *system, struct request *request)
{
    system->idle--;
    request->since_ns = now();
    request->is_young = true;
    mping_list_append(&system->young, &request->link);
    system->n_young++;
    start_threads(system);
}

/* Locked. */
static void end(struct mping_system *system, struct request *request)
{
    uint64_t one = 1;

    mping_list_remove(&request->link);
    system->n_young -= request->is_young;
    system->idle++;
    if (system->ended) {
        free_request(request);
        return;
    }
    /* Whoever has not taken the one before has been told already. */
    if (mping_list_is_empty(&system->done)) {
        if (system->wake)
            system->wake(system->context);
        else
            (void)!write(system->event_fd, &one, sizeof(one));
    }
    mping_list_append(&system->done, &request->link);
}

/* Locked. */
static void work(struct mping_system *system, struct request *request)
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
    struct request *request;
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
        destroy(system);
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
static void start_threads(struct mping_system *system)
{
    unsigned room = system->n_young < YOUNG_MAX ? YOUNG_MAX - system->n_young : 1;
    size_t wanted = system->waiting < room ? system->waiting : room;

    while (system->idle < wanted && system->threads < THREADS_MAX && start_thread(system))
        continue;
}

static int ask(struct mping_system *system, struct request *request)
{
    bool served;

    pthread_mutex_lock(&system->lock);
    mping_list_append(&system->todo, &request->link);
    system->waiting++;
    start_threads(system);
    served = system->threads > 0;
    if (served) {
        /* Without room for another one none is woken in vain; but the first to wait has a thread
         * see when there will be room. */
        if (system->waiting == 1 || system->n_young < YOUNG_MAX)
            pthread_cond_signal(&system->work);
    } else {
        mping_list_remove(&request->link);
        system->waiting--;
    }
    pthread_mutex_unlock(&system->lock);
    if (!served)
        free_request(request);
    return served ? 0 : -EAGAIN;
}

static struct request *new_request(const char *name, void *user)
{
    size_t len = strlen(name) + 1;
    struct request *request = calloc(1, sizeof(*request) + len);

    if (!request)
        return NULL;
    request->answer.user = user;
    memcpy(request->name, name, len);
    return request;
}

int mping_system_ask(struct mping_system *system, const char *name, int family, void *user)
{
    struct request *request = new_request(name, user);

    if (!request)
        return MPING_ENOMEM;
    request->family = family;
    return ask(system, request);
}

int mping_system_ask_addr(struct mping_system *system, const struct mping_addr *addr, void *user)
{
    struct request *request = new_request("", user);

    if (!request)
        return MPING_ENOMEM;
    request->addr = *addr;
    return ask(system, request);
}

int mping_system_fd(const struct mping_system *system)
{
    return system->event_fd;
}

bool mping_system_take(struct mping_system *system, struct mping_system_answer *ret_answer)
{
    struct request *request;
    uint64_t value;

    pthread_mutex_lock(&system->lock);
    request = (struct request *)mping_list_pop(&system->done);
    if (!system->wake && mping_list_is_empty(&system->done))
        (void)!read(system->event_fd, &value, sizeof(value));
    pthread_mutex_unlock(&system->lock);
    if (!request)
        return false;
    *ret_answer = request->answer;
    free(request);
    return true;
}

static void forget(const struct mping_link *requests, void (*forgotten)(void *user))
{
    for (const struct mping_link *l = requests->next; l != requests; l = l->next)
        forgotten(((const struct request *)l)->answer.user);
}

static void drop(struct mping_link *requests)
{
    struct request *request;

    while ((request = (struct request *)mping_list_pop(requests)))
        free_request(request);
}

static void forget_all(const struct mping_system *system, void (*forgotten)(void *user))
{
    forget(&system->todo, forgotten);
    forget(&system->young, forgotten);
    forget(&system->old, forgotten);
    forget(&system->done, forgotten);
}

/* What a thread was just changing stays as it is: nobody can tell what it looks like. */
bool mping_system_disconnect(struct mping_system *system)
{
    if (pthread_mutex_trylock(&system->lock) != 0)
        return false;
    system->inherited = true;
    system->threads = system->idle = 0;
    pthread_mutex_unlock(&system->lock);
    return true;
}

/* Locked. Threads that are not in the C library go at once. */
static void end_threads(struct mping_system *system)
{
    pthread_cond_broadcast(&system->work);
    while (system->idle > 0)
        pthread_cond_wait(&system->left, &system->lock);
}

void mping_system_free(struct mping_system *system, void (*forgotten)(void *user))
{
    bool last;

    if (!system)
        return;
    pthread_mutex_lock(&system->lock);
    if (forgotten)
        forget_all(system, forgotten);
    drop(&system->todo);
    drop(&system->done);
    system->ended = true;
    if (system->inherited) {
        drop(&system->young);
        drop(&system->old);
    } else {
        end_threads(system);
    }
    last = system->threads == 0;
    system->released = true;
    pthread_mutex_unlock(&system->lock);
    if (last)
        destroy(system);
}
