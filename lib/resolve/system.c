/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/system.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <multiping/error.h>

#include "base/sockaddr.h"
#include "resolve/list.h"

enum {
    /* Whoever has lookups that take long gets more threads, which sleep in the C library. */
    THREADS_MAX = 1024,
    THREAD_STACK = 256 << 10, /* modules of the system's have to get by with it as well */
    IDLE_S = 5
};

struct request {
    struct mping_link link; /* first; in todo, busy or done */
    struct mping_system_answer answer;
    int family;
    char name[];
};

struct mping_system {
    int event_fd;
    pthread_mutex_t lock; /* guards what is below */
    pthread_cond_t work;  /* there is something to do, or the end */
    pthread_cond_t left;  /* an idle thread has gone */
    struct mping_link todo, busy, done;
    size_t waiting; /* in todo */
    unsigned threads, idle;
    bool ended;
    bool released; /* the last thread frees it */
};

int mping_system_new(struct mping_system **ret_system)
{
    struct mping_system *system = calloc(1, sizeof(*system));
    pthread_condattr_t attr;

    if (!system)
        return MPING_ENOMEM;
    system->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (system->event_fd < 0) {
        int err = -errno;

        free(system);
        return err;
    }
    pthread_mutex_init(&system->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&system->work, &attr);
    pthread_cond_init(&system->left, NULL);
    pthread_condattr_destroy(&attr);
    mping_list_init(&system->todo);
    mping_list_init(&system->busy);
    mping_list_init(&system->done);
    *ret_system = system;
    return 0;
}

static void free_request(struct request *request)
{
    if (!request)
        return;
    free(request->answer.addrs);
    free(request);
}

static void destroy(struct mping_system *system)
{
    pthread_cond_destroy(&system->left);
    pthread_cond_destroy(&system->work);
    pthread_mutex_destroy(&system->lock);
    close(system->event_fd);
    free(system);
}

static bool is_known(const struct mping_system_answer *answer, const struct mping_addr *addr)
{
    for (size_t i = 0; i < answer->n; i++)
        if (answer->addrs[i].family == addr->family &&
            answer->addrs[i].scope_id == addr->scope_id &&
            memcmp(answer->addrs[i].ip, addr->ip, sizeof(addr->ip)) == 0)
            return true;
    return false;
}

static int keep(struct mping_system_answer *answer, const struct addrinfo *info)
{
    size_t room = 0;

    for (const struct addrinfo *i = info; i; i = i->ai_next)
        room++;
    answer->addrs = calloc(room + 1, sizeof(*answer->addrs));
    if (!answer->addrs)
        return EAI_MEMORY;
    for (const struct addrinfo *i = info; i; i = i->ai_next) {
        struct mping_addr addr;

        if (mping_sockaddr_read(i->ai_addr, &addr) && !is_known(answer, &addr))
            answer->addrs[answer->n++] = addr;
    }
    return answer->n ? 0 : EAI_NONAME;
}

/*
 * Where a source is missing, as the hosts file and a module, glibc 2.36 now and then says
 * EAI_SYSTEM to one of many threads although another source knows the name. Such an error is
 * believed when it comes again and again.
 */
static int ask_again(const char *name, const struct addrinfo *hints, struct addrinfo **ret_info)
{
    int error = EAI_SYSTEM;

    for (long ms = 1; ms < 32 && error == EAI_SYSTEM; ms *= 2) {
        nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
        error = getaddrinfo(name, NULL, hints, ret_info);
    }
    return error;
}

static void look_up(struct request *request)
{
    /* Any type would do: without one each address would come several times. */
    const struct addrinfo hints = {.ai_family = request->family, .ai_socktype = SOCK_DGRAM};
    struct mping_system_answer *answer = &request->answer;
    struct addrinfo *info = NULL;

    answer->gai_error = getaddrinfo(request->name, NULL, &hints, &info);
    if (answer->gai_error == EAI_SYSTEM)
        answer->gai_error = ask_again(request->name, &hints, &info);
    answer->sys_errno = errno;
    if (answer->gai_error == 0) {
        answer->gai_error = keep(answer, info);
        freeaddrinfo(info);
    }
}

/* Locked. What there is to do, taken out; NULL: the thread is not needed any more. */
static struct request *wait_for_work(struct mping_system *system)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += IDLE_S;
    while (mping_list_is_empty(&system->todo)) {
        if (system->ended || pthread_cond_timedwait(&system->work, &system->lock, &until) != 0)
            return NULL;
    }
    if (system->ended)
        return NULL;
    system->waiting--;
    return (struct request *)mping_list_pop(&system->todo);
}

/* Locked. */
static void work(struct mping_system *system, struct request *request)
{
    uint64_t one = 1;

    system->idle--;
    mping_list_append(&system->busy, &request->link);
    pthread_mutex_unlock(&system->lock);
    look_up(request);
    pthread_mutex_lock(&system->lock);
    mping_list_remove(&request->link);
    system->idle++;
    if (system->ended) {
        free_request(request);
        return;
    }
    mping_list_append(&system->done, &request->link);
    (void)!write(system->event_fd, &one, sizeof(one));
}

static void *run(void *argument)
{
    struct mping_system *system = argument;
    struct request *request;
    bool last;

    pthread_mutex_lock(&system->lock);
    while ((request = wait_for_work(system)))
        work(system, request);
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

int mping_system_ask(struct mping_system *system, const char *name, int family, void *user)
{
    size_t len = strlen(name) + 1;
    struct request *request = calloc(1, sizeof(*request) + len);
    bool served;

    if (!request)
        return MPING_ENOMEM;
    request->answer.user = user;
    request->family = family;
    memcpy(request->name, name, len);
    pthread_mutex_lock(&system->lock);
    if (system->waiting >= system->idle && system->threads < THREADS_MAX)
        start_thread(system);
    served = system->threads > 0;
    if (served) {
        mping_list_append(&system->todo, &request->link);
        system->waiting++;
        pthread_cond_signal(&system->work);
    }
    pthread_mutex_unlock(&system->lock);
    if (!served)
        free_request(request);
    return served ? 0 : -EAGAIN;
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
    if (mping_list_is_empty(&system->done))
        (void)!read(system->event_fd, &value, sizeof(value));
    pthread_mutex_unlock(&system->lock);
    if (!request)
        return false;
    *ret_answer = request->answer;
    free(request);
    return true;
}

static void forget(struct mping_link *requests, void (*forgotten)(void *user))
{
    for (struct mping_link *l = requests->next; l != requests; l = l->next)
        forgotten(((struct request *)l)->answer.user);
}

static void drop(struct mping_link *requests)
{
    struct request *request;

    while ((request = (struct request *)mping_list_pop(requests)))
        free_request(request);
}

void mping_system_free(struct mping_system *system, void (*forgotten)(void *user))
{
    bool last;

    if (!system)
        return;
    pthread_mutex_lock(&system->lock);
    forget(&system->todo, forgotten);
    forget(&system->busy, forgotten);
    forget(&system->done, forgotten);
    drop(&system->todo);
    drop(&system->done);
    system->ended = true;
    pthread_cond_broadcast(&system->work);
    while (system->idle > 0)
        pthread_cond_wait(&system->left, &system->lock);
    last = system->threads == 0;
    system->released = true;
    pthread_mutex_unlock(&system->lock);
    if (last)
        destroy(system);
}
