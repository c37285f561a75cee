/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/system.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <multiping/error.h>

#include "base/dlist.h"
#include "resolve/gai.h"
#include "resolve/resolve.h"
#include "resolve/system_threads.h"

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
    mping_dlist_init(&system->todo);
    mping_dlist_init(&system->done);
    mping_dlist_init(&system->young);
    mping_dlist_init(&system->old);
    *ret_system = system;
    return 0;
}

static int ask(struct mping_system *system, struct mping_request *request)
{
    bool served;

    pthread_mutex_lock(&system->lock);
    mping_dlist_append(&system->todo, &request->link);
    system->waiting++;
    mping_system_start_threads(system);
    served = system->threads > 0;
    if (served) {
        /* Without room for another one none is woken in vain; but the first to wait has a thread
         * see when there will be room. */
        if (system->waiting == 1 || system->n_young < MPING_LOOKUPS_YOUNG_MAX)
            pthread_cond_signal(&system->work);
    } else {
        mping_dlist_remove(&request->link);
        system->waiting--;
    }
    pthread_mutex_unlock(&system->lock);
    if (!served)
        mping_request_free(request);
    return served ? 0 : -EAGAIN;
}

static struct mping_request *new_request(const char *name, void *user)
{
    size_t len = strlen(name) + 1;
    struct mping_request *request = calloc(1, sizeof(*request) + len);

    if (!request)
        return NULL;
    request->answer.user = user;
    memcpy(request->name, name, len);
    return request;
}

int mping_system_ask(struct mping_system *system, const char *name, int family, void *user)
{
    struct mping_request *request = new_request(name, user);

    if (!request)
        return MPING_ENOMEM;
    request->family = family;
    return ask(system, request);
}

int mping_system_ask_addr(struct mping_system *system, const struct mping_addr *addr, void *user)
{
    struct mping_request *request = new_request("", user);

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
    struct mping_request *request;
    uint64_t value;

    pthread_mutex_lock(&system->lock);
    request = (struct mping_request *)mping_dlist_pop(&system->done);
    if (!system->wake && mping_dlist_is_empty(&system->done))
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
        forgotten(((const struct mping_request *)l)->answer.user);
}

static void drop(struct mping_link *requests)
{
    struct mping_request *request;

    while ((request = (struct mping_request *)mping_dlist_pop(requests)))
        mping_request_free(request);
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
        mping_system_destroy(system);
}
